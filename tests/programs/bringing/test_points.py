"""Points and tiers from another system: each row once, with its own days, and what differs said beforehand."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from customers.domain.merging import merge_members
from customers.enums import ImportKind, Source
from customers.imports.flow import choose_columns
from customers.imports.refusals import reasons
from customers.models import Import, Member
from loyalty_saas.lib.days import end_of_day, local_day, start_of_day
from loyalty_saas.lib.errors import Invalid
from programs.models import Account, Entry, Lot, TierPlacement
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import Tenant
from tests.cast import sign_in
from tests.customers.imports.shared import chosen, imported, run, uploaded, write
from tests.programs.shop import balance, earn, make_member, make_program, make_tier

FILE = """customer number;points;earned;expires;tier;tier until
C-1;120;03.03.2026;31.12.2097;Gold;31.12.2097
C-1;30;03.03.2026;31.12.2097;;
C-1;30;03.03.2026;31.12.2097;;
C-2;15,0;14.03.2026;never;;
C-2;7;;;;
"""


@pytest.fixture
def shop(business: Tenant) -> Tenant:
    with tenant_context(business):
        program = make_program(expiry_months=12)
        make_tier(program, "Gold", 100_000)
        make_member(external_id="C-1", given_name="Ida", email="ida@example.com")
        make_member(external_id="C-2", given_name="Otto")
    return business


def member(number: str) -> Member:
    found: Member = Member.objects.get(external_id=number)
    return found


def bring(shop: Tenant, folder: Path, text: str = FILE, **columns: Any) -> Import:
    return imported(shop, ImportKind.BALANCES, write(folder, text), columns or None)


def test_points_come_with_their_days_and_their_tier(shop: Tenant, tmp_path: Path) -> None:
    done = bring(shop, tmp_path)
    assert (done.counts["created"], done.counts["points"], done.counts["tiers"]) == (5, 202, 1)
    with tenant_context(shop):
        assert balance(member("C-1")) == (180, 0, 0)
        assert balance(member("C-2")) == (22, 0, 0)
        last = end_of_day(date(2097, 12, 31), shop.zone)
        lots = Lot.objects.filter(account__member=member("C-1"))
        assert {(lot.remaining, lot.expires_at) for lot in lots} == {(120, last), (30, last)}
        ends = {lot.remaining: lot.expires_at for lot in Lot.objects.filter(account__member=member("C-2"))}
        assert ends[15] is None
        assert ends[7] > timezone.now() + timedelta(days=360)
        first = Entry.objects.filter(account__member=member("C-2")).order_by("seq").first()
        assert first.occurred_at == datetime(2026, 3, 13, 23, tzinfo=UTC)
        account = Account.objects.select_related("tier").get(member=member("C-1"))
        assert (account.tier.name, account.tier_until) == ("Gold", date(2097, 12, 31))


def test_the_same_file_again_gives_nothing_more(shop: Tenant, tmp_path: Path) -> None:
    bring(shop, tmp_path)
    again = bring(shop, tmp_path)
    assert (again.counts.get("created", 0), again.counts["unchanged"]) == (0, 5)
    with tenant_context(shop):
        assert balance(member("C-1")) == (180, 0, 0)
        assert TierPlacement.objects.count() == 1


def test_a_longer_file_gives_only_what_is_new_whatever_names_the_member(shop: Tenant, tmp_path: Path) -> None:
    bring(shop, tmp_path, "customer number,points,earned,expires\nC-1,30,2026-03-03,2097-12-31\n")
    longer = "e-mail,points,earned,expires\n" + "ida@example.com,30,2026-03-03,2097-12-31\n" * 2
    done = bring(shop, tmp_path, longer)
    assert (done.counts["created"], done.counts["unchanged"]) == (1, 1)
    with tenant_context(shop):
        assert balance(member("C-1")) == (60, 0, 0)


def test_what_was_brought_stays_brought_when_members_are_merged(shop: Tenant, cast: Any, tmp_path: Path) -> None:
    same = "customer number,points,earned,expires\nC-1,30,2026-03-03,2097-12-31\nC-2,30,2026-03-03,2097-12-31\n"
    bring(shop, tmp_path, same)
    with tenant_context(shop):
        merge_members(member("C-1"), member("C-2"), by=Actor.staff(cast.owner), source=Source.DASHBOARD)
    again = bring(shop, tmp_path, same)
    assert (again.counts.get("created", 0), again.counts["unchanged"]) == (0, 2)
    with tenant_context(shop):
        assert balance(member("C-1")) == (60, 0, 0)


def test_the_check_says_who_would_not_have_what_the_file_says(shop: Tenant, tmp_path: Path) -> None:
    with tenant_context(shop):
        earn(member("C-2"), 500)
    record = chosen(shop, uploaded(shop, ImportKind.BALANCES, write(tmp_path, FILE)))
    assert record.preview["counts"]["differing"] == 1
    [other] = record.preview["rows"]["differing"]
    assert (other["member"], other["file"], other["here"]) == ("Otto", 22, 27)
    with tenant_context(shop):
        assert balance(member("C-2")) == (5, 0, 0)
    run(shop, record)
    with tenant_context(shop):
        assert balance(member("C-2")) == (27, 0, 0)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("C-9;10;;;;", "Bring the members first"),
        (";10;;;;", "does not say who"),
        ("C-1;-5;;;;", "zero or more"),
        ("C-1;many;;;;", "number"),
        ("C-1;10;01.01.2099;;;", "has not come yet"),
        ("C-1;10;03.03.2026;01.01.2026;;", "before the day"),
        ("C-1;10;31.02.2026;;;", "31.02.2026"),
        ("C-1;10;;;Platinum;", "There is no tier “Platinum”"),
        ("C-1;10;;;Gold;01.01.2020", "This day is over"),
        ("C-1;10;03.03.2026;31.12.2097;;;01.01.2098", "before the day they can be used"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why_and_gives_nothing(
    shop: Tenant, tmp_path: Path, row: str, why: str
) -> None:
    header = "customer number;points;earned;expires;tier;tier until;pending until"
    text = f"{header}\n{row}\nC-2;1;03.03.2026;30.12.2097;;\n"
    done = bring(shop, tmp_path, text)
    with tenant_context(shop):
        [(reason, count)] = reasons(done)
        assert why in reason
        assert count == 1
        assert not Account.objects.filter(member=member("C-1"), balance__gt=0).exists()
        assert not TierPlacement.objects.exists()


def test_what_waits_keeps_from_the_day_it_can_be_used_and_is_known_once_it_is_over(
    shop: Tenant, tmp_path: Path
) -> None:
    day = local_day(timezone.now(), shop.zone) + timedelta(days=20)
    text = f"customer number,points,earned,pending until\nC-1,30,2026-03-03,{day}\nC-1,30,2026-03-03,2026-03-05\n"
    done = bring(shop, tmp_path, text)
    assert (done.counts["points"], done.counts["waiting"]) == (60, 30)
    with tenant_context(shop):
        assert balance(member("C-1")) == (30, 30, 0)
        lots = {lot.is_pending: lot for lot in Lot.objects.all()}
        assert lots[True].available_from == start_of_day(day, shop.zone)
        assert local_day(lots[True].expires_at, shop.zone) > day + timedelta(days=364)
    # A later file says the same without a day, for it is over.
    again = bring(shop, tmp_path, text.replace(str(day), ""))
    assert (again.counts.get("created", 0), again.counts["unchanged"]) == (0, 2)


def test_what_has_expired_is_passed_over(shop: Tenant, tmp_path: Path) -> None:
    done = bring(
        shop, tmp_path, "customer number,points,expires\nC-1,10,2020-12-31\nC-1,0,2097-12-31\nC-2,4,2097-12-30\n"
    )
    assert (done.counts["expired"], done.counts["empty"], done.counts["points"]) == (1, 1, 4)


def test_today_is_still_a_day(shop: Tenant, tmp_path: Path) -> None:
    today = timezone.now().astimezone(shop.zone).date()
    done = bring(shop, tmp_path, f"customer number,points,expires\nC-1,10,{today}\n")
    assert done.counts["points"] == 10


@pytest.mark.parametrize(
    ("columns", "why"), [({0: "points"}, "whose they are"), ({0: "external_id"}, "with the points")]
)
def test_columns_that_are_missing_are_said(shop: Tenant, tmp_path: Path, columns: dict[int, str], why: str) -> None:
    record = uploaded(shop, ImportKind.BALANCES, write(tmp_path, FILE))
    with tenant_context(shop), pytest.raises(Invalid, match=why):
        choose_columns(record, columns=columns, options=record.options)


def test_the_pages_lead_through_it(shop: Tenant, cast: Any, tmp_path: Path) -> None:
    owner = sign_in(cast.owner)
    with write(tmp_path, FILE).open("rb") as file:
        page = owner.post("/imports/", {"kind": "balances", "file": file}).headers["Location"]
    assert "never ends" not in owner.get(page).content.decode()
    with tenant_context(shop):
        record = Import.objects.get()
    assert record.mapping == {
        "0": "external_id", "1": "points", "2": "earned_on", "3": "expires_on", "4": "tier", "5": "tier_until",
    }  # fmt: skip
    chosen(shop, record)
    preview = owner.get(page).content.decode()
    assert "Points and tiers · " in preview
    assert "Import 5 rows" in preview
    assert "never ends" in preview
    assert "Afterwards every member of the file has the points the file says." in preview
    with tenant_context(shop):
        record.refresh_from_db()
    run(shop, record)
    assert "in 5 rows" in owner.get(page).content.decode()


def test_a_member_reads_where_they_come_from(shop: Tenant, tmp_path: Path) -> None:
    bring(shop, tmp_path)
    with tenant_context(shop):
        assert set(Entry.objects.values_list("reason", flat=True)) == {"Brought from an earlier program"}
