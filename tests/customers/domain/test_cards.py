"""The rotating card."""

import time

import pytest

from customers.domain.cards import card_payload, renew_card, seconds_left, tidy_card_steps, verify_card
from customers.domain.members import leave_program
from customers.enums import Source
from customers.errors import CardNotReadable, CardOutdated, CardUsed
from customers.models import CardStep, Member
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.customers.people import a_member

NOW = 1_800_000_010.0


def test_a_fresh_code_is_its_members_and_live(inside):
    member = a_member()
    read = verify_card(card_payload(member, NOW), NOW)
    assert (read.member, read.is_live) == (member, True)


def test_a_code_counts_in_the_next_step_and_not_later(inside):
    member = a_member()
    assert verify_card(card_payload(member, NOW), NOW + 30).is_live
    with pytest.raises(CardOutdated):
        verify_card(card_payload(member, NOW + 300), NOW + 360)
    with pytest.raises(CardOutdated):
        verify_card(card_payload(member, NOW + 600), NOW + 500)


def test_each_code_is_taken_once(inside):
    payload = card_payload(a_member(), NOW)
    verify_card(payload, NOW)
    with pytest.raises(CardUsed):
        verify_card(payload, NOW)


def test_a_changed_code_is_refused_and_uses_no_step_up(inside):
    member = a_member()
    payload = card_payload(member, NOW)
    with pytest.raises(CardOutdated):
        verify_card(payload[:-1] + ("A" if payload[-1] != "A" else "B"), NOW)
    assert verify_card(payload, NOW).is_live


def test_the_code_of_another_member_is_refused(inside):
    number, step, _code = card_payload(a_member(), NOW).split(".")
    other = card_payload(a_member(family_name="Other"), NOW).rsplit(".", 1)[1]
    with pytest.raises(CardOutdated):
        verify_card(f"{number}.{step}.{other}", NOW)


def test_a_number_alone_is_a_card_that_is_not_live(inside):
    member = a_member()
    spaced = f" {member.number[:4]} {member.number[4:]} "
    read = verify_card(spaced)
    assert (read.member, read.is_live) == (member, False)


@pytest.mark.parametrize(
    "payload", ["", ".", "..", "123", "1.2.3.4", "a.b.c", "9" * 500, "1234.²3.AAAA", "\x00", "☃.1.x"]
)
def test_what_is_no_card_is_refused(inside, payload):
    with pytest.raises(CardNotReadable):
        verify_card(payload)


def test_those_who_left_have_no_card(inside):
    member = a_member()
    payload = card_payload(member, NOW)
    leave_program(member, by=Actor.system(), source=Source.DASHBOARD)
    with pytest.raises(CardNotReadable):
        verify_card(payload, NOW)


def test_a_renewed_card_makes_the_one_before_worthless(inside):
    member = a_member()
    payload = card_payload(member, NOW)
    renew_card(member)
    with pytest.raises(CardOutdated):
        verify_card(payload, NOW)


def test_a_card_of_one_business_is_none_in_another(cast):
    with tenant_context(cast.business):
        payload = card_payload(a_member())
    with tenant_context(cast.other_business), pytest.raises(CardNotReadable):
        verify_card(payload)


def test_the_secret_is_encrypted_and_made_once(inside):
    member = a_member()
    first, second = card_payload(member, NOW), card_payload(Member.objects.get(pk=member.pk), NOW)
    assert first == second
    assert len(Member.objects.get(pk=member.pk).card_secret) > 60


def test_used_steps_are_dropped_the_day_after(inside):
    verify_card(card_payload(a_member()))
    assert tidy_card_steps() == 0
    CardStep.objects.update(used_at="2020-01-01T00:00Z")
    assert tidy_card_steps() == 1


def test_the_page_knows_how_long_a_code_is_shown():
    assert seconds_left(NOW) == 20
    assert 1 <= seconds_left(time.time()) <= 30
