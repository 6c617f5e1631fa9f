"""Whose call it is: a key in the Authorization header, its scopes, and when it was last used."""

import re
from datetime import timedelta

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from tenants.api.errors import MissingScope, Unauthenticated
from tenants.domain.keys import PREFIX, find_key
from tenants.enums import Scope
from tenants.isolation import tenant_context
from tenants.models import ApiKey

# The shape is looked at before anything is asked of the database.
_BEARER = re.compile(rf"bearer +({PREFIX}[A-Za-z0-9_-]{{16,64}})", re.IGNORECASE)
USED_AGAIN = timedelta(minutes=1)


def authenticate(request: HttpRequest) -> ApiKey:
    """The live key of this call with its business loaded.

    Asked of the database each time, so that a key that is revoked and a business that has closed are out at once.
    Raises Unauthenticated.
    """
    sent = _BEARER.fullmatch(request.META.get("HTTP_AUTHORIZATION", ""))
    key = find_key(sent[1]) if sent else None
    if key is None:
        raise Unauthenticated
    return key


def require_scope(key: ApiKey, scope: Scope) -> None:
    if scope.value not in key.scopes:
        raise MissingScope(scope.value)


def note_use(key: ApiKey) -> None:
    """Keep when the key was last used, to the minute, in a transaction of its own: no call waits for another's."""
    now = timezone.now()
    if key.last_used_at is not None and now - key.last_used_at < USED_AGAIN:
        return
    with tenant_context(key.tenant):
        not_yet = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - USED_AGAIN)
        ApiKey.objects.filter(not_yet, pk=key.pk).update(last_used_at=now)
