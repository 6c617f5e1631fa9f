"""Paid memberships through the API: what is offered, how a member stands, beginning, renewing and cancelling."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from customers.api.lookup import member_or_404
from customers.enums import Source
from customers.models import Member
from loyalty_saas.lib.errors import Invalid
from programs.domain.memberships.ending import cancel
from programs.domain.memberships.selling import membership_of, renew, subscribe
from programs.enums import MembershipState, PlanPeriod
from programs.errors import NoMembership
from programs.models import MembershipPayment, MembershipPlan, PaidMembership
from programs.words.memberships import brings, stands
from tenants.api.operations import Call, Keyed, operation
from tenants.api.shapes import Choice, Day, Flag, Id, Shape, Text, Whole
from tenants.api.views import BusinessView
from tenants.enums import Scope


class ShownPlan(Shape):
    """A membership that is offered. `price` in minor units of the business's currency, tax included."""

    id = Id()
    name = Text()
    description = Text()
    price = Whole()
    period = Choice(PlanPeriod.choices)
    tax_words = Text()
    tier = Text(source="tier.name")
    brings = serializers.ListField(child=serializers.CharField(), help_text="What it brings, in words.")


class ShownPlans(Shape):
    """Those that are offered, the cheapest first."""

    results = ShownPlan(many=True)


class ShownMembership(Shape):
    """How a member stands. `paid_until` is the last day that is paid."""

    id = Id()
    plan = Id(source="plan_id")
    name = Text(source="plan.name")
    state = Choice(MembershipState.choices)
    price = Whole()
    period = Choice(PlanPeriod.choices)
    paid_until = Day(allow_null=True)
    is_cancelled = Flag()
    said = Text(help_text="In words.")


class NewMembership(Shape):
    """Begin a membership that has been paid: with you, or at the till."""

    plan = Id()
    reference = Text(80, required=False, allow_blank=True, help_text="What the payment is called where it was made.")


class NewRenewal(Shape):
    """The payment of the next period."""

    reference = Text(80, required=False, allow_blank=True, help_text="What the payment is called where it was made.")


class PaidPeriod(Shape):
    """A period that was paid, and the membership after it."""

    payment = Id()
    amount = Whole()
    first = Day()
    last = Day()
    membership = ShownMembership()


class Plans(BusinessView):
    section = "Memberships"

    @operation(Scope.POINTS_READ, "List the memberships on offer", ShownPlans)
    def get(self, call: Call) -> dict[str, Any]:
        plans = list(MembershipPlan.objects.filter(is_offered=True).select_related("tier", "welcome_product"))
        for plan in plans:
            plan.brings = brings(plan)  # type: ignore[attr-defined]
        return {"results": plans}


class MemberMembership(BusinessView):
    section = "Memberships"

    @operation(Scope.POINTS_READ, "Read a member's membership", ShownMembership)
    def get(self, call: Call, member_id: UUID) -> PaidMembership:
        """What they have or wish for; 404 `no_membership` for none."""
        return _shown(member_or_404(member_id))

    @operation(
        Scope.POINTS_WRITE, "Begin a membership", PaidPeriod, status=201, body=NewMembership, keyed=Keyed.REQUIRED
    )
    def post(self, call: Call, member_id: UUID) -> dict[str, Any]:
        """Its first period begins today. 409 `has_membership` for somebody who has one."""
        member = member_or_404(member_id)
        plan = MembershipPlan.objects.filter(pk=call.values["plan"]).first()
        if plan is None:
            raise Invalid(_("There is no such membership."), code="unknown_plan", field="plan")
        payment = subscribe(
            member,
            plan,
            by=call.by,
            key=call.domain_key,
            reference=call.values.get("reference", ""),
            source=Source.API,
        )
        return _paid(member, payment)


class Renewals(BusinessView):
    section = "Memberships"

    @operation(Scope.POINTS_WRITE, "Renew a membership", PaidPeriod, status=201, body=NewRenewal, keyed=Keyed.REQUIRED)
    def post(self, call: Call, member_id: UUID) -> dict[str, Any]:
        """The next period begins where the paid one ends. 409 `paid_enough` while more than one period is paid."""
        member = member_or_404(member_id)
        reference = call.values.get("reference", "")
        payment = renew(member, by=call.by, key=call.domain_key, reference=reference, source=Source.API)
        return _paid(member, payment)


class Cancellation(BusinessView):
    section = "Memberships"

    @operation(Scope.POINTS_WRITE, "Cancel a membership", ShownMembership, keyed=Keyed.REQUIRED)
    def post(self, call: Call, member_id: UUID) -> PaidMembership:
        """It runs to the end of what is paid. Safe to repeat."""
        member = member_or_404(member_id)
        cancel(member, by=call.by, source=Source.API)
        return _shown(member)


def _shown(member: Member) -> PaidMembership:
    found = membership_of(member)
    if found is None:
        raise NoMembership
    found.is_cancelled = found.cancelled_at is not None  # type: ignore[attr-defined]
    found.said = stands(found)  # type: ignore[attr-defined]
    return found


def _paid(member: Member, payment: MembershipPayment) -> dict[str, Any]:
    return {
        "payment": payment.pk,
        "amount": payment.amount,
        "first": payment.first,
        "last": payment.last,
        "membership": _shown(member),
    }
