"""Owners and managers need a second step of signing in, once their days of grace are over."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tenants import platform
from tenants.domain.businesses import BusinessDetails, create_business
from tenants.domain.second_step import second_step_due
from tenants.domain.team import accept_invitation, change_role, invite
from tenants.enums import Role
from tenants.isolation import tenant_context
from tenants.models import Membership
from tests.api import Till, make_key
from tests.cast import make_business, make_membership, make_user, sign_in
from tests.programs.counter_shop import give_pin

SETUP = "/account/2fa/"
DAYS = settings.SECOND_STEP_GRACE_DAYS


@contextmanager
def days_later(days: float) -> Iterator[None]:
    with time_machine.travel(timezone.now() + datetime.timedelta(days=days), tick=False):
        yield


def due_of(membership: Membership) -> datetime.datetime | None:
    return second_step_due(membership.user, platform.memberships_of(membership.user))


def add_second_step(membership: Membership, kind: str = Authenticator.Type.TOTP) -> None:
    Authenticator.objects.create(user=membership.user, type=kind, data={"secret": "", "credential": {}})


def age(membership: Membership, days: float) -> None:
    """As if the person had joined so many days ago, in a role that they have had since."""
    with tenant_context(membership.tenant_id):
        Membership.objects.filter(pk=membership.pk).update(joined_at=timezone.now() - datetime.timedelta(days=days))


@pytest.mark.parametrize("role", ["owner", "manager"])
def test_who_leads_is_let_in_until_the_last_day_and_led_to_set_it_up_from_then(cast, role):
    leader = getattr(cast, role)
    age(leader, DAYS - 0.01)
    assert sign_in(leader).get("/settings/").status_code == 200
    age(leader, DAYS)
    browser = sign_in(leader)
    for address in ("/", "/settings/", "/members/", "/team/"):
        assert browser.get(address).url == SETUP
    assert browser.post("/settings/", {"name": "Taken over"}).url == SETUP
    assert "needs one more step from you" in browser.get(SETUP).content.decode()


@pytest.mark.parametrize("kind", [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])
def test_an_app_or_a_passkey_opens_the_business_again(cast, kind):
    age(cast.owner, DAYS + 1)
    add_second_step(cast.owner, kind)
    assert sign_in(cast.owner).get("/settings/").status_code == 200


def test_recovery_codes_alone_are_no_second_step(cast):
    age(cast.owner, DAYS + 1)
    add_second_step(cast.owner, Authenticator.Type.RECOVERY_CODES)
    assert sign_in(cast.owner).get("/settings/").url == SETUP


def test_htmx_is_sent_there_as_a_whole_page(cast):
    age(cast.owner, DAYS + 1)
    answer = sign_in(cast.owner).get("/palette/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == SETUP


def test_staff_and_analysts_owe_nothing(cast):
    for person in (cast.staff, cast.analyst):
        age(person, 400)
        assert due_of(person) is None
    assert sign_in(cast.analyst).get("/members/").status_code == 200
    assert sign_in(cast.staff).get("/counter/").status_code == 200


def test_the_counter_goes_on_on_a_device_that_an_overdue_owner_signed_in(cast):
    with tenant_context(cast.business):
        give_pin(cast.staff)
    age(cast.owner, DAYS + 1)
    device = sign_in(cast.owner)
    assert device.get("/counter/").status_code == 200
    assert device.post(f"/counter/people/{cast.staff.pk}/", {"pin": "4826"}).url == "/counter/"
    assert cast.staff.name in device.get("/counter/").content.decode()


def test_the_days_of_grace_are_said_at_home_and_everywhere_near_the_end(cast):
    browser = sign_in(cast.owner)
    assert "Make signing in safer" in browser.get("/").content.decode()
    assert "Make signing in safer" not in browser.get("/settings/").content.decode()
    age(cast.owner, DAYS - 2)
    assert "Make signing in safer" in browser.get("/settings/").content.decode()
    add_second_step(cast.owner)
    assert "Make signing in safer" not in browser.get("/").content.decode()


def test_a_new_business_has_its_days_and_the_first_of_several_counts(cast):
    owner = make_user()
    details = BusinessDetails(
        name="Café Elm", trade="cafe", country="AT", currency="EUR", language="de", time_zone="Europe/Vienna"
    )
    first = create_business(owner, details)
    started = first.leads_since
    assert due_of(first) == started + datetime.timedelta(days=DAYS)
    with days_later(3):
        create_business(owner, details)
        assert due_of(first) == started + datetime.timedelta(days=DAYS)


def test_an_analyst_of_one_business_who_leads_another_is_asked_in_both(cast):
    elsewhere = make_membership(make_business(), Role.OWNER, cast.analyst.user)
    age(elsewhere, DAYS + 1)
    assert sign_in(cast.analyst).get("/members/").url == SETUP


def test_one_who_joins_as_a_manager_has_their_days_from_then(cast):
    person = make_user("Nora")
    with tenant_context(cast.business):
        _invitation, token = invite(person.email, role=Role.MANAGER, by=cast.owner)
    browser = Client()
    browser.force_login(person)
    with days_later(10):
        browser.force_login(person)
        assert browser.post(f"/invitations/{token}/").url == "/"
        page = browser.get("/")
        assert (page.status_code, "Make signing in safer" in page.content.decode()) == (200, True)
    with days_later(10 + DAYS + 0.01):
        browser.force_login(person)
        assert browser.get("/").url == SETUP


def test_changing_roles_to_and_fro_gives_no_new_days(cast):
    with tenant_context(cast.business):
        change_role(cast.staff, role=Role.MANAGER, by=cast.owner)
        began = cast.staff.leads_since
    assert due_of(cast.staff) == began + datetime.timedelta(days=DAYS)
    with days_later(5), tenant_context(cast.business):
        change_role(cast.staff, role=Role.STAFF, by=cast.owner)
        change_role(cast.staff, role=Role.OWNER, by=cast.owner)
    assert due_of(cast.staff) == began + datetime.timedelta(days=DAYS)
    with tenant_context(cast.business):
        change_role(cast.manager, role=Role.OWNER, by=cast.owner)
    assert due_of(cast.manager) == cast.manager.joined_at + datetime.timedelta(days=DAYS)


def test_who_comes_back_keeps_the_day_on_which_they_first_led(cast):
    with tenant_context(cast.business):
        Membership.objects.filter(pk=cast.manager.pk).update(
            removed_at=timezone.now(), leads_since=timezone.now() - datetime.timedelta(days=100)
        )
        _invitation, token = invite(cast.manager.user.email, role=Role.MANAGER, by=cast.owner)
    accept_invitation(token, user=cast.manager.user)
    assert due_of(cast.manager) < timezone.now()


def test_sample_businesses_ask_for_nothing_and_real_ones_of_the_same_person_do(cast):
    sample = make_membership(make_business(is_demo=True), Role.OWNER)
    age(sample, 400)
    assert due_of(sample) is None
    assert sign_in(sample).get("/settings/").status_code == 200
    real = make_membership(make_business(), Role.MANAGER, sample.user)
    age(real, DAYS + 1)
    assert sign_in(sample).get("/settings/").url == SETUP


def test_the_pages_of_the_person_stay_open(cast):
    age(cast.owner, DAYS + 1)
    browser = sign_in(cast.owner)
    assert browser.get(reverse("start")).status_code == 200
    assert browser.get("/account/sessions/").status_code == 200


def test_keys_are_not_asked(cast):
    age(cast.owner, DAYS + 1)
    assert Till(make_key(cast.owner)).get("members/").status_code == 200
