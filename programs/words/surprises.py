"""Surprises in words: for the owner, for whoever serves, for the member."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from loyalty_saas.lib.days import local_day
from programs.domain.surprises.definition import SurpriseTerms
from programs.domain.surprises.expecting import DAYS, average_purchase, expected_off
from programs.domain.surprises.giving import gift_of
from programs.enums import RedemptionStatus, RewardKind, SurpriseWay
from programs.models import Account, Program, SurpriseDraw
from tenants.isolation import current_tenant
from tenants.templatetags.show import money, number

# For so long it is told at the counter and in the portal.
TOLD_FOR = 14
_DAYS = (
    *(gettext_lazy("Monday"), gettext_lazy("Tuesday"), gettext_lazy("Wednesday"), gettext_lazy("Thursday")),
    *(gettext_lazy("Friday"), gettext_lazy("Saturday"), gettext_lazy("Sunday")),
)


def in_words(terms: SurpriseTerms, program: Program) -> str:
    """ "One of 20 visits on Tuesday, of members who had been away for 60 days, wins an espresso." """
    gift = gift_of(terms, program).said
    if terms.way == SurpriseWay.VISIT:
        who = _("Every visit") if terms.one_in == 1 else _("One of %(n)s visits") % {"n": number(terms.one_in)}
    else:
        who = ngettext("One visitor of a day", "%(n)d visitors of a day", terms.winners) % {"n": terms.winners}
    parts = [who]
    if terms.weekdays:
        parts.append(_("on %(days)s") % {"days": ", ".join(str(_DAYS[day]) for day in terms.weekdays)})
    if terms.minimum:
        parts.append(_("from %(amount)s") % {"amount": money(terms.minimum)})
    if segments := [f"“{terms.names[pk]}”" for pk in terms.segments if pk in terms.names]:
        parts.append(_("of members in %(segments)s") % {"segments": ", ".join(segments)})
    if terms.away_days:
        away = ngettext("%(n)d day", "%(n)d days", terms.away_days) % {"n": terms.away_days}
        parts.append(_("after %(days)s without a visit") % {"days": away})
    return _("%(who)s: %(gift)s.") % {"who": " ".join(parts), "gift": gift}


def counted_at(terms: SurpriseTerms) -> str:
    """How the budget counts percent off; empty for whatever has a price."""
    if terms.gift_kind != RewardKind.PERCENT_OFF or not terms.cap:
        return ""
    average = average_purchase()
    if average is None:
        said = _("Counted at the most it takes off, %(cap)s: nothing was sold to members in the last %(days)s days.")
        return said % {"cap": money(terms.cap), "days": number(DAYS)}
    each = expected_off(terms.value, cap=terms.cap, average=average)
    said = _(
        "Each is counted at %(each)s: %(percent)s%% of %(average)s, what members paid on average in the last %(days)s"
        " days, and never more than %(cap)s."
    )
    figures = {"each": money(each), "average": money(average), "cap": money(terms.cap)}
    return said % {**figures, "percent": number(terms.value), "days": number(DAYS)}


def say(draw: SurpriseDraw) -> str:
    """What whoever serves says to the member."""
    name = draw.account.member.given_name
    hello = _("%(name)s, it is your lucky day") % {"name": name} if name else _("It is your lucky day")
    return _("%(hello)s: %(gift)s from us!") % {"hello": hello, "gift": draw.said}


def fresh_draws(account: Account | None) -> list[SurpriseDraw]:
    """What a member has won lately and is to be told of: as long as its voucher is open, of a visit on that day."""
    if account is None:
        return []
    today = local_day(timezone.now(), current_tenant().zone)
    mine = Q(account=account) | Q(account__merged_into=account)
    won = SurpriseDraw.objects.filter(mine, is_won=True, refusal="", taken_back_at=None)
    won = won.filter(Q(day=today) | Q(place__gt=0, day__gt=today - timedelta(days=TOLD_FOR)))
    open_ones = won.filter(Q(present=None) | Q(present__vouchers__status=RedemptionStatus.OPEN))
    around = ("surprise", "account__member", "present")
    return list(open_ones.select_related(*around).order_by("-drawn_at")[:3])
