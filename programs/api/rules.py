"""The earning rules that are published now."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils import timezone

from customers.api.lookup import member_or_404
from programs.api.event_shapes import Rules
from programs.api.points import account_or_404
from programs.domain.accounts import points_program
from programs.domain.rules.definition import Definition
from programs.domain.rules.listing import Published, published_rules
from programs.enums import RuleOccasion
from programs.models import EventType, Program
from programs.words.rules import in_words, in_words_for_member
from tenants.api.operations import Call, operation
from tenants.api.views import BusinessView
from tenants.enums import Scope


class ReadRules(BusinessView):
    section = "Earning rules"

    @operation(Scope.EVENTS_READ, "List the earning rules", Rules)
    def get(self, call: Call) -> dict[str, Any]:
        """Those in force at this moment, with their windows and what their budgets leave."""
        program = points_program()
        return {"results": _shown(published_rules(program, timezone.now()), program) if program else []}


class MemberRules(BusinessView):
    section = "Earning rules"

    @operation(Scope.EVENTS_READ, "List the earning rules for a member", Rules)
    def get(self, call: Call, member_id: UUID) -> dict[str, Any]:
        """The same in words for the member, with what the caps still leave them."""
        account = account_or_404(member_or_404(member_id))
        found = published_rules(account.program, timezone.now(), account=account)
        return {"results": _shown(found, account.program, for_member=True)}


def _shown(found: Iterable[Published], program: Program, *, for_member: bool = False) -> list[dict[str, Any]]:
    keys = {str(pk): key for pk, key in EventType.objects.values_list("pk", "key")}
    return [_row(one, program, keys, for_member) for one in found]


def _row(one: Published, program: Program, keys: dict[str, str], for_member: bool) -> dict[str, Any]:
    standing, definition = one.standing, one.standing.definition
    say = in_words_for_member if for_member else in_words
    return {
        "id": standing.rule,
        "version": standing.version,
        "name": standing.name,
        "said": say(definition, program),
        "event_type": keys.get(definition.subject) if definition.occasion == RuleOccasion.EVENT else None,
        **{name: getattr(definition, name) for name in _PLAIN},
        "budget": _budget(definition),
        "left": one.left,
        "is_open": one.left.is_open,
    }


_PLAIN = (*("occasion", "effect", "amount", "every", "weekdays", "from_minute", "to_minute", "first_day", "last_day"),)


def _budget(definition: Definition) -> dict[str, Any] | None:
    if definition.budget is None:
        return None
    return {
        "points": definition.budget,
        "money": definition.budget_money,
        "cost_of_hundred": definition.budget_cost,
        "typed_in_money": definition.budget_in_money,
    }
