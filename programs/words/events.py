"""Events in words: what one holds, how often a kind counts, and what rules made of it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.domain.events.fields import PayloadField, fields_of
from programs.enums import LimitPeriod
from programs.models import Event, EventType, Program
from programs.words.rules import told, told_to_member, value_in_words
from tenants.templatetags.show import number


def how_often(kind: EventType) -> str:
    """ "counts twice a week for a member"; empty for any number of times."""
    if kind.most is None:
        return ""
    period = str(LimitPeriod(kind.period).label) if kind.period else _("in all")
    said = ngettext("counts once %(period)s", "counts %(most)s times %(period)s", kind.most)
    return said % {"most": number(kind.most), "period": period}


def said_of(event: Event) -> list[tuple[str, str]]:
    """What it holds: the name of each field and its value, as people read it."""
    fields: Sequence[PayloadField] = fields_of(event.type.fields)
    shown = [(one.name, value_in_words(one.kind, event.payload[one.key])) for one in fields if one.key in event.payload]
    known = {one.key for one in fields}
    # What a field was that is gone since.
    return shown + [(key, str(value)) for key, value in event.payload.items() if key not in known]


def why(event: Event, program: Program | None, *, to_member: bool = False) -> list[str]:
    """What each rule made of it."""
    if program is None:
        return []
    tell = told_to_member if to_member else told
    return [sentence for reason in event.reasons if (sentence := tell(reason, program))]
