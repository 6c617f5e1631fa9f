"""What a change of the program's terms changes, and for whom."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty_saas.lib.money import format_money
from programs.enums import Rounding
from programs.models import Program
from programs.words.unit import in_points
from tenants.isolation import current_tenant


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that would be different: in words, as it was and as it would be, and who notices."""

    label: str
    before: str
    after: str
    whom: str


_PURCHASES = gettext_lazy("Purchases from now on. Points given so far stay as they are.")
_EARNED = gettext_lazy("Points earned from now on. Those members have already keep their dates.")
_STAFF = gettext_lazy("Your team, at once.")

# What is told of each field: its name in words, and for whom it changes something.
_TOLD: dict[str, tuple[str | Promise, str | Promise]] = {
    "rate": (gettext_lazy("What members earn"), _PURCHASES),
    "earn_on_tax": (gettext_lazy("Tax"), _PURCHASES),
    "rounding": (gettext_lazy("Parts of a point"), _PURCHASES),
    "minimum_purchase": (gettext_lazy("Smallest purchase"), _PURCHASES),
    "pending_days": (gettext_lazy("Waiting"), _EARNED),
    "expiry": (gettext_lazy("Expiry"), _EARNED),
    "joining_bonus": (gettext_lazy("For joining"), gettext_lazy("Members who join from now on.")),
    "voucher_days": (
        gettext_lazy("Vouchers"),
        gettext_lazy("Vouchers given from now on. Those in members’ hands keep their date."),
    ),
    "undo_minutes": (gettext_lazy("Undo"), _STAFF),
    "adjustment_limit": (gettext_lazy("Points by hand"), _STAFF),
    "member_day_limit": (gettext_lazy("To one member in a day"), _STAFF),
    "staff_day_limit": (gettext_lazy("By one of the staff in a day"), _STAFF),
    "unit": (gettext_lazy("What points are called"), gettext_lazy("Everywhere, at once.")),
    "name": (gettext_lazy("Name"), gettext_lazy("Everywhere, at once.")),
}


def changes_between(before: Program, after: Program, *, exclusions: bool = False) -> list[Change]:
    """What would be different, in the order of the page. `exclusions`: whether what earns nothing changes too."""
    was, becomes = _said(before), _said(after)
    changes = [
        Change(str(label), was[name], becomes[name], str(whom))
        for name, (label, whom) in _TOLD.items()
        if was[name] != becomes[name]
    ]
    if exclusions:
        changes.append(
            Change(_("What earns nothing"), "", _("another list of products and categories"), str(_PURCHASES))
        )
    return changes


def _said(program: Program) -> dict[str, Any]:
    """Every term of a program in words."""
    return {
        "rate": _("%(points)s for %(amount)s")
        % {"points": in_points(program, program.earn_points), "amount": _money(program.earn_amount)},
        "earn_on_tax": _("tax included") if program.earn_on_tax else _("before tax"),
        "rounding": str(Rounding(program.rounding).label),
        "minimum_purchase": _money(program.minimum_purchase) if program.minimum_purchase else _("none"),
        "pending_days": _days(program.pending_days) if program.pending_days else _("at once"),
        "expiry": _expiry(program),
        "joining_bonus": in_points(program, program.joining_bonus),
        "voucher_days": _days(program.voucher_days),
        "undo_minutes": _("%(minutes)s minutes") % {"minutes": program.undo_minutes},
        "adjustment_limit": _("up to %(points)s") % {"points": in_points(program, program.adjustment_limit)},
        "member_day_limit": _day_limit(program.member_day_limit),
        "staff_day_limit": _day_limit(program.staff_day_limit),
        "unit": f"{program.unit_one}, {program.unit_many}",
        "name": program.name,
    }


def _day_limit(spend: int | None) -> str:
    return _("no limit") if spend is None else _("as for %(amount)s spent") % {"amount": _money(spend)}


def _expiry(program: Program) -> str:
    if not program.expiry_months:
        return _("never")
    if program.expires_at_month_end:
        return _("after %(months)s months, at the end of the month") % {"months": program.expiry_months}
    return _("after %(months)s months") % {"months": program.expiry_months}


def _days(days: int) -> str:
    return _("%(days)s days") % {"days": days}


def _money(minor: int) -> str:
    tenant = current_tenant()
    return format_money(minor, tenant.currency, tenant.locale)
