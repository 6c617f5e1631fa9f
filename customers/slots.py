"""The places on this app's pages that higher apps fill when they start."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise

from customers.models import Member
from loyalty_saas.lib.slots import Panel, Slot

# On a member's page. `load(member)` gives the context; the template finds it, and `member`, as `panel`.
member_marks: Slot[Panel] = Slot("member.marks")  # small badges beside the name
member_panels: Slot[Panel] = Slot("member.panels")  # cards in the main column, above the timeline
member_side: Slot[Panel] = Slot("member.side")  # cards in the side column
# On a purchase's page: `load(purchase)`; before a return is confirmed: `load(purchase, details)` with ReturnDetails.
purchase_panels: Slot[Panel] = Slot("purchase.panels")
return_effects: Slot[Panel] = Slot("return.effects")
# Before two records are merged, and before they are parted (`undone_at` is set): `load(merge)`, of a rehearsal.
merge_effects: Slot[Panel] = Slot("merge.effects")


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """One more choice above the list of members, such as their tier. An unknown value is passed over."""

    name: str
    label: str | Promise
    options: Callable[[], Sequence[tuple[str, str]]]
    narrow: Callable[[QuerySet[Member], str], QuerySet[Member]]
    order: int = 100
    permission: str | None = None


member_filters: Slot[MemberFilter] = Slot("member.filters")
