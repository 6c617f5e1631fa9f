"""Random histories: any period of the books adds up, and one follows the other, in points and in money."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from customers.domain.members import pause_member, reactivate_member
from customers.enums import Source
from loyalty_saas.lib.days import local_day
from programs.books import COLUMNS, Month, PointCost, books_of
from programs.books.places import places_of
from programs.books.rollforward import COLUMN_OF
from programs.domain.expiry import confirm_due, expire_due
from programs.domain.extending import announce_closure, extend_due
from programs.enums import EntryKind
from programs.errors import ClosuresOverlap
from programs.models import Account, Entry, Lot, LotUse
from tenants.isolation import current_tenant
from tenants.models import Location
from tests.programs.domain.test_ledger_machine import SEQUENCES, Ledger
from tests.programs.shop import SYSTEM, buy

COST = PointCost(137)


def counted_day(entry: Entry) -> date:
    """The day an entry counts on: an expiry on its last day."""
    shift = timedelta(microseconds=1) if entry.kind == EntryKind.EXPIRE else timedelta()
    return local_day(entry.occurred_at - shift, current_tenant().zone)


def by_hand(first: date, last: date, value: Any) -> Month:
    """The same figures in plain Python, from the beginning on."""
    month = Month(first, last)
    for entry in Entry.objects.all():
        day = counted_day(entry)
        if day < first:
            month.opening += value(entry)
        elif day <= last:
            month.moved[COLUMN_OF[EntryKind(entry.kind)]] += value(entry)
    return month


def points_of(entry: Entry) -> int:
    return entry.amount + entry.pending_amount


def cost_of(entry: Entry) -> int:
    after = entry.balance_after + entry.pending_after - entry.owed_after
    return COST.of_entry(after - points_of(entry), after)


class Books(Ledger):
    """The ledger's machine with a second location, and somebody who reads the books now and then."""

    @rule(who=st.integers(0, 1), total=st.integers(100, 9_000), days_ago=st.sampled_from([0, 0, 40]))
    def earn_at_a_location(self, who: int, total: int, days_ago: int) -> None:
        location = Location.objects.get()
        occurred_at = datetime.now(UTC) - timedelta(days=days_ago)
        self.purchases.append(buy(self.members[who], total, location=location, occurred_at=occurred_at))

    @precondition(lambda self: self.purchases)
    @rule(one=st.integers(0, 50), other=st.integers(0, 50), shift=st.sampled_from([-1, 0, 1]), days=st.integers(1, 60))
    def read_the_books(self, one: int, other: int, shift: int, days: int) -> None:
        """From a day on which something counts, or one beside it, to another."""
        counted = sorted({counted_day(entry) for entry in Entry.objects.all()})
        chosen = sorted((counted[one % len(counted)] + timedelta(days=shift), counted[other % len(counted)]))
        first, last = chosen
        next_day = last + timedelta(days=1)
        for cost, value in ((None, points_of), (COST, cost_of)):
            books = books_of(first, last, cost=cost)
            assert books.sum == by_hand(first, last, value)
            before = books.sum.opening
            for month in books.months:
                assert month.opening == before
                before = month.closing
            assert before == books.sum.closing
            after = books_of(next_day, last + timedelta(days=days), cost=cost)
            assert after.sum.opening == books.sum.closing
        self._by_place(first, last)

    def _by_place(self, first: date, last: date) -> None:
        kept = places_of(first, last)
        assert kept.sum == by_hand(first, last, points_of)
        assert sum(place.books.opening for place in kept.places) == kept.sum.opening
        for column in COLUMNS:
            assert sum(place.books.moved[column] for place in kept.places) == kept.sum.moved[column]
        steps = list(self._steps())
        for place in kept.places[:-1]:
            mine = [(entry, points) for entry, origin, points in steps if self._place_of(origin) == place.location]
            expected = Month(first, last)
            for entry, points in mine:
                day = counted_day(entry)
                if day < first:
                    expected.opening += points
                elif day <= last:
                    expected.moved[COLUMN_OF[EntryKind(entry.kind)]] += points
            assert place.books == expected
        waiting = sum(entry.pending_amount for entry in Entry.objects.all() if counted_day(entry) <= last)
        assert kept.pending == waiting
        assert kept.owed >= 0

    def _steps(self) -> Iterator[tuple[Entry, Entry, int]]:
        """What each entry put into lots and took out of them: the entry, where the points came from, how many."""
        for lot in Lot.objects.select_related("entry", "origin"):
            yield lot.entry, lot.origin or lot.entry, lot.amount
        for use in LotUse.objects.select_related("entry", "lot__entry", "lot__origin"):
            yield use.entry, use.lot.origin or use.lot.entry, -use.amount

    @rule(starts=st.integers(0, 40), days=st.integers(1, 20))
    def close(self, starts: int, days: int) -> None:
        first = local_day(datetime.now(UTC), current_tenant().zone) + timedelta(days=starts)
        with suppress(ClosuresOverlap):
            announce_closure(first, first + timedelta(days=days - 1), reason="Holidays", by=SYSTEM)

    @rule(who=st.integers(0, 1), days=st.integers(0, 50))
    def rest(self, who: int, days: int) -> None:
        """Paused for some days, at whose end nothing of theirs has expired."""
        member = pause_member(self.members[who], by=SYSTEM, source=Source.DASHBOARD)
        expired = Entry.objects.filter(kind=EntryKind.EXPIRE, account__member=member)
        before = expired.count()
        self.clock.shift(timedelta(days=days))
        now = datetime.now(UTC)
        extend_due(now)
        assert extend_due(now) == 0
        confirm_due(now)
        expire_due(now)
        assert expired.count() == before
        self.members[who] = reactivate_member(member, by=SYSTEM, source=Source.DASHBOARD)

    @rule()
    def look_at_today(self) -> None:
        """What stands at the end is what accounts and lots hold."""
        today = datetime.now(UTC).date() + timedelta(days=3650)
        kept, accounts = places_of(today, today), list(Account.objects.all())
        assert kept.pending == sum(account.pending for account in accounts)
        assert kept.owed == sum(account.owed for account in accounts)
        assert kept.available == sum(account.balance for account in accounts)
        worth = books_of(today, today, cost=COST).sum.closing
        assert worth == sum(COST.of(a.balance + a.pending - a.owed) for a in accounts)

    def _place_of(self, entry: Entry) -> Location | None:
        purchase = next((one for one in self.purchases if one.pk == entry.cause_id), None)
        return purchase.location if purchase else None


Books.TestCase.settings = settings(
    max_examples=SEQUENCES,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
TestBooks = Books.TestCase
