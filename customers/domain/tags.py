"""Words by which the business groups its members."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import connection
from django.db.models.functions import Lower

from customers.models import Member, MemberTag, Tag
from loyalty_saas.lib.texts import tidy_text
from loyalty_saas.postgres.prepared import execute_prepared
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.isolation import current_tenant_id

LONGEST = 40
_NAMES = """
SELECT g.member_id, t.name FROM customers_membertag g
JOIN customers_tag t ON t.tenant_id = g.tenant_id AND t.id = g.tag_id
WHERE g.tenant_id = %s AND g.member_id = ANY(%s) ORDER BY t.name"""


def find_or_make_tags(names: Iterable[str]) -> list[Tag]:
    """The tags of these names, made where there is none; capitals do not count. Raises Invalid for a bad name."""
    wanted: dict[str, str] = {}
    for typed in names:
        name = tidy_text(typed, field="tags", longest=LONGEST)
        if name:
            wanted.setdefault(name.lower(), name)
    if not wanted:
        return []
    found = _named(wanted)
    if missing := wanted.keys() - found.keys():
        Tag.objects.bulk_create([Tag(name=wanted[key]) for key in sorted(missing)], ignore_conflicts=True)
        found = _named(wanted)
    return [found[key] for key in wanted]


def set_tags(member: Member, names: Iterable[str]) -> list[Tag]:
    """Make these the member's tags, and no others."""
    tags = find_or_make_tags(names)
    MemberTag.objects.filter(member=member).exclude(tag__in=tags).delete()
    MemberTag.objects.bulk_create([MemberTag(member=member, tag=tag) for tag in tags], ignore_conflicts=True)
    return tags


def tag_names(members: Sequence[Member]) -> dict[UUID, list[str]]:
    """The names of each member's tags in their order, by the member's id; one query."""
    names: dict[UUID, list[str]] = {member.pk: [] for member in members}
    if names:
        with connection.cursor() as cursor:
            execute_prepared(cursor, _NAMES, [current_tenant_id(), list(names)])
            for member, name in cursor.fetchall():
                names[member].append(name)
    return names


def tag_members(members: Sequence[Member], *, name: str, by: Actor) -> Tag:
    """Give one tag to many members; those that have it keep it."""
    (tag,) = find_or_make_tags([tidy_text(name, field="tag", longest=LONGEST, required=True)])
    MemberTag.objects.bulk_create([MemberTag(member=member, tag=tag) for member in members], ignore_conflicts=True)
    record_audit("members.tagged", by=by, subject=tag, members=len(members))
    return tag


def untag_members(members: Sequence[Member], *, tag: Tag, by: Actor) -> int:
    """Take one tag from many members. Returns how many had it."""
    taken, _each = MemberTag.objects.filter(tag=tag, member__in=members).delete()
    record_audit("members.untagged", by=by, subject=tag, members=taken)
    return taken


def _named(wanted: Iterable[str]) -> dict[str, Tag]:
    return {tag.name.lower(): tag for tag in Tag.objects.annotate(folded=Lower("name")).filter(folded__in=list(wanted))}
