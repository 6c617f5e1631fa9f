"""Vouchers that are given by themselves, each once: on birthdays, on the day of joining, for a challenge."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.domain.activity import record_activity
from customers.enums import ActivityKind, MemberStatus, Source
from customers.models import Member
from loyalty_saas.lib.days import birthday_on, end_of_day, local_day
from loyalty_saas.lib.ids import uuid7
from loyalty_saas.lib.money import format_money
from programs.domain.accounts import lock_account, points_program
from programs.domain.vouchers import write_voucher
from programs.enums import BenefitKind, PresentOccasion, ProgramStatus, RewardKind
from programs.models import Account, Present, Program, TierBenefit, Voucher
from tenants.actors import Actor
from tenants.isolation import current_tenant

# A day on which nothing ran is caught up with for so long.
LATE = timedelta(days=7)
_OCCASIONS = {BenefitKind.BIRTHDAY: PresentOccasion.BIRTHDAY, BenefitKind.ANNIVERSARY: PresentOccasion.ANNIVERSARY}


@dataclass(frozen=True, slots=True)
class Worth:
    """What a voucher gives, as `Voucher` keeps it, and for how many days; `cap` is the most that percent take off."""

    kind: str
    value: int
    product_id: UUID | None
    said: str
    days: int
    cap: int | None = None
    # What the voucher is called, where that is not all of what is said.
    name: str = ""


@transaction.atomic
def give_presents(day: date) -> int:
    """Give what tiers bring for birthdays and days of joining up to `day`, each once a year; how many were given.

    A birthday on 29 February is kept on the 28th where there is none. Who reached the tier, or whose tier got the gift,
    after their day waits for the next one. Safe to repeat. Locks the accounts.
    """
    program = points_program()
    if program is None or program.status != ProgramStatus.LIVE:
        return 0
    benefits = TierBenefit.objects.select_related("tier", "product").filter(
        tier__program=program, kind__in=list(_OCCASIONS)
    )
    return sum(_give_all(program, benefit, day) for benefit in benefits.order_by("pk"))


def write_present(
    account: Account,
    worth: Worth,
    *,
    occasion: PresentOccasion,
    day: date,
    because: str,
    key: str,
    silent: bool = False,
) -> Voucher | None:
    """Give a voucher on a locked account, once for the key; None when it was given before."""
    if Present.objects.filter(key=key).exists():
        return None
    zone = current_tenant().zone
    today = local_day(timezone.now(), zone)
    present = Present(id=uuid7(), account=account, occasion=occasion, day=day, said=worth.said, because=because)
    present.key, present.created_at = key, timezone.now()
    present.save(force_insert=True)
    voucher = write_voucher(
        Voucher(
            account_id=account.pk,
            present=present,
            name=(worth.name or worth.said)[:80],
            kind=worth.kind,
            value=worth.value,
            product_id=worth.product_id,
            cap=worth.cap,
            valid_until=end_of_day(today + timedelta(days=worth.days), zone),
        )
    )
    record_activity(
        ActivityKind.PRESENT_GIVEN,
        by=Actor.system(),
        source=Source.SYSTEM,
        member=account.member,
        payload={
            "present": str(present.pk),
            "voucher": str(voucher.pk),
            "name": worth.said,
            "occasion": str(occasion),
            "because": because,
        },
        silent=silent,
    )
    return voucher


def worth_of(benefit: TierBenefit) -> Worth:
    """What a gift of a tier is worth at this moment."""
    said = gift_in_words(benefit.gift_kind, benefit.value, str(benefit.product) if benefit.product else "")
    return Worth(benefit.gift_kind, benefit.value, benefit.product_id, said[:160], benefit.days)


def gift_in_words(kind: str, value: int, product: str, *, cap: int | None = None) -> str:
    """ "€5.00 off", "10% off", "10% off, at most €5.00", "Apple strudel"."""
    tenant = current_tenant()
    if kind == RewardKind.AMOUNT_OFF:
        return _("%(amount)s off") % {"amount": format_money(value, tenant.currency, tenant.locale)}
    if kind != RewardKind.PERCENT_OFF:
        return product
    said = _("%(percent)d%% off") % {"percent": value}
    if cap is None:
        return said
    return _("%(said)s, at most %(most)s") % {"said": said, "most": format_money(cap, tenant.currency, tenant.locale)}


def _give_all(program: Program, benefit: TierBenefit, day: date) -> int:
    zone = current_tenant().zone
    given = 0
    for kept, pk in sorted(_whose(program, benefit, list(_days(benefit, day)))):
        account = lock_account(pk)
        if account is not None and _is_due(account, benefit, kept, end_of_day(kept, zone)):
            given += _give(account, benefit, kept)
    return given


def _days(benefit: TierBenefit, day: date) -> Iterator[date]:
    """`day` and those before it that may have been missed, the earliest first."""
    first = max(day - LATE, local_day(benefit.created_at, current_tenant().zone))
    for number in range((day - first).days + 1):
        yield first + timedelta(days=number)


def _whose(program: Program, benefit: TierBenefit, days: list[date]) -> list[tuple[date, UUID]]:
    """Accounts of the tier with the one of these days that is theirs, if they have not had it in its year."""
    holders = Account.objects.filter(
        program=program, tier=benefit.tier, merged_into__isnull=True, member__status=MemberStatus.ACTIVE
    ).select_related("member")
    # Asked a little wider, since the zone and leap years decide which day it is, and told apart below.
    asked = {one + timedelta(days=beside) for one in days for beside in (-1, 0, 1)}
    is_birthday = benefit.kind == BenefitKind.BIRTHDAY
    month, of_month = ("birth_month", "birth_day") if is_birthday else ("joined_at__month", "joined_at__day")
    within = {
        f"member__{month}__in": {one.month for one in asked},
        f"member__{of_month}__in": {one.day for one in asked} | {29},
    }
    due = [
        (one, account.pk)
        for account in holders.filter(**within)
        for one in days
        if _kept_on(account.member, benefit, one.year) == one
    ]
    had = Present.objects.filter(occasion=_OCCASIONS[BenefitKind(benefit.kind)], account__in={pk for _, pk in due})
    already = set(had.values_list("account", "day__year")) if due else set()
    return [(one, pk) for one, pk in due if (pk, one.year) not in already]


def _kept_on(member: Member, benefit: TierBenefit, year: int) -> date | None:
    """The day of that year which is the member's."""
    return member.birthday_in(year) if benefit.kind == BenefitKind.BIRTHDAY else _anniversary(member, year)


