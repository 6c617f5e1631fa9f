"""What becomes of a family when two records of one person become one, when they are parted, and when one leaves."""

from typing import Any

from customers.enums import MemberStatus
from customers.models import Member, Merge
from programs.domain.accounts import lock_account_of, open_account, points_program
from programs.domain.sharing.families import enter, go
from programs.enums import FamilyEnd, FamilyWay
from programs.models import Account, Family, FamilyMember
from tenants.actors import Actor

# The name under which a merge keeps what is written here.
PART = "families"


def join_places(merge: Merge, /, *, by: Actor, source: str, silent: bool) -> None:
    """Before two records become one: the absorbed one leaves its family, and the kept one takes its place in it.

    Where the kept one is in another family it stays there. Locks both accounts, then the families.
    """
    pair = _pair(merge, by=by)
    if pair is None:
        return
    absorbed, kept = pair
    if absorbed.family_id is None:
        return
    family = _lock(absorbed.family_id)
    was_head, seat = family.head_id == absorbed.pk, _seat(absorbed)
    takes_place = kept.family_id is None
    if takes_place:
        enter(kept, family, FamilyWay.MERGED)
        FamilyMember.objects.filter(account=kept, left_at=None).update(joined_at=seat.joined_at)
    if was_head and kept.family_id == family.pk:
        family.head = kept
        family.save(update_fields=["head"])
    go(absorbed, family, why=FamilyEnd.MERGED, by=by, source=source)
    merge.effects[PART] = {
        "family": str(family.pk),
        "was_head": was_head,
        "took_place": takes_place,
        "since": seat.joined_at.isoformat(),
        "way": seat.way,
    }


def part_places(merge: Merge, /, *, by: Actor, source: str, silent: bool) -> None:
    """After two records were parted: the absorbed one has its place again, if its family is still there."""
    record: dict[str, Any] | None = merge.effects.get(PART)
    pair = _pair(merge, by=by) if record else None
    if record is None or pair is None:
        return
    absorbed, kept = pair
    family = _lock(record["family"])
    if family.dissolved_at is not None or (record["took_place"] and kept.family_id != family.pk):
        # It has ended, or they have left it since: that holds for the one person they were.
        return
    gives_head_back = record["was_head"] and family.head_id == kept.pk
    enter(absorbed, family, FamilyWay(record["way"]))
    FamilyMember.objects.filter(account=absorbed, left_at=None).update(joined_at=record["since"])
    if gives_head_back:
        family.head = absorbed
        family.save(update_fields=["head"])
    if record["took_place"]:
        go(kept, family, why=FamilyEnd.MERGED, by=by, source=source)


def leave_when_gone(member: Member, /, *, by: Actor, source: str, silent: bool) -> None:
    """Who leaves the program leaves the family. Who only rests stays; their points wait."""
    if member.status != MemberStatus.LEFT:
        return
    if not Account.objects.filter(member=member, family__isnull=False).exists():
        return
    account = lock_account_of(member, by=by)
    if account.family_id is not None:
        go(account, _lock(account.family_id), why=FamilyEnd.GONE, by=by, source=source)


def _pair(merge: Merge, *, by: Actor) -> tuple[Account, Account] | None:
    """Both accounts for points, locked in the order of ids; None where no family is concerned."""
    program = points_program()
    members = (merge.absorbed_id, merge.kept_id)
    if program is None:
        return None
    if not merge.effects.get(PART):
        if not Account.objects.filter(program=program, member=merge.absorbed_id, family__isnull=False).exists():
            return None
        open_account(merge.kept, by=by, program=program)
    rows = Account.objects.select_for_update(no_key=True, of=("self",)).select_related("program", "member")
    found = {one.member_id: one for one in rows.filter(program=program, member__in=members).order_by("pk")}
    return found[merge.absorbed_id], found[merge.kept_id]


def _lock(pk: Any) -> Family:
    family: Family = Family.objects.select_for_update(no_key=True).get(pk=pk)
    return family


def _seat(account: Account) -> FamilyMember:
    seat: FamilyMember = FamilyMember.objects.get(account=account, left_at=None)
    return seat
