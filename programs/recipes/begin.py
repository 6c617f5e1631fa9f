"""Begin with a recipe: its terms, rewards, tiers and extra points, as a draft for the owner to change."""

from django.db import transaction

from programs.domain import catalog, ladder
from programs.domain.programs import CHANGEABLE, change_program, draft_program
from programs.domain.rules.publishing import compose_rule, drop_draft, end_rule
from programs.enums import ProgramStatus
from programs.errors import ProgramBegun
from programs.models import Account, EarningRule, Program, Reward, Tier
from programs.recipes.book import Recipe
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.isolation import current_tenant


@transaction.atomic
def begin_with(recipe: Recipe, *, by: Actor) -> Program:
    """The draft of a program as the recipe says, in place of the draft that was there, if any.

    Raises ProgramBegun once a program was published, or anybody has an account. Locks the program.
    """
    program = draft_program(by=by)
    program = Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    if not may_begin_again(program):
        raise ProgramBegun
    _clear(program, by=by)
    tenant = current_tenant()
    terms = recipe.program(tenant)
    # What it is called may have been chosen already.
    kept = {"name", "unit_one", "unit_many"}
    program = change_program(program, changes={name: getattr(terms, name) for name in CHANGEABLE - kept}, by=by)
    for example in recipe.rewards():
        catalog.create_example(program, example, by=by)
    for tier in recipe.tiers(tenant):
        ladder.add_tier(program, tier, by=by)
    if recipe.boost:
        # It begins to count with the program.
        compose_rule(program, name=str(recipe.boost.name), definition=recipe.boost.definition, by=by)
    record_audit("program.begun", by=by, subject=program, recipe=recipe.slug)
    return program


def may_begin_again(program: Program) -> bool:
    """Whether nothing of it has been promised to anybody."""
    return program.status == ProgramStatus.DRAFT and not Account.objects.filter(program=program).exists()


def _clear(program: Program, *, by: Actor) -> None:
    """Rewards, rules and tiers of a draft, which nobody has ever had. A rule that was published is ended: what was
    once published stays on the record."""
    Reward.objects.filter(program=program).delete()
    for rule in EarningRule.objects.filter(program=program, ended_at=None):
        if drop_draft(rule, by=by):
            end_rule(rule, by=by)
    Tier.objects.filter(program=program).delete()
