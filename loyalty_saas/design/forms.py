"""A form with one of every kind of field."""

from __future__ import annotations

from django import forms

COUNTRIES = [
    ("", "Choose a country"), ("AT", "Austria"), ("BE", "Belgium"), ("CI", "Côte d’Ivoire"), ("DK", "Denmark"),
    ("FR", "France"), ("DE", "Germany"), ("IE", "Ireland"), ("IT", "Italy"), ("NL", "Netherlands"), ("NO", "Norway"),
    ("PT", "Portugal"), ("ES", "Spain"), ("SE", "Sweden"), ("CH", "Switzerland"), ("GB", "United Kingdom"),
]  # fmt: skip
KINDS = [("points", "Points"), ("stamps", "Stamps"), ("cash", "Store credit")]
KIND_HINTS = {
    "points": "A point for each euro, rewards at levels you choose",
    "stamps": "Every tenth coffee is on the house",
    "cash": "A share of each purchase comes back as credit",
}


class SampleForm(forms.Form):
    """Every control once, with help where a person would want it."""

    name = forms.CharField(label="Name", help_text="As it stands on the member’s card.")
    email = forms.EmailField(label="E-mail")
    phone = forms.CharField(label="Phone", required=False)
    birthday = forms.DateField(label="Birthday", required=False, help_text="The year may be left out later.")
    amount = forms.DecimalField(label="Amount", min_value=0, decimal_places=2)
    rate = forms.IntegerField(label="Discount", required=False)
    country = forms.ChoiceField(label="Country", choices=COUNTRIES)
    language = forms.ChoiceField(label="Language", choices=[("en", "English"), ("de", "German"), ("fr", "French")])
    notes = forms.CharField(label="Notes", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    kind = forms.ChoiceField(label="What members collect", choices=KINDS, widget=forms.RadioSelect, initial="points")
    days = forms.MultipleChoiceField(
        label="Days",
        choices=[("sat", "Saturday"), ("sun", "Sunday")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    consent = forms.BooleanField(label="May write to me by e-mail", help_text="Offers and news, about twice a month.")
    live = forms.BooleanField(label="Say hello to new members automatically", required=False)
    sheet = forms.FileField(label="Members list", required=False, help_text="CSV or Excel, up to 20 MB.")
