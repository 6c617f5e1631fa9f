"""The program page: its sentences, its worked example, and what it asks before a live program changes."""

import re

import pytest

from loyalty_saas.lib.money import format_money
from programs.domain.programs import change_program, draft_program, publish_program
from programs.models import Program
from programs.queries import account_of
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import AuditEvent
from tests.cast import sign_in
from tests.programs.shop import buy, make_member, make_tier


def terms(**changes: object) -> dict[str, object]:
    """The page's form as a browser sends it for the defaults of a café, and the example beside it."""
    return {
        "name": "Café points",
        "unit_one": "point",
        "unit_many": "points",
        "earn_points": "1",
        "earn_amount": "€1.00",
        "earn_on_tax": "",
        "rounding": "carry",
        "minimum_purchase": "",
        "pending_days": "0",
        "expires": "month_end",
        "expiry_months": "12",
        "joining_bonus": "10",
        "voucher_days": "30",
        "undo_minutes": "30",
        "adjustment_limit": "100",
        "member_day_limit": "€200.00",
        "staff_day_limit": "€5,000.00",
        "excluded": "",
        "example_amount": "€12.40",
        "example_discount": "",
        "example_tax": "",
        "example_excluded": "",
        "example_tier": "",
        **changes,
    }


def euros(cents: int) -> str:
    return format_money(cents, "EUR", "en_001")


@pytest.fixture
def program(cast) -> Program:
    with tenant_context(cast.business):
        return draft_program(by=Actor.staff(cast.owner))


def test_program_begins_with_what_suits_the_trade(cast) -> None:
    owner = sign_in(cast.owner)
    assert owner.get("/program/").headers["Location"] == "/program/recipes/"
    assert owner.post("/program/draft/").headers["Location"] == "/program/"
    page = owner.get("/program/").content.decode()
    assert f"A purchase of {euros(1240)} gives 12 points and carries 0.40." in page
    with tenant_context(cast.business):
        drafted = Program.objects.get()
        assert (drafted.status, drafted.earn_points, drafted.earn_amount, drafted.expiry_months) == (
            "draft",
            1,
            100,
            12,
        )


def test_drafting_twice_gives_the_same_program(inside) -> None:
    assert draft_program(by=Actor.system()).pk == draft_program(by=Actor.system()).pk
    assert AuditEvent.objects.filter(action="program.drafted").count() == 1


