"""Paid memberships of the samples: some begin on one day near the end, so that they are about to be due."""

import datetime

from programs.demo.script import Sample
from programs.domain.memberships.ending import settle_memberships
from programs.domain.memberships.plans import PlanDetails, add_plan
from programs.domain.memberships.selling import subscribe, wish_for
from programs.models import Account, MembershipPlan, Tier
from tenants.actors import Actor


def begin_memberships(sample: Sample, end: datetime.datetime, day: datetime.date, by: Actor) -> None:
    """Offer the plan and sell it on its day; the clock stands there. From then on its nights are kept once a week."""
    one = sample.plan
    if one is None:
        return
    first = (end - datetime.timedelta(days=one.days)).date()
    if day == first:
        tier = Tier.objects.get(name=one.tier)
        details = PlanDetails(
            one.name, tier, one.price, description=one.description, tax_words=one.tax_words, grace_days=5
        )
        plan = add_plan(details, by=by)
        for number, account in enumerate(_chosen(one.of, one.members)):
            subscribe(account.member, plan, by=by, key=f"sample-membership-{number}")
    elif day > first and (end.date() - day).days % 7 == 0:
        settle_memberships(day)


def wish_for_membership(sample: Sample) -> None:
    """The next best member asks for it in the portal."""
    one = sample.plan
    plan = MembershipPlan.objects.first()
    if one is None or plan is None:
        return
    for account in _chosen(one.of, 1):
        wish_for(account.member, plan, by=Actor.member(account.member_id))


def _chosen(tier: str, count: int) -> list[Account]:
    found = Account.objects.filter(tier__name=tier, member__status="active").select_related("member")
    return list(found.order_by("-lifetime", "pk")[:count])
