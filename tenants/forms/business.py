"""What sign-up and the settings ask about a business."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.colours import HOW_TO_WRITE, parse_colour
from loyalty_saas.lib.errors import DomainError
from loyalty_saas.lib.images import remake_logo
from loyalty_saas.lib.places import countries, currencies, languages, time_zones
from tenants.domain.businesses import SLUG_SHAPE, former_addresses, refuse_address
from tenants.enums import Trade
from tenants.models import Location, Tenant


class PlaceFields(forms.Form):
    """Where a business is decides how it counts and what its clock says; each can be changed."""

    country = forms.ChoiceField(label=_("Country"), choices=lambda: countries("en"))
    currency = forms.ChoiceField(label=_("Currency"), choices=lambda: currencies("en"))
    language = forms.ChoiceField(label=_("Language of your customers"), choices=lambda: languages("en"))
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=lambda: [(zone, zone.replace("_", " ")) for zone in time_zones()]
    )


class NewBusinessForm(PlaceFields):
    name = forms.CharField(label=_("Name of the business"), max_length=80)
    trade = forms.ChoiceField(label=_("What it is"), choices=Trade, widget=forms.RadioSelect, initial=Trade.CAFE)
    person = forms.CharField(
        label=_("Your name"), max_length=80, help_text=_("What your colleagues call you. Customers do not see it.")
    )

    field_order = ("name", "trade", "person", "country", "currency", "language", "time_zone")


class BusinessForm(PlaceFields, forms.ModelForm):
    class Meta:
        model = Tenant
        fields = ("name", "trade", "slug", "country", "currency", "language", "time_zone")
        labels = {"name": _("Name"), "trade": _("What it is"), "slug": _("Address of your portal")}
        error_messages = {"slug": {"invalid": _("Use 2 to 40 small letters, digits and hyphens.")}}

    @property
    def former_addresses(self) -> list[str]:
        return former_addresses(self.instance)

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].lower()
        if not SLUG_SHAPE.match(slug):
            raise ValidationError(_("Use 2 to 40 small letters, digits and hyphens."))
        try:
            refuse_address(slug, tenant=self.instance)
        except DomainError as error:
            raise ValidationError(str(error)) from error
        return slug


class BrandForm(forms.ModelForm):
    logo_file = forms.FileField(
        label=_("Logo"), required=False, help_text=_("PNG, JPEG or WebP, up to 5 MB. A square looks best.")
    )

    class Meta:
        model = Tenant
        fields = ("brand_color", "tagline", "story", "values")
        labels = {
            "brand_color": _("Colour"),
            "tagline": _("One line about you"),
            "story": _("Your story"),
            "values": _("What you stand for"),
        }
        help_texts = {
            "story": _("Two or three sentences: who you are and why you do it. Your portal shows it."),
            "values": _("One on each line, such as “Beans from small farms”."),
        }
        error_messages = {"brand_color": {"max_length": HOW_TO_WRITE}}
        widgets = {
            "brand_color": forms.TextInput(attrs={"type": "color"}),
            "story": forms.Textarea(attrs={"rows": 4}),
            "values": forms.Textarea(attrs={"rows": 3}),
        }

    def clean_brand_color(self) -> str:
        """However it was typed: kept as "#rrggbb" in lower case."""
        try:
            return parse_colour(self.cleaned_data["brand_color"])
        except DomainError as error:
            raise ValidationError(str(error)) from error

    def clean_logo_file(self) -> bytes | None:
        """The picture, decoded and written anew; nothing of the file that was sent is kept."""
        upload = self.cleaned_data["logo_file"]
        if not upload:
            return None
        try:
            return remake_logo(upload)
        except DomainError as error:
            raise ValidationError(str(error)) from error


class LocationForm(forms.ModelForm):
    class Meta:
        model = Location
        fields = ("name", "address")
        labels = {"name": _("Name"), "address": _("Address")}

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if Location.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("There is already a location with this name."))
        return name
