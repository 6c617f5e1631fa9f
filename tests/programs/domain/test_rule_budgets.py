"""What a rule gave to everybody: kept as one number from its first budget on, and always that of its awards."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from datetime import UTC, datetime
from threading import Event

import pytest
from django.db import connections, transaction

from programs.domain.reconcile import reconcile
from programs.domain.rules.listing import published_rules
from programs.domain.rules.publishing import publish_rule, redraft_rule
from programs.enums import RuleEffect
from programs.models import EarningRule, RuleAward
from tenants.isolation import tenant_context
from tests.programs.rules import defined, make_rule
from tests.programs.shop import SYSTEM, accrual_of, at, bring_back, buy, earn, make_member, make_program
from tests.threads import at_once


@pytest.fixture
def program(inside):
    return make_program()


def kept(rule):
    return EarningRule.objects.get(pk=rule.pk).given_to_all


def given(rule):
    return sum(RuleAward.objects.filter(rule=rule).values_list("points", flat=True))


def give_budget(rule, budget, **when):
    redraft_rule(rule, name=rule.name, definition=defined(RuleEffect.FIXED, 30, budget=budget), by=SYSTEM)
    return publish_rule(rule, by=SYSTEM, **when)


def test_the_sum_follows_what_is_given_and_what_goes_back(program):
    rule = make_rule(program, amount=250, budget=1000)
    member = make_member()
    assert kept(rule) == 0
    purchase = buy(member, 1000)
    earn(make_member(given_name="Jonas"), 2000)
    assert kept(rule) == given(rule) == 45
    bring_back(purchase, 400)
    assert kept(rule) == given(rule) == 39
    bring_back(purchase, 600)
    assert kept(rule) == given(rule) == 30
    assert [one.left.for_all for one in published_rules(program, datetime.now(UTC))] == [970]
    assert reconcile().agrees


def test_nothing_is_kept_for_a_rule_without_a_budget(program):
    rule = make_rule(program)
    bring_back(buy(make_member(), 1000), 400)
    assert (kept(rule), given(rule)) == (None, 6)
    assert reconcile().agrees


def test_a_first_budget_counts_what_was_given_before_it(program):
    rule = make_rule(program, effect=RuleEffect.FIXED, amount=30)
    for _time in range(2):
        earn(make_member(), 100)
    give_budget(rule, 100)
    assert kept(rule) == 60
    assert [earn(make_member(), 100).amount for _time in range(3)] == [31, 11, 1]


def test_a_purchase_of_before_the_budget_counts_towards_it(program):
    """It is judged by the promise of its day, which knew no budget."""
    with at("2026-11-01 10:00"):
        rule = make_rule(program, since="2026-11-01 10:00", effect=RuleEffect.FIXED, amount=30)
        give_budget(rule, 40, starts_at=datetime(2026, 12, 1, tzinfo=UTC))
    with at("2026-12-02 10:00"):
        late = accrual_of(buy(make_member(), 100, occurred_at=datetime(2026, 11, 30, 10, tzinfo=UTC)))
        assert (late.amount, kept(rule)) == (31, 30)
        assert earn(make_member(), 100).amount == 11
    assert reconcile().agrees


@pytest.mark.parametrize("wrong", [None, 31])
def test_a_sum_that_is_not_that_of_the_awards_is_found(program, wrong):
    rule = make_rule(program, effect=RuleEffect.FIXED, amount=30, budget=100)
    earn(make_member(), 100)
    EarningRule.objects.filter(pk=rule.pk).update(given_to_all=wrong)
    (found,) = reconcile().differences
    assert "kept sum" in found.rule


def test_a_sale_under_way_counts_towards_a_budget_published_meanwhile(business):
    with tenant_context(business):
        program = make_program()
        rule, members = make_rule(program, effect=RuleEffect.FIXED, amount=30), [make_member(), make_member()]
        earn(members[0], 100)
    has_given, may_end = Event(), Event()

    def sell():
        try:
            with tenant_context(business), transaction.atomic():
                earn(members[0], 100)
                has_given.set()
                assert may_end.wait(30)
        finally:
            connections.close_all()

    def publish():
        try:
            with tenant_context(business):
                give_budget(rule, 100)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        sale = pool.submit(sell)
        assert has_given.wait(30)
        published = pool.submit(publish)
        with pytest.raises(NotYet):
            published.result(0.5)
        may_end.set()
        sale.result()
        published.result()
    with tenant_context(business):
        assert kept(rule) == given(rule) == 60
        assert earn(members[1], 100).amount == 31
        assert reconcile().agrees


def test_a_budget_is_never_passed_by_two_at_once(business):
    with tenant_context(business):
        rule = make_rule(make_program(), effect=RuleEffect.FIXED, amount=30, budget=100)
        members = [make_member() for _number in range(6)]

    def shop(member):
        with tenant_context(business):
            return earn(member, 100).amount

    assert sorted(at_once(shop, members)) == [1, 1, 11, 31, 31, 31]
    with tenant_context(business):
        assert given(rule) == 100
        assert reconcile().agrees


def test_sales_and_returns_at_once_leave_the_sum_right(business):
    with tenant_context(business):
        program = make_program()
        rules = [make_rule(program, f"Rule {n}", effect=RuleEffect.FIXED, amount=5, budget=1000) for n in range(3)]
        members = [make_member() for _number in range(4)]
        purchases = [buy(member, 1000) for member in members]

    def act(which):
        with tenant_context(business):
            if which % 2:
                return bring_back(purchases[which // 2], 1000)
            return earn(members[which // 2], 100)

    failed = [one for one in at_once(act, range(8)) if isinstance(one, Exception)]
    assert not failed
    with tenant_context(business):
        assert [kept(rule) for rule in rules] == [given(rule) for rule in rules] == [20, 20, 20]
        assert reconcile().agrees
