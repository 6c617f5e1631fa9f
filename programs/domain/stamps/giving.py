"""Stamps given: with a purchase, or by hand in one tap. A full card becomes a voucher at once, and the next begins."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.domain.identity import hold_member
from customers.enums import ActivityKind, MemberStatus
from customers.models import Member, Merge, Purchase
from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.errors import Forbidden, Invalid
from programs.domain.accounts import call_key, lock_account, lock_account_in, require_live, source_of
from programs.domain.drafts import Draft
from programs.domain.guards import acting_membership, has_limits, note_namesake, refuse_own_account
from programs.domain.lots import held_lots, new_lot, settle, take
from programs.domain.posting import entry_of_key, post
from programs.domain.redemptions import pay_reward
from programs.domain.stamps.reading import (
    given_on,
    lines_of,
    newest_version,
    promised_version,
    room_on,
    versions_in_force,
)
from programs.domain.stamps.terms import Terms, count_stamps
from programs.enums import Cause, EntryKind, ProgramKind
from programs.errors import CardFullToday, ProgramNotLive
from programs.models import Account, Entry, Program, Redemption, StampCardVersion
from tenants.actors import Actor
from tenants.enums import ActorKind, Role
from tenants.isolation import current_tenant

MOST_AT_ONCE = 20


# Always within the purchase's own transaction, as `award_purchase`.
@transaction.atomic(savepoint=False)
def stamp_purchase(purchase: Purchase, *, by: Actor, silent: bool = False) -> list[Entry]:
    """Give the stamps of a purchase on every running card, once, and finish the cards that are full.

    Nothing happens without a member, or for one who is paused or has left. A purchase that earned nothing leaves no
    entry, unless it was the day's limit that kept the stamp. Raises OwnAccount. Locks the accounts of the cards, in
    the order of their programs, after the one for points.
    """
    member = purchase.member
    if member is None or member.status != MemberStatus.ACTIVE:
        return []
    entries = []
    for version in versions_in_force(purchase.occurred_at):
        entry = _stamp(member, purchase, version, by=by, silent=silent)
        if entry is not None:
            entries.append(entry)
    return entries


@transaction.atomic
def give_stamps(
    member: Member, program: Program, *, stamps: int = 1, by: Actor, key: str, source: str = "", silent: bool = False
) -> Entry:
    """Give stamps by hand, once for each key, and finish the card when it is full.

    Staff give as many in a day as the card says; managers, owners and connected systems any number. Raises
    CardFullToday, OwnAccount, Forbidden, Invalid, ProgramNotLive, MemberNotActive, IdempotencyConflict. Locks the
    account.
    """
    if not 1 <= stamps <= MOST_AT_ONCE:
        raise Invalid(field="stamps")
    member, stored_key = hold_member(member), call_key(key)
    account = lock_account_in(member, program, by=by)
    if repeated := entry_of_key(account, EntryKind.ACCRUE, stored_key, (stamps,)):
        return repeated
    require_live(account)
    _refuse(account, by=by)
    version, now = newest_version(account.program), timezone.now()
    if version is None:
        raise ProgramNotLive
    terms = Terms.from_json(version.terms)
    given = given_on(account, local_day(now, current_tenant().zone))
    if has_limits(acting_membership(by)) and terms.most_in_day is not None and given + stamps > terms.most_in_day:
        raise CardFullToday(terms.most_in_day)
    draft = Draft(
        kind=EntryKind.ACCRUE,
        cause=Cause.STAMP,
        key=stored_key,
        by=by,
        request=(stamps,),
        earns=new_lot(account.program, stamps, earned_at=now, now=now),
        snapshot={"stamps": stamps, "version": version.number, "card": account.program.name, "by_hand": True},
    )
    settle(account, held_lots(account), now=now, silent=silent)
    entry = post(account, draft).entry
    _tell(account, entry, by=by, source=source or source_of(by), silent=silent)
    finish_cards(account, by=by, source=source or source_of(by), silent=silent)
    note_namesake(member, by=by)
    return entry


def finish_cards(account: Account, *, by: Actor, source: str, silent: bool = False) -> list[Redemption]:
    """Turn every full card of a locked account into its voucher; what is over is on the next card."""
    finished: list[Redemption] = []
    while account.balance and (version := promised_version(account)).reward.cost <= account.balance:
        finished.append(_finish(account, version, by=by, source=source, silent=silent))
    return finished


def finish_merged(merge: Merge, /, *, by: Actor, source: str, silent: bool) -> None:
    """Two half cards of one person may be a full one together."""
    cards = Account.objects.filter(member=merge.kept, program__kind=ProgramKind.STAMPS, balance__gt=0)
    for pk in cards.order_by("pk").values_list("pk", flat=True):
        account = lock_account(pk)
        if account is not None:
            finish_cards(account, by=by, source=source, silent=silent)


def _stamp(member: Member, purchase: Purchase, version: StampCardVersion, *, by: Actor, silent: bool) -> Entry | None:
    terms = Terms.from_json(version.terms)
    lines = lines_of(purchase) if terms.looks_at_lines else []
    counted = count_stamps(terms, purchase.total - purchase.returned, lines)
    if not counted.stamps:
        return None
    account = lock_account_in(member, version.card.program, by=by)
    refuse_own_account(member, by=by)
    room = room_on(account, terms, purchase.occurred_at)
    stamps = counted.stamps if room is None else min(room, counted.stamps)
    now = timezone.now()
    settle(account, held_lots(account), now=now, silent=silent)
    posted = post(account, _draft(account, purchase, version, stamps, counted.stamps, room, by=by, now=now))
    if posted.is_new and stamps:
        _tell(account, posted.entry, by=by, source=purchase.source, silent=silent, occurred_at=purchase.occurred_at)
        finish_cards(account, by=by, source=purchase.source, silent=silent)
    return posted.entry


def _draft(
    account: Account,
    purchase: Purchase,
    version: StampCardVersion,
    stamps: int,
    earned: int,
    room: int | None,
    *,
    by: Actor,
    now: datetime,
) -> Draft:
    snapshot: dict[str, Any] = {
        "stamps": stamps,
        "earned": earned,
        "room": room,
        "version": version.number,
        "card": account.program.name,
        "terms": version.terms,
    }
    return Draft(
        kind=EntryKind.ACCRUE,
        cause=Cause.STAMPED,
        cause_id=purchase.pk,
        key=f"stamped:{purchase.pk}:{account.program_id}",
        by=by,
        request=(purchase.total,),
        earns=new_lot(account.program, stamps, earned_at=purchase.occurred_at, now=now) if stamps else None,
        occurred_at=purchase.occurred_at,
        snapshot=snapshot,
    )


def _finish(account: Account, version: StampCardVersion, *, by: Actor, source: str, silent: bool) -> Redemption:
    reward = version.reward
    redemption = pay_reward(
        account,
        reward,
        moves=take(held_lots(account), reward.cost)[0],
        by=by,
        key=f"finished:{account.pk}:{account.version + 1}",
        now=timezone.now(),
    )
    record_activity(
        ActivityKind.CARD_FINISHED,
        by=by,
        source=source,
        member=account.member,
        payload={
            "entry": str(redemption.entry_id),
            "redemption": str(redemption.pk),
            "voucher": str(redemption.issued.pk),  # type: ignore[attr-defined]
            "card": account.program.name,
            "name": reward.name,
            "stamps": reward.cost,
        },
        silent=silent,
    )
    return redemption


def _refuse(account: Account, *, by: Actor) -> None:
    membership = acting_membership(by)
    if by.kind == ActorKind.MEMBER or (membership is not None and membership.role == Role.ANALYST):
        raise Forbidden
    refuse_own_account(account.member, by=by, membership=membership)


def _tell(
    account: Account, entry: Entry, *, by: Actor, source: str, silent: bool, occurred_at: datetime | None = None
) -> None:
    record_activity(
        ActivityKind.STAMPS_GIVEN,
        by=by,
        source=source,
        member=account.member,
        occurred_at=occurred_at,
        payload={"entry": str(entry.pk), "stamps": entry.amount, "card": account.program.name},
        silent=silent,
    )
