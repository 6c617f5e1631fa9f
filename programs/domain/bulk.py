"""Awarding many purchases at once, for imports: the same arithmetic and the same rows, written together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Min, Sum
from django.utils import timezone

from customers.domain.activity import build_activity
from customers.domain.nudge import nudge_after_commit
from customers.enums import ActivityKind, MemberStatus
from customers.models import Activity, Member, Purchase
from loyalty_saas.lib.days import end_of_day, local_day, start_of_day
from programs.domain.accounts import Locked, lock_accounts_of, points_program
from programs.domain.awards import award_payload, award_purchase, baskets_of, purchase_draft, purchase_key
from programs.domain.challenges.rewarding import reward_challenges
from programs.domain.drafts import Draft
from programs.domain.entries import Totals, advance, lay_out
from programs.domain.guards import importing_membership, is_own
from programs.domain.qualifying import Standing, gathered, window_start
from programs.domain.tiers import reachable, rise, tiers_of
from programs.enums import HAPPENINGS, ProgramStatus
from programs.errors import LedgerConflict
from programs.models import Account, EarningRuleVersion, Entry, Lot, LotUse, Program, Qualification, Tier
from tenants.actors import Actor
from tenants.isolation import current_tenant


@dataclass(slots=True)
class _Batch:
    """The rows of one batch before they are written, and what has been gathered towards tiers so far."""

    by: Actor
    source: str
    silent: bool
    tiers: list[Tier]
    # The first moment that counts towards a tier, by account.
    since: Mapping[UUID, datetime]
    standing: dict[UUID, Standing]
    visited: set[tuple[UUID, date]]
    entries: list[Entry] = field(default_factory=list)
    lots: list[Lot] = field(default_factory=list)
    uses: list[LotUse] = field(default_factory=list)
    qualifications: list[Qualification] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)


@transaction.atomic
def award_purchases(purchases: Sequence[Purchase], *, by: Actor, source: str, silent: bool) -> int:
    """Give the points of many purchases, each as `award_purchase` would, in the order of time; how many were new.

    Locks the accounts of their members, in the order of ids. Meant for a batch: everything is held in memory. From the
    first purchase on that an earning rule may count for, they are awarded one by one.
    """
    program = points_program()
    if program is None or program.status != ProgramStatus.LIVE:
        return 0
    todo, members = _to_award(purchases, by=by)
    if not todo:
        return 0
    accounts = lock_accounts_of(members, program)
    plain = _before_rules(program, todo)
    _award_together(program, plain, members, accounts, by=by, source=source, silent=silent)
    for locked in accounts.values() if plain else ():
        if locked.has_challenges:
            reward_challenges(locked.account, silent=silent)
    for purchase in todo[len(plain) :]:
        purchase.member = members[_member_id(purchase)]
        award_purchase(purchase, by=by, silent=silent)
    return len(todo)


def _award_together(
    program: Program,
    todo: Sequence[Purchase],
    members: Mapping[UUID, Member],
    accounts: Mapping[UUID, Locked],
    *,
    by: Actor,
    source: str,
    silent: bool,
) -> None:
    if not todo:
        return
    batch = _open_batch(program, todo, list(accounts.values()), by=by, source=source, silent=silent)
    baskets, now = baskets_of(todo, program), timezone.now()
    for purchase in todo:
        account = accounts[members[_member_id(purchase)].pk].account
        draft = purchase_draft(account, purchase, baskets[purchase.pk], by=by, now=now)
        entry, totals = lay_out(account, draft, now)
        _add_rows(batch, account, draft, entry, totals)
        advance(account, entry, draft.carry)
        _qualify(batch, account, purchase, entry)
    _write(batch, [locked.account for locked in accounts.values()])


def _before_rules(program: Program, todo: Sequence[Purchase]) -> Sequence[Purchase]:
    """Those, in the order of time, that come before any that an earning rule may count for."""
    begun = EarningRuleVersion.objects.filter(rule__program=program).order_by()
    begun = begun.exclude(definition__occasion__in=list(HAPPENINGS))
    spans = list(begun.values("rule", "rule__ended_at").annotate(first=Min("starts_at")))
    for place, purchase in enumerate(todo):
        when = purchase.occurred_at
        if any(span["first"] <= when and (span["rule__ended_at"] or when) >= when for span in spans):
            return todo[:place]
    return todo


def _member_id(purchase: Purchase) -> UUID:
    member_id: UUID = purchase.member_id  # type: ignore[assignment]  # purchases of nobody were left out
    return member_id


def _to_award(purchases: Sequence[Purchase], *, by: Actor) -> tuple[list[Purchase], dict[UUID, Member]]:
    """Those of active members that have no entry yet, in the order of time, and the members.

    What a manager imports gives nothing on their own card.
    """
    ids = {purchase.member_id for purchase in purchases if purchase.member_id}
    importer = importing_membership(by)
    found = Member.objects.filter(pk__in=ids, status=MemberStatus.ACTIVE)
    members = {member.pk: member for member in found if not is_own(member, importer)}
    keys = [purchase_key(purchase) for purchase in purchases]
    known = set(Entry.objects.filter(key__in=keys).values_list("key", flat=True))
    todo = [one for one in purchases if one.member_id in members and purchase_key(one) not in known]
    todo.sort(key=lambda one: (one.occurred_at, one.pk))
    return todo, {pk: members[pk] for pk in {_member_id(one) for one in todo}}


def _open_batch(
    program: Program, todo: Sequence[Purchase], accounts: Sequence[Locked], *, by: Actor, source: str, silent: bool
) -> _Batch:
    zone, now = current_tenant().zone, timezone.now()
    since = {locked.account.pk: window_start(locked.account, now) for locked in accounts}
    mine = Qualification.objects.filter(account__in=list(since)).order_by()
    first, last = (local_day(one.occurred_at, zone) for one in (todo[0], todo[-1]))
    around = mine.filter(occurred_at__gte=start_of_day(first, zone), occurred_at__lt=end_of_day(last, zone))
    visits: dict[tuple[UUID, date], int] = {}
    for account, moment, visit in around.values_list("account", "occurred_at", "visits"):
        there = (account, local_day(moment, zone))
        visits[there] = visits.get(there, 0) + visit
    return _Batch(
        by=by,
        source=source,
        silent=silent,
        tiers=reachable(tiers_of(program)),
        since=since,
        standing=_gathered({locked.account.pk: locked.account for locked in accounts}, since),
        visited={there for there, count in visits.items() if count > 0},
    )


def _gathered(accounts: Mapping[UUID, Account], since: Mapping[UUID, datetime]) -> dict[UUID, Standing]:
    """Asked together, unless every member counts from a day of their own."""
    if len(moments := set(since.values())) > 1:
        return {pk: gathered(account, since=since[pk]) for pk, account in accounts.items()}
    rows = (
        Qualification.objects.filter(account__in=list(accounts), occurred_at__gte=moments.pop())
        .order_by()
        .values("account")
        .annotate(all_spend=Sum("spend"), all_points=Sum("points"), all_visits=Sum("visits"))
    )
    return {row["account"]: Standing(row["all_spend"], row["all_points"], row["all_visits"]) for row in rows}


def _add_rows(batch: _Batch, account: Account, draft: Draft, entry: Entry, totals: Totals) -> None:
    batch.entries.append(entry)
    if draft.earns is not None and draft.earns.points:
        earns = draft.earns
        lot = Lot(
            account_id=account.pk,
            entry_id=entry.pk,
            amount=earns.points,
            remaining=earns.points - totals.own,
            is_pending=earns.is_pending,
            available_from=earns.available_from,
            expires_at=earns.expires_at,
        )
        batch.lots.append(lot)
        if totals.own:
            batch.uses.append(LotUse(entry_id=entry.pk, lot_id=lot.pk, amount=totals.own))
    if entry.amount or entry.pending_amount:
        activity = build_activity(
            ActivityKind.POINTS_AWARDED,
            by=batch.by,
            source=batch.source,
            member=account.member,
            occurred_at=entry.occurred_at,
            payload=award_payload(entry),
            silent=batch.silent,
        )
        batch.activities.append(activity)


def _qualify(batch: _Batch, account: Account, purchase: Purchase, entry: Entry) -> None:
    """Progress towards a tier; a tier that is reached counts from the next purchase on."""
    there = (account.pk, local_day(purchase.occurred_at, current_tenant().zone))
    row = Qualification(
        account_id=account.pk,
        spend=int(Fraction(entry.snapshot["counted"])),
        points=entry.snapshot["points"],
        visits=int(there not in batch.visited),
        occurred_at=purchase.occurred_at,
        cause_id=purchase.pk,
        key=purchase_key(purchase),
    )
    batch.visited.add(there)
    batch.qualifications.append(row)
    if purchase.occurred_at < batch.since[account.pk]:
        return
    before = batch.standing.get(account.pk, Standing(0, 0, 0))
    after = Standing(before.spend + row.spend, before.points + row.points, before.visits + row.visits)
    batch.standing[account.pk] = after
    held = account.tier.threshold if account.tier else -1
    if any(held < tier.threshold <= after.by(account.program.tier_basis) for tier in batch.tiers):
        rise(account, after, by=batch.by, source=batch.source, silent=batch.silent)


_UPDATE_ACCOUNTS = """
UPDATE programs_account a SET balance = n.balance, pending = n.pending, owed = n.owed, lifetime = n.lifetime,
 carry_numerator = n.numerator, carry_denominator = n.denominator, version = n.version, head = n.head
FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
 %s::bigint[], %s::text[]) AS n(id, balance, pending, owed, lifetime, numerator, denominator, version, head)
WHERE a.tenant_id = %s AND a.id = n.id AND a.version <= n.version"""


def _write(batch: _Batch, accounts: Sequence[Account]) -> None:
    Entry.objects.bulk_create(batch.entries)
    Lot.objects.bulk_create(batch.lots)
    LotUse.objects.bulk_create(batch.uses)
    Qualification.objects.bulk_create(batch.qualifications)
    Activity.objects.bulk_create(batch.activities)
    names = (
        *("pk", "balance", "pending", "owed", "lifetime"),
        *("carry_numerator", "carry_denominator", "version", "head"),
    )
    columns = [[getattr(account, name) for account in accounts] for name in names]
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE_ACCOUNTS, [*columns, current_tenant().pk])
        if cursor.rowcount != len(accounts):
            raise LedgerConflict
    nudge_after_commit(connection)
