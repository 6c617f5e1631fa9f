"""What becomes of points when a merge is undone.

Every lot that came with the merge goes back as far as it is still there, to the very lot it came from. What was spent
of it meanwhile stays spent, what lapsed stays lapsed. A debt that changed hands changes back: what one card paid for
the other is paid back, from its points or as a debt of its own, so that nothing is owed by nobody.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db.models import F, Sum
from django.utils import timezone

from customers.models import Merge
from programs.domain.drafts import Draft, HeldLot, Move, NewLot
from programs.domain.earning import bounded
from programs.domain.entries import EARNED
from programs.domain.extending import end_alike
from programs.domain.line_of_merged import move_waiting_back
from programs.domain.lots import held_lots, new_lot, settle, take
from programs.domain.merged_progress import move_progress_back
from programs.domain.merging import PART, Pair, entry_of, figures, locked_pair, whole_point
from programs.domain.posting import account_carry, post
from programs.domain.qualifying import gathered, window_start
from programs.domain.tiers import rise
from programs.enums import Cause, EntryKind
from programs.models import Account, Entry, Lot, LotUse, Program, Redemption, Tier, TierPlacement, Voucher
from tenants.actors import Actor


@dataclass(slots=True)
class _Back:
    """What leaves the kept account, and what arrives on the absorbed one."""

    leaves: list[Move] = field(default_factory=list)
    arrives: list[Move] = field(default_factory=list)
    brings: list[NewLot] = field(default_factory=list)
    points: int = 0


def part_accounts(merge: Merge, /, *, by: Actor, source: str, silent: bool) -> None:
    """Give the absorbed member's accounts back what is left of what they had. Locks the accounts."""
    for record in merge.effects.get(PART, ()):
        program = Program.objects.get(accounts=record["kept"])
        pair = locked_pair(merge, program)
        _part(merge, pair, record, by=by, source=source, silent=silent)


def _part(merge: Merge, pair: Pair, record: dict[str, Any], *, by: Actor, source: str, silent: bool) -> None:
    absorbed, kept = pair.absorbed, pair.kept
    absorbed.merged_into = None
    absorbed.save(update_fields=["merged_into"])
    settle(kept, held_lots(kept), now=timezone.now())
    record["undone"] = {"before": figures(kept)}
    back = _move_points_back(merge, pair, record, by=by) if record["in"] else 0
    Account.objects.filter(pk__in=record["accounts"], merged_into=kept).update(merged_into=absorbed)
    Redemption.objects.filter(pk__in=record["redemptions"], account=kept).update(account=absorbed)
    Voucher.objects.filter(pk__in=record["vouchers"], account=kept).update(account=absorbed)
    move_waiting_back(record.get("waiting", ()), kept, absorbed)
    move_progress_back(merge, source=kept, target=absorbed)
    _part_tiers(pair, record["tiers"])
    standing = gathered(kept, since=window_start(kept, timezone.now()))
    rise(kept, standing, by=by, source=source, silent=silent)
    moved = record["seen"]["moved"]
    spent = max(0, moved["balance"] + moved["pending"] - back)
    record["undone"] |= {"back": back, "spent": spent, "kept": figures(kept), "absorbed": figures(absorbed)}


def _move_points_back(merge: Merge, pair: Pair, record: dict[str, Any], *, by: Actor) -> int:
    """The points that go back, whether they can be spent or wait."""
    absorbed, kept, now = pair.absorbed, pair.kept, timezone.now()
    came = entry_of(record["in"])
    family = [absorbed.pk, *record["accounts"]]
    back = _what_is_left(absorbed, kept, family)
    repaid = _repaid_with(came, back, now=now)
    paid, restored = _paid_for(came, now=now)
    short = int(record["short"])
    relieved = min(short, kept.owed)
    others = [lot for lot in held_lots(kept) if lot.pk not in {move.lot.pk for move in back.leaves}]
    given, lacking = take(others, repaid)
    lifetime = int(record["lifetime"]) + _taken_since(came, family)
    part = Fraction(record["carry"])
    left = account_carry(kept) - part
    common: dict[str, Any] = {"kind": EntryKind.TRANSFER, "cause": Cause.MERGE, "cause_id": merge.pk, "by": by}
    post(
        kept,
        Draft(
            **common,
            key=f"parted:{merge.pk}:{kept.pk}",
            moves=[*back.leaves, *given, *restored],
            owe=lacking - relieved,
            brings=[new_lot(kept.program, short - relieved, earned_at=now, now=now, waits=False)]
            if short > relieved
            else [],
            carry=bounded(max(left, Fraction(0))),
            occurred_at=now,
            snapshot={"lifetime": -lifetime, "merge": "parted"},
        ),
    )
    if left < 0 and kept.balance:
        # The part that goes back is larger than the one that is left: a whole point is broken for it, if there is one.
        whole_point(merge, kept, by=by, carry=left + 1)
    if debt := paid + short:
        # First what is owed, so that whatever comes back repays it at once.
        post(absorbed, Draft(**common, key=f"parted:{merge.pk}:{absorbed.pk}:debt", owe=debt, occurred_at=now))
    post(
        absorbed,
        Draft(
            **common,
            key=f"parted:{merge.pk}:{absorbed.pk}",
            moves=back.arrives,
            brings=back.brings,
            carry=bounded(part),
            occurred_at=now,
            snapshot={"lifetime": lifetime, "merge": "back"},
        ),
    )
    settle(absorbed, held_lots(absorbed), now=now)
    return back.points


