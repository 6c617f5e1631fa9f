"""What bringing friends brings: figures for each advocate and in all. Money is minor units, returns deducted."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Q, Sum

from customers.models import Purchase
from programs.enums import ReferralState
from programs.models import Advocate, Referral, Review

_REWARDED = Q(state=ReferralState.REWARDED)


@dataclass(slots=True)
class Brought:
    """Of one advocate: friends who joined, of them who bought, points for the advocate, what the friends have spent."""

    advocate: Advocate
    joined: int = 0
    bought: int = 0
    points: int = 0
    spent: int = 0


@dataclass(frozen=True, slots=True)
class Sums:
    """Of all advocates; `points` for both sides, `held` referrals that somebody is to look at."""

    advocates: int
    joined: int
    bought: int
    points: int
    spent: int
    held: int

    @property
    def share(self) -> int:
        """Of the friends who joined, how many in a hundred have bought."""
        return round(100 * self.bought / self.joined) if self.joined else 0


def by_advocate() -> list[Brought]:
    """Everybody who brought somebody, who brought most buyers first; in three queries."""
    rows = Referral.objects.order_by().values("advocate")
    figures = rows.annotate(
        joined=Count("pk"),
        bought=Count("pk", filter=_REWARDED),
        points=Sum("advocate_points", filter=_REWARDED & Q(advocate_entry__isnull=False), default=0),
    )
    found = {row["advocate"]: row for row in figures}
    spent = _spent_by_advocate()
    brought = [
        Brought(
            one,
            joined=found[one.pk]["joined"],
            bought=found[one.pk]["bought"],
            points=found[one.pk]["points"],
            spent=spent.get(one.pk, 0),
        )
        for one in Advocate.objects.select_related("member").filter(pk__in=list(found))
    ]
    return sorted(brought, key=lambda one: (-one.bought, -one.joined, str(one.advocate.member)))


def sums_of(brought: list[Brought]) -> Sums:
    given = Referral.objects.filter(_REWARDED, friend_entry__isnull=False).aggregate(sum=Sum("friend_points"))["sum"]
    return Sums(
        advocates=len(brought),
        joined=sum(one.joined for one in brought),
        bought=sum(one.bought for one in brought),
        points=sum(one.points for one in brought) + (given or 0),
        spent=sum(one.spent for one in brought),
        held=Review.objects.filter(kind="referral", is_held=True).count(),
    )


def friends_of(advocate: Advocate) -> list[Referral]:
    """The friends of one, the latest first; each with whether it is `held`."""
    friends = list(Referral.objects.filter(advocate=advocate).select_related("friend", "purchase").order_by("-pk"))
    held = set(
        Review.objects.filter(subject_id__in=[one.pk for one in friends], is_held=True).values_list(
            "subject_id", flat=True
        )
    )
    for one in friends:
        one.held = one.pk in held  # type: ignore[attr-defined]
    return friends


def _spent_by_advocate() -> dict[UUID, int]:
    advocate_of = dict(Referral.objects.values_list("friend", "advocate"))
    spent: dict[UUID, int] = {}
    rows = Purchase.objects.filter(member__in=Referral.objects.values("friend")).order_by().values("member")
    for member, left in rows.annotate(left=Sum(F("total") - F("returned"))).values_list("member", "left"):
        advocate = advocate_of[member]
        spent[advocate] = spent.get(advocate, 0) + left
    return spent
