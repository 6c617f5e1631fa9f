"""Earning rules for friends who bought and for recommendations that were approved: on top, and taken back along."""

import pytest

from programs.domain.reconcile import reconcile
from programs.domain.referrals.advocacy import add_action, approve_claim, claim_action
from programs.enums import Cause, ReferralState, RuleEffect, RuleOccasion
from programs.models import Entry, RuleAward
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.programs.referrals import bring, referral, referral_program
from tests.programs.rules import make_rule
from tests.programs.shop import balance, bring_back, buy, key, make_member, make_program


def extra(program, name, occasion, amount=7, **fields):
    return make_rule(program, name, effect=RuleEffect.FIXED, amount=amount, occasion=occasion, **fields)


@pytest.fixture
def program(business):
    with tenant_context(business):
        return referral_program().program


def reasons(entry):
    return {one["name"]: (one["counts"], [m["what"] for m in one["missing"]]) for one in entry.snapshot["reasons"]}


def test_rules_give_on_top_of_what_was_promised_to_either(business, program):
    with tenant_context(business):
        mine = extra(program, "For bringing", RuleOccasion.FRIEND, minimum=2000)
        extra(program, "For coming", RuleOccasion.BROUGHT, 3)
        extra(program, "For much", RuleOccasion.FRIEND, minimum=9000)
        advocate = make_member()
        friend = bring(advocate)
        purchase = buy(friend, 2500)
    with tenant_context(business):
        found = referral(friend)
        assert found.state == ReferralState.REWARDED
        assert found.advocate_entry.amount == 107
        assert found.friend_entry.amount == 53
        assert reasons(found.advocate_entry) == {"For bringing": (True, []), "For much": (False, ["spend"])}
        assert RuleAward.objects.get(rule=mine).cause_id == found.pk
        assert reconcile().agrees
        bring_back(purchase)
    with tenant_context(business):
        assert balance(advocate) == (0, 0, 0)
        assert balance(friend) == (0, 0, 0)
        assert sum(RuleAward.objects.filter(rule=mine).values_list("points", flat=True)) == 0
        assert reconcile().agrees
        buy(friend, 2500)
    with tenant_context(business):
        assert balance(advocate) == (107, 0, 0)


def test_a_rule_alone_is_enough_and_what_refused_is_kept(business):
    with tenant_context(business):
        program = referral_program(make_program(), advocate_points=0, friend_points=5).program
        extra(program, "Once", RuleOccasion.FRIEND, most_for_member=7)
        advocate = make_member()
        friends = [bring(advocate, given_name=name) for name in ("Fred", "Gus")]
        for friend in friends:
            buy(friend, 2000)
    with tenant_context(business):
        assert balance(advocate) == (7, 0, 0)
        second = referral(friends[1])
        assert second.advocate_entry is None
        assert [one["missing"][0]["what"] for one in second.judged["advocate"]] == ["member_cap"]
        assert reconcile().agrees


def test_a_suspicious_friend_holds_what_rules_gave_too(business, program):
    with tenant_context(business):
        extra(program, "For bringing", RuleOccasion.FRIEND)
        advocate = make_member(phone="+436641234567")
        friend = bring(advocate, device="same")
        found = referral(friend)
        found.reasons = ["same_device"]
        found.save()
        buy(friend, 2000)
    with tenant_context(business):
        assert balance(advocate) == (0, 107, 0)
        assert reconcile().agrees


def test_a_rule_for_a_recommendation(cast, business):
    with tenant_context(business):
        program = make_program()
        values = {"points": 30, "times": 1, "days": None}
        review = add_action(values={"name": "Write a review", **values}, by=Actor.system())
        photo = add_action(values={"name": "Show a photo", **values}, by=Actor.system())
        extra(program, "Reviews count more", RuleOccasion.ADVOCACY, subject=str(review.pk))
        member = make_member()
        for action in (review, photo):
            claim = claim_action(member, action=action, proof="there", by=Actor.member(member.pk), key=key())
            approve_claim(claim, by=Actor.staff(cast.staff))
        given = Entry.objects.filter(cause=Cause.ADVOCACY).order_by("seq")
        assert [one.amount for one in given] == [37, 30]
        assert [len(one.snapshot["reasons"]) for one in given] == [1, 0]
        assert reconcile().agrees
