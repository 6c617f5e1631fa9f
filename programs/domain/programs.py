"""The program itself: drafted, published, changed and paused by people, each time on the record."""

from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any
from uuid import UUID

from django.db import transaction

from customers.models import Category, Product
from loyalty_saas.lib.errors import Invalid
from programs.domain.accounts import points_program
from programs.domain.defaults import new_program
from programs.domain.goodwill.reasons import begin_reasons
from programs.domain.rules.publishing import publish_rule
from programs.enums import ProgramKind, ProgramStatus
from programs.errors import NoProgram
from programs.models import EarningRule, Program, ProgramExclusion
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.isolation import current_tenant

CHANGEABLE = frozenset(
    {
        "name",
        "unit_one",
        "unit_many",
        "earn_points",
        "earn_amount",
        "rounding",
        "earn_on_tax",
        "minimum_purchase",
        "joining_bonus",
        "pending_days",
        "expiry_months",
        "expires_at_month_end",
        "voucher_days",
        "undo_minutes",
        "adjustment_limit",
        "member_day_limit",
        "staff_day_limit",
        "gesture_limit",
        "gesture_staff_budget",
        "gesture_location_budget",
        "gesture_days",
        "device_day_limit",
        "watch_often",
        "watch_away_days",
        "watch_from",
        "watch_until",
    }
)


@transaction.atomic
def draft_program(*, by: Actor) -> Program:
    """The business's points program, begun with the defaults of its trade when there is none. Safe to repeat."""
    found = points_program()
    if found is not None:
        return found
    Program.objects.bulk_create([new_program(current_tenant())], ignore_conflicts=True)
    program = _locked()
    record_audit("program.drafted", by=by, subject=program)
    begin_reasons()
    return program


@transaction.atomic
def change_program(
    program: Program,
    *,
    changes: Mapping[str, Any],
    excluded: tuple[Iterable[UUID], Iterable[UUID]] | None = None,
    by: Actor,
) -> Program:
    """Change how members earn and what staff may do; from now on, for nothing that was posted is touched.

    `changes` are fields of CHANGEABLE; `excluded` the ids of products and of categories that earn nothing (None
    leaves them). Raises Invalid for a field that cannot be changed or values that make no sense. Locks the program.
    """
    if unknown := set(changes) - CHANGEABLE:
        raise Invalid(field=min(unknown))
    program = _locked(program.pk)
    before = {name: getattr(program, name) for name in changes}
    changed = {name: value for name, value in changes.items() if before[name] != value}
    for name, value in changed.items():
        setattr(program, name, value)
    if changed:
        program.save(update_fields=[*changed, "updated_at"])
    moved = _exclude(program, *excluded) if excluded is not None else {}
    if changed or moved:
        details = {name: [_plain(before[name]), _plain(value)] for name, value in changed.items()}
        record_audit("program.changed", by=by, subject=program, **details, **moved)
    return program


@transaction.atomic
def publish_program(program: Program, *, by: Actor) -> Program:
    """Let points move from now on. What is live already stays so. Locks the program.

    The first time, the earning rules that were drafted with it begin to count as well.
    """
    was_draft = _locked(program.pk).status == ProgramStatus.DRAFT
    program = _become(program, ProgramStatus.LIVE, "program.published", by)
    if was_draft:
        for rule in EarningRule.objects.filter(program=program, draft__isnull=False, versions=None, ended_at=None):
            publish_rule(rule, by=by)
    return program


@transaction.atomic
def pause_program(program: Program, *, by: Actor) -> Program:
    """Stop earning and redeeming until it is published again; balances stay. A draft stays a draft."""
    if program.status == ProgramStatus.DRAFT:
        return program
    return _become(program, ProgramStatus.PAUSED, "program.paused", by)


def excluded_things(program: Program) -> tuple[list[UUID], list[UUID]]:
    """The ids of the products and of the categories that earn nothing."""
    rows = list(ProgramExclusion.objects.filter(program=program).values_list("product_id", "category_id"))
    return [product for product, _other in rows if product], [category for _other, category in rows if category]


def _become(program: Program, status: ProgramStatus, action: str, by: Actor) -> Program:
    program = _locked(program.pk)
    if program.status != status:
        program.status = status
        program.save(update_fields=["status", "updated_at"])
        record_audit(action, by=by, subject=program)
    return program


def _plain(value: Any) -> Any:
    """As the audit keeps it."""
    return value.strftime("%H:%M") if isinstance(value, time) else value


def _locked(pk: UUID | None = None) -> Program:
    program: Program | None = (
        Program.objects.select_for_update(no_key=True)
        .filter(kind=ProgramKind.POINTS, **({"pk": pk} if pk else {}))
        .first()
    )
    if program is None:
        raise NoProgram
    return program


def _exclude(program: Program, products: Iterable[UUID], categories: Iterable[UUID]) -> dict[str, list[str]]:
    """Make the exclusions those given; what came and went, for the record."""
    had_products, had_categories = excluded_things(program)
    wanted_products = set(Product.objects.filter(pk__in=list(products)).values_list("pk", flat=True))
    wanted_categories = set(Category.objects.filter(pk__in=list(categories)).values_list("pk", flat=True))
    gone = ProgramExclusion.objects.filter(program=program)
    gone.filter(product_id__in=set(had_products) - wanted_products).delete()
    gone.filter(category_id__in=set(had_categories) - wanted_categories).delete()
    ProgramExclusion.objects.bulk_create(
        [ProgramExclusion(program=program, product_id=pk) for pk in wanted_products - set(had_products)]
        + [ProgramExclusion(program=program, category_id=pk) for pk in wanted_categories - set(had_categories)]
    )
    now = wanted_products | wanted_categories
    had = {*had_products, *had_categories}
    moved = {"excluded": sorted(map(str, now - had)), "included": sorted(map(str, had - now))}
    return {name: ids for name, ids in moved.items() if ids}
