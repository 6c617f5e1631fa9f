"""The journal: every entry of a period as a debit and a credit, for an accountant to book.

Points that are given are a cost and a debt to members; redeemed ones pay the debt with a reward, and what expires is
income. An entry costs what `PointCost` says, so the journal adds up with the roll-forward in money, to the cent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db import connection
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from loyalty_saas.lib.days import end_of_day
from programs.books.cost import PointCost
from programs.books.days import BOOKED, day_of, edges_of, entries_in
from programs.books.scope import is_narrow, of_accounts, values_for
from programs.enums import Cause, EntryKind, ProgramKind
from programs.models import Bookkeeping, Entry, Program
from tenants.isolation import current_tenant

# What undoes a redemption, or a payment from credit.
_GIVEN_BACK = (Cause.REDEMPTION, Cause.REFUND)


class LedgerAccount(StrEnum):
    LIABILITY = "liability"
    EXPENSE = "expense"
    REDEEMED = "redeemed"
    BREAKAGE = "breakage"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class Booking:
    """One entry: `money` in minor units, plus adds to the liability, minus takes from it; `other` is the account
    on the other side."""

    entry: Entry
    other: LedgerAccount
    money: int

    @property
    def day(self) -> date:
        return day_of(self.entry)

    @property
    def points(self) -> int:
        return self.entry.amount + self.entry.pending_amount

    @property
    def debit(self) -> LedgerAccount:
        return self.other if self.points > 0 else LedgerAccount.LIABILITY

    @property
    def credit(self) -> LedgerAccount:
        return LedgerAccount.LIABILITY if self.points > 0 else self.other


@dataclass(slots=True)
class AccountSums:
    """What a period books on an account, in minor units."""

    account: LedgerAccount
    debit: int = 0
    credit: int = 0


_SUMS = """
SELECT kind, cause, coalesce(sum({money}) FILTER (WHERE amount + pending_amount > 0), 0),
 coalesce(sum({money}) FILTER (WHERE amount + pending_amount < 0), 0)
FROM programs_entry WHERE tenant_id = %(tenant)s AND occurred_at >= %(start)s AND occurred_at <= %(end)s
 AND width_bucket({booked}, %(edges)s::timestamptz[]) = 1{of_accounts} GROUP BY kind, cause"""


def account_names(kept: Bookkeeping) -> dict[LedgerAccount, str]:
    """The accounts as the owner calls them, or by their usual names."""
    network = {LedgerAccount.NETWORK: _("Points taken over by other businesses")}
    if kept.program.kind == ProgramKind.CREDIT:
        return network | {
            LedgerAccount.LIABILITY: kept.liability_account or _("Store credit not yet spent (liability)"),
            LedgerAccount.EXPENSE: kept.expense_account or _("Cash-back given (expense)"),
            LedgerAccount.REDEEMED: kept.redeemed_account or _("Paid from store credit"),
            LedgerAccount.BREAKAGE: kept.breakage_account or _("Expired store credit (income)"),
        }
    return network | {
        LedgerAccount.LIABILITY: kept.liability_account or _("Points not yet redeemed (liability)"),
        LedgerAccount.EXPENSE: kept.expense_account or _("Points given (expense)"),
        LedgerAccount.REDEEMED: kept.redeemed_account or _("Points redeemed"),
        LedgerAccount.BREAKAGE: kept.breakage_account or _("Expired points (income)"),
    }


def other_side(kind: str, cause: str) -> LedgerAccount:
    """The account that an entry moves besides the liability."""
    if kind == EntryKind.EXPIRE:
        return LedgerAccount.BREAKAGE
    if cause == Cause.NETWORK:
        return LedgerAccount.NETWORK
    if kind == EntryKind.REDEEM or (kind == EntryKind.RESTORE and cause in _GIVEN_BACK):
        return LedgerAccount.REDEEMED
    return LedgerAccount.EXPENSE


def bookings(first: date, last: date, cost: PointCost, *, program: Program | None = None) -> Iterator[Booking]:
    """Every entry of a period that moves points in sum, the oldest first, with member and program loaded.

    What only became available, and what was less than a point, books nothing.
    """
    for entry in _moving(first, last, program).order_by("occurred_at", "id").iterator(chunk_size=2000):
        after = entry.balance_after + entry.pending_after - entry.owed_after
        money = cost.of_entry(after - entry.amount - entry.pending_amount, after)
        yield Booking(entry, other_side(entry.kind, entry.cause), money)


def sums_of(first: date, last: date, cost: PointCost, *, program: Program | None = None) -> list[AccountSums]:
    """What `bookings` are on each account together."""
    sums = {account: AccountSums(account) for account in LedgerAccount}
    edges = edges_of([(first, last)])
    values = {**values_for(program), "start": edges[0], "end": edges[-1], "edges": edges}
    narrow = of_accounts(is_narrow(program))
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(money=cost.entry_sql, booked=BOOKED, of_accounts=narrow), values)
        for kind, cause, added, taken in cursor.fetchall():
            other, liability = sums[other_side(kind, cause)], sums[LedgerAccount.LIABILITY]
            liability.credit += int(added)
            other.debit += int(added)
            liability.debit -= int(taken)
            other.credit -= int(taken)
    return list(sums.values())


def written_later(first: date, last: date, *, program: Program | None = None) -> int:
    """How many entries of a period were written down more than a day after its end, so that a journal may lack them."""
    end = end_of_day(last, current_tenant().zone)
    return _moving(first, last, program).order_by().filter(recorded_at__gte=end + timedelta(days=1)).count()


def _moving(first: date, last: date, program: Program | None) -> QuerySet[Entry]:
    return entries_in(first, last, program).exclude(amount=-F("pending_amount")).select_related("account__member")
