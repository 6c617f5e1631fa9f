"""Segments: kept under a name, and removed where nothing needs them."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from customers.effects import segment_removed
from customers.enums import Source
from customers.errors import SegmentNameTaken
from customers.models import Segment
from customers.segments import read_filters
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import tidy_text
from tenants.actors import Actor
from tenants.domain.audit import record_audit

MOST = 40


@transaction.atomic
def keep_segment(*, name: str, filters: Mapping[str, str], by: Actor) -> Segment:
    """Keep filters of the list of members under a name. Raises Invalid at the field, SegmentNameTaken."""
    name = tidy_text(name, field="name", longest=60, required=True)
    kept = read_filters(filters)
    if not kept:
        raise Invalid(_("Choose at least one filter: without one, it is everybody."), code="no_filters", field="name")
    if Segment.objects.count() >= MOST:
        raise Invalid(_("There can be 40 segments. Remove one first."), field="name")
    try:
        with transaction.atomic():
            segment = Segment.objects.create(name=name, filters=kept)
    except IntegrityError as error:
        raise SegmentNameTaken from error
    record_audit("segment.kept", by=by, subject=segment)
    return segment


@transaction.atomic
def remove_segment(segment: Segment, *, by: Actor) -> None:
    """Forget a segment; its members stay as they are. Raises SegmentInUse."""
    segment_removed(segment, by=by, source=Source.SYSTEM, silent=True)
    record_audit("segment.removed", by=by, subject=segment)
    segment.delete()
