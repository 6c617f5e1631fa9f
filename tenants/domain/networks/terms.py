"""What the businesses of a network have agreed on."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid

MOST_VALUE = 1_000_000_00


@dataclass(frozen=True, slots=True)
class Terms:
    """`value` is what 100 points count for between businesses, in minor units of the network's currency.

    Of it `share` percent are paid to the business that gives the reward, by the one whose points were taken. `kinds`
    are the kinds of reward that points of others can be spent on (all, if empty); `day_limit` the most points of one
    member that one business lets go in a day of the network (no limit, if None).
    """

    value: int
    share: int = 100
    kinds: tuple[str, ...] = ()
    day_limit: int | None = None

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> "Terms":
        return cls(given["value"], given["share"], tuple(given["kinds"]), given["day_limit"])

    def as_json(self) -> dict[str, Any]:
        return {"value": self.value, "share": self.share, "kinds": list(self.kinds), "day_limit": self.day_limit}

    def amount_for(self, points: int) -> int:
        """What is paid for so many points, in minor units; half a unit counts as one."""
        return int(Fraction(points * self.value * self.share, 10_000) + Fraction(1, 2))

    def counts(self, kind: str) -> bool:
        """Whether a reward of this kind can be had for points of others."""
        return not self.kinds or kind in self.kinds


def check_terms(terms: Terms) -> Terms:
    """Raises Invalid, naming the field, for what nobody can settle by."""
    if not 1 <= terms.value <= MOST_VALUE:
        raise Invalid(_("Say what 100 points are worth between you."), code="network_value", field="value")
    if not 1 <= terms.share <= 100:
        raise Invalid(_("A share is between 1 and 100 percent."), code="network_share", field="share")
    if terms.day_limit is not None and not 1 <= terms.day_limit <= 10**9:
        raise Invalid(_("A limit is a number of points, or nothing."), code="network_limit", field="day_limit")
    return terms
