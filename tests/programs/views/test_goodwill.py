"""What goodwill costs, every gesture behind it, and what the owner sets."""

import csv
import io
from datetime import date
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.domain.members import MemberDetails, enrol_member
from customers.enums import Source
from programs.domain.goodwill.approvals import Approval
from programs.domain.goodwill.making import make_right
from programs.domain.goodwill.undoing import undo_gesture
from programs.domain.vouchers import use_voucher
from programs.goodwill import cost_by_month, parts_of, spent_in, this_month
from programs.models import Gesture, GestureUndo, GoodwillReason, Program
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import AuditEvent, Location
from tests.cast import Cast, sign_in
from tests.programs.gestures import gift, give, goodwill_program, money_off, on_the_house, reason, with_pin
from tests.programs.shop import at, key, make_member

GOODWILL = "/program/goodwill/"


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


@pytest.fixture
def owner(cast: Cast) -> Client:
    return sign_in(cast.owner)


@pytest.fixture
def year(cast: Cast) -> SimpleNamespace:
    """Two gestures and one undone in March, one on the last evening of February; all at Main street but one."""
    staff, manager = Actor.staff(cast.staff, cast.location.pk), Actor.staff(cast.manager)
    with tenant_context(cast.business):
        goodwill_program()
        anna = enrol_member(MemberDetails(given_name="Anna"), by=staff, source=Source.COUNTER)
        with at("2026-02-28 22:30"):  # half past eleven in Vienna
            give(anna, money_off(400), by=staff)
        with at("2026-03-01 00:30"):
            give(anna, gift(20, note="=cold"), by=staff)
            give(make_member(given_name="Bruno"), on_the_house(), by=manager)
            wrong = give(make_member(), money_off(500), by=staff)
            undo_gesture(wrong, by=staff, key=key())
    return SimpleNamespace(anna=anna, wrong=wrong)


def test_a_month_adds_up_by_reason_person_and_location(cast, owner, year):
    with tenant_context(cast.business):
        march = date(2026, 3, 1), date(2026, 3, 31)
        spent = spent_in(*march)
        assert (spent.count, spent.cost, spent.members, spent.undone, spent.approved) == (2, 620, 2, 1, 0)
        assert [(part.name, part.cost) for part in parts_of(*march, "reason")] == [
            ("Wrong order", 420),
            ("Long wait", 200),
        ]
        assert [(part.name, part.cost) for part in parts_of(*march, "staff")] == [("Manager", 420), ("Staff", 200)]
        assert [(part.name, part.cost) for part in parts_of(*march, "location")] == [("", 420), ("Main street", 200)]
        assert [cost for _month, cost in cost_by_month(march[1])][-2:] == [400, 620]
    page = owner.get(f"{GOODWILL}?month=2026-03").content.decode()
    assert "€6.20" in page
    assert "No location" in page


@pytest.mark.parametrize(
    ("query", "costs"),
    [
        ("from=2026-03-01&to=2026-03-31&state=given", [420, 200]),
        ("from=2026-03-01&to=2026-03-31&state=undone", [500]),
        ("from=2026-02-01&to=2026-02-28", [400]),
        ("location=none", [420]),
        ("q=anna", [200, 400]),
        ("state=approved", []),
        ("reason=nonsense&staff=nonsense&location=nonsense&from=nonsense&state=nonsense", [500, 420, 200, 400]),
    ],
)
def test_the_rows_behind_a_figure_are_those_it_counts(owner, year, query, costs):
    answer = owner.get(f"{GOODWILL}gestures/?{query}")
    assert [one.cost for one in answer.context["page"].object_list] == costs


def test_every_figure_leads_to_rows_that_add_up_to_it(owner, year):
    page = owner.get(f"{GOODWILL}?month=2026-03")
    for _title, rows in page.context["parts"]:
        for part, _name, url in rows:
            found = owner.get(url)
            assert found.context["cost"] == part.cost
            assert len(found.context["page"].object_list) == part.count


def test_the_list_is_read_in_as_many_queries_with_one_row_as_with_four(cast, owner, year):
    def queries(query: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            owner.get(f"{GOODWILL}gestures/?{query}")
        return len(asked)

    queries("")  # the first page of a test asks for things that are remembered
    assert queries("state=undone") == queries("")


def test_the_file_holds_what_the_list_shows_and_starts_no_formula(owner, year):
    answer = owner.get(f"{GOODWILL}gestures/export/?from=2026-03-01&state=given")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][3:6] == ["What", "Kind", "Counts as"]
    assert [row[1] for row in rows[1:]] == ["Bruno", "Anna"]
    anna = rows[2]
    assert anna[3:10] == ["20 points", "Points", "2.00", "EUR", "Long wait", "'=cold", "Staff"]


def test_before_anything_happened_the_page_teaches(owner):
    page = owner.get(GOODWILL).content.decode()
    assert "Nothing had to be made right yet" in page
    assert "Set budgets and reasons" in page
    assert "The first gesture will stand here" in owner.get(f"{GOODWILL}gestures/").content.decode()


def test_months_that_make_no_sense_are_this_one(cast, owner, year):
    with tenant_context(cast.business):
        now = this_month()
    for month in ("", "2026-13", "nonsense", "2999-01", "0000-00"):
        assert owner.get(GOODWILL, {"month": month}).context["first"] == now


