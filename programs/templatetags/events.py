"""Kinds of event that the team records, for the pages that offer them."""

from typing import Any

from django import template

from programs.domain.events.fields import fields_of
from programs.domain.events.types import types_in_use

register = template.Library()


@register.simple_tag
def events_by_hand() -> list[dict[str, Any]]:
    """Each kind that is recorded by hand, and whether it asks for anything."""
    return [{"kind": one, "asks": bool(fields_of(one.fields))} for one in types_in_use() if one.by_staff]
