"""Charities: who is given what members give away, and the statement of what was given in whose name."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from loyalty_saas.lib.days import end_of_day, start_of_day
from loyalty_saas.lib.texts import tidy_text
from programs.enums import RedemptionStatus, RewardKind
from programs.models import Charity, Reward, Voucher
from programs.voucher_errors import CharityInUse, CharityNameTaken
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.isolation import current_tenant


@dataclass(frozen=True, slots=True)
class Given:
    """`money` in minor units, in so many gifts of so many members."""

    money: int
    gifts: int
    members: int


@transaction.atomic
def add_charity(*, name: str, about: str = "", by: Actor) -> Charity:
    """Raises CharityNameTaken, or Invalid at the field."""
    charity = Charity()
    _name(charity, name, about)
    record_audit("charity.added", by=by, subject=charity)
    return charity


@transaction.atomic
def change_charity(charity: Charity, *, name: str, about: str, by: Actor) -> Charity:
    """Raises CharityNameTaken, or Invalid at the field."""
    _name(charity, name, about)
    record_audit("charity.changed", by=by, subject=charity)
    return charity


@transaction.atomic
def archive_charity(charity: Charity, *, archived: bool, by: Actor) -> Charity:
    """Give to it no more, or again; its statement stays. Raises CharityInUse while a reward on offer gives to it."""
    if archived:
        giving = Reward.objects.filter(charity=charity, is_active=True, kind=RewardKind.DONATION)
        if names := list(giving.values_list("name", flat=True)):
            raise CharityInUse(names)
    charity.archived_at = timezone.now() if archived else None
    charity.save(update_fields=["archived_at"])
    record_audit("charity.archived" if archived else "charity.restored", by=by, subject=charity)
    return charity


def gifts_to(charity: Charity, first: date, last: date) -> QuerySet[Voucher]:
    """What was given in these days of the business, the latest first, with who gave it."""
    zone = current_tenant().zone
    return (
        Voucher.objects.filter(
            charity=charity,
            status=RedemptionStatus.USED,
            used_at__gte=start_of_day(first, zone),
            used_at__lt=end_of_day(last, zone),
        )
        .select_related("account__member", "redemption")
        .order_by("-used_at", "-pk")
    )


def sum_of(gifts: QuerySet[Voucher]) -> Given:
    found = gifts.order_by().aggregate(
        money=Sum("value"), count=Count("pk"), members=Count("account__member", distinct=True)
    )
    return Given(found["money"] or 0, found["count"], found["members"])


def charities_with_sums() -> Iterator[tuple[Charity, int, int]]:
    """Every charity with what it was given ever (minor units) and in how many gifts. Two queries."""
    given = Voucher.objects.filter(status=RedemptionStatus.USED, charity__isnull=False).order_by().values("charity")
    sums = {
        row["charity"]: (row["money"], row["count"]) for row in given.annotate(money=Sum("value"), count=Count("pk"))
    }
    for charity in Charity.objects.order_by("archived_at", "name"):
        yield (charity, *sums.get(charity.pk, (0, 0)))


def _name(charity: Charity, name: str, about: str) -> None:
    charity.name = tidy_text(name, field="name", longest=80, required=True)
    charity.about = tidy_text(about, field="about", longest=300)
    taken = Charity.objects.filter(Q(name__iexact=charity.name)).exclude(pk=charity.pk)
    if taken.exists():
        raise CharityNameTaken
    try:
        with transaction.atomic():
            charity.save()
    except IntegrityError as error:
        raise CharityNameTaken from error
