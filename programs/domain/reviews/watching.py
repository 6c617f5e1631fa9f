"""What staff may do and what is looked at all the same. Points that look wrong are held in the act that gives them."""

from datetime import datetime, time

from django.db.models import Max
from django.utils import timezone

from customers.models import Member, Purchase
from loyalty_saas.lib.days import local_day, start_of_day
from programs.domain.day_limits import Given, house_rules
from programs.domain.guards import acting_membership, has_limits
from programs.domain.reviews.holding import hold_points
from programs.domain.reviews.opening import Seen, open_review
from programs.enums import ProgramKind, ReviewKind, ReviewSubject, Suspicion
from programs.models import Account, Entry, Program, Redemption, Review
from tenants.actors import Actor
from tenants.enums import ActorKind
from tenants.isolation import current_tenant
from tenants.models import Membership


def watch_award(
    account: Account, entry: Entry, *, membership: Membership | None, given: Given | None, by: Actor
) -> Review | None:
    """Hold what staff have just given when it is out of the ordinary, and open a review; None when it is not.

    `given` is what was counted when it was given; of store credit, `evidence` says how much in minor units. To be
    called with the account locked, in the act that gives.
    """
    if by.kind != ActorKind.STAFF or not has_limits(membership):
        return None
    rules = house_rules(account.program)
    reasons: list[Suspicion] = []
    evidence: dict[str, str] = {}
    if given is not None and rules.watch_often is not None and given.often > rules.watch_often:
        reasons.append(Suspicion.TOO_OFTEN)
        evidence |= {"often": str(given.often), "usual": str(rules.watch_often)}
    now = timezone.now()
    if is_after_hours(rules, now):
        reasons.append(Suspicion.AFTER_HOURS)
        evidence["at"] = now.astimezone(current_tenant().zone).strftime("%H:%M")
    points = entry.amount + entry.pending_amount
    if not reasons or points <= 0:
        return None
    if by.device:
        evidence["device"] = by.device
    if account.program.kind == ProgramKind.CREDIT:
        evidence["credit"] = str(points)
    held = hold_points(account, entry, why="", by=Actor.system())
    return open_review(
        Seen(
            kind=ReviewKind.STAFF,
            subject_kind=ReviewSubject.ENTRY,
            subject_id=entry.pk,
            reasons=reasons,
            key=f"entry:{entry.pk}",
            member=account.member,
            staff=by.id,
            location=by.location_id,
            points=points,
            is_held=held > 0,
            evidence=evidence,
        )
    )


def watch_redemption(redemption: Redemption, *, by: Actor) -> Review | None:
    """Open a review when staff redeem, without the member's phone, for somebody who has not been here for long.

    What is handed over cannot be held; taking it back later gives the points back to the member.
    """
    program = redemption.account.program
    if program.watch_away_days is None or by.kind != ActorKind.STAFF or not has_limits(acting_membership(by)):
        return None
    member = redemption.account.member
    last = _seen_before_today(member)
    days = (timezone.now() - last).days
    if days < program.watch_away_days:
        return None
    return open_review(
        Seen(
            kind=ReviewKind.STAFF,
            subject_kind=ReviewSubject.REDEMPTION,
            subject_id=redemption.pk,
            reasons=[Suspicion.AWAY],
            key=f"redemption:{redemption.pk}",
            member=member,
            staff=by.id,
            location=by.location_id,
            points=redemption.points,
            evidence={"days": str(days), "reward": redemption.reward.name},
        )
    )


def is_after_hours(program: Program, moment: datetime) -> bool:
    """Whether the shop is closed at a moment, by the business's clock. Hours may run past midnight."""
    opens, closes = program.watch_from, program.watch_until
    if opens is None or closes is None or opens == closes:
        return False
    clock: time = moment.astimezone(current_tenant().zone).time()
    if opens < closes:
        return not opens <= clock < closes
    return closes <= clock < opens


def _seen_before_today(member: Member) -> datetime:
    """The last purchase before today, or the day they joined."""
    zone = current_tenant().zone
    today = start_of_day(local_day(timezone.now(), zone), zone)
    purchases = Purchase.objects.filter(member=member, occurred_at__lt=today)
    last: datetime | None = purchases.aggregate(last=Max("occurred_at"))["last"]
    return last if last is not None else member.joined_at