def test_one_gesture_says_everything_and_is_undone_with_a_reason(cast, owner, year):
    with tenant_context(cast.business):
        gesture = Gesture.objects.get(kind="points")
    url = f"{GOODWILL}gestures/{gesture.pk}/"
    page = owner.get(url).content.decode()
    for said in ("20 points", "Long wait", "=cold", "Anna", "Staff", "Main street", "Nobody had to", "€2.00"):
        assert said in page
    assert owner.post(f"{url}undo/", {"reason": "Wrong member"}).status_code == 302
    with tenant_context(cast.business):
        assert GestureUndo.objects.get(gesture=gesture).reason == "Wrong member"
    assert "Wrong member" in owner.get(url).content.decode()


def test_what_was_used_cannot_be_undone_and_the_page_says_so(cast, owner, year):
    with tenant_context(cast.business), at("2026-03-02 10:00"):
        gesture = Gesture.objects.get(kind="free_product")
        use_voucher(gesture.vouchers.get(), by=Actor.staff(cast.staff))
    answer = owner.post(f"{GOODWILL}gestures/{gesture.pk}/undo/", {"reason": "No"})
    assert answer.status_code == 409
    assert "This voucher has been used already." in answer.content.decode()


def test_an_analyst_reads_and_changes_nothing(cast, year):
    analyst = sign_in(cast.analyst)
    page = analyst.get(f"{GOODWILL}?month=2026-03").content.decode()
    assert "€6.20" in page
    assert "Budgets and reasons" not in page
    with tenant_context(cast.business):
        gesture = Gesture.objects.first()
    assert "Undo it" not in analyst.get(f"{GOODWILL}gestures/{gesture.pk}/").content.decode()
    assert analyst.get(f"{GOODWILL}settings/").status_code == 403


def test_budgets_are_saved_in_money_and_on_the_record(cast, owner):
    with tenant_context(cast.business):
        goodwill_program()
    answer = owner.post(
        f"{GOODWILL}settings/",
        {
            "gesture_limit": "7,50",
            "gesture_staff_budget": "",
            "gesture_location_budget": "€0.00",
            "gesture_days": "14",
        },
    )
    assert answer.status_code == 302
    with tenant_context(cast.business):
        program = Program.objects.get()
        kept = (program.gesture_limit, program.gesture_staff_budget, program.gesture_location_budget)
        assert (kept, program.gesture_days) == ((750, None, 0), 14)
        assert AuditEvent.objects.get(action="program.changed").details["gesture_limit"] == [500, 750]
    page = owner.get(f"{GOODWILL}settings/").content.decode()
    assert 'value="€7.50"' in page
    assert "At present 100 points count as €10.00" in page


def test_what_is_no_amount_is_said_at_its_field_and_nothing_is_saved(cast, owner):
    with tenant_context(cast.business):
        goodwill_program()
    answer = owner.post(f"{GOODWILL}settings/", {"gesture_limit": "lots", "gesture_days": "0"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"gesture_limit", "gesture_days"}
    assert 'value="lots"' in answer.content.decode()
    with tenant_context(cast.business):
        assert Program.objects.get().gesture_limit == 500


def test_reasons_are_added_renamed_moved_and_taken_away(cast, owner):
    with tenant_context(cast.business):
        goodwill_program()
        quality = reason("Quality")
    url = f"{GOODWILL}reasons/"
    assert owner.post(url, {"name": "Spilt"}).status_code == 302
    taken = owner.post(url, {"name": "long WAIT"})
    assert taken.status_code == 422
    assert "There is already a reason with this name." in taken.content.decode()
    owner.post(f"{url}{quality.pk}/", {"name": "Cold food"})
    owner.post(f"{url}{quality.pk}/position/", {"to": "up"})
    with tenant_context(cast.business):
        assert [one.name for one in GoodwillReason.objects.all()] == [
            *("Long wait", "Cold food", "Wrong order", "Thank you", "Spilt")
        ]
    owner.post(f"{url}{quality.pk}/state/", {})
    assert "Not at the counter" in owner.get(f"{GOODWILL}settings/").content.decode()
    owner.post(f"{url}{quality.pk}/state/", {"used": "1"})
    assert "Not at the counter" not in owner.get(f"{GOODWILL}settings/").content.decode()


def test_the_last_reason_stays_and_says_why(cast, owner):
    with tenant_context(cast.business):
        goodwill_program()
        reason()
        pks = list(GoodwillReason.objects.values_list("pk", flat=True))
    for pk in pks:
        page = owner.post(f"{GOODWILL}reasons/{pk}/state/", {}, follow=True)
    assert "Keep at least one reason" in page.content.decode()


def test_the_member_s_page_and_the_entry_lead_to_the_gesture(cast, owner, year):
    with tenant_context(cast.business):
        gesture = Gesture.objects.get(kind="points")
    url = f"{GOODWILL}gestures/{gesture.pk}/"
    assert url in owner.get(f"/program/books/entries/{gesture.entry_id}/").content.decode()
    assert url in owner.get(f"/members/{year.anna.pk}/").content.decode()


def test_approval_is_shown_where_it_was_given(cast, owner):
    with tenant_context(cast.business):
        goodwill_program()
        manager = with_pin(cast.manager)
        Location.objects.create(name="Harbour")
        gesture = make_right(
            make_member(),
            money_off(900),
            by=Actor.staff(cast.staff, cast.location.pk),
            key=key(),
            approval=Approval(manager.pk, "4826"),
        )
    assert "Manager, with their PIN" in owner.get(f"{GOODWILL}gestures/{gesture.pk}/").content.decode()
    assert len(owner.get(f"{GOODWILL}gestures/?state=approved").context["page"].object_list) == 1