def test_saving_a_draft_writes_what_was_typed(cast, program) -> None:
    answer = sign_in(cast.owner).post("/program/terms/", terms(earn_points="2", earn_amount="5,00", expires="never"))
    assert answer.status_code == 302
    with tenant_context(cast.business):
        saved = Program.objects.get()
        assert (saved.earn_points, saved.earn_amount, saved.expiry_months, saved.status) == (2, 500, None, "draft")


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(cast, program) -> None:
    answer = sign_in(cast.owner).post(
        "/program/terms/", terms(earn_amount="a coffee", unit_many="beans", expiry_months="")
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Write only the amount" in page
    assert "Say after how many months." in page
    assert 'value="a coffee"' in page
    assert 'value="beans"' in page
    with tenant_context(cast.business):
        assert Program.objects.get().unit_many == "points"


def test_publishing_saves_first(cast, program) -> None:
    sign_in(cast.owner).post("/program/terms/", terms(earn_points="3", publish="1"))
    with tenant_context(cast.business):
        saved = Program.objects.get()
        assert (saved.status, saved.earn_points) == ("live", 3)
        assert AuditEvent.objects.filter(action="program.published").count() == 1


def test_a_live_program_asks_before_it_changes_and_says_for_whom(cast, program) -> None:
    owner = sign_in(cast.owner)
    with tenant_context(cast.business):
        publish_program(program, by=Actor.staff(cast.owner))
    asked = owner.post("/program/terms/", terms(earn_points="2", name=program.name))
    page = asked.content.decode()
    assert "This is what changes" in page
    assert f"1 point for {euros(100)}" in page
    assert f"2 points for {euros(100)}" in page
    assert "Points given so far stay as they are." in page
    with tenant_context(cast.business):
        assert Program.objects.get().earn_points == 1
    owner.post("/program/terms/", terms(earn_points="2", name=program.name, confirmed="1"))
    with tenant_context(cast.business):
        assert Program.objects.get().earn_points == 2


def test_changing_nothing_in_a_live_program_asks_nothing(cast, program) -> None:
    with tenant_context(cast.business):
        publish_program(program, by=Actor.staff(cast.owner))
    assert sign_in(cast.owner).post("/program/terms/", terms(name=program.name)).status_code == 302
    with tenant_context(cast.business):
        assert not AuditEvent.objects.filter(action="program.changed").exists()


def test_pausing_and_going_on(cast, program) -> None:
    owner = sign_in(cast.owner)
    owner.post("/program/publication/")
    owner.post("/program/pause/")
    with tenant_context(cast.business):
        assert Program.objects.get().status == "paused"
    owner.post("/program/publication/")
    with tenant_context(cast.business):
        assert Program.objects.get().status == "live"


@pytest.mark.parametrize(
    ("total", "tax", "changes", "shown"),
    [
        (1240, 0, {}, "12 points"),
        (1240, 207, {}, "10 points"),
        (1240, 207, {"earn_on_tax": "1"}, "12 points"),
        (999, 0, {"minimum_purchase": "10.00"}, "0 points"),
        (1250, 0, {"rounding": "nearest"}, "13 points"),
        (1201, 0, {"rounding": "up"}, "13 points"),
        (1240, 0, {"earn_points": "3", "earn_amount": "2"}, "18 points"),
    ],
)
def test_the_worked_example_is_what_posting_does(cast, program, total, tax, changes, shown) -> None:
    """The page's figure, the saved program and the ledger agree to the point and to the carry."""
    owner = sign_in(cast.owner)
    sent = terms(example_amount=f"{total / 100:.2f}", example_tax=f"{tax / 100:.2f}", joining_bonus="0", **changes)
    worked = owner.post("/program/example/", sent).content.decode()
    assert f'<p class="worked-points">{shown}</p>' in worked
    owner.post("/program/terms/", {**sent, "publish": "1"})
    with tenant_context(cast.business):
        member = make_member()
        buy(member, total, tax=tax)
        account = account_of(member)
        assert account is not None
        assert f"{account.balance} points" == shown
        carry = account.carry_numerator / account.carry_denominator
    assert ("carries" in worked) == (carry > 0)
    if carry:
        assert f"carries {int(carry * 100) / 100:.2f}" in worked


def test_the_worked_example_follows_the_tier(cast, program) -> None:
    with tenant_context(cast.business):
        gold = make_tier(program, "Gold", 50000, multiplier=150)
    sent = terms(example_tier=str(gold.pk), example_excluded="2.40")
    worked = sign_in(cast.owner).post("/program/example/", sent).content.decode()
    assert "15 points" in worked
    assert "Gold earns 1.5 times as fast." in worked
    assert "earns nothing" in worked


def test_words_of_numbers_follow_what_is_typed(cast, program) -> None:
    owner = sign_in(cast.owner)
    page = owner.get("/program/").content.decode()
    assert '<span id="counted-earn_points">point</span> for every' in page
    assert '<span id="counted-expiry_months">months</span>' in page
    typed = terms(earn_points="3", unit_many="<stars>", expiry_months="1", voucher_days="", undo_minutes="x")
    worked = owner.post("/program/example/", typed).content.decode()
    words = dict(re.findall(r'"innerHTML:#counted-(\w+)">([^<]*)<', worked))
    assert words == {
        "earn_points": "&lt;stars&gt;",
        "pending_days": "days",
        "expiry_months": "month",
        "voucher_days": "days",
        "undo_minutes": "minutes",
    }


def test_the_example_says_what_is_still_wrong(cast, program) -> None:
    worked = sign_in(cast.owner).post("/program/example/", terms(earn_points="many")).content.decode()
    assert "How many points: Write a whole number." in worked


def test_exclusions_are_saved_and_earn_nothing(cast, program) -> None:
    from customers.models import Category

    with tenant_context(cast.business):
        category = Category.objects.create(name="Vouchers")
    owner = sign_in(cast.owner)
    part = owner.post("/program/exclusions/", terms(excluded=f"category:{category.pk}")).content.decode()
    assert "checked> Vouchers" in part
    owner.post("/program/terms/", terms(excluded=["", f"category:{category.pk}"]))
    with tenant_context(cast.business):
        assert program.exclusions.get().category_id == category.pk
    owner.post("/program/terms/", terms())
    with tenant_context(cast.business):
        assert not program.exclusions.exists()


def test_only_those_who_may_change_the_program(cast, program) -> None:
    analyst, staff = sign_in(cast.analyst), sign_in(cast.staff)
    assert analyst.get("/program/").status_code == 200
    assert "fieldset" in analyst.get("/program/").content.decode()
    assert analyst.post("/program/terms/", terms()).status_code == 403
    assert analyst.post("/program/publication/").status_code == 403
    assert staff.get("/program/").status_code == 403
    assert sign_in(cast.manager).post("/program/pause/").status_code == 302


def test_a_change_is_on_the_record_with_both_values(inside) -> None:
    program = draft_program(by=Actor.system())
    change_program(program, changes={"earn_points": 4, "name": program.name}, by=Actor.system())
    assert AuditEvent.objects.get(action="program.changed").details == {"earn_points": [1, 4]}
