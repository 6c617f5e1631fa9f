"""Transfers, draws and crossings from another business: read on the record, and no point moves for them."""

from pathlib import Path
from typing import Any

import pytest

from customers.enums import ActivityKind, ImportKind
from customers.imports.refusals import reasons
from customers.models import Activity, Member
from customers.timeline import tell
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward
from programs.domain.sharing.transfers import undo_transfer
from programs.domain.surprises.definition import SurpriseTerms
from programs.domain.surprises.publishing import compose_surprise, end_surprise, publish_surprise
from programs.models import Account, BroughtFact, Entry, PointTransfer, Present, SurpriseDraw
from tenants.isolation import tenant_context
from tenants.models import Tenant
from tests.cast import sign_in
from tests.programs.domain.networks.street import make_street
from tests.programs.sharing import allow, give_points, make_family
from tests.programs.shop import SYSTEM, buy, key, make_member, make_program, make_reward
from tests.programs.taken import bring, rows_of, take_out

HISTORY = ImportKind.HISTORY


@pytest.fixture
def shop(business: Tenant) -> Tenant:
    """A gift, one that was undone, a family's redemption, a surprise that was won."""
    with tenant_context(business):
        program = make_program()
        allow()
        ida, otto = (make_member(given_name=name) for name in ("Ida", "Otto"))
        terms = SurpriseTerms("visit", one_in=1, points=7, budget_points=100)
        surprise = publish_surprise(compose_surprise(program, name="Lucky day", terms=terms, by=SYSTEM), by=SYSTEM)
        buy(ida, 9_000)
        end_surprise(surprise, by=SYSTEM)
        give_points(ida, otto, 10, message="=for you, Øtto")
        undo_transfer(give_points(ida, otto, 5), by=SYSTEM, reason="Slip", key=key())
        make_family(ida, otto)
        redeem_reward(otto, reward=make_reward(program, 60), by=SYSTEM, key=key())
    return business


@pytest.fixture
def other(shop: Tenant, make_business: Any, tmp_path: Path) -> Tenant:
    fresh: Tenant = make_business(currency=shop.currency, time_zone=shop.time_zone, country=shop.country)
    with tenant_context(fresh):
        make_program()
    take_out(shop, tmp_path)
    bring(fresh, ImportKind.MEMBERS, tmp_path / "members.csv")
    return fresh


def test_it_is_on_the_record_and_no_point_moves(shop: Tenant, other: Tenant, tmp_path: Path) -> None:
    done = [bring(other, HISTORY, tmp_path / f"{name}.csv") for name in ("transfers", "surprises")]
    assert [(one.counts["created"], one.counts.get("refused", 0)) for one in done] == [(3, 0), (1, 0)]
    with tenant_context(other):
        ida, otto = Member.objects.get(given_name="Ida"), Member.objects.get(given_name="Otto")
        lines = {
            member.given_name: [
                tell(one).sentence
                for one in Activity.objects.filter(member=member).exclude(kind=ActivityKind.MEMBER_JOINED)
                .order_by("occurred_at", "pk")
            ]
            for member in (ida, otto)
        }  # fmt: skip
        assert lines == {
            "Ida": [
                "Won by chance: “7 points”", "Gave 10 points to Otto", "Gave 5 points to Otto",
                "Giving 5 points was undone", lines["Ida"][-1],
            ],
            "Otto": ["Was given 10 points by Ida", "Was given 5 points by Ida"],
        }  # fmt: skip
        assert "redeemed by Otto" in lines["Ida"][-1]
        assert not Activity.objects.filter(kind__startswith="points.", silent=False).exists()
        for model in (Entry, PointTransfer, SurpriseDraw, Present):
            assert not model.objects.exists()
        assert not Account.objects.exclude(balance=0).exists()
        assert reconcile().differences == []


def test_the_rows_go_along_once_more(shop: Tenant, other: Tenant, tmp_path: Path) -> None:
    for name in ("transfers", "surprises"):
        bring(other, HISTORY, tmp_path / f"{name}.csv")
    again = take_out(other, tmp_path / "again")
    for name in ("transfers.csv", "surprises.csv"):
        assert rows_of(again / name) == rows_of(tmp_path / name)
        assert rows_of(again / name)


def test_the_same_file_again_tells_nothing_twice(shop: Tenant, other: Tenant, tmp_path: Path) -> None:
    for created, there in ((3, 0), (0, 3)):
        done = bring(other, HISTORY, tmp_path / "transfers.csv")
        assert (done.counts["created"], done.counts["unchanged"]) == (created, there)
    with tenant_context(other):
        assert Activity.objects.filter(kind=ActivityKind.POINTS_GIVEN).count() == 2
        assert BroughtFact.objects.count() == 3
    # Nor is what happened here history of elsewhere.
    assert bring(shop, HISTORY, tmp_path / "transfers.csv").counts["unchanged"] == 3
    assert bring(shop, HISTORY, tmp_path / "surprises.csv").counts["unchanged"] == 1


def test_crossings_of_a_network_are_read_and_not_owed(make_business: Any, tmp_path: Path) -> None:
    street = make_street(2)
    street.earn(0, 300)
    street.redeem(1)
    take_out(street.shops[0].business, tmp_path)
    fresh = make_business(currency="EUR")
    with tenant_context(fresh):
        make_program()
    bring(fresh, ImportKind.MEMBERS, tmp_path / "members.csv")
    done = bring(fresh, HISTORY, tmp_path / "network.csv")
    assert (done.counts["created"], done.counts.get("refused", 0)) == (1, 0)
    assert rows_of(take_out(fresh, tmp_path / "again") / "network.csv") == rows_of(tmp_path / "network.csv")
    with tenant_context(fresh):
        [crossed] = Activity.objects.filter(kind=ActivityKind.POINTS_CROSSED)
        assert tell(crossed).sentence == f"Spent at {street.shops[1].business.name}: 100 points"
        assert reconcile().differences == []


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("{card},,10,2026-01-01 10:00", "its id is missing"),
        ("{card},T-1,10,", "Say when it was"),
        ("{card},T-1,10,2099-01-01 10:00", "Say when it was"),
        ("99999999,T-1,10,2026-01-01 10:00", "Bring the members first"),
    ],
)
def test_a_row_that_says_too_little_is_not_taken(other: Tenant, tmp_path: Path, row: str, why: str) -> None:
    with tenant_context(other):
        card = Member.objects.get(given_name="Ida").number
    (tmp_path / "file.csv").write_text("card,transfer,points,moved\n" + row.format(card=card) + "\n")
    done = bring(other, HISTORY, tmp_path / "file.csv", date_order="ymd")
    with tenant_context(other):
        assert [why in reason for reason, _rows in reasons(done)] == [True]
        assert not BroughtFact.objects.exists()


def test_the_pages_lead_through_it(shop: Tenant, cast: Any, make_business: Any, tmp_path: Path) -> None:
    take_out(shop, tmp_path)
    owner = sign_in(cast.owner)
    with (tmp_path / "transfers.csv").open("rb") as file:
        page = owner.post("/imports/", {"kind": "history", "file": file}).headers["Location"]
    assert "No points move for it" in owner.get(page).content.decode()
