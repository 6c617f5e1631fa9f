"""Earning rules on real purchases: what they give, what a return takes back, caps, versions, two at once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection

from customers.domain.merging import merge_members
from customers.domain.purchases import LineDetails, ReturnLineDetails
from customers.enums import Source
from customers.models import Category, Product, Purchase
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.ids import uuid7
from programs.domain.bulk import award_purchases
from programs.domain.foreseeing import preview_visit
from programs.domain.reconcile import reconcile
from programs.domain.rules.publishing import (
    MOST_RULES,
    compose_rule,
    drop_draft,
    end_rule,
    publish_rule,
    redraft_rule,
    resume_rule,
    stack_rules,
)
from programs.domain.rules.reading import rules_in_force
from programs.domain.serving import Visit
from programs.enums import RuleEffect, RuleOccasion, Stacking
from programs.errors import NothingToPublish, RuleEnded, TooManyRules
from programs.models import EarningRule, RuleAward
from tenants.isolation import tenant_context
from tenants.models import Location
from tests.programs.rules import defined, make_rule
from tests.programs.shop import (
    SYSTEM,
    accrual_of,
    at,
    balance,
    bring_back,
    buy,
    earn,
    make_member,
    make_program,
    make_tier,
)
from tests.threads import at_once

TUESDAY = "2026-11-24 10:00"


@pytest.fixture
def program(inside):
    return make_program()


def reason(entry, name="Double"):
    (found,) = [one for one in entry.snapshot["reasons"] if one["what"] == "rule" and one["name"] == name]
    return found


def given(rule, **which):
    return sum(RuleAward.objects.filter(rule=rule, **which).values_list("points", flat=True))


def test_a_match_gives_and_the_entry_says_by_what(program):
    rule = make_rule(program, weekdays=(1,))
    with at(TUESDAY):
        entry = earn(make_member(), 1000)
    assert entry.amount == 20
    assert reason(entry) == {
        "what": "rule", "rule": str(rule.pk), "version": 1, "name": "Double", "counts": True, "points": "10",
        "missing": [],
    }  # fmt: skip
    assert given(rule) == 10


def test_what_was_given_by_no_published_rule_is_found(program):
    make_rule(program)
    entry = earn(make_member(), 1000)
    assert reconcile().differences == []
    for stranger, version in ((uuid7(), 1), (make_rule(program, name="Triple").pk, 2)):
        RuleAward.objects.create(
            rule_id=stranger, version=version, entry=entry, account_id=entry.account_id, points=0,
            cause_id=entry.cause_id, occurred_at=entry.occurred_at,
        )  # fmt: skip
    found = [one for one in reconcile().differences if "names a version" in one.rule]
    assert len(found) == 2


def test_a_refusal_is_written_down_with_what_was_missing(program):
    """It is Tuesday in London still, and Wednesday in Vienna."""
    rule = make_rule(program, weekdays=(1,))
    with at("2026-11-24 23:20"):
        entry = earn(make_member(), 1000)
    assert entry.amount == 10
    assert reason(entry)["missing"] == [{"what": "weekday", "weekdays": [1], "day": "2026-11-25", "minute": 20}]
    assert given(rule) == 0


def test_products_on_the_receipt(program):
    drinks = Category.objects.create(name="Drinks")
    beans = Product.objects.create(name="Beans", sku="B", price=1200)
    tea = Product.objects.create(name="Tea", sku="T", category=drinks, price=400)
    make_rule(program, "Tea", effect=RuleEffect.ITEMS, amount=5, every=2, categories=(drinks,))
    lines = (
        LineDetails(product=tea, quantity=Decimal(3), unit_price=400),
        LineDetails(product=beans, quantity=Decimal(1), unit_price=1200),
    )
    purchase = buy(make_member(), lines=lines)
    entry = accrual_of(purchase)
    assert entry.amount == 24 + 5
    assert reason(earn(make_member(), 1000), "Tea")["missing"] == [
        {"what": "products", "names": ["Drinks"], "known": False}
    ]
    tea_line = purchase.lines.get(product=tea)
    bring_back(purchase, lines=(ReturnLineDetails(tea_line, Decimal(2)),))
    assert (balance(purchase.member)[0], given(entry.rule_awards.get().rule)) == (16, 0)
    assert reconcile().agrees


@pytest.mark.parametrize("pieces", [1, 3, 7])
def test_what_comes_back_takes_its_extra_along(program, pieces):
    rule = make_rule(program, amount=250, minimum=500)
    member = make_member()
    purchase = buy(member, 1000)
    assert balance(member) == (25, 0, 0)
    for _piece in range(pieces - 1):
        bring_back(Purchase.objects.get(pk=purchase.pk), 1000 // pieces)
    bring_back(Purchase.objects.get(pk=purchase.pk))
    assert balance(member) == (0, 0, 0)
    assert given(rule) == 0
    assert reconcile().agrees


def test_below_its_minimum_a_rule_takes_all_of_its_extra_back(program):
    rule = make_rule(program, effect=RuleEffect.FIXED, amount=30, minimum=800)
    member = make_member()
    purchase = buy(member, 1000)
    bring_back(purchase, 100)
    assert (balance(member)[0], given(rule)) == (39, 30)
    bring_back(Purchase.objects.get(pk=purchase.pk), 101)
    assert (balance(member)[0], given(rule)) == (7, 0)


def test_a_cap_for_a_day_is_of_the_local_day_and_comes_back_with_a_return(program):
    make_rule(program, effect=RuleEffect.FIXED, amount=20, most_in_day=30)
    member = make_member()
    with at("2026-11-24 22:30"):
        first = buy(member, 100)
        assert [earn(member, 100).amount, earn(member, 100).amount] == [11, 1]
        bring_back(first)
        assert earn(member, 100).amount == 21
    with at("2026-11-24 23:00"):
        assert earn(member, 100).amount == 21


def test_a_cap_for_a_month_is_of_the_calendar_there(program):
    make_rule(program, effect=RuleEffect.FIXED, amount=20, most_in_month=30)
    member, won = make_member(), []
    for moment in ("2026-10-01 10:00", "2026-10-31 22:59", "2026-10-31 23:00", "2026-11-30 22:59"):
        with at(moment):
            won.append(earn(member, 100).amount)
    assert won == [21, 11, 21, 11]


def test_a_cap_counts_what_a_merged_record_was_given(program):
    make_rule(program, effect=RuleEffect.FIXED, amount=20, most_for_member=30)
    kept, other = make_member(), make_member(given_name="Jonas")
    assert earn(other, 100).amount == 21
    merge_members(kept, other, by=SYSTEM, source=Source.DASHBOARD)
    assert (earn(kept, 100).amount, earn(kept, 100).amount) == (11, 1)


def test_only_one_of_two_first_purchases_at_once_is_the_first(business):
    with tenant_context(business):
        make_rule(make_program(), effect=RuleEffect.FIXED, amount=30, occasion=RuleOccasion.FIRST)
        member = make_member()

    def shop(_turn):
        with tenant_context(business):
            return earn(member, 100).amount

    assert sorted(at_once(shop, range(4))) == [1, 1, 1, 31]


def test_every_third_day_of_visit(program):
    make_rule(program, effect=RuleEffect.FIXED, amount=50, occasion=RuleOccasion.VISIT, nth=3)
    member, won = make_member(), []
    for day in range(1, 7):
        with at(f"2026-03-{day:02} 10:00"):
            won.append(earn(member, 100).amount)
            won.append(earn(member, 100).amount)
    assert won == [1, 1, 1, 1, 51, 1, 1, 1, 1, 1, 51, 1]


def test_a_change_counts_from_its_day_and_the_old_promise_until_then(program):
    with at("2026-11-01 10:00"):
        rule = make_rule(program, since="2026-11-01 10:00")
        redraft_rule(rule, name="Triple", definition=defined(amount=300), by=SYSTEM)
        publish_rule(rule, by=SYSTEM, starts_at=datetime(2026, 12, 1, tzinfo=UTC))
    member = make_member()
    with at("2026-11-30 10:00"):
        assert earn(member, 1000).amount == 20
    with at("2026-12-01 10:00"):
        assert earn(member, 1000).amount == 30
        late = buy(member, 1000, occurred_at=datetime(2026, 11, 30, 10, tzinfo=UTC))
        early = buy(member, 1000, occurred_at=datetime(2026, 10, 31, 10, tzinfo=UTC))
    assert (accrual_of(late).amount, accrual_of(early).amount) == (20, 10)
    assert [one["version"] for one in accrual_of(late).snapshot["reasons"] if one["what"] == "rule"] == [1]


def test_what_is_published_later_replaces_what_was_to_begin_after_it(program):
    with at("2026-11-01 10:00"):
        rule = make_rule(program)
        for amount, starts_at in ((300, datetime(2026, 12, 1, tzinfo=UTC)), (400, None)):
            redraft_rule(rule, name="New", definition=defined(amount=amount), by=SYSTEM)
            publish_rule(rule, by=SYSTEM, starts_at=starts_at)
    for month in (11, 12):
        (standing,) = rules_in_force(program, datetime(2026, month, 15, tzinfo=UTC))
        assert (standing.version, standing.definition.amount) == (3, 400)


def test_a_draft_counts_for_nothing_and_an_ended_rule_no_longer(program):
    rule = compose_rule(program, name="Double", definition=defined(), by=SYSTEM)
    assert earn(make_member(), 1000).amount == 10
    publish_rule(rule, by=SYSTEM)
    with pytest.raises(NothingToPublish):
        publish_rule(rule, by=SYSTEM)
    assert earn(make_member(), 1000).amount == 20
    end_rule(rule, by=SYSTEM)
    assert earn(make_member(), 1000).amount == 10
    with pytest.raises(RuleEnded):
        redraft_rule(rule, name="Double", definition=defined(), by=SYSTEM)
    again = resume_rule(rule, by=SYSTEM)
    assert (again.pk != rule.pk, again.draft["amount"], again.versions.count()) == (True, 200, 0)


def test_a_draft_is_dropped_and_the_rule_stays_as_it_was_published(program):
    rule = make_rule(program)
    redraft_rule(rule, name="Other", definition=defined(amount=900), by=SYSTEM)
    assert drop_draft(rule, by=SYSTEM)
    rule.refresh_from_db()
    assert (rule.name, rule.draft) == ("Double", None)
    fresh = compose_rule(program, name="Fresh", definition=defined(), by=SYSTEM)
    assert not drop_draft(fresh, by=SYSTEM)
    assert not EarningRule.objects.filter(pk=fresh.pk).exists()


def test_a_rule_names_only_what_is_there(program, cast):
    with pytest.raises(Invalid) as refused:
        compose_rule(program, name="Tier", definition=defined(tiers=(program,)), by=SYSTEM)
    assert refused.value.field == "tiers"


def test_there_are_no_more_than_anybody_keeps_in_mind(program):
    for number in range(MOST_RULES):
        compose_rule(program, name=f"Rule {number}", definition=defined(), by=SYSTEM)
    with pytest.raises(TooManyRules):
        make_rule(program)


def test_tier_and_rule_together_as_the_business_says(program):
    make_rule(program)
    make_tier(program, "Everybody", 0, multiplier=150)
    assert earn(make_member(), 1000).amount == 20
    stack_rules(program, Stacking.ALL, by=SYSTEM)
    assert earn(make_member(), 1000).amount == 30


def test_the_preview_is_what_happens(program):
    place = Location.objects.create(name="Market")
    make_rule(program, locations=(place,), budget=15)
    member = make_member()
    earn(member, 100)
    for location, won in ((place, 20), (None, 10), (place, 15)):
        foreseen = preview_visit(member, Visit(amount=1000), by=SYSTEM, location=location)
        assert foreseen.sums.won == won == earn(member, 1000, location=location).amount
        assert foreseen.sums.rules == (("Double",) if won > 10 else ())


def test_a_file_earns_by_the_rules_of_its_days(program):
    make_rule(program, since="2026-11-10 10:00")
    member = make_member()
    days = [datetime(2026, 11, 9, 9, tzinfo=UTC) + timedelta(days=number) for number in range(4)]
    purchases = [buy(member, 1000, effects=False, occurred_at=day) for day in days]
    assert award_purchases(purchases, by=SYSTEM, source=Source.IMPORT, silent=True) == 4
    assert [accrual_of(one).amount for one in purchases] == [10, 10, 20, 20]
    assert award_purchases(purchases, by=SYSTEM, source=Source.IMPORT, silent=True) == 0
    assert reconcile().agrees


def test_parts_of_points_are_carried_with_the_extra(program):
    make_rule(program, amount=150)
    member = make_member()
    assert [earn(member, 50).amount, earn(member, 50).amount] == [0, 1]
    assert Fraction(accrual_of(member.purchases.latest("pk")).snapshot["carry_after"]) == Fraction(1, 2)


@pytest.mark.parametrize("table", ["programs_earningruleversion", "programs_ruleaward"])
def test_what_was_promised_and_given_is_written_once(program, table):
    make_rule(program)
    earn(make_member(), 1000)
    with pytest.raises(Exception, match=r"append-only|permission denied"), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
