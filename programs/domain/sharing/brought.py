"""Families that come along from elsewhere: with their head, who belongs to them and who did. No points move."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.domain.activity import record_activity
from customers.enums import ActivityKind, Source
from customers.models import Member
from loyalty_saas.lib.errors import Invalid
from programs.domain.accounts import lock_accounts_of, require_points_program
from programs.domain.sharing.families import enter
from programs.enums import FamilyEnd, FamilyWay
from programs.models import Account, Family, FamilyInvitation, FamilyMember
from tenants.actors import Actor


@dataclass(frozen=True, slots=True)
class Place:
    """From when to when somebody belonged to a family elsewhere; `left_at` None: they do."""

    member: Member
    is_head: bool
    joined_at: datetime
    way: FamilyWay
    left_at: datetime | None = None
    why_left: str = ""


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that is open elsewhere, under the code that somebody was sent."""

    code: str
    note: str
    invited_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class BroughtFamily:
    pk: UUID
    name: str
    places: Sequence[Place]

    @property
    def goes_on(self) -> bool:
        return any(place.left_at is None for place in self.places)


def refuse_family(family: BroughtFamily) -> None:
    """Raises Invalid for one that could not be brought. Asks and locks nothing."""
    here = [place.member.pk for place in family.places if place.left_at is None]
    if len(here) != len(set(here)):
        raise Invalid(_("Somebody belongs to this family twice."), code="twice", field="number")
    heads = [place for place in family.places if place.is_head and place.left_at is None]
    if family.goes_on and len(heads) != 1:
        raise Invalid(_("A family needs one head, who is here. Bring the members first."), code="no_head", field="part")


def is_there(family: BroughtFamily) -> list[bool]:
    """Which of its places were brought before, in their order. Whoever left since has had theirs."""
    stored = FamilyMember.objects.filter(family=family.pk).select_related("account__merged_into")
    rows = [(_of(one.account), one.joined_at, one.left_at) for one in stored]
    found = [False] * len(family.places)
    for exactly in (True, False):
        for position, place in enumerate(family.places):
            if found[position] or (not exactly and place.left_at is not None):
                continue
            wanted = (place.member.pk, place.joined_at)
            same = next((row for row in rows if row[:2] == wanted and (not exactly or row[2] == place.left_at)), None)
            if same is not None:
                rows.remove(same)
                found[position] = True
    return found


def free_to_come(family: BroughtFamily, place: Place, account: Account | None) -> None:
    """Raises Invalid for a place that somebody cannot take any more: they are in another family, or this one ended."""
    if place.left_at is not None:
        return
    if account is not None and account.family_id is not None and account.family_id != family.pk:
        raise Invalid(_("This member belongs to another family here."), code="in_family", field="number")
    if Family.objects.filter(pk=family.pk, dissolved_at__isnull=False).exists():
        raise Invalid(_("This family has ended here since."), code="ended", field="family")


def is_invited(pk: UUID, invited: Invited) -> bool:
    """Whether it was brought before. Raises Invalid for one that has run out, or whose code is another's."""
    there = FamilyInvitation.objects.filter(code=invited.code).first()
    if there is not None and there.family_id == pk:
        return True
    if there is not None:
        raise Invalid(_("This code is that of another invitation here."), code="code_taken", field="invitation")
    if invited.until <= timezone.now():
        why = _("This invitation has run out since. The head can invite again.")
        raise Invalid(why, code="run_out", field="until")
    return False


@transaction.atomic
def bring_invitation(pk: UUID, invited: Invited) -> None:
    """Let somebody still say yes to what they were sent, to a family that is here. Locks the family."""
    family = Family.objects.select_for_update(no_key=True).filter(pk=pk, dissolved_at=None).first()
    if family is None:
        raise Invalid(_("This family is not here, or has ended since."), code="ended", field="family")
    if not is_invited(pk, invited):
        FamilyInvitation.objects.create(
            family=family, code=invited.code, note=invited.note, created_at=invited.invited_at, until=invited.until
        )


@transaction.atomic
def bring_family(family: BroughtFamily, *, by: Actor, silent: bool) -> Family:
    """Write what of it is not here yet. Its size is as it was, whatever new ones may be.

    Raises Invalid, NoProgram. Locks the accounts in the order of ids, then the family.
    """
    program = require_points_program()
    refuse_family(family)
    locked = lock_accounts_of({place.member.pk: place.member for place in family.places}, program)
    accounts = {pk: one.account for pk, one in locked.items()}
    known = is_there(family)
    for place, known_one in zip(family.places, known, strict=True):
        if not known_one:
            free_to_come(family, place, accounts[place.member.pk])
    made = _family(family, accounts)
    for place, known_one in zip(family.places, known, strict=True):
        if not known_one:
            _bring_place(made, place, accounts[place.member.pk], by=by, silent=silent)
    return made


def _family(family: BroughtFamily, accounts: dict[UUID, Account]) -> Family:
    there: Family | None = Family.objects.select_for_update(no_key=True).filter(pk=family.pk).first()
    if there is not None:
        return there
    # The last head of one that has ended; where the file does not say, who left it last.
    by_end = sorted(family.places, key=lambda place: (place.is_head, place.left_at or place.joined_at))
    head = next((place for place in family.places if place.is_head), by_end[-1])
    made = Family(id=family.pk, name=family.name, head=accounts[head.member.pk])
    made.created_at = min(place.joined_at for place in family.places)
    if not family.goes_on:
        made.dissolved_at = max(place.left_at or place.joined_at for place in family.places)
    made.save(force_insert=True)
    return made


def _bring_place(family: Family, place: Place, account: Account, *, by: Actor, silent: bool) -> None:
    if place.left_at is None:
        enter(account, family, place.way)
        FamilyMember.objects.filter(account=account, left_at=None).update(joined_at=place.joined_at)
    else:
        FamilyMember.objects.create(
            family=family,
            account=account,
            way=place.way,
            joined_at=place.joined_at,
            left_at=place.left_at,
            why_left=place.why_left or FamilyEnd.LEFT,
        )
    payload = {"family": str(family.pk), "name": family.name, "brought": True}
    moments = [(ActivityKind.FAMILY_JOINED, place.joined_at, {"way": str(place.way)})]
    if place.left_at is not None:
        moments.append((ActivityKind.FAMILY_LEFT, place.left_at, {"why": place.why_left}))
    for kind, moment, more in moments:
        record_activity(
            kind,
            by=by,
            source=Source.IMPORT,
            member=account.member,
            occurred_at=moment,
            payload=payload | more,
            silent=silent,
        )


def _of(account: Account) -> UUID:
    """Whose place it is by now."""
    merged = account.merged_into
    member: UUID = merged.member_id if merged is not None else account.member_id
    return member
