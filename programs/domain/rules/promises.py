"""What a member is promised: the rules that are for them as they count now, and as they will from a later day on."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customers.models import MemberTag
from loyalty_saas.lib.days import local_day
from programs.domain.rules.definition import Definition
from programs.domain.rules.reading import all_in_force
from programs.models import Account, EarningRuleVersion
from tenants.isolation import current_tenant


@dataclass(frozen=True, slots=True)
class Promise:
    """`now` counts until `later`, if there is one, begins at `from_when`; at least one of the two is there."""

    name: str
    now: Definition | None
    later: Definition | None = None
    from_when: datetime | None = None


def promises_for(account: Account, now: datetime) -> list[Promise]:
    """The promises to the account's member; rules for tags or tiers they do not have are not among
    them, and none for segments."""
    tags = {str(tag) for tag in MemberTag.objects.filter(member_id=account.member_id).values_list("tag_id", flat=True)}
    current = {one.rule: one for one in all_in_force(account.program, now)}
    coming = EarningRuleVersion.objects.filter(
        rule__program=account.program, rule__ended_at=None, starts_at__gt=now
    ).order_by("starts_at", "number")
    later: dict[UUID, EarningRuleVersion] = {}
    for one in coming:
        running = current.get(one.rule_id)
        if running is None or one.number > running.version:
            later.setdefault(one.rule_id, one)
    promises = []
    for rule in [*current, *(rule for rule in later if rule not in current)]:
        standing, version = current.get(rule), later.get(rule)
        kept = standing.definition if standing and _is_for(standing.definition, account, tags, now) else None
        after = Definition.from_json(version.definition) if version else None
        if after is not None and not _is_for(after, account, tags, now):
            after = None
        if kept or after:
            name = standing.name if standing else version.name if version else ""
            promises.append(Promise(name, kept, after, version.starts_at if version and after else None))
    return promises


def _is_for(definition: Definition, account: Account, tags: set[str], now: datetime) -> bool:
    if definition.last_day and definition.last_day < local_day(now, current_tenant().zone):
        return False
    if definition.tiers and str(account.tier_id) not in definition.tiers:
        return False
    if definition.tags and not tags & set(definition.tags):
        return False
    # Who is in a segment changes with every visit: a promise cannot be made of it.
    return not definition.segments
