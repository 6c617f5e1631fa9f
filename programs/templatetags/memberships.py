"""Paid memberships in words."""

from datetime import date

from babel.dates import format_skeleton
from django import template

from programs.models import MembershipPlan, PaidMembership
from programs.words import memberships as membership_words
from tenants.isolation import current_tenant

register = template.Library()


@register.filter
def month_name(day: date) -> str:
    """ "March 2026"."""
    return str(format_skeleton("yMMMM", day, locale=current_tenant().locale))


@register.filter
def stands(membership: PaidMembership) -> str:
    return membership_words.stands(membership)


@register.filter
def price_of(plan: MembershipPlan | PaidMembership) -> str:
    """ "€9.00 a month"."""
    return membership_words.price_words(plan.price, plan.period)


@register.filter
def brings(plan: MembershipPlan) -> list[str]:
    return membership_words.brings(plan)


@register.filter
def can_renew(membership: PaidMembership) -> bool:
    return membership_words.can_renew(membership)


@register.filter
def renewal_words(membership: PaidMembership) -> str:
    return membership_words.renewal_words(membership)


@register.filter
def is_due(membership: PaidMembership) -> bool:
    return membership_words.is_due(membership)
