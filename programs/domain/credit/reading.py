"""Which cash-back counts, how a member stands, and what a purchase would give."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from customers.models import Member, Purchase
from loyalty_saas.lib.days import local_day
from programs.domain.awards import lines_of
from programs.domain.credit.terms import Terms, cash_back_for
from programs.domain.earning import Basket, BasketLine, exclude_lines
from programs.enums import ProgramKind, ProgramStatus
from programs.models import Account, CashBackVersion, Lot, Program
from tenants.isolation import current_tenant


def credit_program() -> Program | None:
    """The business's program of store credit, whatever its status."""
    return Program.objects.filter(kind=ProgramKind.CREDIT).first()


def version_in_force(when: datetime) -> CashBackVersion | None:
    """What counts for a purchase of that moment, with its program; None while nothing runs."""
    begun = CashBackVersion.objects.filter(starts_at__lte=when, cash_back__program__status=ProgramStatus.LIVE)
    found: CashBackVersion | None = begun.select_related("cash_back__program").order_by("number").last()
    return found


def newest_version() -> CashBackVersion | None:
    """What was published last, whether it runs or not."""
    rows = CashBackVersion.objects.select_related("cash_back__program")
    found: CashBackVersion | None = rows.order_by("number").last()
    return found


def basket_of(purchase: Purchase, terms: Terms) -> Basket:
    """A purchase as cash-back looks at it; its lines are only read where something is excluded."""
    lines: tuple[BasketLine, ...] = ()
    if terms.excludes:
        products, categories = (frozenset(map(UUID, ids)) for ids in (terms.products, terms.categories))
        lines = exclude_lines(lines_of([purchase]).get(purchase.pk, ()), products, categories)
    return Basket(purchase.total, purchase.tax, lines=lines, credit=purchase.credit)


@dataclass(frozen=True, slots=True)
class CreditStanding:
    """How a member stands, the clock of today included. Minor units.

    `balance` can be spent now, `pending` later, `owed` is repaid by what comes next; `held` is what of
    `pending` waits until somebody has looked. `expiring` and `coming` are days
    with what goes and comes on them, the next first. `terms` are what was published last.
    """

    program: Program
    terms: Terms
    balance: int = 0
    pending: int = 0
    owed: int = 0
    account: Account | None = None
    held: int = 0
    expiring: tuple[tuple[date, int], ...] = ()
    coming: tuple[tuple[date, int], ...] = ()

    @property
    def on_the_way(self) -> int:
        """What comes by itself, on the days of `coming`."""
        return self.pending - self.held

    @property
    def is_running(self) -> bool:
        return bool(self.program.status == ProgramStatus.LIVE)

    @property
    def has_any(self) -> bool:
        return bool(self.account is not None and self.account.version)

    def most_for(self, amount: int) -> int:
        """How much of an amount can be paid from credit now."""
        return max(0, min(self.balance, amount)) if self.is_running else 0

    def cash_back_for(self, amount: int, *, credit: int = 0) -> int:
        """What a purchase would give of which only the amount is known, `credit` of it paid from credit."""
        return cash_back_for(self.terms, Basket(amount, credit=credit)) if self.is_running and amount else 0


def credit_of(member: Member) -> CreditStanding | None:
    """How a member stands; None for a business that never published any."""
    newest = newest_version()
    if newest is None:
        return None
    program, terms = newest.cash_back.program, Terms.from_json(newest.terms)
    account = Account.objects.filter(member=member, program=program).first()
    if account is None:
        return CreditStanding(program, terms)
    account.program, account.member = program, member
    now = timezone.now()
    lots = list(Lot.objects.filter(account=account, remaining__gt=0).order_by("expires_at", "pk"))
    there = [lot for lot in lots if lot.expires_at is None or lot.expires_at > now]
    ready = [lot for lot in there if not lot.is_pending or (not lot.is_held and lot.available_from <= now)]
    waits = [lot for lot in there if lot not in ready]
    balance, owed = sum(lot.remaining for lot in ready), account.owed
    return CreditStanding(
        program=program,
        terms=terms,
        balance=max(0, balance - owed),
        pending=sum(lot.remaining for lot in waits),
        owed=max(0, owed - balance),
        held=sum(lot.remaining for lot in waits if lot.is_held),
        account=account,
        expiring=_by_day(
            (lot.expires_at - timedelta(microseconds=1), lot.remaining) for lot in ready if lot.expires_at
        ),
        coming=_by_day((lot.available_from, lot.remaining) for lot in waits if not lot.is_held),
    )


def _by_day(moments: Iterable[tuple[datetime, int]]) -> tuple[tuple[date, int], ...]:
    days: dict[date, int] = {}
    for moment, amount in moments:
        day = local_day(moment, current_tenant().zone)
        days[day] = days.get(day, 0) + amount
    return tuple(sorted(days.items()))
