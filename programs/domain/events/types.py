"""Types of event: the owner says what can happen, what is kept of it, and how often it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import tidy_text
from programs.domain.events.fields import KEY, PayloadField, check_fields, fields_of
from programs.domain.rules.definition import Definition
from programs.enums import LimitPeriod
from programs.errors import EventTypeInUse
from programs.models import EarningRule, EventType
from tenants.actors import Actor
from tenants.domain.audit import record_audit

MOST_TYPES = 30


@dataclass(frozen=True, slots=True)
class TypeDetails:
    """As `EventType`; a blank `key` is made from the name, and never changes afterwards."""

    name: str
    key: str = ""
    fields: Sequence[PayloadField] = ()
    most: int | None = None
    period: str = ""
    by_staff: bool = False


@transaction.atomic
def define_event_type(details: TypeDetails, *, by: Actor) -> EventType:
    """One more thing that can happen. Raises Invalid at the field."""
    if EventType.objects.filter(archived_at__isnull=True).count() >= MOST_TYPES:
        raise Invalid(_("There can be 30 kinds of event. Put one away first."), field="name")
    found = EventType(key=_key(details))
    _fill(found, details)
    _save(found)
    record_audit("event_type.defined", by=by, subject=found)
    return found


@transaction.atomic
def change_event_type(found: EventType, details: TypeDetails, *, by: Actor) -> EventType:
    """From the next event on; what was recorded stays. A field keeps its kind, and stays while a rule names it.

    Raises Invalid at the field, EventTypeInUse. Locks the type.
    """
    found = EventType.objects.select_for_update(no_key=True).get(pk=found.pk)
    kept = {one.key: one for one in details.fields}
    named = _fields_named(found)
    for one in fields_of(found.fields):
        now = kept.get(one.key)
        if now is None and one.key in named:
            raise EventTypeInUse(named[one.key], field="fields")
        if now is not None and now.kind != one.kind:
            raise Invalid(_("A field keeps its kind. Add another one."), field="fields")
    _fill(found, details)
    _save(found)
    record_audit("event_type.changed", by=by, subject=found)
    return found


@transaction.atomic
def archive_event_type(found: EventType, *, by: Actor, archived: bool = True) -> EventType:
    """Let no more of them be recorded, or take it up again. Locks the type."""
    found = EventType.objects.select_for_update(no_key=True).get(pk=found.pk)
    if (found.archived_at is not None) == archived:
        return found
    found.archived_at = timezone.now() if archived else None
    found.save(update_fields=["archived_at"])
    record_audit("event_type.archived" if archived else "event_type.restored", by=by, subject=found)
    return found


def types_in_use() -> list[EventType]:
    """Those that can happen now, by their names."""
    return list(EventType.objects.filter(archived_at__isnull=True).order_by("name"))


def _fill(found: EventType, details: TypeDetails) -> None:
    check_fields(details.fields)
    found.name = tidy_text(details.name, field="name", longest=60, required=True)
    if details.period and details.period not in LimitPeriod.values:
        raise Invalid(field="period")
    if details.most is not None and not 1 <= details.most <= 1000:
        raise Invalid(_("Count from 1 to 1,000, or leave it empty for any number."), field="most")
    found.most, found.period = details.most, details.period if details.most is not None else ""
    found.by_staff = details.by_staff
    found.fields = [one.as_json() for one in details.fields]


def _key(details: TypeDetails) -> str:
    key = details.key.strip() or slugify(details.name).replace("-", "_")[:40].strip("_")
    if not KEY.fullmatch(key):
        said = _("Small letters, digits and underscores, beginning with a letter.")
        raise Invalid(said, code="bad_key", field="key")
    return key


def _save(found: EventType) -> None:
    same = EventType.objects.exclude(pk=found.pk)
    if same.filter(name__iexact=found.name).exists():
        raise Invalid(_("Another kind of event is called so already."), code="taken", field="name")
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError as error:
        raise Invalid(_("Another kind of event has this key already."), code="taken", field="key") from error


def _fields_named(found: EventType) -> Mapping[str, str]:
    """The fields that rules look at which have not ended, each with the name of one of those rules."""
    named: dict[str, str] = {}
    for rule in EarningRule.objects.filter(ended_at=None).prefetch_related("versions"):
        last = max(rule.versions.all(), key=lambda version: version.number, default=None)
        told: list[Any] = [rule.draft, last.definition if last else None]
        for definition in (Definition.from_json(values) for values in told if values):
            if definition.subject == str(found.pk):
                looked_at = [one.field for one in definition.conditions] + ([definition.per] if definition.per else [])
                named |= dict.fromkeys(looked_at, rule.name)
    return named
