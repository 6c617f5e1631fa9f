"""A number that nobody proved: it finds its member for people who can ask, and nothing else."""

import pytest
from django.db import IntegrityError, transaction

from customers.api.lookup import find_member
from customers.domain.claimed_phones import confirm_phone, drop_claimed_phone
from customers.domain.members import MemberDetails, change_member, enrol_member, looks_like
from customers.enums import ActivityKind, Source
from customers.errors import Taken
from customers.models import Activity, Member
from customers.queries import search_members
from tenants.actors import Actor
from tests.customers.people import a_member

BY = Actor.system()
PHONE = "+436641234567"


def claimant(name: str = "Bea") -> Member:
    """Somebody who joined in the portal with this number."""
    details = MemberDetails(given_name=name, email=f"{name.lower()}@example.com", phone=PHONE)
    return enrol_member(details, by=BY, source=Source.PORTAL)


@pytest.mark.usefixtures("inside")
def test_whose_number_it_is_joins_with_it_although_somebody_claims_it():
    claims = claimant()
    anna = a_member(given_name="Anna", phone=PHONE)
    claims.refresh_from_db()
    assert (anna.phone, claims.phone, claims.claimed_phone) == (PHONE, "", PHONE)
    assert find_member("phone", PHONE) == anna
    with pytest.raises(Taken) as taken:
        confirm_phone(claims, by=BY, source=Source.COUNTER)
    assert taken.value.member == anna


@pytest.mark.usefixtures("inside")
def test_a_claimed_number_names_nobody_to_a_machine_and_is_a_guess_to_people():
    claims = claimant()
    assert find_member("phone", PHONE) is None
    [match] = looks_like(MemberDetails(phone=PHONE))
    assert (match.member, match.certain) == (claims, False)
    assert str(match.reason) == "the same phone number, typed by the member and not confirmed"
    assert list(search_members("4567", limit=5)) == [claims]


@pytest.mark.usefixtures("inside")
def test_confirmed_it_is_theirs_and_the_record_says_by_whom(cast):
    by = Actor.staff(cast.staff)
    claims = claimant()
    for _twice in range(2):
        confirmed = confirm_phone(Member.objects.get(pk=claims.pk), by=by, source=Source.COUNTER)
    assert (confirmed.phone, confirmed.claimed_phone) == (PHONE, "")
    assert find_member("phone", PHONE) == claims
    [changed] = Activity.objects.filter(member=claims, kind=ActivityKind.MEMBER_CHANGED)
    assert (changed.payload, changed.actor_id) == ({"fields": ["phone"]}, cast.staff.pk)


@pytest.mark.usefixtures("inside")
def test_taken_away_it_finds_nobody_and_a_confirmed_one_is_not_taken_away():
    dropped = drop_claimed_phone(claimant(), by=BY, source=Source.COUNTER)
    assert (dropped.phone, dropped.claimed_phone) == ("", "")
    assert list(search_members("4567", limit=5)) == []
    anna = a_member(given_name="Anna", phone=PHONE)
    assert drop_claimed_phone(anna, by=BY, source=Source.COUNTER).phone == PHONE


@pytest.mark.usefixtures("inside")
def test_what_staff_write_takes_the_place_of_a_claim_and_an_empty_field_does_not():
    claims = claimant()
    change_member(claims, changes={"phone": "", "family_name": "Berg"}, by=BY, source=Source.DASHBOARD)
    claims.refresh_from_db()
    assert claims.claimed_phone == PHONE
    change_member(claims, changes={"phone": "+436647654321"}, by=BY, source=Source.DASHBOARD)
    claims.refresh_from_db()
    assert (claims.phone, claims.claimed_phone) == ("+436647654321", "")


@pytest.mark.usefixtures("inside")
def test_nobody_has_a_number_and_claims_another():
    anna = a_member(given_name="Anna", phone="+436647654321")
    with pytest.raises(IntegrityError, match="member_claimed_phone"), transaction.atomic():
        Member.objects.filter(pk=anna.pk).update(claimed_phone=PHONE)
