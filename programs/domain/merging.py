"""What becomes of points when two records of one person become one, and when they are parted again.

The account of the absorbed record is emptied by one entry and the kept one filled by another. Every lot moves as a lot
with its own dates, and knows the lot it comes from; what was owed is owed on. From then on whoever locks the absorbed
account is given the kept one (`programs.domain.accounts`). Figures that follow are written down for the undoing.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Member, Merge
from programs.domain.accounts import open_account, points_program
from programs.domain.drafts import Draft, Move, NewLot
from programs.domain.earning import bounded
from programs.domain.guards import acting_membership, refuse_own_account
from programs.domain.line_of_merged import move_waiting
from programs.domain.lots import held_lots, new_lot, settle, take
from programs.domain.merged_progress import move_progress
from programs.domain.posting import account_carry, post
from programs.domain.qualifying import gathered, window_start
from programs.domain.tiers import rise
from programs.enums import Cause, EntryKind, RedemptionStatus
from programs.models import Account, Entry, Program, Redemption, Voucher
from tenants.actors import Actor

# The name under which a merge keeps what is written here.
PART = "programs"


@dataclass(frozen=True, slots=True)
class Pair:
    """The two accounts in one program, locked."""

    absorbed: Account
    kept: Account


def merge_accounts(merge: Merge, /, *, by: Actor, source: str, silent: bool) -> None:
    """Move everything the absorbed member has in every program; what it took goes to `merge.effects`.

    Raises OwnAccount where a manager merges their own card. Locks the accounts.
    """
    membership = acting_membership(by)
    for member in (merge.kept, merge.absorbed):
        refuse_own_account(member, by=by, membership=membership)
    merge.effects[PART] = [_merge(merge, pair, by=by, source=source, silent=silent) for pair in _pairs(merge, by=by)]


def _pairs(merge: Merge, *, by: Actor) -> list[Pair]:
    """An account is opened where there is none: whoever holds the absorbed record yet must be led to the kept one."""
    programs: dict[UUID, Program] = {
        account.program_id: account.program
        for account in Account.objects.select_related("program").filter(member=merge.absorbed)
    }
    if (points := points_program()) is not None:
        programs[points.pk] = points
    for program in programs.values():
        for member in (merge.absorbed, merge.kept):
            open_account(member, by=by, program=program)
    return [locked_pair(merge, program) for program in programs.values()]


def locked_pair(merge: Merge, program: Program) -> Pair:
    members: dict[UUID, Member] = {merge.kept_id: merge.kept, merge.absorbed_id: merge.absorbed}
    found: dict[UUID, Account] = {}
    rows = Account.objects.select_for_update(no_key=True).filter(program=program, member__in=members)
    for account in rows.order_by("pk"):
        account.program, account.member = program, members[account.member_id]
        found[account.member_id] = account
    return Pair(found[merge.absorbed_id], found[merge.kept_id])


def _merge(merge: Merge, pair: Pair, *, by: Actor, source: str, silent: bool) -> dict[str, Any]:
    absorbed, kept = pair.absorbed, pair.kept
    record = {
        "absorbed": str(absorbed.pk),
        "kept": str(kept.pk),
        "tiers": {"absorbed": tier_of(absorbed), "kept": tier_of(kept)},
        **_move_points(merge, pair, by=by),
    }
    record["accounts"] = _ids(Account.objects.filter(merged_into=absorbed))
    Account.objects.filter(merged_into=absorbed).update(merged_into=kept)
    record["redemptions"] = _ids(Redemption.objects.filter(account=absorbed))
    record["vouchers"] = _ids(Voucher.objects.filter(account=absorbed))
    record["seen"]["vouchers"] = Voucher.objects.filter(account=absorbed, status=RedemptionStatus.OPEN).count()
    for model in (Redemption, Voucher):
        model.objects.filter(account=absorbed).update(account=kept)
    record["waiting"] = move_waiting(absorbed, kept)
    move_progress(merge, source=absorbed, target=kept)
    _join_tiers(pair)
    absorbed.merged_into = kept
    absorbed.save(update_fields=["merged_into", "tier", "tier_since", "tier_until", "tier_placement"])
    kept.save(update_fields=["tier", "tier_since", "tier_until", "tier_placement"])
    standing = gathered(kept, since=window_start(kept, timezone.now()))
    rise(kept, standing, by=by, source=source, silent=silent)
    record["seen"]["after"] = figures(kept)
    return record


def _move_points(merge: Merge, pair: Pair, *, by: Actor) -> dict[str, Any]:
    """The two entries, and a third where the parts of a point on both cards make a whole one."""
    absorbed, kept, now = pair.absorbed, pair.kept, timezone.now()
    lots = settle(absorbed, held_lots(absorbed), now=now)
    ours = settle(kept, held_lots(kept), now=now)
    seen = {"before": figures(kept), "moved": figures(absorbed), "program": kept.program.name}
    if not absorbed.version:
        return {"in": None, "seen": seen}
    owed, lifetime, part = absorbed.owed, absorbed.lifetime, account_carry(absorbed)
    sum_of_parts = account_carry(kept) + part
    common: dict[str, Any] = {"kind": EntryKind.TRANSFER, "cause": Cause.MERGE, "cause_id": merge.pk, "by": by}
    post(
        absorbed,
        Draft(
            **common,
            key=f"merge:{merge.pk}:{absorbed.pk}",
            moves=[Move(lot, lot.remaining) for lot in lots],
            owe=-owed,
            carry=Fraction(0),
            occurred_at=now,
            snapshot={"lifetime": -lifetime, "merge": "out"},
        ),
    )
    moves, short = take(ours, owed)
    brings = [NewLot(one.remaining, one.available_from, one.expires_at, one.is_pending, one.pk) for one in lots]
    entry = post(
        kept,
        Draft(
            **common,
            key=f"merge:{merge.pk}:{kept.pk}",
            moves=moves,
            brings=brings,
            owe=short,
            carry=bounded(sum_of_parts - floor(sum_of_parts)),
            occurred_at=now,
            snapshot={"lifetime": lifetime, "merge": "in"},
        ),
    ).entry
    if sum_of_parts >= 1:
        whole_point(merge, kept, by=by)
    return {"in": str(entry.pk), "short": short, "lifetime": lifetime, "carry": str(part), "seen": seen}


def whole_point(merge: Merge, account: Account, *, by: Actor, carry: Fraction | None = None) -> None:
    """Give the point that the parts of both cards make; with a `carry`, break one that is there for it."""
    now = timezone.now()
    draft = Draft(
        kind=EntryKind.ADJUST,
        cause=Cause.MERGE,
        cause_id=merge.pk,
        key=f"merge:{merge.pk}:{account.pk}:{'part' if carry is None else 'parted'}",
        by=by,
        reason=_("Parts of a point from both records"),
    )
    if carry is None:
        draft.earns = new_lot(account.program, 1, earned_at=now, now=now, waits=False)
    else:
        draft.moves, draft.carry = take(held_lots(account), 1)[0], bounded(carry)
    post(account, draft)


def _join_tiers(pair: Pair) -> None:
    """The higher of both tiers; of the same one the later end. It was promised, whatever the figures say now."""
    absorbed, kept = pair.absorbed, pair.kept
    ours = kept.tier.threshold if kept.tier else -1
    theirs = absorbed.tier.threshold if absorbed.tier else -1
    if theirs > ours:
        _take_over(pair)
    elif theirs == ours and kept.tier_until and absorbed.tier_until and not kept.tier_placement_id:
        kept.tier_until = max(kept.tier_until, absorbed.tier_until)
    absorbed.tier = absorbed.tier_since = absorbed.tier_until = absorbed.tier_placement = None


def _take_over(pair: Pair) -> None:
    """The absorbed record's tier; where it was given by hand, what the kept one had by itself lies beneath it."""
    absorbed, kept = pair.absorbed, pair.kept
    if (given := absorbed.tier_placement) is not None:
        own = tier_of(kept)
        if kept.tier_placement is not None:
            own = kept.tier_placement.before
        given.account, given.before = kept, own
        given.save(update_fields=["account", "before"])
    kept.tier, kept.tier_since, kept.tier_until = absorbed.tier, absorbed.tier_since, absorbed.tier_until
    kept.tier_placement = given


def figures(account: Account) -> dict[str, Any]:
    """How an account stands, as a preview shows it."""
    return {
        "balance": account.balance,
        "pending": account.pending,
        "owed": account.owed,
        "tier": account.tier.name if account.tier else "",
    }


def tier_of(account: Account) -> dict[str, Any]:
    return {
        "tier": str(account.tier_id) if account.tier_id else None,
        "since": account.tier_since.isoformat() if account.tier_since else None,
        "until": account.tier_until.isoformat() if account.tier_until else None,
        "placement": str(account.tier_placement_id) if account.tier_placement_id else None,
        "beneath": account.tier_placement.before if account.tier_placement else None,
    }


def entry_of(pk: str) -> Entry:
    entry: Entry = Entry.objects.get(pk=pk)
    return entry


def _ids(rows: Any) -> list[str]:
    return [str(pk) for pk in rows.values_list("pk", flat=True)]
