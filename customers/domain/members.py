"""Members: enrolling, changing, pausing, leaving."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from customers import effects
from customers.domain.activity import record_activity
from customers.domain.consents import ConsentDetails, record_consents
from customers.domain.details import (
    MemberDetails,
    check_named,
    clean_birthday,
    clean_custom,
    clean_details,
    clean_field,
    clean_number,
)
from customers.domain.duplicates import Match, looks_like
from customers.domain.identity import lock_member, present_member
from customers.domain.search_keys import SEARCHED_FIELDS, renew_keys, write_keys
from customers.domain.tags import set_tags
from customers.enums import ActivityKind, MemberStatus, Source
from customers.errors import Taken
from customers.models import Member, MemberSummary, MemberTag
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.ids import card_number
from tenants.actors import Actor
from tenants.models import Location

__all__ = [
    "Match",
    "MemberDetails",
    "change_member",
    "enrol_member",
    "leave_program",
    "looks_like",
    "pause_member",
    "reactivate_member",
]
_UNIQUE = ("email", "phone", "number", "external_id")
_BIRTHDAY = ("birth_month", "birth_day", "birth_year")


def enrol_member(
    details: MemberDetails,
    *,
    by: Actor,
    source: str,
    location: Location | None = None,
    joined_at: datetime | None = None,
    consents: Iterable[ConsentDetails] = (),
    number: str | None = None,
    silent: bool = False,
) -> Member:
    """Make a person a member; what joining does in the apps above happens in the same transaction.

    Phone and e-mail are normalised by the country; a phone typed in the portal is only claimed. Without a `number` a
    card number is made. Raises Invalid at the field, or Taken with the member who has this e-mail, phone, card or
    outside id.
    """
    values = clean_details(details, source=source)
    if source == Source.PORTAL:
        values["phone"], values["claimed_phone"] = "", values["phone"]
    given_number = clean_number(number) if number else ""
    member = Member(
        **values,
        number=given_number,
        location_id=location.pk if location else by.location_id,
        source=source,
        joined_at=joined_at or timezone.now(),
    )
    with transaction.atomic():
        check_free(member)
        _insert(member, make_number=not given_number)
        MemberSummary.objects.create(member=member)
        write_keys([member])
        set_tags(member, details.tags)
        record_consents(member, consents, by=by, source=source, silent=silent)
        record_activity(
            ActivityKind.MEMBER_JOINED, by=by, source=source, member=member, occurred_at=member.joined_at, silent=silent
        )
        effects.member_joined(member, by=by, source=source, silent=silent)
    return member


def change_member(member: Member, *, changes: Mapping[str, Any], by: Actor, source: str) -> Member:
    """Set the named fields: those of MemberDetails, `number` and `location`. Returns the member as it is now.

    `custom` replaces the values of the keys it names and leaves the others. Locks the member. Raises Invalid at
    the field, or Taken; a change that changes nothing writes nothing.
    """
    with transaction.atomic():
        locked = lock_member(member.pk)
        values = _cleaned_changes(locked, changes, source)
        changed = [name for name, value in values.items() if getattr(locked, name) != value]
        for name in changed:
            setattr(locked, name, values[name])
        check_named({name: getattr(locked, name) for name in values.keys() | _named_by()})
        if changed:
            _update(locked, changed)
        if "tags" in changes and _tags_differ(locked, changes["tags"]):
            set_tags(locked, changes["tags"])
            locked.save(update_fields=["updated_at"])
            changed.append("tags")
        if changed:
            fields = sorted({name.removesuffix("_id").removeprefix("claimed_") for name in changed})
            record_activity(
                ActivityKind.MEMBER_CHANGED, by=by, source=source, member=locked, payload={"fields": fields}
            )
    return locked


def pause_member(member: Member, *, by: Actor, source: str) -> Member:
    """Keep the record and what they have, and let them rest."""
    return _set_status(member, MemberStatus.PAUSED, by, source)


def leave_program(member: Member, *, by: Actor, source: str) -> Member:
    """The person no longer takes part; the record stays until it is erased."""
    return _set_status(member, MemberStatus.LEFT, by, source)


def reactivate_member(member: Member, *, by: Actor, source: str) -> Member:
    return _set_status(member, MemberStatus.ACTIVE, by, source)


def check_free(member: Member) -> None:
    """Raises Taken when another member has the e-mail, phone, card or outside id of this one."""
    wanted = {name: value for name in _UNIQUE if (value := getattr(member, name))}
    if not wanted:
        return
    any_of = Q()
    for name, value in wanted.items():
        any_of |= Q(**{name: value})
    for other in Member.objects.filter(any_of).exclude(pk=member.pk):
        for name, value in wanted.items():
            if getattr(other, name) == value:
                raise Taken(name, present_member(other))


def _insert(member: Member, *, make_number: bool) -> None:
    """Insert; a card number that is taken by chance is drawn again, another clash is told."""
    for _try in range(5):
        if make_number:
            member.number = card_number()
        try:
            with transaction.atomic():
                member.save(force_insert=True)
        except IntegrityError as error:
            if not (make_number and "member_number" in str(error)):
                check_free(member)
                raise
        else:
            return
    raise RuntimeError("five card numbers in a row were taken")


def _update(member: Member, changed: list[str]) -> None:
    _take_over(member, changed)
    check_free(member)
    try:
        with transaction.atomic():
            member.save(update_fields=[*changed, "updated_at"])
    except IntegrityError:
        check_free(member)
        raise
    if SEARCHED_FIELDS.intersection(changed):
        renew_keys([member])


def _take_over(member: Member, changed: list[str]) -> None:
    """What a record merged into this one was found by is the person's own: it moves here. Their cards both stay."""
    wanted = [name for name in ("email", "phone", "external_id") if name in changed and getattr(member, name)]
    for name in wanted:
        Member.objects.filter(merged_into=member.pk, **{name: getattr(member, name)}).update(**{name: ""})
    if "number" in changed and Member.objects.filter(merged_into=member.pk, number=member.number).exists():
        member.refresh_from_db(fields=["number"])
        changed.remove("number")


