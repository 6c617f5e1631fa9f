"""Whose record is meant: one that was merged stands for the one that is kept.

Ids and card numbers live on after a merge: on printed cards, in phones, in the till and in other systems. Whoever
takes one from outside asks here for the member it means now.
"""

from uuid import UUID

from django.db import connection

from customers.models import Member
from loyalty_saas.postgres.prepared import execute_prepared
from tenants.isolation import current_tenant_id
from tenants.rows import row_by_id


def present_member(member: Member) -> Member:
    """The member, or the one kept in its place."""
    if member.merged_into_id is None:
        return member
    kept: Member = Member.objects.get(pk=member.merged_into_id)
    return kept


def member_by_id(pk: UUID) -> Member | None:
    """The member that this id means now; None for an id that nobody here has."""
    member = row_by_id(Member, pk)
    return present_member(member) if member is not None else None


_HOLD = "SELECT merged_into_id FROM customers_member WHERE tenant_id = %s AND id = %s FOR KEY SHARE"


def hold_member(member: Member) -> Member:
    """The member as they are meant now, who cannot be merged before this transaction ends.

    For facts that point at a member and are read before: whoever waited for a merge is given the one kept. Costs no
    more than the reference to the member that follows, and stands in nobody's way but that of merging.
    """
    with connection.cursor() as cursor:
        execute_prepared(cursor, _HOLD, [current_tenant_id(), member.pk])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        return member
    return hold_member(Member.objects.get(pk=row[0]))


def lock_member(pk: UUID) -> Member:
    """The member that this id means now, locked for a change (FOR NO KEY UPDATE) and read after it was granted."""
    locked: Member = Member.objects.select_for_update(no_key=True).get(pk=pk)
    return locked if locked.merged_into_id is None else lock_member(locked.merged_into_id)


def ids_of(member: Member) -> list[UUID]:
    """Every id under which facts of this person are written: their own first, then those merged into it."""
    return [member.pk, *Member.objects.filter(merged_into=member.pk).order_by("pk").values_list("pk", flat=True)]


def kept_ids() -> dict[UUID, UUID]:
    """Every id that was merged, with the one kept."""
    rows = Member.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into")
    return {pk: kept for pk, kept in rows if kept is not None}
