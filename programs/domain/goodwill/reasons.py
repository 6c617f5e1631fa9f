"""Why things are made right, in the business's own words and order."""

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.texts import tidy_text
from programs.errors import LastReason, ReasonNameTaken
from programs.models import GoodwillReason
from tenants.actors import Actor
from tenants.domain.audit import record_audit

# What a business begins with, in its language.
FIRST = (_("Long wait"), _("Wrong order"), _("Quality"), _("Thank you"))
LONGEST = 60


def reasons_to_choose() -> list[GoodwillReason]:
    """Those in use, in the owner's order; a business that never had any begins with the first ones. Safe to repeat."""
    if not GoodwillReason.objects.exists():
        begin_reasons()
    return list(GoodwillReason.objects.filter(archived_at__isnull=True))


def begin_reasons() -> None:
    """Write the first reasons, in the language that is active."""
    GoodwillReason.objects.bulk_create(
        [GoodwillReason(name=str(name)[:LONGEST], position=number) for number, name in enumerate(FIRST, start=1)],
        ignore_conflicts=True,
    )


@transaction.atomic
def add_reason(*, name: str, by: Actor) -> GoodwillReason:
    """Add a reason at the end; one that was archived under this name comes back. Raises ReasonNameTaken, Invalid."""
    name = tidy_text(name, field="name", longest=LONGEST, required=True)
    found: GoodwillReason | None = GoodwillReason.objects.filter(name__iexact=name).first()
    if found is not None:
        if found.archived_at is None:
            raise ReasonNameTaken
        return restore_reason(found, by=by)
    last = GoodwillReason.objects.aggregate(last=Max("position"))["last"] or 0
    reason = GoodwillReason(name=name, position=last + 1)
    _save(reason)
    record_audit("goodwill.reason_added", by=by, subject=reason)
    return reason


@transaction.atomic
def rename_reason(reason: GoodwillReason, *, name: str, by: Actor) -> GoodwillReason:
    """Call it something else from now on; what was given keeps the words of its day.

    Raises ReasonNameTaken, Invalid.
    """
    name = tidy_text(name, field="name", longest=LONGEST, required=True)
    if name != reason.name:
        before, reason.name = reason.name, name
        _save(reason)
        record_audit("goodwill.reason_renamed", by=by, subject=reason, name=[before, name])
    return reason


@transaction.atomic
def move_reason(reason: GoodwillReason, *, up: bool, by: Actor) -> None:
    """Change places with the one above or below; at the end of the list nothing happens."""
    rows = list(GoodwillReason.objects.select_for_update(no_key=True).filter(archived_at__isnull=True))
    place = next((number for number, one in enumerate(rows) if one.pk == reason.pk), None)
    other = None if place is None else place + (-1 if up else 1)
    if place is None or other is None or not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for number, one in enumerate(rows, start=1):
        one.position = number
    GoodwillReason.objects.bulk_update(rows, ["position"])
    record_audit("goodwill.reasons_ordered", by=by, subject=reason)


@transaction.atomic
def archive_reason(reason: GoodwillReason, *, by: Actor) -> GoodwillReason:
    """Take it from the counter; what was given for it keeps it. Raises LastReason. Locks the reasons."""
    rows = list(GoodwillReason.objects.select_for_update(no_key=True).filter(archived_at__isnull=True))
    if any(one.pk == reason.pk for one in rows):
        if len(rows) == 1:
            raise LastReason
        reason.archived_at = timezone.now()
        reason.save(update_fields=["archived_at"])
        record_audit("goodwill.reason_archived", by=by, subject=reason)
    return reason


@transaction.atomic
def restore_reason(reason: GoodwillReason, *, by: Actor) -> GoodwillReason:
    """Let it be chosen again."""
    if reason.archived_at is not None:
        reason.archived_at = None
        reason.save(update_fields=["archived_at"])
        record_audit("goodwill.reason_restored", by=by, subject=reason)
    return reason


def _save(reason: GoodwillReason) -> None:
    """Raises ReasonNameTaken, told by the database: two may type the same at once."""
    try:
        with transaction.atomic():
            reason.save(force_insert=reason._state.adding)
    except IntegrityError as error:
        raise ReasonNameTaken from error
