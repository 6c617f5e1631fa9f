"""What a stamp card would have done on the business's own purchases of the last months. Reads only, writes nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from customers.models import Member, Purchase, PurchaseLine
from loyalty_saas.lib.days import local_day
from programs.domain.lots import last_day
from programs.domain.rules.past import past_purchases
from programs.domain.stamps.terms import Line, Terms, count_stamps
from tenants.isolation import current_tenant

DAYS = 90
# More would keep the page waiting; the newest are taken, and the page says from which day.
MOST_PURCHASES = 6_000
MOST_NAMED = 5


@dataclass(slots=True)
class Collected:
    """What a member would have: full `cards`, `stamps` on the running one, and what they `spent` meanwhile."""

    member: Member
    cards: int = 0
    stamps: int = 0
    given: int = 0
    spent: int = 0


@dataclass(frozen=True, slots=True)
class StampReplay:
    """A card over the purchases of members since `first_day`, as if it had begun empty then.

    `given` stamps, of which `beyond` a day's limit were not, and `lapsed` ran out; `full` cards of `finishers` members,
    `begun` cards of others. `spent` is what all members who collected paid. `furthest` filled most.
    """

    first_day: date
    purchases: int
    members: int
    collectors: int
    given: int
    beyond: int
    lapsed: int
    full: int
    finishers: int
    begun: int
    spent: int
    furthest: Sequence[Collected]

    def cost(self, worth: int | None) -> int | None:
        """What the rewards of the full cards come to, in minor units; None while nobody knows their worth."""
        return None if worth is None else self.full * worth


@dataclass(slots=True)
class _Side:
    """One way of stamping, run over all purchases."""

    terms: Terms
    lots: dict[UUID, list[tuple[date | None, int]]] = field(default_factory=lambda: defaultdict(list))
    given: dict[tuple[UUID, date], int] = field(default_factory=lambda: defaultdict(int))
    people: dict[UUID, Collected] = field(default_factory=dict)
    beyond: int = 0
    lapsed: int = 0

    def serve(self, purchase: Purchase, member: Member, lines: Iterable[Line], day: date) -> None:
        counted = count_stamps(self.terms, purchase.total - purchase.returned, lines).stamps
        if not counted:
            return
        found = self.people.setdefault(member.pk, Collected(member))
        found.spent += purchase.kept
        most = self.terms.most_in_day
        stamps = counted if most is None else min(counted, max(0, most - self.given[member.pk, day]))
        self.beyond += counted - stamps
        if stamps:
            self.given[member.pk, day] += stamps
            found.given += stamps
            self._collect(found, stamps, day)

    def lapse(self, day: date) -> None:
        """Stamps whose last day was before `day` are gone."""
        for lots in self.lots.values():
            while lots and (ends := lots[0][0]) is not None and ends < day:
                self.lapsed += lots.pop(0)[1]

    def _collect(self, found: Collected, stamps: int, day: date) -> None:
        lots, months = self.lots[found.member.pk], self.terms.expiry_months
        while lots and (ends := lots[0][0]) is not None and ends < day:
            self.lapsed += lots.pop(0)[1]
        lots.append((last_day(day, months, month_end=True) if months else None, stamps))
        while sum(count for _ends, count in lots) >= self.terms.slots:
            self._finish(lots)
            found.cards += 1

    def _finish(self, lots: list[tuple[date | None, int]]) -> None:
        left = self.terms.slots
        while left:
            ends, count = lots.pop(0)
            used = min(left, count)
            left -= used
            if count > used:
                lots.insert(0, (ends, count - used))


def replay_card(terms: Terms, now: datetime) -> StampReplay:
    """Run a card over what members bought and kept in the last DAYS days. Everybody begins with an empty card.

    What was stamped by hand is not among it, and a purchase of which only the amount is known gives nothing to a card
    that counts goods. Days are those of the business.
    """
    purchases = past_purchases(now, days=DAYS, most=MOST_PURCHASES)
    lines = _lines_of(purchases) if terms.looks_at_lines else {}
    side, zone = _Side(terms), current_tenant().zone
    for purchase in purchases:
        member: Member = purchase.member  # type: ignore[assignment]  # purchases of nobody were left out
        side.serve(purchase, member, lines.get(purchase.pk, ()), local_day(purchase.occurred_at, zone))
    side.lapse(local_day(now, zone))
    for pk, found in side.people.items():
        found.stamps = sum(count for _ends, count in side.lots[pk])
    people = list(side.people.values())
    furthest = sorted((one for one in people if one.cards), key=lambda one: (-one.cards, -one.stamps, str(one.member)))
    return StampReplay(
        first_day=local_day(purchases[0].occurred_at, zone) if purchases else date.min,
        purchases=len(purchases),
        members=len({one.member_id for one in purchases}),
        collectors=sum(1 for one in people if one.given),
        given=sum(one.given for one in people),
        beyond=side.beyond,
        lapsed=side.lapsed,
        full=sum(one.cards for one in people),
        finishers=len(furthest),
        begun=sum(1 for one in people if one.stamps),
        spent=sum(one.spent for one in people),
        furthest=furthest[:MOST_NAMED],
    )


def _lines_of(purchases: Sequence[Purchase]) -> Mapping[UUID, list[Line]]:
    """The lines as they are kept, by purchase."""
    columns = ("total", "returned_total", "quantity", "returned_quantity", "product_id", "product__category_id")
    found: dict[UUID, list[Line]] = defaultdict(list)
    rows = PurchaseLine.objects.filter(purchase__in=[one.pk for one in purchases]).order_by()
    for purchase, total, returned, items, brought, product, category in rows.values_list("purchase_id", *columns):
        kept = Decimal(items) - Decimal(brought)
        found[purchase].append(Line(total - returned, kept, str(product or ""), str(category or "")))
    return found
