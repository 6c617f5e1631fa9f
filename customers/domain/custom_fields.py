"""The fields a business adds to its members."""

from collections.abc import Sequence

from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from customers.enums import CustomFieldKind
from customers.models import CustomField
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.names import fold
from loyalty_saas.lib.texts import tidy_text
from tenants.actors import Actor
from tenants.domain.audit import record_audit

MOST = 30


def add_custom_field(*, label: str, kind: str, by: Actor, choices: Sequence[str] = ()) -> CustomField:
    """Add a field; its key is made from the label and stays. Raises Invalid at the field."""
    label = tidy_text(label, field="label", longest=60, required=True)
    tidy = list(dict.fromkeys(text for one in choices if (text := tidy_text(one, field="choices", longest=80))))
    if kind not in CustomFieldKind:
        raise Invalid(field="kind")
    if kind == CustomFieldKind.CHOICE and len(tidy) < 2:
        raise Invalid(_("Write at least two choices."), field="choices")
    there = CustomField.objects.aggregate(last=Max("position"))
    if CustomField.objects.count() >= MOST:
        raise Invalid(_("There can be 30 fields of your own."), field="label")
    field = CustomField.objects.create(
        key=_free_key(label),
        label=label,
        kind=kind,
        choices=tidy if kind == CustomFieldKind.CHOICE else [],
        position=(there["last"] or 0) + 1,
    )
    record_audit("custom_field.added", by=by, subject=field)
    return field


def remove_custom_field(field: CustomField, *, by: Actor) -> None:
    """Remove a field from the forms; what members have in it stays with them and is exported."""
    record_audit("custom_field.removed", by=by, subject=field)
    field.delete()


def _free_key(label: str) -> str:
    base = slugify(fold(label))[:32] or "field"
    taken = set(CustomField.objects.filter(key__startswith=base).values_list("key", flat=True))
    return next(
        key for number in range(1, MOST + 2) if (key := base if number == 1 else f"{base}-{number}") not in taken
    )
