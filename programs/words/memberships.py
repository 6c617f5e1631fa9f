"""Paid memberships in plain words."""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty_saas.lib.days import local_day
from programs.domain.memberships.holding import holds_until
from programs.domain.memberships.periods import first_of, last_of
from programs.domain.presents import gift_in_words
from programs.enums import BenefitKind, MembershipState, PlanPeriod
from programs.models import MembershipPlan, PaidMembership
from programs.words.tiers import benefit_words, is_past, rate_words
from tenants.isolation import current_tenant
from tenants.templatetags.show import day, money


def price_words(price: int, period: str) -> str:
    """ "€9.00 a month"."""
    return f"{money(price)} {PlanPeriod(period).label}"


def brings(plan: MembershipPlan) -> list[str]:
    """What a plan brings, line by line: its tier's benefits that work by themselves, and the welcome gift."""
    said = rate_words(plan.tier)
    works = plan.tier.works.select_related("product")
    said += [benefit_words(one) for one in works if not is_past(one) and one.kind != BenefitKind.PRIORITY]
    if any(one.kind == BenefitKind.PRIORITY for one in works):
        said.append(_("Served first"))
    said += plan.tier.benefit_lines
    if plan.welcome_kind:
        product = str(plan.welcome_product) if plan.welcome_product else ""
        gift = gift_in_words(plan.welcome_kind, plan.welcome_value, product)
        said.append(_("To begin with: %(gift)s") % {"gift": gift})
    return said


def stands(membership: PaidMembership) -> str:
    """How a membership stands, as a sentence for staff and member."""
    if membership.state == MembershipState.WISHED:
        return _("Wished for: it begins as soon as it is paid.")
    until = membership.paid_until
    if membership.state == MembershipState.ENDED or until is None:
        return _("It has ended.")
    if membership.cancelled_at:
        return _("Cancelled: it runs to %(day)s and is not renewed.") % {"day": day(until, "long")}
    if until < _today():
        values = {"day": day(until, "long"), "last": day(holds_until(membership), "long")}
        return _("The payment is late: it was paid up to %(day)s, and everything is kept up to %(last)s.") % values
    return _("Paid up to %(day)s.") % {"day": day(until, "long")}


def can_renew(membership: PaidMembership) -> bool:
    """Whether the next period may be paid today."""
    if membership.state != MembershipState.ACTIVE or membership.anchor is None:
        return False
    return _today() >= first_of(membership.anchor, membership.period, max(0, membership.periods - 1))


def next_period(membership: PaidMembership) -> tuple[date, date]:
    """The first and the last day of what is paid next."""
    assert membership.anchor is not None  # it runs
    number = membership.periods
    return first_of(membership.anchor, membership.period, number), last_of(membership.anchor, membership.period, number)


def renewal_words(membership: PaidMembership) -> str:
    """What the next payment is and for which days: "Renew it at the counter: €9.00 pays for 1 to 30 April." """
    first, last = next_period(membership)
    said = _("Renew it at the counter and everything stays as it is: %(price)s pays for %(first)s to %(last)s.")
    return said % {"price": money(membership.price), "first": day(first, "long"), "last": day(last, "long")}


def is_due(membership: PaidMembership) -> bool:
    """Whether somebody should ask for the next payment."""
    if membership.state != MembershipState.ACTIVE or membership.cancelled_at or membership.paid_until is None:
        return False
    return membership.paid_until - timedelta(days=membership.plan.reminder_days) <= _today()


def _today() -> date:
    return local_day(timezone.now(), current_tenant().zone)
