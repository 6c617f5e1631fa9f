"""From the rows of a file to members: each row read and cleaned, those that say the same person twice found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from customers.domain.details import check_named, clean_birthday, clean_field, clean_number
from customers.enums import ConsentChannel, MemberStatus, Purpose, Source
from customers.imports.cells import read_flag
from customers.imports.countries import country_named, language_named
from customers.imports.receipts import Refusal
from customers.imports.settings import Frame
from customers.imports.who import Who, identity, split_name
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.phones import parse_phone
from loyalty_saas.lib.tables import Row, parse_decimal, undefuse
from loyalty_saas.lib.texts import tidy_text
from loyalty_saas.lib.typed_dates import parse_birthday, parse_moment

_PLAIN = ("given_name", "family_name", "preferences", "external_id")
CONSENTS = {
    "consent_email": (Purpose.MARKETING, ConsentChannel.EMAIL),
    "consent_sms": (Purpose.MARKETING, ConsentChannel.SMS),
    "consent_profiling": (Purpose.PROFILING, ConsentChannel.ANY),
}
_MOST_POINTS = 10**9


STATUSES = (MemberStatus.ACTIVE, MemberStatus.PAUSED, MemberStatus.LEFT)


@dataclass(slots=True)
class MemberRow:
    """A row that can be taken. `values`: clean fields of Member, only those that the row fills."""

    row: int
    who: Who | None
    values: dict[str, Any]
    number: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    place: str = ""
    joined_at: datetime | None = None
    points: int = 0
    consents: dict[str, bool] = field(default_factory=dict)
    status: str = ""

    @property
    def name(self) -> str:
        return f"{self.values.get('given_name', '')} {self.values.get('family_name', '')}".strip()


@dataclass(slots=True)
class ParsedMembers:
    """Rows in the order of the file; `contacts_left_out`: e-mails and phones that could not be read."""

    rows: list[MemberRow] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    lines: int = 0
    duplicates: int = 0
    contacts_left_out: int = 0


class MemberReader:
    """Reads the rows of one file. Call inside `tenant_context`: fields are cleaned by the business's rules."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.options = frame.options
        self.columns = {key: position for position, key in frame.columns.items()}
        self.left_out = 0

    def read(self, rows: Iterable[Row]) -> ParsedMembers:
        parsed = ParsedMembers()
        seen: dict[int, int] = {}
        met: dict[tuple[str, str], int] = {}
        for row, cells in rows:
            parsed.lines += 1
            likeness = hash(tuple(cells))
            if likeness in seen:
                parsed.duplicates += 1
                continue
            seen[likeness] = row
            try:
                member = self._read(row, cells)
                self._meet(member, met)
            except Invalid as error:
                parsed.refusals.append(Refusal(row, self.frame.column_name(error.field or ""), str(error)))
                continue
            parsed.rows.append(member)
        parsed.contacts_left_out = self.left_out
        return parsed

    def _read(self, row: int, cells: Sequence[str]) -> MemberRow:
        values: dict[str, Any] = {
            name: text for name in _PLAIN if (text := clean_field(name, self._cell(cells, name), source=Source.IMPORT))
        }
        if "external_id" in values:
            values["external_id"] = identity(values["external_id"])
        self._name(cells, values)
        values |= self._contacts(cells)
        values |= self._birthday(cells)
        if language := self._cell(cells, "language"):
            named = language_named(language, self.frame.language)
            values["language"] = clean_field("language", named, source=Source.IMPORT)
        values = {name: value for name, value in values.items() if value}
        check_named({name: values.get(name) for name in ("given_name", "family_name", "email", "phone", "external_id")})
        number = identity(self._cell(cells, "number"))
        number = clean_number(number) if number else ""
        member = MemberRow(row, self._who(values, number), values, number)
        member.tags = self._tags(cells)
        member.note = tidy_text(self._cell(cells, "note"), field="note", longest=2000)
        member.place = self._cell(cells, "location").strip()
        member.joined_at = self._joined(cells)
        member.points = self._points(cells)
        member.consents = self._consents(cells)
        member.status = self._status(cells)
        return member

    def _cell(self, cells: Sequence[str], key: str) -> str:
        position = self.columns.get(key)
        if position is None:
            return ""
        return undefuse(cells[position]) if self.frame.is_report else cells[position]

    def _name(self, cells: Sequence[str], values: dict[str, Any]) -> None:
        whole = self._cell(cells, "name").strip()
        if whole and not (values.get("given_name") or values.get("family_name")):
            given, family = split_name(tidy_text(whole, field="name", longest=160))
            values["given_name"] = tidy_text(given, field="name", longest=80)
            values["family_name"] = tidy_text(family, field="name", longest=80)

    def _contacts(self, cells: Sequence[str]) -> dict[str, str]:
        values: dict[str, str] = {}
        for name in ("email", "phone"):
            text = identity(self._cell(cells, name))
            if not text:
                continue
            try:
                values[name] = (
                    self._phone(cells, text) if name == "phone" else clean_field(name, text, source=Source.IMPORT)
                )
            except Invalid as error:
                if not self.options.without_bad_contacts:
                    raise Invalid(str(error).replace("%", "%%"), code=error.code, field=name) from error
                self.left_out += 1
        return values

    def _phone(self, cells: Sequence[str], text: str) -> str:
        country = country_named(self._cell(cells, "country"), self.frame.language) or self.frame.country
        return parse_phone(text, country, lenient=True)

    def _birthday(self, cells: Sequence[str]) -> dict[str, int | None]:
        text = self._cell(cells, "birthday").strip()
        if not text:
            return {}
        birthday = parse_birthday(text, self.frame.order, language=self.frame.language)
        try:
            return clean_birthday(birthday.month, birthday.day, birthday.year)
        except Invalid as error:
            raise Invalid(str(error), code=error.code, field="birthday") from error

    def _joined(self, cells: Sequence[str]) -> datetime | None:
        text = self._cell(cells, "joined_at").strip()
        if not text:
            return None
        return parse_moment(
            text, self.frame.zone.key, self.frame.order, language=self.frame.language, field="joined_at"
        )

    def _tags(self, cells: Sequence[str]) -> tuple[str, ...]:
        text = self._cell(cells, "tags")
        parts = text.replace(";", ",").replace("|", ",").split(",") if text else []
        names = [tidy_text(part, field="tags", longest=40) for part in (*parts, *self.options.add_tags)]
        return tuple(dict.fromkeys(name for name in names if name))

    def _status(self, cells: Sequence[str]) -> str:
        text = self._cell(cells, "status").strip().lower()
        if text and text not in STATUSES:
            raise Invalid(_("Members are active, paused or left."), code="bad_status", field="status")
        return text

    def _points(self, cells: Sequence[str]) -> int:
        text = self._cell(cells, "opening_points").strip()
        if not text:
            return 0
        points = parse_decimal(text, self.options.decimal_mark, field="opening_points")
        if points < 0 or points > _MOST_POINTS:
            raise Invalid(_("Points to start with are zero or more."), code="bad_points", field="opening_points")
        # Nobody is given a point that the old card did not have.
        return int(points)

    def _consents(self, cells: Sequence[str]) -> dict[str, bool]:
        answers: dict[str, bool] = {}
        for key in CONSENTS:
            try:
                answer = read_flag(self._cell(cells, key))
            except Invalid as error:
                raise Invalid(str(error).replace("%", "%%"), code=error.code, field=key) from error
            if answer is not None:
                answers[key] = answer
        return answers

    def _who(self, values: dict[str, Any], number: str) -> Who | None:
        who = Who(values.get("external_id", ""), number, values.get("email", ""), values.get("phone", ""))
        return who if who.identities() else None

    def _meet(self, member: MemberRow, met: dict[tuple[str, str], int]) -> None:
        """Refuse a second row about somebody whom an earlier one is about."""
        pairs = member.who.identities() if member.who else []
        for name, value in pairs:
            if (name, value) in met:
                raise Invalid(
                    _("Row %(row)s is about the same customer."),
                    code="same_as",
                    field=name,
                    params={"row": met[name, value]},
                )
        met.update(dict.fromkeys(pairs, member.row))
