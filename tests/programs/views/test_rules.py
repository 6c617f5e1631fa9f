"""Earning rules as the owner composes, tries, publishes and ends them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from customers.domain.purchases import LineDetails, ReturnLineDetails
from customers.models import Product
from programs.domain.rules.reading import rules_in_force
from programs.domain.rules.replay import replay
from programs.models import EarningRule, Program, RuleAward
from tenants.isolation import tenant_context
from tests.cast import Cast, sign_in
from tests.programs.rules import make_rule
from tests.programs.shop import at, balance, bring_back, buy, earn, make_member, make_program, make_tier

TYPED = {
    "name": "Double Tuesday", "effect": "multiply", "times": "2", "occasion": "any", "around": "week",
    "weekdays": ["1"], "from_time": "14:00", "to_time": "17:00",
}  # fmt: skip


@pytest.fixture
def owner(cast: Cast) -> Client:
    with tenant_context(cast.business):
        make_program()
    return sign_in(cast.owner)


def only_rule(cast: Cast) -> EarningRule:
    with tenant_context(cast.business):
        return EarningRule.objects.get()


def test_a_rule_is_composed_tried_published_changed_and_ended(cast: Cast, owner: Client) -> None:
    assert "A reason to come on a Tuesday" in owner.get("/program/rules/").content.decode()
    made = owner.post("/program/rules/new/", TYPED)
    rule = only_rule(cast)
    assert made.headers["Location"] == f"/program/rules/{rule.pk}/"
    assert "Draft" in owner.get("/program/rules/").content.decode()
    page = owner.get(f"/program/rules/{rule.pk}/").content.decode()
    assert "2 times the points · on Tuesday · from 2:00\u202fpm to 5:00\u202fpm" in page
    owner.post(f"/program/rules/{rule.pk}/publication/", {"starts_on": ""})
    listed = owner.get("/program/rules/").content.decode()
    assert "Running" in listed
    assert "Gave nothing in 30 days" in listed
    tomorrow = timezone.now().date() + timedelta(days=3)
    owner.post(f"/program/rules/{rule.pk}/", {**TYPED, "times": "3"})
    assert "Being changed" in owner.get("/program/rules/").content.decode()
    owner.post(f"/program/rules/{rule.pk}/publication/", {"starts_on": tomorrow.isoformat()})
    assert "3 times the points" in owner.get("/program/rules/").content.decode()
    owner.post(f"/program/rules/{rule.pk}/ending/")
    assert "1 rule that has ended" in owner.get("/program/rules/").content.decode()
    again = owner.post(f"/program/rules/{rule.pk}/resumption/").headers["Location"]
    assert "Double Tuesday" in owner.get(again).content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Please fill this in."),
        ({"times": "1"}, "Write a number from 1.01 to 20"),
        ({"times": ""}, "Say how much."),
        ({"effect": "items", "points": "5", "items": ""}, "Say how much."),
        ({"to_time": ""}, "Say both"),
        ({"first_day": "2026-12-02", "last_day": "2026-12-01"}, "The last day comes before the first."),
        ({"occasion": "visit", "nth": ""}, "Say how many visits."),
        ({"budget": "0"}, "Write 1 or more."),
        ({"first_day": "99999-01-01"}, "date"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    owner: Client, cast: Cast, typed: dict[str, str], said: str
) -> None:
    answer = owner.post("/program/rules/new/", {**TYPED, **typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "aria-invalid" in page
    assert 'value="14:00"' in page
    with tenant_context(cast.business):
        assert not EarningRule.objects.exists()


def test_the_words_follow_what_is_typed(owner: Client, cast: Cast) -> None:
    with tenant_context(cast.business):
        beans = Product.objects.create(name="Beans", sku="B", price=1200)
    typed = {
        **TYPED,
        "effect": "items",
        "points": "5",
        "items": "2",
        "goods": [f"product:{beans.pk}"],
        "budget": "1000",
    }
    said = owner.post("/program/rules/preview/", typed).content.decode()
    assert "5 points more for every 2 items" in said
    assert "on Beans" in said
    assert "at most 1,000 points altogether" in said
    assert "Say both" in owner.post("/program/rules/preview/", {**TYPED, "to_time": ""}).content.decode()
    chips = owner.post("/program/rules/goods/", typed).content.decode()
    assert f'value="product:{beans.pk}" checked' in chips


def test_a_later_day_is_the_beginning_of_that_day_there(owner: Client, cast: Cast) -> None:
    owner.post("/program/rules/new/", TYPED)
    rule = only_rule(cast)
    with at("2026-11-20 10:00"):
        assert owner.post(f"/program/rules/{rule.pk}/publication/", {"starts_on": "2026-11-19"}).status_code == 422
        owner.post(f"/program/rules/{rule.pk}/publication/", {"starts_on": "2026-12-01"})
    with tenant_context(cast.business):
        assert rule.versions.get().starts_at == datetime(2026, 11, 30, 23, tzinfo=UTC)


def test_several_multipliers_as_the_owner_says(owner: Client, cast: Cast) -> None:
    with tenant_context(cast.business):
        program = Program.objects.get()
        make_rule(program)
        make_rule(program, "Ten more", effect="fixed", amount=10)
        make_tier(program, "Gold", 10**9, multiplier=150)
    page = owner.get("/program/rules/").content.decode()
    assert "50 points" in page
    example = owner.post("/program/rules/stacking/example/", {"stacking": "all"}).content.decode()
    assert "70 points" in example
    owner.post("/program/rules/stacking/", {"stacking": "all"})
    owner.post("/program/rules/stacking/", {"stacking": "nonsense"})
    with tenant_context(cast.business):
        assert Program.objects.get().stacking == "all"


def test_the_rehearsal_is_what_would_have_happened(owner: Client, cast: Cast) -> None:
    with tenant_context(cast.business):
        ines, jonas = make_member(), make_member(given_name="Jonas")
        now = timezone.now()
        earn(ines, 1000, occurred_at=now - timedelta(days=3))
        bring_back(buy(ines, 1000, occurred_at=now - timedelta(days=2)))
        earn(jonas, 300, occurred_at=now - timedelta(days=2))
        earn(jonas, 5000, occurred_at=now - timedelta(days=200))
    owner.post("/program/rules/new/", {**TYPED, "weekdays": [], "from_time": "", "to_time": "", "minimum": "5"})
    rule = only_rule(cast)
    page = owner.get(f"/program/rules/{rule.pk}/rehearsal/").content.decode()
    assert "+10 points" in page
    assert "2 purchases since" in page
    assert "23 points instead of 13 points" in page
    assert "1 of 2 members would have more" in page
    with tenant_context(cast.business):
        assert not RuleAward.objects.exists()
        assert balance(ines) == (10, 0, 0)


def test_a_rehearsal_agrees_with_the_ledger(cast: Cast) -> None:
    """Played once for real and once on paper: caps, visits and products come to the same."""
    with tenant_context(cast.business):
        program = make_program()
        make_tier(program, "Everybody", 0, multiplier=110)
        rules = (
            {"effect": "fixed", "amount": 30, "occasion": "visit", "nth": 2, "most_for_member": 45},
            {"amount": 150, "weekdays": (0, 2, 4), "budget": 60},
            {"effect": "fixed", "amount": 9, "occasion": "first"},
        )
        for number, fields in enumerate(rules):
            make_rule(program, f"Rule {number}", **fields)
        members = [make_member(), make_member()]
        for day in range(1, 9):
            with at(f"2026-03-{day:02} 10:00"):
                for member in members:
                    earn(member, 730 * day)
        with at("2026-03-20 10:00"):
            standing = rules_in_force(program, timezone.now())
            replayed = replay(program, timezone.now(), before=[], after=standing)
        assert replayed.after == sum(balance(member)[0] for member in members)
        given = {rule.name: 0 for rule in standing}
        for award in RuleAward.objects.select_related("rule"):
            given[award.rule.name] += award.points
        assert {one.name: one.points for one in replayed.rules} == given
        assert given["Rule 1"] <= 60


def test_a_rehearsal_takes_what_came_back_off_its_own_line(cast: Cast) -> None:
    with tenant_context(cast.business):
        program = make_program()
        tea, beans = (Product.objects.create(name=name, sku=name, price=500) for name in ("Tea", "Beans"))
        make_rule(program, "Tea", effect="items", amount=7, every=2, products=(tea,))
        make_rule(program, "Beans", amount=300, products=(beans,))
        lines = tuple(LineDetails(product=one, quantity=Decimal(3), unit_price=500) for one in (tea, beans))
        member = make_member()
        purchase = buy(member, lines=lines)
        line = purchase.lines.get(product=tea)
        bring_back(purchase, lines=(ReturnLineDetails(line, Decimal(2)),))
        standing = rules_in_force(program, timezone.now())
        assert replay(program, timezone.now(), before=[], after=standing).after == balance(member)[0] == 5 + 45


def test_staff_read_why_and_members_read_what_is_theirs(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        program = Program.objects.get()
        make_rule(program, weekdays=(1,), name="Tuesday")
        silver = make_tier(program, "Silver", 10**9)
        make_rule(program, "For Silver", tiers=(silver,))
        with at("2026-11-24 23:20"):
            entry = earn(make_member(), 1000)
    page = owner.get(f"/program/books/entries/{entry.pk}/").content.decode()
    assert "“Tuesday” did not count: it was 12:20\u202fam on Wednesday." in page
    assert "“For Silver” did not count: it is for Silver." in page
    with tenant_context(cast.business):
        from programs.portal.words import entry_why

        said = entry_why(entry, program)
    assert "“Tuesday” did not count: it was 12:20\u202fam on Wednesday." in said
    assert not any("Silver" in line for line in said)
