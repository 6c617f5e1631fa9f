"""A PIN for somebody who forgot theirs: made by who leads, good for choosing one's own."""

import datetime
import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from loyalty_saas.lib import secrets
from tenants.domain.pins import PinRunOut, WrongPin, check_pin, reset_pin
from tenants.errors import OnlyOwners
from tenants.isolation import tenant_context
from tenants.models import AuditEvent, Membership
from tests.cast import sign_in
from tests.programs.counter_shop import PIN, give_pin

OWN = "7193"


def reset(cast: Any, person: Membership, *, by: Membership) -> str:
    with tenant_context(cast.business):
        return reset_pin(person, by=by)


@pytest.fixture
def device(cast) -> Client:
    """A till that a colleague signed in."""
    with tenant_context(cast.business):
        give_pin(cast.staff)
    return sign_in(cast.manager)


def test_the_team_page_makes_one_and_shows_it_once(cast):
    browser = sign_in(cast.manager)
    address = f"/team/{cast.staff.pk}/"
    assert "Staff has no PIN yet." in browser.get(address).content.decode()
    page = browser.post(f"{address}pin/").content.decode()
    pin = re.search(r"tracking-widest\">(\d{6})<", page)[1]
    with tenant_context(cast.business):
        check_pin(cast.staff, pin=pin)
        event = AuditEvent.objects.get(action="pin.reset")
        assert (event.actor_id, event.subject_id) == (cast.manager.pk, cast.staff.pk)
        assert pin not in str(event.details)
    again = browser.get(address).content.decode()
    assert pin not in again
    assert "has a one-time PIN and has not chosen their own yet" in again


def test_the_old_pin_is_gone_and_so_are_the_wrong_tries(cast, device):
    with tenant_context(cast.business):
        for _guess in range(3):
            with pytest.raises(WrongPin):
                check_pin(cast.staff, pin="9157")
    pin = reset(cast, cast.staff, by=cast.manager)
    with tenant_context(cast.business):
        with pytest.raises(WrongPin) as refusal:
            check_pin(cast.staff, pin=PIN)
        assert refusal.value.params == {"left": 4}
        check_pin(cast.staff, pin=pin)


def test_it_opens_the_counter_only_to_choose_a_pin_of_ones_own(cast, device):
    pin = reset(cast, cast.staff, by=cast.owner)
    device.post(f"/counter/people/{cast.staff.pk}/", {"pin": pin})
    for address in ("/counter/", "/counter/search/?q=an", "/counter/members/new/"):
        assert device.get(address).url == "/counter/pin/"
    page = device.get("/counter/pin/").content.decode()
    assert "Choose a PIN of your own" in page
    assert "PIN you use now" not in page
    assert device.post("/counter/pin/", {"new": OWN, "again": OWN}).url == "/counter/"
    assert device.get("/counter/").status_code == 200
    with tenant_context(cast.business):
        check_pin(cast.staff, pin=OWN)
        with pytest.raises(WrongPin):
            check_pin(cast.staff, pin=pin)


def test_it_runs_out_after_a_day(cast, device):
    pin = reset(cast, cast.staff, by=cast.manager)
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    with time_machine.travel(tomorrow, tick=False), tenant_context(cast.business), pytest.raises(PinRunOut):
        check_pin(cast.staff, pin=pin)


def test_only_owners_reset_the_pin_of_an_owner(cast):
    with pytest.raises(OnlyOwners):
        reset(cast, cast.owner, by=cast.manager)
    assert sign_in(cast.manager).post(f"/team/{cast.owner.pk}/pin/").status_code == 403
    assert reset(cast, cast.owner, by=cast.owner)  # one's own, forgotten


def test_analysts_have_no_use_for_one(cast):
    browser = sign_in(cast.owner)
    assert "PIN at the counter" not in browser.get(f"/team/{cast.analyst.pk}/").content.decode()
    assert browser.post(f"/team/{cast.analyst.pk}/pin/").status_code == 404


def test_a_pin_is_hashed_with_one_round_and_older_hashes_still_count(monkeypatch):
    """Cost is fixed by these numbers; it is not measured here, a machine has other things to do."""
    monkeypatch.setattr(secrets._PinHasher, "parallelism", 5)
    five_rounds = secrets.hash_pin(PIN)
    monkeypatch.undo()
    assert secrets.hash_pin(PIN).split("$")[:2] == ["scrypt_pin", "16384"]
    assert secrets.hash_pin(PIN).split("$")[3:5] == ["8", "1"]
    assert secrets.check_pin(PIN, five_rounds)
    assert not secrets.check_pin("9157", five_rounds)
