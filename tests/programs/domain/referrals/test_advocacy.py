"""Members say that they recommended the business; the team thanks them, once, within what staff may give."""

import pytest

from customers.models import Activity
from loyalty_saas.lib.errors import Invalid, NotFound
from programs.domain.reconcile import reconcile
from programs.domain.referrals.advocacy import (
    add_action,
    approve_claim,
    claim_action,
    end_action,
    left_for,
    refuse_claim,
)
from programs.enums import Cause, ClaimState
from programs.errors import ClaimAnswered, MemberDayLimit, OwnAccount, ThankedEnough
from programs.models import AdvocacyClaim, Entry
from programs.queries import account_of
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.programs.shop import at, balance, key, make_member, make_program
from tests.threads import at_once


@pytest.fixture
def by(cast) -> Actor:
    return Actor.staff(cast.staff)


@pytest.fixture
def action(business):
    with tenant_context(business):
        make_program()
        return review_action()


def review_action(**values):
    given = {"name": "Write a review", "points": 30, "times": 1, "days": None, **values}
    return add_action(values=given, by=Actor.system())


def claim(member, action, **rest):
    return claim_action(member, action=action, proof="https://maps.example/r/1", by=Actor.member(member.pk), **rest)


def test_approved_it_gives_what_was_promised(business, action, by):
    with tenant_context(business):
        member = make_member()
        asked = claim(member, action, key=key())
        approved = approve_claim(asked, by=by)
        assert approve_claim(asked, by=by) == approved
        assert balance(member) == (30, 0, 0)
        entry = Entry.objects.get(cause=Cause.ADVOCACY)
        assert (entry.cause_id, entry.actor_id, approved.entry_id) == (asked.pk, by.id, entry.pk)
        assert account_of(member).lifetime == 30
        assert Activity.objects.filter(kind="advocacy.approved").count() == 1
        assert reconcile().differences == []


def test_it_counts_as_often_as_the_owner_says(business, action, by):
    with tenant_context(business):
        monthly = review_action(name="Share", times=2, days=30)
        member = make_member()
        claim(member, action, key=key())
        with pytest.raises(ThankedEnough):
            claim(member, action, key=key())
        with at("2026-03-01 10:00"):
            claim(member, monthly, key=key())
            claim(member, monthly, key=key())
            assert left_for(member, monthly) == 0
        with at("2026-04-02 10:00"):
            assert left_for(member, monthly) == 2


def test_not_accepted_says_why_and_may_be_claimed_again(business, action, by):
    with tenant_context(business):
        member = make_member()
        asked = claim(member, action, key=key())
        with pytest.raises(Invalid):
            refuse_claim(asked, answer=" ", by=by)
        refused = refuse_claim(asked, answer="We cannot find it.", by=by)
        assert (refused.state, refused.answer, refused.entry) == (ClaimState.REFUSED, "We cannot find it.", None)
        with pytest.raises(ClaimAnswered):
            approve_claim(asked, by=by)
        assert left_for(member, action) == 1


def test_claimed_again_with_the_same_key_it_is_one_claim(business, action):
    with tenant_context(business):
        member = make_member()
        assert claim(member, action, key="k") == claim(member, action, key="k")
        end_action(action, by=Actor.system())
        with pytest.raises(NotFound):
            claim(make_member(), action, key=key())


def test_staff_thank_within_their_limits_and_never_themselves(cast, business, by):
    with tenant_context(business):
        make_program(member_day_limit=2_000)
        action = review_action()
        with pytest.raises(MemberDayLimit):
            approve_claim(claim(make_member(), action, key=key()), by=by)
        own = claim(make_member(email=cast.staff.user.email), action, key=key())
        with pytest.raises(OwnAccount):
            approve_claim(own, by=by)


def test_two_approve_at_once_and_it_is_given_once(cast, business, action):
    with tenant_context(business):
        member = make_member()
        asked = claim(member, action, key=key())

    def approve(person):
        with tenant_context(business):
            return approve_claim(asked, by=Actor.staff(person)).state

    assert at_once(approve, [cast.owner, cast.manager]) == [ClaimState.APPROVED] * 2
    with tenant_context(business):
        assert balance(member) == (30, 0, 0)


def test_claimed_twice_at_once_it_counts_once(business, action):
    with tenant_context(business):
        member = make_member()

    def ask(number):
        with tenant_context(business):
            return claim(member, action, key=f"at once {number}")

    outcomes = at_once(ask, range(2))
    assert {type(one) for one in outcomes} == {AdvocacyClaim, ThankedEnough}