def _cleaned_changes(member: Member, changes: Mapping[str, Any], source: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in changes.items():
        if name in _CLEAN:
            values |= _CLEAN[name](member, value, source)
        elif name not in (*_BIRTHDAY, "tags"):
            raise Invalid(code="unknown_field", field=name)
    if any(name in changes for name in _BIRTHDAY):
        values |= clean_birthday(*(changes.get(name, getattr(member, name)) for name in _BIRTHDAY))
    return values


def _clean_plain(name: str) -> "Callable[[Member, Any, str], dict[str, Any]]":
    return lambda member, value, source: {name: clean_field(name, value, source=source)}


def _clean_phone(member: Member, value: Any, source: str) -> dict[str, Any]:
    """A number that is there already stays as it is, though it may lie in no range in use.

    One from the portal is claimed and takes the place of the number before; one from anybody else is known.
    """
    there = member.phone or member.claimed_phone
    try:
        phone = clean_field("phone", value, source=source)
    except Invalid:
        if clean_field("phone", value, source="import") == there:
            return {}
        raise
    if source == Source.PORTAL:
        return {} if phone == there else {"phone": "", "claimed_phone": phone}
    return {"phone": phone, "claimed_phone": ""} if phone else {"phone": ""}


def _clean_custom(member: Member, value: Mapping[str, Any], source: str) -> dict[str, Any]:
    others = {key: kept for key, kept in member.custom.items() if key not in value}
    return {"custom": others | clean_custom(value)}


_CLEAN: dict[str, Callable[[Member, Any, str], dict[str, Any]]] = {
    **{
        name: _clean_plain(name)
        for name in ("given_name", "family_name", "email", "language", "preferences", "external_id")
    },
    "phone": _clean_phone,
    "custom": _clean_custom,
    "number": lambda member, value, source: {"number": clean_number(str(value))},
    "location": lambda member, value, source: {"location_id": value.pk if value else None},
}


def _named_by() -> frozenset[str]:
    return frozenset({"given_name", "family_name", "email", "phone", "external_id"})


def _tags_differ(member: Member, names: Iterable[str]) -> bool:
    there = {name.lower() for name in MemberTag.objects.filter(member=member).values_list("tag__name", flat=True)}
    return there != {name.strip().lower() for name in names if name.strip()}


def _set_status(member: Member, status: MemberStatus, by: Actor, source: str) -> Member:
    """Locks the member; the status it has already is no change."""
    with transaction.atomic():
        locked = lock_member(member.pk)
        if locked.status != status:
            payload = {"fields": ["status"], "was": locked.status, "now": str(status)}
            locked.status = status
            locked.save(update_fields=["status", "updated_at"])
            record_activity(ActivityKind.MEMBER_CHANGED, by=by, source=source, member=locked, payload=payload)
            effects.member_status_changed(locked, by=by, source=source, silent=False)
    return locked
