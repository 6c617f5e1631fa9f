"""Filters that show amounts, days and phones the way the business's people write them."""

import datetime

from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta
from babel.numbers import format_decimal
from django import template
from django.utils import timezone

from loyalty_saas.lib.money import format_money
from loyalty_saas.lib.names import initials as name_initials
from loyalty_saas.lib.phones import format_phone
from tenants.isolation import current_tenant

register = template.Library()


@register.filter
def money(minor: int | None, currency: str = "") -> str:
    """Minor units as an amount: `1240|money` is "€12.40" in a business that counts in euros."""
    if minor is None:
        return "–"
    tenant = current_tenant()
    return format_money(minor, currency or tenant.currency, tenant.locale)


@register.filter
def number(value: int | float | None) -> str:
    return "–" if value is None else format_decimal(value, locale=current_tenant().locale)


@register.filter
def day(moment: datetime.date | datetime.datetime | None, style: str = "medium") -> str:
    """A day in the business's time zone and manner: "3 Mar 2026"; style "short", "medium", "long" or "full"."""
    if moment is None:
        return "–"
    if isinstance(moment, datetime.datetime):
        moment = timezone.localtime(moment, current_tenant().zone).date()
    return format_date(moment, format=style, locale=current_tenant().locale)


@register.filter
def day_month(moment: datetime.date | None) -> str:
    return "–" if moment is None else format_skeleton("MMMd", moment, locale=current_tenant().locale)


@register.filter
def moment(value: datetime.datetime | None, style: str = "medium") -> str:
    """A time in the business's time zone: "3 Mar 2026, 14:05"."""
    if value is None:
        return "–"
    tenant = current_tenant()
    return format_datetime(value, format=style, tzinfo=tenant.zone, locale=tenant.locale)


@register.filter
def ago(value: datetime.datetime | None) -> str:
    """How long ago: "3 days ago"."""
    if value is None:
        return "–"
    return format_timedelta(value - timezone.now(), add_direction=True, locale=current_tenant().locale)


@register.filter
def phone(e164: str | None) -> str:
    return format_phone(e164, current_tenant().country) if e164 else ""


@register.filter
def initials(name: str) -> str:
    return name_initials(name)
