"""The member a page is about."""

from uuid import UUID

from django.http import Http404

from customers.domain.identity import member_by_id
from customers.models import Member


def member_or_404(pk: UUID) -> Member:
    """The member that this id means now: the one kept, where it was merged."""
    member = member_by_id(pk)
    if member is None:
        raise Http404
    return member
