"""Points between members in words: for a history, for a timeline, and who the other one was."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.models import Member
from programs.enums import Cause
from programs.models import Entry, PointTransfer, Program, SharingTerms
from programs.words.unit import in_points
from tenants.isolation import current_tenant

CAUSES = (Cause.TRANSFER, Cause.FAMILY)

# By cause and way; the member reads it as theirs.
_TITLES: Mapping[tuple[str, str], str | Promise] = {
    (Cause.TRANSFER, "out"): gettext_lazy("Given to another member"),
    (Cause.TRANSFER, "in"): gettext_lazy("From another member"),
    (Cause.TRANSFER, "back_out"): gettext_lazy("Given back to another member"),
    (Cause.TRANSFER, "back_in"): gettext_lazy("Back from another member"),
    (Cause.FAMILY, "out"): gettext_lazy("Spent by the family"),
    (Cause.FAMILY, "in"): gettext_lazy("From the family"),
    (Cause.FAMILY, "back_out"): gettext_lazy("Given back to the family"),
    (Cause.FAMILY, "back_in"): gettext_lazy("Back from the family"),
}
_WHY: Mapping[tuple[str, str], str | Promise] = {
    (Cause.TRANSFER, "out"): gettext_lazy("They left with the days they had, those that expire first in front."),
    (Cause.TRANSFER, "in"): gettext_lazy("They keep the days they had: nothing is longer or shorter by being given."),
    (Cause.TRANSFER, "back_out"): gettext_lazy("Giving them was undone; what was still there went back."),
    (Cause.TRANSFER, "back_in"): gettext_lazy("Giving them was undone; what was still there came back."),
    (Cause.FAMILY, "out"): gettext_lazy("A reward was paid from the pool: what expires first goes first."),
    (Cause.FAMILY, "in"): gettext_lazy("The others’ part of a reward, from the pool of the family."),
    (Cause.FAMILY, "back_out"): gettext_lazy("The reward was undone, and everybody has their own back."),
    (Cause.FAMILY, "back_in"): gettext_lazy("The reward was undone, and everybody has their own back."),
}


def transfer_title(entry: Entry) -> str:
    """What happened, as a member would say it; empty for other entries."""
    return str(_TITLES.get((entry.cause, entry.snapshot.get("transfer", "")), ""))


def transfer_why(entry: Entry) -> str:
    """Why an entry of points between members is there; empty for other entries."""
    return str(_WHY.get((entry.cause, entry.snapshot.get("transfer", "")), ""))


def from_family(snapshot: Mapping[str, Any], program: Program) -> str:
    """Of a redemption: what of it the others of the family gave."""
    if not snapshot.get("family"):
        return ""
    return _("%(points)s of it came from the others of the family.") % {
        "points": in_points(program, int(snapshot["family"]))
    }


def others_of(entries: Iterable[Entry]) -> dict[UUID, PointTransfer]:
    """The transfers behind entries, with both members, by the id of the entry; asks nothing where there is none."""
    wanted = {entry.pk: entry.cause_id for entry in entries if entry.cause in CAUSES}
    if not wanted:
        return {}
    around = ("giver__member", "receiver__member", "redemption__reward")
    found = PointTransfer.objects.select_related(*around).in_bulk([pk for pk in wanted.values() if pk])
    return {pk: found[transfer] for pk, transfer in wanted.items() if transfer in found}


def said_of(entry: Entry, transfer: PointTransfer, *, short: bool = True) -> str:
    """Who the other one was, and what it was for: "to Ben: for your birthday". First names alone when `short`."""
    came = entry.snapshot.get("transfer") in ("in", "back_in")
    gave = entry.account_id == transfer.giver_id
    other = (transfer.receiver if gave else transfer.giver).member
    name = (other.given_name if short else str(other)) or _("another member")
    said = (_("from %(name)s") if came else _("to %(name)s")) % {"name": name}
    if transfer.redemption is not None:
        return f"{said}: {transfer.redemption.reward.name}"
    return f"{said}: {transfer.message}" if transfer.message else said


def name_of(member_id: str) -> str:
    """The name of a member that a timeline's payload names by id; asked once for each on a page."""
    names = current_tenant().__dict__.setdefault("_members_named", {})
    if member_id not in names:
        found = Member.objects.filter(pk=member_id).first() if member_id else None
        names[member_id] = str(found) if found else _("another member")
    name: str = names[member_id]
    return name


def rules_in_words(terms: SharingTerms, program: Program) -> list[str]:
    """What members read of the owner's rules before they give."""
    said = [_("At least %(points)s at a time.") % {"points": in_points(program, terms.minimum)}]
    if terms.month_most is not None:
        said.append(_("At most %(points)s in a month.") % {"points": in_points(program, terms.month_most)})
    if terms.only_family:
        said.append(_("Only within your family."))
    if terms.wait_days:
        days = ngettext("%(n)d day", "%(n)d days", terms.wait_days) % {"n": terms.wait_days}
        said.append(_("From %(days)s after you joined.") % {"days": days})
    said.append(_("They keep their days: nothing expires later because it was given. It costs nothing."))
    return said
