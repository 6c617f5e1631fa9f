"""An import of members at work: new ones written together, those who are there changed one by one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import effects
from customers.domain.consents import record_consent
from customers.domain.locks import one_writer_of_members
from customers.domain.members import change_member, leave_program, pause_member
from customers.domain.tags import find_or_make_tags
from customers.enums import MemberStatus, Source
from customers.imports.bulk import insert_rows
from customers.imports.jobs import Outcome
from customers.imports.member_rows import CONSENTS, MemberReader, MemberRow
from customers.imports.newcomers import write_members
from customers.imports.opening import frame_of, table_of
from customers.imports.people import People
from customers.imports.receipts import Refusal
from customers.imports.settings import Existing
from customers.models import Import, Member, MemberTag, Note
from loyalty_saas.lib.errors import DomainError
from loyalty_saas.lib.ids import uuid7
from tenants.actors import Actor
from tenants.models import Location

# How somebody comes to rest, or is gone, by the status that a file says.
_RESTING: dict[str, Callable[..., Member]] = {MemberStatus.PAUSED: pause_member, MemberStatus.LEFT: leave_program}


@dataclass(slots=True)
class SortedRows:
    """Rows by what becomes of them; `changes`: those of a member who is there."""

    new: list[MemberRow] = field(default_factory=list)
    changed: list[tuple[MemberRow, Member, dict[str, Any]]] = field(default_factory=list)
    unchanged: list[tuple[MemberRow, Member]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


class MemberJob:
    """Made inside `tenant_context`: reads the whole file and what the business has."""

    def __init__(self, record: Import, *, by: Actor) -> None:
        self.record = record
        self.by = by
        self.frame = frame_of(record)
        parsed = MemberReader(self.frame).read(table_of(record).rows())
        self.units: Sequence[MemberRow] = parsed.rows
        self.lines = parsed.lines
        self.refusals: Sequence[Refusal] = parsed.refusals
        self.counts = {
            "lines": parsed.lines,
            "duplicates": parsed.duplicates,
            "contacts_left_out": parsed.contacts_left_out,
            "file_points": sum(row.points for row in parsed.rows),
        }
        self.places = {name.lower(): place for place in Location.objects.all() for name in (place.name,)}

    def weight(self, unit: MemberRow) -> int:
        # Members cost more than lines: their search keys, tags and consents come with them.
        return 1

    def sort(self, rows: Sequence[MemberRow]) -> SortedRows:
        """Ask the database which of these are members already, and what is new about them."""
        people = People()
        people.load(row.who for row in rows if row.who)
        found = {id(row): _everybody(people, row) for row in rows}
        ids = {member_id for members in found.values() for member_id in members}
        members = Member.objects.in_bulk(list(ids))
        tags = _tags_of(list(ids)) if any(row.tags for row in rows) else {}
        result = SortedRows()
        for row in rows:
            matches = [members[member_id] for member_id in found[id(row)]]
            if not matches:
                result.new.append(row)
            elif len(matches) > 1:
                result.refusals.append(Refusal(row.row, "", _several(matches)))
            else:
                changes = self._changes(row, matches[0], tags.get(matches[0].pk, set()))
                if changes:
                    result.changed.append((row, matches[0], changes))
                else:
                    result.unchanged.append((row, matches[0]))
        return result

    def write(self, units: Sequence[MemberRow]) -> Outcome:
        one_writer_of_members()
        found = self.sort(units)
        outcome = Outcome({"created": len(found.new), "unchanged": len(found.unchanged)}, found.refusals)
        created = self._create(found.new)
        self._change(found.changed, outcome)
        there = [(row, member) for row, member, _changes in found.changed] + found.unchanged
        for row, member in [*created, *there]:
            self._consent(row, member)
            self._give_points(row, member, outcome)
        return outcome

    def finish(self, counts: dict[str, Any]) -> Outcome:
        return Outcome()

    def _create(self, rows: Sequence[MemberRow]) -> list[tuple[MemberRow, Member]]:
        made = [(row, self._member(row)) for row in rows]
        members = [member for _row, member in made]
        write_members(members, by=self.by, silent=self.record.silent)
        tags = {tag.name.lower(): tag.pk for tag in find_or_make_tags(name for row in rows for name in row.tags)}
        pairs = [(member.pk, tags[name.lower()]) for row, member in made for name in row.tags]
        insert_rows(MemberTag, ("id", "member_id", "tag_id"), ((uuid7(), *pair) for pair in dict.fromkeys(pairs)))
        now = timezone.now()
        notes = [(uuid7(), member.pk, row.note, self._author(), now) for row, member in made if row.note]
        insert_rows(Note, ("id", "member_id", "text", "author_id", "created_at"), notes)
        for member in members:
            effects.member_joined(member, by=self.by, source=Source.IMPORT, silent=self.record.silent)
        return made

    def _member(self, row: MemberRow) -> Member:
        place = self.places.get(row.place.lower())
        return Member(
            **row.values,
            number=row.number,
            location_id=place.pk if place else self.by.location_id,
            status=MemberStatus.ACTIVE.value,
            source=Source.IMPORT.value,
            joined_at=row.joined_at or timezone.now(),
        )

    def _author(self) -> UUID | None:
        return self.record.started_by_id

    def _changes(self, row: MemberRow, member: Member, tags: set[str]) -> dict[str, Any]:
        """What to set on a member who is there, by the choice made for the import."""
        policy = self.frame.options.existing
        if policy == Existing.SKIP:
            return {}
        values = dict(row.values)
        birthday = {name: values.pop(name, None) for name in ("birth_month", "birth_day", "birth_year")}
        changes = {
            name: value
            for name, value in values.items()
            if getattr(member, name) != value and (policy == Existing.REPLACE or not getattr(member, name))
        }
        if birthday["birth_month"] and _better_birthday(birthday, member, replace=policy == Existing.REPLACE):
            changes |= birthday
        # A card in somebody's purse is never replaced by a file's; one that we made up is.
        if row.number and row.number != member.number and policy == Existing.REPLACE:
            changes["number"] = row.number
        missing = [name for name in row.tags if name.lower() not in tags]
        if missing:
            changes["tags"] = [*sorted(tags), *missing]
        # Only once what they have has come: nobody gives anything to those who rest. And nobody is brought back.
        if policy == Existing.REPLACE and member.status == MemberStatus.ACTIVE and row.status in _RESTING:
            changes["status"] = row.status
        return changes

    def _change(self, changed: Sequence[tuple[MemberRow, Member, dict[str, Any]]], outcome: Outcome) -> None:
        for row, member, changes in changed:
            try:
                with transaction.atomic():
                    details = {name: value for name, value in changes.items() if name != "status"}
                    change_member(member, changes=details, by=self.by, source=Source.IMPORT)
                    if "status" in changes:
                        _RESTING[changes["status"]](member, by=self.by, source=Source.IMPORT)
            except DomainError as error:
                outcome.refusals.append(Refusal(row.row, self.frame.column_name(error.field or ""), str(error)))
            else:
                outcome.counts["updated"] = outcome.counts.get("updated", 0) + 1

    def _consent(self, row: MemberRow, member: Member) -> None:
        for key, given in row.consents.items():
            purpose, channel = CONSENTS[key]
            record_consent(
                member,
                purpose=purpose,
                channel=channel,
                given=given,
                text=self.frame.options.consent_proof,
                by=self.by,
                source=Source.IMPORT,
                silent=self.record.silent,
            )

    def _give_points(self, row: MemberRow, member: Member, outcome: Outcome) -> None:
        if not row.points:
            return
        # One opening balance for a member, ever: the same file again gives nothing more.
        opening = effects.OpeningPoints(member, row.points, f"opening:import:{member.pk}")
        try:
            with transaction.atomic():
                effects.opening_points(opening, by=self.by, source=Source.IMPORT, silent=self.record.silent)
        except DomainError as error:
            reason = _("The member is here, but without these points: %(why)s") % {"why": error}
            outcome.refusals.append(Refusal(row.row, self.frame.column_name("opening_points"), reason))
        else:
            outcome.counts["points"] = outcome.counts.get("points", 0) + row.points


def _everybody(people: People, row: MemberRow) -> list[UUID]:
    """Every member that one of the row's identities belongs to."""
    found = [people.known.get(identity) for identity in (row.who.identities() if row.who else [])]
    return list(dict.fromkeys(member_id for member_id in found if member_id))


def _several(members: Sequence[Member]) -> str:
    names = ", ".join(str(member) for member in members)
    return _("Its number, e-mail, phone or card belong to different members: %(names)s.") % {"names": names[:160]}


def _tags_of(ids: Sequence[UUID]) -> dict[UUID, set[str]]:
    tags: dict[UUID, set[str]] = {}
    for member_id, name in MemberTag.objects.filter(member__in=ids).values_list("member_id", "tag__name"):
        tags.setdefault(member_id, set()).add(name.lower())
    return tags


def _better_birthday(birthday: dict[str, Any], member: Member, *, replace: bool) -> bool:
    """Whether it says more than what is known: a birthday at all, or the year of the same day."""
    there = {name: getattr(member, name) for name in birthday}
    if there == birthday:
        return False
    same_day = (there["birth_month"], there["birth_day"]) == (birthday["birth_month"], birthday["birth_day"])
    if not there["birth_month"]:
        return True
    if same_day:
        return bool(birthday["birth_year"]) and (replace or not there["birth_year"])
    return replace