def _what_is_left(absorbed: Account, kept: Account, family: list[Any]) -> _Back:
    """Of the lots that came from the absorbed account, or from one that was merged into it before."""
    back = _Back()
    lots = Lot.objects.filter(account=kept, remaining__gt=0, moved_from__account__in=family)
    # What one of them gave the other before they were one is a present, and stays one.
    lots = lots.exclude(entry__cause__in=(Cause.TRANSFER, Cause.FAMILY))
    for lot in lots.select_related("moved_from").order_by("expires_at", "pk"):
        held = _held(lot)
        back.leaves.append(Move(held, held.remaining))
        back.points += held.remaining
        origin = lot.moved_from
        if origin is not None and origin.account_id == absorbed.pk:
            end_alike(lot, origin)
            _hold_alike(lot, origin)
            back.arrives.append(Move(_held(origin), -held.remaining))
        else:
            back.brings.append(
                NewLot(held.remaining, held.available_from, held.expires_at, held.is_pending, lot.moved_from_id)
            )
    return back


def _hold_alike(lot: Lot, origin: Lot) -> None:
    """What was held for a look, or released from it, on the other card stays so."""
    if lot.is_held != origin.is_held:
        origin.is_held, origin.is_pending = lot.is_held, lot.is_pending
        origin.save(update_fields=["is_held", "is_pending"])


def _repaid_with(came: Entry, back: _Back, *, now: datetime) -> int:
    """Points of the absorbed record that paid a debt of the kept one: they go back too, unless they have lapsed."""
    repaid = 0
    uses = LotUse.objects.filter(entry=came, lot__entry=came, amount__gt=0).select_related("lot__moved_from")
    for use in uses:
        origin = use.lot.moved_from
        if origin is None or _held(origin).has_lapsed(now):
            continue
        _give(back, _held(origin), use.amount)
        repaid += use.amount
    back.points += repaid
    return repaid


def _give(back: _Back, lot: HeldLot, points: int) -> None:
    """Each lot stands once in an entry."""
    for place, move in enumerate(back.arrives):
        if move.lot.pk == lot.pk:
            back.arrives[place] = Move(lot, move.points - points)
            return
    back.arrives.append(Move(lot, -points))


def _paid_for(came: Entry, *, now: datetime) -> tuple[int, list[Move]]:
    """Points of the kept record that paid what the absorbed one owed, and the moves that give them back."""
    restored = []
    uses = LotUse.objects.filter(entry=came, amount__gt=0).exclude(lot__entry=came).select_related("lot")
    for use in uses:
        held = _held(use.lot)
        if not held.has_lapsed(now):
            restored.append(Move(held, -use.amount))
    return -sum(move.points for move in restored), restored


def _taken_since(came: Entry, family: list[Any]) -> int:
    """What was taken back of the absorbed record's since, off what was ever earned, as a negative figure.

    On whichever record it was taken: the kept one may have been merged into another meanwhile, and parted again.
    """
    since = Entry.objects.filter(pk__gt=came.pk, kind=EntryKind.REVERSE, cause__in=EARNED)
    taken = since.filter(reverses__account__in=family).aggregate(sum=Sum(F("amount") + F("pending_amount")))["sum"]
    return taken or 0


def _held(lot: Lot) -> HeldLot:
    return HeldLot(lot.pk, lot.entry_id, lot.remaining, lot.is_pending, lot.available_from, lot.expires_at, lot.is_held)


def _part_tiers(pair: Pair, before: dict[str, dict[str, Any]]) -> None:
    """The absorbed account has its tier again. The kept one gives back what it holds above its own from before.

    What was given by hand goes back with its account, unless it has ended since; what was given to the kept one after
    the merge stays.
    """
    kept, came = pair.kept, before["absorbed"].get("placement")
    own = Tier.objects.filter(pk=before["kept"]["tier"]).first() if before["kept"]["tier"] else None
    is_given_since = kept.tier_placement_id is not None and str(kept.tier_placement_id) != came
    higher = kept.tier is not None and kept.tier.threshold > (own.threshold if own else -1)
    if (higher or str(kept.tier_placement_id) == came) and not is_given_since:
        _set_tier(kept, before["kept"])
    _set_tier(pair.absorbed, before["absorbed"])


def _set_tier(account: Account, was: dict[str, Any]) -> None:
    given = None
    if was.get("placement"):
        given = TierPlacement.objects.filter(pk=was["placement"]).first()
        if given is not None and given.ended_at is not None:
            # It ended while the records were one: what lay beneath it stands.
            given, was = None, {"since": None, **was["beneath"]}
        elif given is not None:
            given.account, given.before = account, was["beneath"]
            given.save(update_fields=["account", "before"])
    tier = Tier.objects.filter(pk=was["tier"]).first() if was["tier"] else None
    account.tier = tier
    account.tier_since = datetime.fromisoformat(was["since"]) if tier and was.get("since") else None
    account.tier_until = date.fromisoformat(was["until"]) if tier and was["until"] else None
    account.tier_placement = given
    account.save(update_fields=["tier", "tier_since", "tier_until", "tier_placement"])
