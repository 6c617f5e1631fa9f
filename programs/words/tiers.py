"""A member's way between tiers in words: the same on the counter, in the portal and in the API."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.money import format_money
from programs.domain.presents import gift_in_words
from programs.domain.tiers import Progress
from programs.enums import BenefitKind, TierBasis, TierWindow
from programs.models import Program, Tier, TierBenefit
from programs.words.unit import in_points
from tenants.isolation import current_tenant
from tenants.templatetags.show import day as show_day
from tenants.templatetags.show import number


def amount_in(amount: int, program: Program) -> str:
    """An amount that counts towards tiers: "€34.50", "120 points", "3 visits"."""
    if program.tier_basis == TierBasis.SPEND:
        tenant = current_tenant()
        return format_money(amount, tenant.currency, tenant.locale)
    if program.tier_basis == TierBasis.POINTS:
        return in_points(program, amount)
    return ngettext("%(n)d visit", "%(n)d visits", amount) % {"n": amount}


def to_next(progress: Progress, program: Program) -> str:
    """ "€34.50 to Silver by 31 Dec 2026"; empty at the top."""
    if progress.next_tier is None:
        return ""
    values = {"amount": amount_in(progress.missing, program), "tier": progress.next_tier.name}
    if progress.by is not None:
        return _("%(amount)s to %(tier)s by %(day)s") % {**values, "day": show_day(progress.by)}
    if program.tier_window == TierWindow.ROLLING_YEAR:
        return _("%(amount)s to %(tier)s, counted over 12 months") % values
    return _("%(amount)s to %(tier)s") % values


def to_keep(progress: Progress, program: Program) -> str:
    """ "€20.00 by 14 Jan 2027 keeps Gold"; empty where nothing is missing."""
    if not progress.keep_missing or progress.tier is None or progress.keep_by is None:
        return ""
    return _("%(amount)s by %(day)s keeps %(tier)s") % {
        "amount": amount_in(progress.keep_missing, program),
        "day": show_day(progress.keep_by),
        "tier": progress.tier.name,
    }


def benefit_words(benefit: TierBenefit) -> str:
    """What it brings, as a member reads it."""
    kind = BenefitKind(benefit.kind)
    if kind in (BenefitKind.BIRTHDAY, BenefitKind.ANNIVERSARY):
        gift = gift_in_words(benefit.gift_kind, benefit.value, str(benefit.product) if benefit.product else "")
        if kind == BenefitKind.BIRTHDAY:
            return _("For your birthday: %(gift)s") % {"gift": gift}
        return _("Every year on the day you joined: %(gift)s") % {"gift": gift}
    if kind == BenefitKind.DELIVERY:
        return _("Free delivery with the code %(code)s") % {"code": benefit.text}
    if kind == BenefitKind.EARLY:
        days = benefit.days
        return ngettext("New rewards %(n)d day before others", "New rewards %(n)d days before others", days) % {
            "n": days
        }
    if kind == BenefitKind.PRIORITY:
        return _("You are served first")
    if benefit.on_day is not None:
        return _("%(what)s, on %(day)s") % {"what": benefit.text, "day": show_day(benefit.on_day)}
    return benefit.text


def rate_words(tier: Tier | None) -> list[str]:
    """How much faster a tier earns, as a member reads it: a line, or none where it earns like everybody."""
    if tier is None or tier.multiplier == 100:
        return []
    return [_("You earn %(times)s times as much") % {"times": number(tier.multiplier / 100)}]


def is_past(benefit: TierBenefit, today: date | None = None) -> bool:
    """An invitation whose day is over is shown no more."""
    today = today or local_day(timezone.now(), current_tenant().zone)
    return benefit.on_day is not None and benefit.on_day < today
