"""The panels that points bring to the portal's card, home and welcome page."""

from typing import Any

from django.utils import timezone

from customers.domain.identity import ids_of
from customers.enums import MemberStatus
from programs.domain.benefits import benefits_of
from programs.domain.challenges.reading import results_of
from programs.domain.extending import announced_for, rest_of
from programs.domain.rules.promises import promises_for
from programs.domain.stamps.reading import cards_of, versions_in_force
from programs.domain.stamps.terms import Terms
from programs.domain.tier_notices import is_told
from programs.models import Account, Entry, Event, Gift, Reward, Voucher, WaitingPlace
from programs.portal.next_step import next_step
from programs.portal.reading import Reading, entry_as_data, vouchers_of
from programs.portal.words import earning, entry_title
from programs.queries import account_of, entries_of
from programs.words.challenges import shown
from programs.words.events import said_of
from programs.words.tiers import benefit_words, is_past, rate_words, to_keep, to_next
from programs.words.unit import in_points

ON_HOME = 3
RECENT = 4


def balance(reading: Reading) -> dict[str, Any] | None:
    return {"standing": reading.standing, "program": reading.program} if reading.standing else None


def next_thing(reading: Reading) -> dict[str, Any] | None:
    step = next_step(reading)
    return {"step": step} if step else None


def progress(reading: Reading) -> dict[str, Any] | None:
    standing = reading.standing
    if standing is None or (standing.tier is None and standing.progress.next_tier is None):
        return None
    account = standing.account
    works = benefits_of(standing.tier).values()
    return {
        "standing": standing,
        "progress": standing.progress,
        "program": standing.program,
        "to_next": to_next(standing.progress, standing.program),
        "keep": to_keep(standing.progress, standing.program),
        "is_told": is_told(account),
        "works": rate_words(standing.tier) + [benefit_words(one) for one in works if not is_past(one)],
        "placed_until": account.tier_placement.until if account.tier_placement else None,
    }


def rewards(reading: Reading) -> dict[str, Any] | None:
    if not reading.offers or reading.standing is None:
        return None
    return {
        "offers": reading.offers[:ON_HOME],
        "more": max(0, len(reading.offers) - ON_HOME),
        "balance": reading.standing.spendable,
        "program": reading.program,
    }


def stamp_cards(reading: Reading) -> dict[str, Any] | None:
    """The stamp cards that are running, the fullest first."""
    return {"cards": reading.cards} if reading.cards else None


def dates(reading: Reading) -> dict[str, Any] | None:
    """What comes and what goes, and when."""
    standing = reading.standing
    if standing is None:
        return None
    closures = announced_for(standing.account)
    rest = rest_of(standing.account) if standing.account.member.status == MemberStatus.PAUSED else None
    if not (standing.expiring or standing.coming or standing.held or closures or rest):
        return None
    return {"standing": standing, "program": standing.program, "closures": closures, "rest": rest}


def recent(reading: Reading) -> dict[str, Any] | None:
    if reading.account is None:
        return None
    shown = shown_entries(reading.account)[:RECENT]
    return {"rows": [(entry, entry_title(entry)) for entry in shown], "program": reading.account.program}


def more_points(reading: Reading) -> dict[str, Any] | None:
    """The earning rules that are for this member: what each gives, and what it will give from a later day on."""
    if reading.account is None or not reading.is_running:
        return None
    promises = promises_for(reading.account, timezone.now())
    return {"promises": promises, "program": reading.program} if promises else None


def what_it_gives(reading: Reading) -> dict[str, Any] | None:
    """For somebody who is not a member yet: how one earns, and a taste of the rewards."""
    program, cards = reading.program, [Terms.from_json(one.terms) for one in versions_in_force(timezone.now())]
    if program is None:
        return {"program": None, "cards": cards} if cards else None
    listed = Reward.objects.filter(program=program, is_active=True).select_related("product", "charity")
    # What is for certain members is no promise to whoever comes along.
    offered = [reward for reward in listed if not reward.terms.get("segments")]
    return {
        "program": program,
        "cards": cards,
        "earning": earning(program),
        "bonus": in_points(program, program.joining_bonus) if program.joining_bonus else "",
        "rewards": offered[:ON_HOME],
        "first": min(offered, key=lambda reward: reward.cost, default=None),
        "tiers": list(program.tiers.filter(by_invitation=False).order_by("threshold")),
    }


def challenges(reading: Reading) -> dict[str, Any] | None:
    """What is worth trying, and the badges of what was done."""
    if reading.account is None or not reading.is_running:
        return None
    shown_ones = [shown(trial, reading.account.program) for trial in reading.trials]
    if not shown_ones:
        return None
    return {
        "open": [one for one in shown_ones if not one["is_done"]],
        "badges": [one for one in shown_ones if one["is_done"]],
    }


def shown_entries(account: Account) -> list[Entry]:
    """The account's entries as a queryset, newest first, without those that moved nothing a member could see."""
    return entries_of(account)  # type: ignore[return-value]


def own_stamps(member: Any) -> dict[str, Any]:
    """Their stamp cards, for the file with a member's own data."""
    return {
        card.program.name: {
            "stamps": card.stamps,
            "slots": card.terms.slots,
            "owed": card.owed,
            "finished": card.finished,
            "entries": [entry_as_data(entry) for entry in entries_of(card.account)],
        }
        for card in cards_of(member, only_running=False)
        if card.account is not None
    }


def own_events(member: Any) -> list[dict[str, Any]]:
    """What else was recorded of them, for the file with a member's own data."""
    found = Event.objects.filter(member__in=ids_of(member)).select_related("type", "entry").order_by("pk")
    return [
        {
            "what": one.type.name,
            "at": one.occurred_at.isoformat(),
            "holds": dict(said_of(one)),
            "points": one.entry.amount + one.entry.pending_amount if one.entry else 0,
            "undone_at": one.undone_at.isoformat() if one.undone_at else None,
        }
        for one in found
    ]


def own_points(member: Any) -> dict[str, Any]:
    """For the file with a member's own data."""
    account = account_of(member)
    if account is None:
        return {}
    return {
        "balance": account.balance,
        "pending": account.pending,
        "owed": account.owed,
        "tier": str(account.tier) if account.tier else None,
        "vouchers": [_own_voucher(voucher) for voucher in vouchers_of(member).order_by("pk")],
        "waits_for": [
            {"name": one.reward.name, "since": one.created_at.isoformat(), "status": one.status}
            for one in WaitingPlace.objects.filter(account=account).select_related("reward")
        ],
        "presents_given": [
            {"name": one.voucher.name, "at": one.created_at.isoformat(), "message": one.message, "status": one.status}
            for one in Gift.objects.filter(giver=account).select_related("voucher")
        ],
        "challenges": [
            {"name": str(one.challenge), "done_at": one.done_at.isoformat(), "points": one.points}
            for one in results_of(account)
        ],
        "entries": [entry_as_data(entry) for entry in entries_of(account)],
    }


def _own_voucher(voucher: Voucher) -> dict[str, Any]:
    return {
        "name": voucher.name,
        "code": voucher.code,
        "own_code": voucher.own_code,
        "kind": voucher.kind,
        "value": voucher.value,
        "left": voucher.left,
        "status": voucher.status,
        "valid_until": voucher.valid_until.isoformat(),
        "used_at": voucher.used_at.isoformat() if voucher.used_at else None,
    }
