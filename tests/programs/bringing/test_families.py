"""Families from another business: head, members and those who were, with the pool that was promised."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from customers.domain.merging import merge_members
from customers.enums import ImportKind, Source
from customers.imports.flow import choose_columns
from customers.imports.refusals import reasons
from customers.models import Activity, Import, Member
from loyalty_saas.lib.errors import Invalid
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward
from programs.domain.sharing.families import (
    accept_invitation,
    dissolve_family,
    invite,
    leave_family,
    withdraw_invitation,
)
from programs.domain.sharing.pool import pool_of
from programs.errors import FamilyFull, InvitationGone
from programs.models import Account, Entry, Family, FamilyInvitation, FamilyMember, Program
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import Tenant
from tests.customers.imports.shared import uploaded
from tests.programs.sharing import allow, make_family
from tests.programs.shop import SYSTEM, at, earn, key, make_member, make_program, make_reward
from tests.programs.taken import bring, rows_of, take_out

FAMILIES = ImportKind.FAMILIES


@pytest.fixture
def shop(cast: Any) -> Tenant:
    """The Grubers: Ida is the head, Otto belongs to them, Ada left and is with the Webers, who ended, no more."""
    with tenant_context(cast.business):
        make_program()
        allow(head_spends=True)
        ida, otto, ada, ben = (
            make_member(given_name=name, email=f"{name.lower()}@example.com") for name in ("Ida", "Otto", "Ada", "Ben")
        )
        make_family(ida, otto, ada)
        leave_family(ada, by=SYSTEM)
        dissolve_family(make_family(ada, ben, name="Weber"), by=SYSTEM)
        earn(ida, 3_000)
        earn(otto, 2_000)
    tenant: Tenant = cast.business
    return tenant


@pytest.fixture
def other(shop: Tenant, make_business: Any, tmp_path: Path) -> Tenant:
    """A fresh business where families may be, to which members and points have been brought."""
    return fresh_one(shop, make_business, tmp_path)


def fresh_one(shop: Tenant, make_business: Any, folder: Path) -> Tenant:
    fresh: Tenant = make_business(currency=shop.currency, time_zone=shop.time_zone, country=shop.country)
    with tenant_context(fresh):
        make_program()
        allow(most_members=2, change_days=30)
    take_out(shop, folder)
    bring(fresh, ImportKind.MEMBERS, folder / "members.csv")
    return fresh


def named(name: str) -> Member:
    found: Member = Member.objects.get(given_name=name)
    return found


def test_they_come_back_with_their_head_and_their_pool(shop: Tenant, other: Tenant, tmp_path: Path) -> None:
    bring(other, ImportKind.BALANCES, tmp_path / "balances.csv")
    with tenant_context(other):
        entries = Entry.objects.count()
        allow(head_spends=True)
    done = bring(other, FAMILIES, tmp_path / "families.csv")
    assert (done.counts["created"], done.counts.get("refused", 0)) == (5, 0)
    assert done.preview["rows"]["looks"] == []
    assert rows_of(take_out(other, tmp_path / "again") / "families.csv") == rows_of(tmp_path / "families.csv")
    with tenant_context(other):
        # No point has moved; the head spends what all of them have, and the others what is theirs.
        assert Entry.objects.count() == entries
        account = Account.objects.get(member=named("Ida"))
        pool, theirs = pool_of(account), pool_of(Account.objects.get(member=named("Otto")))
        assert pool is not None
        assert theirs is not None
        assert (pool.points, pool.spendable, theirs.spendable) == (50, 50, 20)
        redeem_reward(named("Ida"), reward=make_reward(Program.objects.get(), 45), by=SYSTEM, key=key())
        assert reconcile().differences == []


def test_it_is_told_on_the_record_at_its_own_time_and_to_nobody(shop: Tenant, other: Tenant, tmp_path: Path) -> None:
    bring(other, FAMILIES, tmp_path / "families.csv")
    with tenant_context(shop):
        since = FamilyMember.objects.get(account__member__given_name="Otto").joined_at
    with tenant_context(other):
        told = Activity.objects.filter(kind__startswith="family.")
        assert told.filter(silent=False).count() == 0
        assert [one.occurred_at for one in told.filter(member=named("Otto"))] == [since]
        assert told.filter(member=named("Ada")).count() == 4


def test_the_check_says_what_is_promised_otherwise(shop: Tenant, other: Tenant, tmp_path: Path) -> None:
    done = bring(other, FAMILIES, tmp_path / "families.csv")
    [look] = done.preview["rows"]["looks"]
    assert look["member"] == "Ida"
    assert "had 50 points; here they have 0 points" in look["said"]
    assert "here everybody of a family can" in look["said"]


def test_the_same_file_again_changes_nothing(shop: Tenant, cast: Any, other: Tenant, tmp_path: Path) -> None:
    bring(other, FAMILIES, tmp_path / "families.csv")
    with tenant_context(other):
        leave_family(named("Otto"), by=SYSTEM)
        stood = list(FamilyMember.objects.order_by("pk").values())
    again = bring(other, FAMILIES, tmp_path / "families.csv")
    assert (again.counts.get("created", 0), again.counts["unchanged"], again.counts.get("refused", 0)) == (0, 5, 0)
    with tenant_context(other):
        assert list(FamilyMember.objects.order_by("pk").values()) == stood
        assert not Account.objects.filter(member=named("Otto"), family__isnull=False).exists()
    assert bring(shop, FAMILIES, tmp_path / "families.csv").counts["unchanged"] == 5


def test_records_that_were_merged_come_as_one(shop: Tenant, cast: Any, make_business: Any, tmp_path: Path) -> None:
    with tenant_context(shop):
        twin = make_member(given_name="Twin")
        merge_members(twin, named("Otto"), by=Actor.staff(cast.owner), source=Source.DASHBOARD)
    other = fresh_one(shop, make_business, tmp_path)
    for created, there in ((6, 0), (0, 6)):
        done = bring(other, FAMILIES, tmp_path / "families.csv")
        assert (done.counts.get("created", 0), done.counts.get("unchanged", 0)) == (created, there)
        assert done.counts.get("refused", 0) == 0
    with tenant_context(other):
        assert reconcile().differences == []


def test_whoever_has_another_family_here_stays_there(shop: Tenant, other: Tenant, tmp_path: Path) -> None:
    with tenant_context(other):
        make_family(named("Otto"), name="Here")
    done = bring(other, FAMILIES, tmp_path / "families.csv")
    assert (done.preview["counts"]["refused"], done.counts["created"], done.counts["refused"]) == (1, 4, 1)
    with tenant_context(other):
        assert reasons(done) == [("This member belongs to another family here.", 1)]
        assert reconcile().differences == []


@pytest.mark.parametrize("without", ["member", "place"])
def test_without_its_head_a_family_waits(shop: Tenant, other: Tenant, tmp_path: Path, without: str) -> None:
    with tenant_context(other):
        if without == "place":
            make_family(named("Ida"), name="Here")
        else:
            Member.objects.filter(pk=named("Ida").pk).update(number="99999999", email="")
    done = bring(other, FAMILIES, tmp_path / "families.csv")
    assert (done.counts["created"], done.counts["refused"]) == (2, 3)
    with tenant_context(other):
        assert not Family.objects.filter(name="Gruber").exists()


def test_a_list_of_another_system_is_enough(other: Tenant, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(
        "e-mail,household,role\nida@example.com,H-1,head\notto@example.com,H-1,\nada@example.com,H-1,member\n"
    )
    for created in (3, 0):
        done = bring(other, FAMILIES, tmp_path / "list.csv")
        assert (done.counts.get("created", 0), done.counts.get("refused", 0)) == (created, 0)
    with tenant_context(other):
        family = Family.objects.get()
        assert (family.name, family.head.member.given_name) == ("H-1", "Ida")
        # Larger than new ones may be here.
        assert FamilyMember.objects.filter(family=family, left_at=None).count() == 3


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("ida@example.com,H-1,member,\notto@example.com,H-1,member,", "needs one head"),
        ("ida@example.com,H-1,head,\notto@example.com,H-1,head,", "needs one head"),
        ("ida@example.com,H-1,head,\nida@example.com,H-1,head,", "belongs to this family twice"),
        ("ida@example.com,,head,", "Say which family"),
        ("ida@example.com,H-1,head,2099-01-01", "has not come yet"),
    ],
)
def test_rows_that_make_no_family_say_why(other: Tenant, tmp_path: Path, rows: str, why: str) -> None:
    (tmp_path / "list.csv").write_text(f"e-mail,household,role,joined\n{rows}\n")
    done = bring(other, FAMILIES, tmp_path / "list.csv")
    with tenant_context(other):
        assert [why in reason for reason, _rows in reasons(done)] == [True]
        assert not Family.objects.exists()


def test_nothing_is_taken_where_families_are_off(business: Tenant, tmp_path: Path) -> None:
    with tenant_context(business):
        make_program()
    (tmp_path / "list.csv").write_text("card,household,role\n1,H-1,head\n")
    record: Import = uploaded(business, FAMILIES, tmp_path / "list.csv")
    with tenant_context(business), pytest.raises(Invalid, match="not switched on"):
        choose_columns(record, columns={0: "number", 1: "family"}, options=record.options)


def test_an_open_invitation_can_still_be_said_yes_to(shop: Tenant, other: Tenant, tmp_path: Path) -> None:
    with tenant_context(shop):
        family = Family.objects.get(name="Gruber")
        code = invite(family, note="For Opa", by=SYSTEM).code
        with at(timezone.now() - timedelta(days=15)):
            invite(family, note="Ran out", by=SYSTEM)
        withdraw_invitation(invite(family, by=SYSTEM), by=SYSTEM)
    invited = invitations(take_out(shop, tmp_path))
    assert [row["invited"] for row in invited] == ["For Opa"]
    done = bring(other, FAMILIES, tmp_path / "families.csv")
    assert (done.counts["created"], done.counts.get("refused", 0)) == (6, 0)
    assert invitations(take_out(other, tmp_path / "again")) == invited
    with tenant_context(other):
        # It is as large as it may be here, and takes one more once it may be larger.
        with pytest.raises(FamilyFull):
            accept_invitation(code, member=make_member(given_name="Opa"), by=SYSTEM)
        allow(most_members=6, change_days=0)
        accept_invitation(code, member=named("Opa"), by=SYSTEM)
    again = bring(other, FAMILIES, tmp_path / "families.csv")
    assert (again.counts.get("created", 0), again.counts["unchanged"], again.counts.get("refused", 0)) == (0, 6, 0)
    with tenant_context(other):
        with pytest.raises(InvitationGone):
            accept_invitation(code, member=make_member(), by=SYSTEM)
        assert reconcile().differences == []


def invitations(folder: Path) -> list[dict[str, str]]:
    return [row for row in rows_of(folder / "families.csv") if row["part"] == "invited"]


@pytest.mark.parametrize(
    ("happened", "why"),
    [
        ("ran out", "This invitation has run out since. The head can invite again."),
        ("ended", "This family is not here, or has ended since."),
        ("taken", "This code is that of another invitation here."),
        ("alone", "This family is not here, or has ended since."),
    ],
)
def test_an_invitation_that_cannot_come_is_said_at_its_row(
    shop: Tenant, other: Tenant, tmp_path: Path, happened: str, why: str
) -> None:
    with tenant_context(shop):
        code = invite(Family.objects.get(name="Gruber"), by=SYSTEM).code
    path = take_out(shop, tmp_path) / "families.csv"
    moment = timezone.now()
    if happened == "ran out":
        moment += timedelta(days=15)
    elif happened == "alone":
        header, *lines = path.read_text("utf-8-sig").splitlines()
        path.write_text("\n".join([header, *(line for line in lines if ",invited," in line)]), "utf-8-sig")
    elif happened == "taken":
        with tenant_context(other):
            theirs = invite(make_family(make_member(given_name="Kim"), name="Kim"), by=SYSTEM)
            FamilyInvitation.objects.filter(pk=theirs.pk).update(code=code)
    else:
        with tenant_context(shop):
            FamilyInvitation.objects.update(until=moment - timedelta(days=1))
        bring(other, FAMILIES, take_out(shop, tmp_path / "before") / "families.csv")
        with tenant_context(other):
            dissolve_family(Family.objects.get(name="Gruber"), by=SYSTEM)
    with at(moment):
        done = bring(other, FAMILIES, path)
    with tenant_context(other):
        assert (done.preview["counts"]["refused"], reasons(done)) == (1, [(why, 1)])
        assert not FamilyInvitation.objects.filter(family__name="Gruber").exists()
