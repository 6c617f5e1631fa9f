"""The list of locations: what each button says it does, and where closed ones stand."""

import re

from django.urls import reverse
from django.utils import timezone

from tenants.isolation import tenant_context
from tenants.models import Location
from tests.cast import sign_in


def test_closed_locations_stand_last_and_every_button_names_its_own(cast):
    with tenant_context(cast.business):
        Location.objects.create(name="Annex", closed_at=timezone.now())
        Location.objects.create(name="Zoo")
    page = sign_in(cast.owner).get(reverse("settings_locations")).content.decode()
    assert re.findall(r'class="rows-title"[^>]*>([^<]+)<', page) == ["Main street", "Zoo", "Annex"]
    assert re.findall(r'type="submit"[^>]*aria-label="([^"]+)"', page) == [
        "Close Main street",
        "Close Zoo",
        "Open again: Annex",
    ]
    questions = re.findall(r'data-confirm="([^"]+)"', page)
    assert [question.partition("?")[0] for question in questions] == ["Close Main street", "Close Zoo"]
