"""Families that members bring from another business, for their import (customers.imports.keeping)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.imports.keeping import CREATED, REFUSED, UNCHANGED, Columns, KeptRow, Planned
from loyalty_saas.lib.errors import DomainError, Invalid
from loyalty_saas.lib.ids import tidy_code
from loyalty_saas.lib.texts import tidy_text
from programs.bringing.ids import id_of
from programs.domain.accounts import points_program
from programs.domain.sharing.brought import (
    BroughtFamily,
    Invited,
    Place,
    bring_family,
    bring_invitation,
    free_to_come,
    is_invited,
    is_there,
    refuse_family,
)
from programs.domain.sharing.pool import shares_of
from programs.domain.sharing.terms import terms_of
from programs.enums import FamilyEnd, FamilyWay
from programs.models import Account, Family
from programs.words.unit import in_points
from tenants.actors import Actor
from tenants.templatetags.show import day as shown_day

_LONGEST_CODE = 16


class Families:
    """Fills `customers.imports.keeping`: a row is a place in a family, from when to when, or an open invitation."""

    columns: ClassVar[Columns] = Columns(
        frozenset({"family"}), gettext_lazy("Choose the column that says which rows are one family.")
    )

    def hindrance(self) -> str:
        program = points_program()
        if program is None:
            return _("There is no program yet. Make it first.")
        if not terms_of(program).has_families:
            return _("Families are not switched on here. Switch them on under Sharing, then bring them.")
        return ""

    def bundle(self, row: KeptRow) -> str:
        return row.text("family") or f"row {row.row}"

    def plan(self, rows: Sequence[KeptRow]) -> list[Planned]:
        places = [row for row in rows if not _is_invitation(row)]
        planned = self._plan_places(places) if places else []
        goes_on = any(one.becomes != REFUSED and one.row.values.get("left") is None for one in planned)
        return planned + [_plan_invitation(row, goes_on=goes_on) for row in rows if _is_invitation(row)]

    def _plan_places(self, rows: Sequence[KeptRow]) -> list[Planned]:
        family = _family(rows)
        refuse_family(family)
        accounts = _accounts(family)
        planned = []
        for row, place, known in zip(rows, family.places, is_there(family), strict=True):
            one = Planned(row, UNCHANGED if known else CREATED, _in_words(family, place))
            if not known:
                try:
                    free_to_come(family, place, accounts.get(place.member.pk))
                except DomainError as error:
                    one.becomes, one.why, one.field = REFUSED, str(error), error.field or ""
            if place.is_head and place.left_at is None:
                if one.becomes == REFUSED:
                    raise Invalid(one.why, code="no_head", field=one.field)
                one.look = _differences(row, family, accounts)
            planned.append(one)
        return planned

    def bring(self, rows: Sequence[KeptRow], *, by: Actor, silent: bool) -> list[Planned]:
        planned = self.plan(rows)
        coming = [one.row for one in planned if one.becomes != REFUSED]
        new = {one.row.row for one in planned if one.becomes == CREATED}
        places = [row for row in coming if not _is_invitation(row)]
        if any(row.row in new for row in places):
            bring_family(_family(places), by=by, silent=silent)
        for row in coming:
            if _is_invitation(row) and row.row in new:
                bring_invitation(id_of(row.text("family")), _invited(row))
        return planned


def _is_invitation(row: KeptRow) -> bool:
    return row.text("part").lower() == "invited"


def _plan_invitation(row: KeptRow, *, goes_on: bool) -> Planned:
    """`goes_on`: the family itself comes with the same file."""
    planned = Planned(row, CREATED)
    try:
        pk, invited = id_of(row.text("family")), _invited(row)
        planned.words = _("An invitation, good until %(day)s") % {"day": shown_day(invited.until)}
        if is_invited(pk, invited):
            planned.becomes = UNCHANGED
        elif not _is_there(pk, goes_on=goes_on):
            raise Invalid(_("This family is not here, or has ended since."), code="ended", field="family")
    except DomainError as error:
        planned.becomes, planned.why, planned.field = REFUSED, str(error), error.field or ""
    return planned


def _is_there(pk: UUID, *, goes_on: bool) -> bool:
    """Whether there will be a family to join: the one of here, if it has not ended, or the one that comes."""
    family = Family.objects.filter(pk=pk).first()
    return goes_on if family is None else family.dissolved_at is None


def _invited(row: KeptRow) -> Invited:
    """What the row says. Raises Invalid at the field."""
    code, until = tidy_code(row.text("invitation")), row.values.get("until")
    if not code or len(code) > _LONGEST_CODE or until is None:
        raise Invalid(
            _("An invitation needs its code, and until when it is good."), code="no_invitation", field="invitation"
        )
    note = tidy_text(row.text("invited")[:60], field="invited", longest=60)
    return Invited(code, note, min(row.values.get("joined") or timezone.now(), timezone.now()), until)


def _family(rows: Sequence[KeptRow]) -> BroughtFamily:
    """What the rows say. Raises Invalid at the field."""
    first = rows[0]
    if not first.text("family"):
        raise Invalid(_("Say which family."), code="no_family", field="family")
    name = next((row.text("family_called") for row in rows if row.text("family_called")), "") or first.text("family")
    name = tidy_text(name[:60], field="family_called", longest=60, required=True)
    return BroughtFamily(id_of(first.text("family")), name, [_place(row) for row in rows])


def _place(row: KeptRow) -> Place:
    assert row.member is not None  # asked before
    now = timezone.now()
    # Where the file does not say, since they joined at all: the same whenever it is brought.
    joined, left = row.values.get("joined") or row.member.joined_at, row.values.get("left")
    if joined > now + timedelta(days=1) or (left is not None and left > now + timedelta(days=1)):
        raise Invalid(_("This day has not come yet."), code="in_future", field="joined")
    if left is not None and left < joined:
        raise Invalid(_("They left before they joined."), code="bad_days", field="left")
    way = row.text("way").lower()
    why = row.text("why_left").lower()
    return Place(
        member=row.member,
        is_head=row.text("part").lower() == "head",
        joined_at=joined,
        way=FamilyWay(way) if way in FamilyWay.values else FamilyWay.COUNTER,
        left_at=left,
        why_left="" if left is None else why if why in FamilyEnd.values else FamilyEnd.LEFT.value,
    )


def _accounts(family: BroughtFamily) -> dict[UUID, Account]:
    members = [place.member.pk for place in family.places]
    rows = Account.objects.filter(program=points_program(), member__in=members).select_related("member")
    return {one.member_id: one for one in rows}


def _in_words(family: BroughtFamily, place: Place) -> str:
    words = {"family": family.name, "joined": shown_day(place.joined_at)}
    if place.left_at is not None:
        return _("“%(family)s”, from %(joined)s to %(left)s") % (words | {"left": shown_day(place.left_at)})
    if place.is_head:
        return _("“%(family)s”, its head since %(joined)s") % words
    return _("“%(family)s”, since %(joined)s") % words


def _differences(row: KeptRow, family: BroughtFamily, accounts: dict[UUID, Account]) -> str:
    """What the file promises otherwise than it would be here: the points of the pool, and who may spend them."""
    program = points_program()
    assert program is not None  # nothing hindered
    said = []
    here = {place.member.pk for place in family.places if place.left_at is None}
    points = sum(shares_of([one for pk, one in accounts.items() if pk in here]).values())
    if row.values.get("pool") not in (None, points):
        words = {"file": in_points(program, row.values["pool"]), "here": in_points(program, points)}
        said.append(_("Together they had %(file)s; here they have %(here)s.") % words)
    head_spends = terms_of(program).head_spends
    if row.text("spends") == "head" and not head_spends:
        said.append(_("Only the head could spend them; here everybody of a family can."))
    if row.text("spends") == "everybody" and head_spends:
        said.append(_("Everybody of it could spend them; here only the head can."))
    return " ".join(said)
