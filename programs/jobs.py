"""What the ledger owes to the clock, once a day for each business."""

from datetime import date

import structlog
from django.utils import timezone

from programs.domain.expiry import confirm_due, expire_due, expire_vouchers
from programs.domain.extending import extend_due
from programs.domain.holds import close_run_out
from programs.domain.memberships.ending import settle_memberships
from programs.domain.networks.closing import close_due
from programs.domain.networks.homecoming import send_home_due
from programs.domain.networks.people import end_all
from programs.domain.places import pass_on_due
from programs.domain.presents import give_presents
from programs.domain.reconcile import reconcile
from programs.domain.referrals.rewarding import settle_referrals
from programs.domain.surprises.drawing import draw_for_days
from programs.domain.tier_notices import tell_of_endings
from programs.domain.tiers import evaluate_tiers
from programs.enums import PersonEnd
from tenants.domain.networks.changing import adopt_rules_if_due
from tenants.domain.networks.leaving import leave_if_due
from tenants.jobs import DailyJob
from tenants.jobs import register as register_job

# A place that was not taken in time goes on by day within three hours, and at once when anybody asks for one.
PLACES_AT = (0, 8, 11, 14, 17, 20)
log = structlog.get_logger(__name__)


class BooksDoNotAgree(RuntimeError):
    """The nightly check found a difference: the run is kept as failed, with the first of what was found."""


def settle_left_referrals(day: date) -> int:
    return settle_referrals(timezone.now())


def confirm_points(day: date) -> int:
    return confirm_due(timezone.now())


def expire_points(day: date) -> int:
    now = timezone.now()
    # What keeps longer must say so before anything is taken.
    extend_due(now)
    return expire_due(now)


def close_vouchers(day: date) -> int:
    return expire_vouchers(timezone.now())


def close_holds(day: date) -> int:
    return close_run_out()


def pass_places_on(day: date) -> int:
    return pass_on_due(timezone.now())


def settle_network(day: date) -> int:
    """Send home what is due, let agreed rules count, leave when it is time, and close the months that are over.

    What crosses comes first: whoever holds the network alone must not wait for people and accounts any more.
    """
    sent = send_home_due()
    adopt_rules_if_due()
    if (seat := leave_if_due()) is not None:
        end_all(PersonEnd.NETWORK)
    return sent + close_due() + (seat is not None)


def check_books(day: date) -> None:
    report = reconcile()
    if not report.agrees:
        log.error("ledger.differs", differences=len(report.differences))
        raise BooksDoNotAgree("; ".join(str(difference) for difference in report.differences[:5]))


def register() -> None:
    register_job(DailyJob("referrals.settle", 0, settle_left_referrals))
    register_job(DailyJob("points.confirm", 0, confirm_points))
    register_job(DailyJob("points.expire", 0, expire_points))
    register_job(DailyJob("vouchers.expire", 0, close_vouchers))
    register_job(DailyJob("memberships.settle", 0, settle_memberships))
    register_job(DailyJob("tiers.evaluate", 0, evaluate_tiers))
    register_job(DailyJob("holds.run_out", 3, close_holds))
    for hour in PLACES_AT:
        register_job(DailyJob(f"places.pass_on.{hour:02d}", hour, pass_places_on))
    register_job(DailyJob("tiers.notice", 0, tell_of_endings))
    register_job(DailyJob("presents.give", 0, give_presents))
    register_job(DailyJob("surprises.draw", 1, draw_for_days))
    register_job(DailyJob("network.settle", 2, settle_network))
    register_job(DailyJob("ledger.reconcile", 4, check_books))
