"""What the owner offers: plans, changed for those who come later, and taken from the offer."""

from dataclasses import dataclass, fields
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from customers.models import Product
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import tidy_text
from programs.enums import PlanPeriod, RewardKind
from programs.models import MembershipPlan, Tier
from tenants.actors import Actor
from tenants.domain.audit import record_audit

WELCOME_KINDS = (RewardKind.AMOUNT_OFF, RewardKind.PERCENT_OFF, RewardKind.FREE_PRODUCT)
MOST_PLANS = 20


@dataclass(frozen=True, slots=True)
class PlanDetails:
    """As `MembershipPlan`."""

    name: str
    tier: Tier
    price: int
    period: str = PlanPeriod.MONTH.value
    description: str = ""
    tax_words: str = ""
    welcome_kind: str = ""
    welcome_value: int = 0
    welcome_product: Product | None = None
    welcome_days: int = 30
    reminder_days: int = 7
    grace_days: int = 7


@transaction.atomic
def add_plan(details: PlanDetails, *, by: Actor) -> MembershipPlan:
    """Offer a plan. Raises Invalid at the field."""
    if MembershipPlan.objects.count() >= MOST_PLANS:
        raise Invalid(field="name")
    plan = MembershipPlan(**_values(details))
    _save(plan)
    record_audit("membership_plan.added", by=by, subject=plan)
    return plan


@transaction.atomic
def change_plan(plan: MembershipPlan, details: PlanDetails, *, by: Actor) -> MembershipPlan:
    """Change a plan for those who come later: who has it keeps its price and period. Raises Invalid at the field.

    What its tier brings, and the days of reminders and of grace, are those of now for everybody. Locks the plan.
    """
    plan = MembershipPlan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    values = _values(details)
    changed = {
        name: [str(getattr(plan, name)), str(value)] for name, value in values.items() if getattr(plan, name) != value
    }
    if not changed:
        return plan
    for name, value in values.items():
        setattr(plan, name, value)
    _save(plan)
    record_audit("membership_plan.changed", by=by, subject=plan, **changed)
    return plan


@transaction.atomic
def offer_plan(plan: MembershipPlan, *, offered: bool, by: Actor) -> MembershipPlan:
    """Take a plan from the offer, or offer it again; those who have it keep it. Locks the plan."""
    plan = MembershipPlan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    if plan.is_offered != offered:
        plan.is_offered = offered
        plan.save(update_fields=["is_offered"])
        record_audit("membership_plan.offered" if offered else "membership_plan.withdrawn", by=by, subject=plan)
    return plan


def _values(details: PlanDetails) -> dict[str, Any]:
    values: dict[str, Any] = {one.name: getattr(details, one.name) for one in fields(details)}
    values["name"] = tidy_text(details.name, field="name", longest=60, required=True)
    values["description"] = tidy_text(details.description, field="description", longest=300)
    values["tax_words"] = tidy_text(details.tax_words, field="tax_words", longest=80)
    if details.price < 1:
        raise Invalid(_("Say what it costs."), field="price")
    if details.period not in PlanPeriod.values:
        raise Invalid(field="period")
    for name, most in (("reminder_days", 60), ("grace_days", 60)):
        if not 0 <= getattr(details, name) <= most:
            raise Invalid(_("Write 0 to 60 days."), field=name)
    return values | _welcome(details)


def _welcome(details: PlanDetails) -> dict[str, Any]:
    """The gift: only what belongs to its kind."""
    if not details.welcome_kind:
        return {"welcome_value": 0, "welcome_product": None}
    if details.welcome_kind not in WELCOME_KINDS:
        raise Invalid(field="welcome_kind")
    if not 1 <= details.welcome_days <= 3650:
        raise Invalid(_("Write 1 day or more."), field="welcome_days")
    if details.welcome_kind == RewardKind.FREE_PRODUCT:
        if details.welcome_product is None:
            raise Invalid(_("Choose the product."), field="welcome_product")
        return {"welcome_value": 0}
    most = 100 if details.welcome_kind == RewardKind.PERCENT_OFF else 10**12
    if not 1 <= details.welcome_value <= most:
        raise Invalid(_("Say how much it takes off."), field="welcome_value")
    return {"welcome_product": None}


def _save(plan: MembershipPlan) -> None:
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError as error:
        raise Invalid(_("There is a membership of this name already."), field="name") from error
