"""A business and its shops."""

from zoneinfo import ZoneInfo

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.ids import uuid7
from loyalty_saas.lib.locales import writing_locale
from tenants.enums import Trade
from tenants.models.base import TenantModel


class Tenant(models.Model):
    """A business. Its own row is behind the wall too: `id` is what every other table's `tenant_id` points at."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=40, unique=True, help_text=_("The address of your portal."))
    name = models.CharField(max_length=80)
    trade = models.CharField(max_length=20, choices=Trade)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=10)
    time_zone = models.CharField(max_length=64)

    logo = models.ImageField(upload_to="logos/", blank=True)
    brand_color = models.CharField(
        max_length=7, default="#7a4a2b", validators=[RegexValidator(r"^#[0-9a-f]{6}$", _("Write it like #7a4a2b."))]
    )
    tagline = models.CharField(max_length=120, blank=True)
    story = models.TextField(max_length=2000, blank=True)
    values = models.TextField(max_length=1000, blank=True)

    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="tenant_slug_shape", condition=Q(slug__regex=r"^[a-z0-9][a-z0-9-]{1,39}$")),
            models.CheckConstraint(name="tenant_currency_shape", condition=Q(currency__regex=r"^[A-Z]{3}$")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def locale(self) -> str:
        """The locale that dates, numbers and money are written in, such as `de_AT`; `en_001` for English in Vienna."""
        return writing_locale(self.language, self.country)


class Location(TenantModel):
    """A shop."""

    name = models.CharField(max_length=80)
    address = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="location_name")]

    def __str__(self) -> str:
        return self.name
