"""Who a row of a file is about: what identifies a customer, read and normalised once for equal cells."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from customers.imports.cells import Picked
from customers.imports.countries import country_named
from customers.imports.settings import Frame
from loyalty_saas.lib.emails import email_key, parse_email
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.phones import parse_phone

KEYS = ("external_id", "number", "email", "phone", "given_name", "family_name", "name", "country")
# What systems write into a customer's column when there is none.
_NOBODY = frozenset({"", "0", "-", "none", "null", "nan", "n/a", "na", "guest", "anonymous", "walk-in", "walk in"})
# A spreadsheet turns the number 17850 into 17850.0.
_FLOATED = re.compile(r"(\d+)\.0")


@dataclass(frozen=True, slots=True)
class Who:
    """Normalised: e-mail in lower case, phone in E.164. At least one of the four that identify is not empty."""

    external_id: str = ""
    number: str = ""
    email: str = ""
    phone: str = ""
    given_name: str = ""
    family_name: str = ""

    def identities(self) -> list[tuple[str, str]]:
        """(field, value), the surest first."""
        pairs = (
            ("external_id", self.external_id),
            ("number", self.number),
            ("email", self.email),
            ("phone", self.phone),
        )
        return [(key, value) for key, value in pairs if value]


class WhoReader:
    """Reads the customer of a row; equal cells are read once."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.cells = Picked([frame.position(key) for key in KEYS])
        self._pick = self.cells.pick
        self._known: dict[Any, Who | Invalid | None] = {}
        # E-mails and phones that could not be read, of customers whom something else of their row names.
        self.unread: dict[str, None] = {}

    def read(self, cells: Sequence[str]) -> Who | None:
        """The customer, or None where the row names nobody. Raises Invalid when all it names cannot be read."""
        picked = self._pick(cells)
        try:
            found = self._known[picked]
        except KeyError:
            found = self._known[picked] = self._read([cell.strip() for cell in self.cells.spread(picked)])
        if isinstance(found, Invalid):
            raise found
        return found

    def _read(self, values: list[str]) -> Who | Invalid | None:
        external_id, number, email, phone = (identity(value) for value in values[:4])
        given, family, whole, country = values[4:]
        problem: Invalid | None = None
        unread: list[str] = []
        try:
            email = email_key(parse_email(email)) if email else ""
        except Invalid as error:
            unread.append(email)
            email, problem = "", error
        try:
            phone = (
                parse_phone(phone, country_named(country, self.frame.language) or self.frame.country, lenient=True)
                if phone
                else ""
            )
        except Invalid as error:
            unread.append(phone)
            phone, problem = "", problem or error
        if not (external_id or number or email or phone):
            return problem
        self.unread.update(dict.fromkeys(unread))
        if whole and not (given or family):
            given, family = split_name(whole)
        return Who(external_id[:80], re.sub(r"[\s-]", "", number)[:24], email, phone, given[:80], family[:80])


def identity(cell: str) -> str:
    """The cell trimmed, and empty when it says that there is nobody."""
    text = cell.strip()
    if text.lower() in _NOBODY:
        return ""
    floated = _FLOATED.fullmatch(text)
    return floated[1] if floated else text


def split_name(whole: str) -> tuple[str, str]:
    """First and last name: "Doe, Jane" and "Jane Doe"; the last word is the family's."""
    if whole.count(",") == 1:
        family, given = (part.strip() for part in whole.split(","))
        return given, family
    given, _space, family = whole.strip().rpartition(" ")
    return (given.strip(), family) if given else (family, "")
