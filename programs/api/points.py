"""Entries and balances as the API shows them."""

from typing import Any
from uuid import UUID

from customers.models import Member
from programs.domain.accounts import require_points_program
from programs.domain.benefits import benefits_of
from programs.domain.tier_notices import is_told
from programs.enums import Cause
from programs.models import Account, Entry, Program, Tier
from programs.portal.words import entry_title, entry_why
from programs.queries import AccountStanding, account_of, standing_of
from programs.words.tiers import benefit_words, to_keep, to_next
from tenants.isolation import current_tenant


def shown_entry(entry: Entry, program: Program) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "kind": entry.kind,
        "points": entry.amount,
        "pending": entry.pending_amount,
        "balance_after": entry.balance_after,
        "pending_after": entry.pending_after,
        "owed_after": entry.owed_after,
        "cause": entry.cause,
        "cause_id": entry.cause_id,
        "reverses": entry.reverses_id,
        "by": {"kind": entry.actor_kind, "label": entry.actor_label},
        "occurred_at": entry.occurred_at,
        "recorded_at": entry.recorded_at,
        "counts_from": entry.counts_from,
        "title": entry_title(entry),
        "why": entry_why(entry, program),
    }


def entry_of(cause: Cause, cause_id: UUID) -> Entry | None:
    """The entry that a fact left, with its program."""
    entry: Entry | None = (
        Entry.objects.select_related("account__program").filter(cause=cause, cause_id=cause_id).order_by("seq").first()
    )
    return entry


def earned_by(entry: Entry | None) -> dict[str, Any] | None:
    """What a fact did to points, from the entry that it left; None when it left none."""
    if entry is None:
        return None
    return {
        "entry": entry.pk,
        "points": entry.amount,
        "pending": entry.pending_amount,
        "balance": entry.balance_after,
        "owed": entry.owed_after,
        "why": entry_why(entry, entry.account.program),
    }


def account_or_404(member: Member) -> Account:
    """The member's account; an empty one, not written, before their first points. Raises NoProgram."""
    account = account_of(member)
    if account is not None:
        return account
    program = require_points_program()
    return Account(member=member, program=program)


def balance_of(member: Member) -> dict[str, Any]:
    standing = standing_of(account_or_404(member))
    return {
        "member": member.pk,
        "balance": standing.balance,
        "pending": standing.pending,
        "owed": standing.owed,
        "lifetime": standing.lifetime,
        "unit": standing.program.unit_many,
        "currency": current_tenant().currency,
        "tier": _tier(standing),
        "tier_standing": _tier_standing(standing),
        "next_tier": _next_tier(standing),
        "to_next_point": standing.to_next_point,
        "expiring": [{"day": one.day, "points": one.points} for one in standing.expiring],
        "coming": [{"day": one.day, "points": one.points} for one in standing.coming],
    }


def _next_tier(standing: AccountStanding) -> dict[str, Any] | None:
    progress = standing.progress
    if progress.next_tier is None:
        return None
    return {
        "name": progress.next_tier.name,
        "basis": standing.program.tier_basis,
        "missing": progress.missing,
        "percent": progress.percent,
        "by": progress.by,
        "said": to_next(progress, standing.program),
    }


def _tier(standing: AccountStanding) -> Tier | None:
    tier = standing.tier
    if tier is not None:
        works = list(benefits_of(tier).values())
        for one in works:
            one.said = benefit_words(one)  # type: ignore[attr-defined]
        tier.shown_works = works  # type: ignore[attr-defined]
    return tier


def _tier_standing(standing: AccountStanding) -> dict[str, Any] | None:
    account, progress = standing.account, standing.progress
    if standing.tier is None:
        return None
    return {
        "until": account.tier_until,
        "missing": progress.keep_missing,
        "by": progress.keep_by,
        "told": is_told(account),
        "placed": account.tier_placement_id is not None,
        "said": to_keep(progress, standing.program),
    }
