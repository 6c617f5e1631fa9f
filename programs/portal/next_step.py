"""The one thing worth doing next, of all that could be said."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty_saas.lib.days import local_day
from programs.domain.tier_notices import is_told
from programs.models import Voucher
from programs.portal.reading import Reading, last_day
from programs.words.challenges import gives
from programs.words.tiers import to_keep
from programs.words.unit import in_points
from tenants.isolation import current_tenant
from tenants.templatetags.show import day, moment, money

SOON = datetime.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class NextStep:
    icon: str
    title: str
    text: str
    action: str = ""
    url_name: str = ""
    subject: object | None = None


def next_step(reading: Reading) -> NextStep | None:
    """What runs out first, then what can be had, then what is nearly there; None without a running program."""
    ways: tuple[Callable[[Reading], NextStep | None], ...] = (
        _voucher_runs_out,
        _credit_runs_out,
        _voucher_waits,
        _card_nearly_full,
    )
    if reading.standing is not None and reading.is_running:
        ways = (
            _place_is_kept,
            _voucher_runs_out,
            _credit_runs_out,
            _points_run_out,
            _tier_in_danger,
            _challenge_nearly_done,
            _voucher_waits,
            _card_nearly_full,
            _within_reach,
            _nearly_there,
        )
    elif not reading.cards and reading.credit is None:
        return None
    for think in ways:
        step = think(reading)
        if step is not None:
            return step
    return None


def _today() -> datetime.date:
    return local_day(timezone.now(), current_tenant().zone)


def _tier_in_danger(reading: Reading) -> NextStep | None:
    """What keeps the tier, once they were told that it is about to end."""
    standing = reading.standing
    if standing is None or not is_told(standing.account):
        return None
    said = to_keep(standing.progress, standing.program)
    return NextStep("hourglass", said, _("It would be a pity to lose it.")) if said else None


def _challenge_nearly_done(reading: Reading) -> NextStep | None:
    """One that lacks a single step."""
    for trial in reading.trials:
        progress = trial.progress
        if trial.result is None and progress.goal > 1 and progress.done == progress.goal - 1:
            title = _("One more for “%(challenge)s”") % {"challenge": trial.challenge.name}
            program = reading.program
            gift = gives(trial.definition, program) if program else ""
            return NextStep("trophy", title, _("%(gift)s waits for you.") % {"gift": gift})
    return None


def _place_is_kept(reading: Reading) -> NextStep | None:
    kept = next((one for one in reading.waiting if one.offered_until is not None), None)
    if kept is None:
        return None
    title = _("A place for you: %(name)s") % {"name": kept.reward.name}
    text = _("It is kept for you until %(until)s.") % {"until": moment(kept.offered_until)}
    return NextStep("ticket-check", title, text, _("Take it"), "reward", kept.reward.pk)


def _own(reading: Reading) -> list[Voucher]:
    """Those that are not meant for somebody else."""
    return [voucher for voucher in reading.open_vouchers if not voucher.is_wrapped]  # type: ignore[attr-defined]


def _voucher_runs_out(reading: Reading) -> NextStep | None:
    soon = timezone.now() + SOON
    voucher = next((one for one in _own(reading) if one.valid_until < soon), None)
    if voucher is None:
        return None
    text = _("Show your voucher until %(day)s.") % {"day": day(last_day(voucher))}
    return NextStep("ticket", voucher.name, text, _("Show it"), "voucher", voucher.pk)


def _points_run_out(reading: Reading) -> NextStep | None:
    standing = reading.standing
    assert standing is not None
    first = standing.expiring[0] if standing.expiring else None
    if first is None or first.day > _today() + SOON:
        return None
    title = _("%(points)s expire on %(day)s") % {
        "points": in_points(standing.program, first.points),
        "day": day(first.day),
    }
    has_reward = bool(reading.offers and reading.offers[0].available)
    text = _("Turn them into something nice before that.") if has_reward else _("Come by before that.")
    return NextStep("hourglass", title, text, _("See rewards"), "rewards")


def _credit_runs_out(reading: Reading) -> NextStep | None:
    standing = reading.credit
    if standing is None or not standing.is_running or not standing.balance or not standing.expiring:
        return None
    when, amount = standing.expiring[0]
    if when > _today() + SOON:
        return None
    title = _("%(amount)s of your credit expires on %(day)s") % {"amount": money(amount), "day": day(when)}
    return NextStep("wallet", title, _("Pay a part of a purchase with it before that."), _("See it"), "credit")


def _voucher_waits(reading: Reading) -> NextStep | None:
    voucher = next(iter(_own(reading)), None)
    if voucher is None:
        return None
    return NextStep(
        "ticket", voucher.name, _("It is yours: show the voucher at the counter."), _("Show it"), "voucher", voucher.pk
    )


def _card_nearly_full(reading: Reading) -> NextStep | None:
    card = next((one for one in reading.cards if one.stamps and one.missing == 1), None)
    if card is None:
        return None
    title = _("One more stamp: %(reward)s") % {"reward": card.terms.reward_name}
    text = _("Your %(card)s is nearly full.") % {"card": card.program.name}
    return NextStep("stamp", title, text, _("See the card"), "stamp_card", card.program.pk)


def _within_reach(reading: Reading) -> NextStep | None:
    within = [offer for offer in reading.offers if offer.available]
    if not within:
        return None
    best = max(within, key=lambda offer: offer.reward.cost).reward
    return NextStep(
        "gift", best.name, _("You have enough for it. Treat yourself."), _("Have a look"), "reward", best.pk
    )


def _nearly_there(reading: Reading) -> NextStep | None:
    ahead = (offer for offer in reading.offers if offer.missing and not offer.is_closed)
    nearest = min(ahead, key=lambda offer: offer.missing, default=None)
    if nearest is None or reading.standing is None:
        return None
    missing = in_points(reading.standing.program, nearest.missing)
    title = _("%(reward)s: %(points)s to go") % {"points": missing, "reward": nearest.reward.name}
    return NextStep("sprout", title, _("Every visit brings you closer."), _("See rewards"), "rewards")