def _is_due(account: Account, benefit: TierBenefit, day: date, ended: datetime) -> bool:
    """Once more on the locked account, as it is now."""
    if account.tier_id != benefit.tier_id or account.tier_since is None or account.tier_since >= ended:
        return False
    return _kept_on(account.member, benefit, day.year) == day and not _had(account, benefit, day)


def _anniversary(member: Member, year: int) -> date | None:
    """The day of joining in a later year."""
    joined = local_day(member.joined_at, current_tenant().zone)
    return birthday_on(joined.month, joined.day, year) if year > joined.year else None


def _had(account: Account, benefit: TierBenefit, day: date) -> bool:
    """Whether the person was given it this year, on this card or on one that was merged into it."""
    occasion = _OCCASIONS[BenefitKind(benefit.kind)]
    cards = Q(account=account) | Q(account__merged_into=account)
    return Present.objects.filter(cards, occasion=occasion, day__year=day.year).exists()


def _give(account: Account, benefit: TierBenefit, day: date) -> bool:
    occasion = _OCCASIONS[BenefitKind(benefit.kind)]
    key = f"{occasion}:{account.pk}:{day.year}"
    worth = worth_of(benefit)
    return write_present(account, worth, occasion=occasion, day=day, because=benefit.tier.name, key=key) is not None
