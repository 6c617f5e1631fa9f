"""Members through the API."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from customers.api.lookup import NoSuchMember, find_member, wanted_location
from customers.api.shapes import MemberChanges, MemberPage, MemberQuery, NewMember, ShownMember
from customers.domain.consents import ConsentDetails
from customers.domain.identity import member_by_id
from customers.domain.members import (
    MemberDetails,
    change_member,
    enrol_member,
    leave_program,
    pause_member,
    reactivate_member,
)
from customers.domain.tags import tag_names
from customers.effects import Arrival, friend_code_typed, member_arrived
from customers.enums import MemberStatus, Source
from customers.models import Member
from customers.queries import search_members
from loyalty_saas.lib.errors import Invalid
from tenants.api.operations import Call, Keyed, operation
from tenants.api.paging import CHANGED, NEWEST, Page, page
from tenants.api.views import BusinessView
from tenants.enums import Scope

_PLAIN = ("given_name", "family_name", "email", "phone", "language", "preferences", "external_id")
_EXACT = ("email", "phone", "card", "external_id")
_SET_STATUS: dict[str, Callable[..., Member]] = {
    MemberStatus.ACTIVE: reactivate_member,
    MemberStatus.PAUSED: pause_member,
    MemberStatus.LEFT: leave_program,
}


class Members(BusinessView):
    section = "Members"

    @operation(Scope.MEMBERS_READ, "List or find members", MemberPage, query=MemberQuery)
    def get(self, call: Call) -> Page:
        """Without filters all members, the newest first. `q` searches as the counter does and stands alone.

        A record that was merged into another is found by nothing and listed by nothing but `updated_since`, where its
        `merged_into` tells your system so: its e-mail, phone, card and outside id lead to the member that is kept."""
        query = call.query
        exact = {name: query[name] for name in _EXACT if name in query}
        if "q" in query:
            return _searched(query)
        rows = Member.objects.all()
        for by, value in exact.items():
            one = find_member(by, value)
            rows = rows.filter(pk=one.pk) if one else rows.none()
        if since := query.get("updated_since"):
            found = page(rows.filter(updated_at__gte=since), query, order=CHANGED)
        else:
            found = page(rows.filter(merged_into__isnull=True), query, order=NEWEST)
        return Page(_tagged(found.results), found.next_cursor)

    @operation(
        Scope.MEMBERS_WRITE,
        "Enrol a member",
        ShownMember,
        status=201,
        body=NewMember,
        keyed=Keyed.OPTIONAL,
        personal=True,
        refusals=(404,),
    )
    def post(self, call: Call) -> Member:
        """409 `taken` when somebody has this e-mail, phone, card or outside id: `facts.member` says who."""
        values = call.values
        code = values.get("friend_code", "")
        friend_code_typed(code, by=call.by, source=Source.API, silent=False)
        member = enrol_member(
            _details(values),
            by=call.by,
            source=Source.API,
            location=wanted_location(values.get("location")),
            joined_at=values.get("joined_at"),
            consents=[ConsentDetails(**one) for one in values.get("consents", ())],
            number=values.get("card"),
        )
        if code:
            member_arrived(Arrival(member, code), by=call.by, source=Source.API, silent=False)
        return found_member(member.pk)

    def again(self, call: Call, pk: UUID) -> Member:
        return found_member(pk)


class OneMember(BusinessView):
    section = "Members"

    @operation(Scope.MEMBERS_READ, "Read a member", ShownMember)
    def get(self, call: Call, member_id: UUID) -> Member:
        """The id of a record that was merged gives the member that is kept, here and wherever an id is taken: compare
        the `id` that comes back with the one you asked for."""
        return found_member(member_id)

    @operation(Scope.MEMBERS_WRITE, "Change a member", ShownMember, body=MemberChanges)
    def patch(self, call: Call, member_id: UUID) -> Member:
        """Changes what you name and nothing else; sending the same again changes nothing."""
        values = call.values
        member = found_member(member_id)
        change_member(member, changes=_changes(values), by=call.by, source=Source.API)
        if status := values.get("status"):
            _SET_STATUS[status](member, by=call.by, source=Source.API)
        return found_member(member_id)


def found_member(pk: UUID) -> Member:
    """The member with tags, or NoSuchMember."""
    member = member_by_id(pk)
    if member is None:
        raise NoSuchMember
    return _tagged([member])[0]


def _tagged(members: list[Member]) -> list[Member]:
    """The members with the names of their `tags`, as they are shown."""
    names = tag_names(members)
    for member in members:
        member.tags = names[member.pk]  # type: ignore[attr-defined]
    return members


def _searched(query: Mapping[str, Any]) -> Page:
    others = [name for name in (*_EXACT, "updated_since", "cursor") if name in query]
    if others:
        raise Invalid(_("A search stands alone, beside “limit”."), code="alone", field=others[0])
    return Page(_tagged(search_members(query["q"], limit=query["limit"])), None)


def _details(values: Mapping[str, Any]) -> MemberDetails:
    birthday = values.get("birthday") or {}
    return MemberDetails(
        **{name: values[name] for name in _PLAIN if name in values},
        birth_month=birthday.get("month"),
        birth_day=birthday.get("day"),
        birth_year=birthday.get("year"),
        custom=values.get("custom", {}),
        tags=tuple(values.get("tags", ())),
    )


def _changes(values: Mapping[str, Any]) -> dict[str, Any]:
    changes = {name: values[name] for name in (*_PLAIN, "custom", "tags") if name in values}
    if "card" in values:
        changes["number"] = values["card"]
    if "location" in values:
        changes["location"] = wanted_location(values["location"])
    if "birthday" in values:
        birthday = values["birthday"] or {}
        changes |= {f"birth_{part}": birthday.get(part) for part in ("month", "day", "year")}
    return changes
