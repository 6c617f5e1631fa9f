"""The key of an act, made on the device when the form opens and kept until the act is known to be done."""

import re
from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid, NotFound

_SHAPE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def key_of(request: HttpRequest) -> str:
    """The key the form carries. Raises Invalid without one: an act that cannot be recognised is not done."""
    key = request.POST.get("key", "")
    if not _SHAPE.fullmatch(key):
        raise Invalid(_("This page is out of date. Reload it and enter it again."), code="no_key", field="key")
    return f"counter:{key}"


def ids_of(texts: Iterable[str]) -> list[UUID]:
    """The ids that a form names. Raises NotFound for what is none."""
    try:
        return [UUID(text) for text in texts]
    except ValueError as error:
        raise NotFound from error
