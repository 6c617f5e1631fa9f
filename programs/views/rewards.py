"""Rewards: what there is, how it goes, and one of them with a preview as members see it."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from loyalty_saas.lib.columns import Column, chosen_sort
from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.errors import DomainError
from programs.domain import catalog
from programs.domain.accounts import points_program, require_points_program
from programs.domain.charities import add_charity
from programs.domain.defaults import example_cost, example_name, reward_examples
from programs.domain.rewards import COUNTS
from programs.domain.shaping import keep_what_belongs
from programs.enums import ProgramKind, RewardKind
from programs.forms.rewards import WORTH, RewardForm, VoucherRuleForm
from programs.models import Program, Redemption, Reward
from programs.worth import cost_of, spend_for, worth_of
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def rewards(request: BusinessRequest) -> HttpResponse:
    found = points_program()
    if found is None:
        return redirect("programs:program")
    columns = _columns()
    sort = chosen_sort(request.GET.get("sort"), columns, default="position")
    listed, today = _listed(found, sort), _today(request)
    context = {
        "program": found,
        "columns": columns,
        "sort": sort,
        "rewards": [(one, _state(one.reward, today)) for one in listed],
        "today": today,
        "examples": [] if listed else _examples(found, request),
        "offered": sum(1 for one in listed if one.reward.is_active),
        "voucher_rule": VoucherRuleForm(initial={"voucher_rule": found.voucher_rule}),
        "may_edit": request.membership.may(Permission.EDIT_PROGRAM),
    }
    return render(request, "programs/rewards/list.html", context)


@dashboard_page(Permission.EDIT_PROGRAM)
def new_reward(request: BusinessRequest) -> HttpResponse:
    found = require_points_program()
    form = RewardForm(request.POST or None, program=found)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                reward = catalog.create_reward(found, _details(form, request), by=request.actor)
        except DomainError as error:
            form.refuse(error)
        else:
            if reward.uses_own_codes:
                messages.success(request, _("Saved. Now add your codes: it can be had as soon as there are some."))
                return redirect("programs:reward_codes", reward.pk)
            messages.success(request, _("Members can have “%(reward)s” now.") % {"reward": reward.name})
            return redirect("programs:rewards")
    return _page(request, found, form)


@dashboard_page(Permission.EDIT_PROGRAM)
def reward(request: BusinessRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(_offered().select_related("program", "product", "tier", "charity"), pk=pk)
    form = RewardForm(request.POST or None, program=found.program, reward=found)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                details = _details(form, request)
                catalog.change_reward(found, details, by=request.actor, keep_stock=form.keeps_stock)
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved. Vouchers given already keep their worth."))
            return redirect("programs:rewards")
    return _page(request, found.program, form, found)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def preview(request: BusinessRequest) -> HttpResponse:
    """The reward as members would see it, for what stands in the form at this moment."""
    found = require_points_program()
    form = RewardForm(request.POST, program=found)
    form.is_valid()
    return render(request, "programs/rewards/preview.html", {"program": found, **_previewed(found, form)})


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def example(request: BusinessRequest) -> HttpResponse:
    """Offer one of the three rewards of the trade, as it stands."""
    found = require_points_program()
    examples = reward_examples(request.tenant.trade)
    number = request.POST.get("example", "")
    if not number.isdigit() or int(number) >= len(examples):
        return redirect("programs:rewards")
    made = catalog.create_example(found, examples[int(number)], by=request.actor)
    messages.success(request, _("“%(reward)s” is on offer. Change it until it is yours.") % {"reward": made.name})
    return redirect("programs:reward", made.pk)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def position(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """One place up or down; the list is drawn anew in its own order."""
    found = get_object_or_404(_offered(), pk=pk)
    catalog.move_reward(found, up=request.POST.get("to") != "down", by=request.actor)
    return redirect("programs:rewards")


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def withdrawal(request: BusinessRequest, pk: UUID) -> HttpResponse:
    found = catalog.withdraw_reward(get_object_or_404(_offered(), pk=pk), by=request.actor)
    messages.success(
        request, _("“%(reward)s” is no longer offered. Vouchers given already still work.") % {"reward": found.name}
    )
    return redirect("programs:rewards")


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def reactivation(request: BusinessRequest, pk: UUID) -> HttpResponse:
    found = catalog.reactivate_reward(get_object_or_404(_offered(), pk=pk), by=request.actor)
    messages.success(request, _("“%(reward)s” is offered again.") % {"reward": found.name})
    return redirect("programs:rewards")


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def voucher_rule(request: BusinessRequest) -> HttpResponse:
    """Which vouchers go together."""
    form = VoucherRuleForm(request.POST)
    if form.is_valid():
        catalog.choose_voucher_rule(require_points_program(), form.cleaned_data["voucher_rule"], by=request.actor)
        messages.success(request, _("Saved. It holds from the next purchase on."))
    return redirect("programs:rewards")


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def products(request: BusinessRequest) -> HttpResponse:
    """The products to choose between as they stand in the form: one more, or one less."""
    form = RewardForm(request.POST, program=require_points_program())
    return render(request, "programs/rewards/products.html", {"form": form})


def _details(form: RewardForm, request: BusinessRequest) -> catalog.RewardDetails:
    """What was typed; a charity that is new is added with it."""
    details = form.details()
    name = form.cleaned_data["new_charity"].strip()
    if details.kind != RewardKind.DONATION or details.charity is not None or not name:
        return details
    try:
        return replace(details, charity=add_charity(name=name, by=request.actor))
    except DomainError as error:
        error.field = "new_charity"
        raise


def _offered() -> QuerySet[Reward]:
    """Those for points: what a full stamp card gives is said with the card."""
    return Reward.objects.filter(program__kind=ProgramKind.POINTS)


def _columns() -> list[Column]:
    return [
        Column("reward", _("Reward"), sort="name", always=True),
        Column("position", _("Order"), sort="position"),
        Column("cost", _("Costs"), sort="cost", align="end"),
        Column("stock", _("Left"), sort="stock", align="end"),
        Column("recently", _("Last 30 days"), sort="recently", align="end"),
        Column("redeemed", _("Ever"), sort="redeemed", align="end"),
        Column("spent", _("Has cost you"), sort="spent", align="end"),
        Column("state", _("State")),
        Column("menu", _("What to do"), always=True, quiet=True),
    ]


@dataclass(frozen=True, slots=True)
class _Listed:
    """A reward with how often it was redeemed, ever and in the last 30 days, and what that cost the business."""

    reward: Reward
    redeemed: int
    recently: int
    # None while nobody can say.
    spent: int | None

    def by(self, sort: str) -> Any:
        if sort in ("redeemed", "recently", "spent"):
            return getattr(self, sort) or 0
        value = getattr(self.reward, sort)
        # Without limit is more than any number.
        return value.casefold() if isinstance(value, str) else float("inf") if value is None else value


def _listed(found: Program, sort: str) -> list[_Listed]:
    """The rewards on offer first, each group in the order that was asked for. Two queries."""
    recent = timezone.now() - timedelta(days=30)
    counts = {
        row["reward"]: (row["ever"], row["recent"], row["spent"])
        for row in Redemption.objects.filter(status__in=COUNTS)
        .order_by()
        .values("reward")
        .annotate(ever=Count("pk"), recent=Count("pk", filter=Q(created_at__gte=recent)), spent=Sum("cost"))
    }
    rewards = Reward.objects.filter(program=found).select_related("tier", "product", "charity")
    listed = [_Listed(reward, *counts.get(reward.pk, (0, 0, None))) for reward in rewards]
    if sort != "position":
        listed.sort(key=lambda one: one.by(sort.removeprefix("-")), reverse=sort.startswith("-"))
    return sorted(listed, key=lambda one: not one.reward.is_active)


def _today(request: BusinessRequest) -> Any:
    return local_day(timezone.now(), request.tenant.zone)


def _state(reward: Reward, today: Any) -> tuple[str, str]:
    """What can be said of a reward in a word, and the colour of the word."""
    if not reward.is_active:
        return _("Withdrawn"), ""
    if reward.ends_on and reward.ends_on < today:
        return _("Over"), ""
    if reward.starts_on and reward.starts_on > today:
        return _("Not yet"), "info"
    if reward.stock == 0:
        return _("Run out"), "warn"
    return _("On offer"), "good"


def _examples(found: Program, request: BusinessRequest) -> list[dict[str, Any]]:
    return [
        {
            "number": number,
            "name": example_name(example, request.tenant),
            "about": example.about,
            "cost": (cost := example_cost(example, found, request.tenant)),
            "spend": spend_for(found, cost),
        }
        for number, example in enumerate(reward_examples(request.tenant.trade))
    ]


def _page(request: BusinessRequest, found: Program, form: RewardForm, reward: Reward | None = None) -> HttpResponse:
    context = {"program": found, "form": form, "reward": reward, **_previewed(found, form)}
    return render(request, "programs/rewards/reward.html", context, status=422 if form.errors else 200)


def _previewed(found: Program, form: RewardForm) -> dict[str, Any]:
    """As much of a reward as can be made of what is typed, and what it means for the business."""
    if form.is_bound:
        known = getattr(form, "cleaned_data", {})
    else:
        known = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
        if form.reward is not None:
            kept = form.reward
            known |= {"product": kept.product, "tier": kept.tier, "charity": kept.charity}
    kind = known.get("kind") or ""
    drawn = Reward(
        program=found,
        name=known.get("name") or "",
        description=known.get("description") or "",
        kind=kind,
        value=known.get(WORTH[RewardKind(kind)]) or 0 if kind in WORTH else 0,
        cap=known.get("cap"),
        product=known.get("product"),
        charity=known.get("charity"),
        unit_cost=known.get("unit_cost"),
        cost=known.get("cost") or 0,
        minimum=known.get("minimum") or 0,
        stock=known.get("stock"),
        tier=known.get("tier"),
        ends_on=known.get("ends_on"),
        happens_at=form.moment(known),
        is_partial=bool(known.get("is_partial")),
        terms={"products": list(known.get("products") or ())},
    )
    keep_what_belongs(drawn)
    spend = spend_for(found, drawn.cost) if drawn.cost else 0
    worth = worth_of(drawn)
    percent = round(worth * 100 / spend, 1) if worth and spend else None
    chances = _chances(form) if kind == RewardKind.MYSTERY else []
    context = {"drawn": drawn, "spend": spend, "worth": worth, "percent": percent, "cost": cost_of(drawn)}
    return {**context, "chances": chances}


def _chances(form: RewardForm) -> list[tuple[str, float]]:
    """The prizes as they stand in the form, with how likely each would be."""
    rows = [(row["name"].value(), row["weight"].value()) for row in form.prizes]
    typed = [(name, int(str(weight))) for name, weight in rows if name and str(weight or "").isdigit()]
    whole = sum(weight for _name, weight in typed)
    return [(name, round(weight * 100 / whole, 1)) for name, weight in typed if whole]
