"""Paid memberships, and every period that was paid for, from another business here or another system."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.domain.identity import present_member
from customers.imports.keeping import CREATED, UNCHANGED, Columns, KeptRow, Planned
from loyalty_saas.lib.days import add_months, local_day, start_of_day
from loyalty_saas.lib.errors import Invalid
from programs.bringing.ids import id_of
from programs.domain.accounts import points_program
from programs.domain.memberships.brought import bring_membership, bring_payment, ended_meanwhile, payment_key
from programs.domain.memberships.periods import first_of
from programs.enums import MembershipEnd, MembershipState, PaymentState, PaymentWay, PlanPeriod
from programs.errors import HasMembership
from programs.models import MembershipPayment, MembershipPlan, PaidMembership
from tenants.actors import Actor
from tenants.isolation import current_tenant
from tenants.models import Location
from tenants.templatetags.show import day as shown_day
from tenants.templatetags.show import money

_MOST_PERIODS = 1_200


class Memberships:
    """Fills `customers.imports.keeping`: a row is a membership, or a period that was paid of one."""

    columns: ClassVar[Columns] = Columns(
        frozenset({"plan", "first"}), gettext_lazy("Choose the column with the name of the membership.")
    )

    def hindrance(self) -> str:
        if points_program() is None:
            return _("There is no program yet. Make it first, with its tiers and memberships.")
        return ""

    def bundle(self, row: KeptRow) -> str:
        return str(row.row)

    def plan(self, rows: Sequence[KeptRow]) -> list[Planned]:
        return [self._plan_payment(row) if row.values.get("first") else self._plan(row) for row in rows]

    def bring(self, rows: Sequence[KeptRow], *, by: Actor, silent: bool) -> list[Planned]:
        planned = self.plan(rows)
        for one in planned:
            if one.becomes == CREATED and one.row.values.get("first"):
                bring_payment(_payment(one.row))
            elif one.becomes == CREATED:
                bring_membership(_membership(one.row), by=by, silent=silent)
        return planned

    def _plan(self, row: KeptRow) -> Planned:
        made = _membership(row)
        there = PaidMembership.objects.select_related("plan").filter(pk=made.pk).first()
        if there is None:
            if made.state != MembershipState.ENDED and _has_one(made):
                raise HasMembership
            return Planned(row, CREATED, _in_words(made))
        look = ""
        if (there.state, there.paid_until) != (made.state, made.paid_until):
            look = _("In the file: %(file)s. Here: %(here)s. It stays as it is here.") % {
                "file": _in_words(made), "here": _in_words(there),
            }  # fmt: skip
        return Planned(row, UNCHANGED, _in_words(there), look=look)

    def _plan_payment(self, row: KeptRow) -> Planned:
        made = _payment(row)
        same = MembershipPayment.objects.filter(membership=made.membership_id, number=made.number)
        known = Q(key=made.key) | Q(paid_at=made.paid_at)
        if made.state == PaymentState.PAID:
            known |= Q(state=PaymentState.PAID)
        is_there = same.filter(known).exists()
        if not is_there:
            _refuse_later(made)
        words = _("%(amount)s for %(first)s to %(last)s") % {
            "amount": money(made.amount), "first": shown_day(made.first), "last": shown_day(made.last),
        }  # fmt: skip
        return Planned(row, UNCHANGED if is_there else CREATED, words)


def _has_one(made: PaidMembership) -> bool:
    running = PaidMembership.objects.filter(member=present_member(made.member)).exclude(state=MembershipState.ENDED)
    return bool(running.exists())


def _in_words(one: PaidMembership) -> str:
    if one.state == MembershipState.WISHED:
        return _("%(name)s, wished for") % {"name": one.plan.name}
    words = {
        "name": one.plan.name,
        "price": money(one.price),
        "period": PlanPeriod(one.period).label,
        "until": shown_day(one.paid_until) if one.paid_until else "–",
    }
    if one.state == MembershipState.ENDED:
        return _("%(name)s, ended, paid until %(until)s") % words
    if one.cancelled_at:
        return _("%(name)s, cancelled, runs until %(until)s") % words
    return _("%(name)s, %(price)s %(period)s, paid until %(until)s") % words


def _membership(row: KeptRow) -> PaidMembership:
    """What the row says, not written. Raises Invalid at the field."""
    plan, values = _plan_named(row.text("plan")), row.values
    _same_currency(row)
    today = local_day(timezone.now(), current_tenant().zone)
    period = row.text("period").lower() or plan.period
    if period not in PlanPeriod.values:
        raise Invalid(_("A period is a month or a year."), code="bad_period", field="period")
    price = plan.price if values.get("price") is None else values["price"]
    if price < 1:
        raise Invalid(_("Say what it costs."), code="bad_price", field="price")
    state = row.text("state").lower() or MembershipState.ACTIVE
    if state not in MembershipState.values:
        raise Invalid(_("A membership is wished, active or ended."), code="bad_state", field="state")
    made = PaidMembership(plan=plan, state=state, price=price, period=period, member=row.member)
    made.asked_at, made.began_at = values.get("asked"), values.get("began")
    made.cancelled_at, made.cancelled_by = values.get("cancelled"), row.text("cancelled_by")[:80]
    made.reminded_of = values.get("reminded")
    if state == MembershipState.WISHED:
        made.asked_at = made.asked_at or timezone.now()
    else:
        _count_periods(made, values)
    if state == MembershipState.ENDED:
        made.end = row.text("end") if row.text("end") in MembershipEnd.values else MembershipEnd.LAPSED
        made.ended_at = values.get("ended") or timezone.now()
    for key in ("asked", "began", "cancelled", "ended"):
        _past(values.get(key), key)
    whose = row.member.pk if row.member else ""
    whose = row.member.pk if row.member else ""
    made.pk = id_of(row.text("membership") or f"{whose}:{plan.name}:{made.anchor}:{made.paid_until}")
    return ended_meanwhile(made, today)


def _count_periods(made: PaidMembership, values: dict[str, Any]) -> None:
    """From which day its periods are counted, and how many of them were paid: they end with the day that is paid."""
    made.paid_until, made.anchor = values.get("paid_until"), values.get("anchor")
    if made.paid_until is None:
        if made.state == MembershipState.ACTIVE:
            raise Invalid(_("Say up to which day it is paid."), code="no_day", field="paid_until")
        return  # a wish that was withdrawn
    after = made.paid_until + timedelta(days=1)
    if made.anchor is None:
        made.anchor = add_months(after, -1 if made.period == PlanPeriod.MONTH else -12)
    made.began_at = made.began_at or start_of_day(made.anchor, current_tenant().zone)
    counted = _periods_until(made.anchor, made.period, made.paid_until)
    if counted is None or (made.state == MembershipState.ACTIVE and not counted):
        raise Invalid(
            _("The last day that is paid does not end a period counted from its first day."),
            code="bad_days",
            field="paid_until",
        )
    made.periods = counted


def _periods_until(anchor: date, period: str, last: date) -> int | None:
    """How many whole periods from the anchor end with that day; None where none does."""
    for number in range(_MOST_PERIODS):
        begins = first_of(anchor, period, number)
        if begins > last:
            return number if begins == last + timedelta(days=1) else None
    return None


def _payment(row: KeptRow) -> MembershipPayment:
    """What the row says, not written. Raises Invalid at the field."""
    values, zone = row.values, current_tenant().zone
    _same_currency(row)
    named = row.text("membership")
    membership = PaidMembership.objects.filter(pk=id_of(named)).first() if named else None
    if membership is None:
        raise Invalid(
            _("This membership is not here. Bring memberships.csv first."), code="no_membership", field="membership"
        )
    first, last, amount = values["first"], values.get("last"), values.get("amount") or 0
    if membership.anchor is None or last is None or last < first:
        raise Invalid(_("Say the first and the last day of the period."), code="no_day", field="last")
    number = values["number_of"] - 1 if values.get("number_of") else _number_of(membership, first)
    refunded = values.get("refunded") or 0
    paid_at = values.get("paid") or start_of_day(first, zone)
    if not 0 <= refunded <= amount:
        raise Invalid(_("No more can be paid back than was paid."), code="bad_amount", field="refunded")
    state = PaymentState.REFUNDED if amount and refunded == amount else PaymentState.PAID
    made = MembershipPayment(membership=membership, number=number, amount=amount, refunded=refunded, first=first)
    made.last, made.state, made.paid_at = last, state, paid_at
    made.way = row.text("way") if row.text("way") in PaymentWay.values else PaymentWay.COUNTER
    made.reference, made.actor_label = row.text("reference")[:80], row.text("taken_by")[:80]
    made.actor_kind = Actor.importing(None).kind
    made.location = Location.objects.filter(name__iexact=row.text("location")).first() if row.text("location") else None
    made.refunded_at = _past(values.get("refunded_at"), "refunded_at")
    made.refunded_by, made.refund_reason = row.text("refunded_by")[:80], row.text("refund_reason")[:300]
    made.key = payment_key(made)
    return made


def _refuse_later(made: MembershipPayment) -> None:
    """Only what was paid elsewhere is brought: what is paid here is said at the counter."""
    membership: PaidMembership = made.membership
    is_past = membership.brought_at is not None and made.paid_at < membership.brought_at and made.number >= 0
    if not is_past or (made.state == PaymentState.PAID and made.number >= membership.brought_periods):
        raise Invalid(
            _("This period was not paid yet when the membership was brought here."), code="later", field="first"
        )


def _number_of(membership: PaidMembership, first: date) -> int:
    anchor = membership.anchor
    assert anchor is not None  # asked before
    numbers = (one for one in range(_MOST_PERIODS) if first_of(anchor, membership.period, one) >= first)
    number = next(numbers, -1)
    return number if number >= 0 and first_of(anchor, membership.period, number) == first else -1


def _plan_named(name: str) -> MembershipPlan:
    plan: MembershipPlan | None = (
        MembershipPlan.objects.select_related("tier").filter(name__iexact=name).first() if name else None
    )
    if plan is None:
        raise Invalid(
            _("There is no membership “%(name)s”. Make it first, or correct its name here."),
            code="no_plan",
            field="plan",
            params={"name": name[:60]},
        )
    return plan


def _same_currency(row: KeptRow) -> None:
    code, own = row.text("currency").upper(), current_tenant().currency
    if code and code != own:
        raise Invalid(
            _("This amount is in %(code)s, and you count in %(currency)s."),
            code="other_currency",
            field="currency",
            params={"code": code[:12], "currency": own},
        )


def _past(moment: datetime | None, field: str) -> datetime | None:
    if moment is not None and moment > timezone.now() + timedelta(days=1):
        raise Invalid(_("This day has not come yet."), code="in_future", field=field)
    return moment
