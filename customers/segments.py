"""Who is in a segment: members by filters that were kept."""

from collections.abc import Mapping

from django.db.models import QuerySet

from customers.member_lists import Wanted, members_wanted
from customers.models import Member, Segment
from customers.slots import member_filters

# Filters of the list itself; higher apps add theirs (customers.slots.MemberFilter). A search for words is none.
OWN_FILTERS = ("tag", "location", "status", "joined", "seen")


def read_filters(query: Mapping[str, str]) -> dict[str, str]:
    """Of a query string what narrows the list, and nothing else; what cannot be read is passed over."""
    wanted = Wanted.read(query, [])
    own = {name: str(value) for name in OWN_FILTERS if (value := getattr(wanted, name))}
    extra = {one.name: query[one.name] for one in member_filters if _is_known(one.options(), query.get(one.name, ""))}
    return own | extra


def members_in(segment: Segment) -> QuerySet[Member]:
    """In no order; nobody, where one of its filters means nothing any more: leaving it out would let everybody in."""
    filters: dict[str, str] = segment.filters
    if read_filters(filters) != filters:
        return Member.objects.none()
    return members_wanted(Wanted.read(filters, []), filters, list(member_filters), ordered=False)


def is_in(member: Member, segment: Segment) -> bool:
    return members_in(segment).filter(pk=member.pk).exists()


def _is_known(options: object, value: str) -> bool:
    return bool(value) and value in {str(pair[0]) for pair in options}  # type: ignore[attr-defined]
