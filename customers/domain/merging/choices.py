"""Which of two records says what about the person: field by field, with a proposal."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import CustomField, Member, PortalSession
from loyalty_saas.lib.errors import Invalid

# What is chosen together, by the name of the choice.
GROUPS: dict[str, tuple[str, ...]] = {
    "name": ("given_name", "family_name"),
    "email": ("email",),
    "phone": ("phone", "claimed_phone"),
    "birthday": ("birth_month", "birth_day", "birth_year"),
    "language": ("language",),
    "location": ("location_id",),
    "preferences": ("preferences",),
    "external_id": ("external_id",),
}
# What people are found by: the one that is not chosen stays on the merged record and leads to the kept one.
FOUND_BY = frozenset({"email", "phone", "external_id"})
FIELDS = tuple(name for names in GROUPS.values() for name in names)
CUSTOM = "custom:"
LABELS: dict[str, str | Promise] = {
    "name": _("Name"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "birthday": _("Birthday"),
    "language": _("Language"),
    "location": _("Joined at"),
    "preferences": _("Preferences"),
    "external_id": _("Outside number"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing on which the records differ. `kept` and `absorbed` are values of the fields, empty ones falsy."""

    name: str
    label: str | Promise
    kept: tuple[Any, ...]
    absorbed: tuple[Any, ...]
    takes_absorbed: bool

    @property
    def is_open(self) -> bool:
        """Whether both say something, so that somebody has to choose."""
        return any(self.kept) and any(self.absorbed)


def choices_of(kept: Member, absorbed: Member) -> list[Choice]:
    """Everything on which the two differ, in the order of a member's page, with what we propose."""
    taken = default_choices(kept, absorbed)
    labels = dict(CustomField.objects.values_list("key", "label"))
    return [
        Choice(
            name,
            LABELS.get(name) or labels.get(name.removeprefix(CUSTOM), name.removeprefix(CUSTOM)),
            values_of(kept, name),
            values_of(absorbed, name),
            name in taken,
        )
        for name in _names(kept, absorbed)
        if values_of(kept, name) != values_of(absorbed, name)
    ]


def default_choices(kept: Member, absorbed: Member) -> frozenset[str]:
    """What to take from the absorbed record unless somebody says otherwise.

    What the kept one does not know. Of two addresses the one that was proved last, by signing in with it; of two
    phones a confirmed one before one that was only typed; of two birthdays the one with its year.
    """
    taken = set()
    for name in _names(kept, absorbed):
        ours, theirs = values_of(kept, name), values_of(absorbed, name)
        if any(theirs) and ours != theirs and (not any(ours) or _is_better(name, kept, absorbed)):
            taken.add(name)
    return frozenset(taken)


def checked_choices(kept: Member, absorbed: Member, wanted: Collection[str]) -> frozenset[str]:
    """The choices that change anything. Raises Invalid for a name that is none."""
    names = _names(kept, absorbed)
    for name in wanted:
        if name not in names:
            raise Invalid(code="unknown_field", field=name)
    return frozenset(name for name in wanted if any(values_of(absorbed, name)))


def values_of(member: Member, name: str) -> tuple[Any, ...]:
    if name.startswith(CUSTOM):
        return (member.custom.get(name.removeprefix(CUSTOM)),)
    return tuple(getattr(member, one) for one in GROUPS[name])


def take(kept: Member, absorbed: Member, taken: Collection[str]) -> None:
    """Give both the values of the choices, in memory. What people are found by changes sides: nothing gets lost."""
    for name in taken:
        if name.startswith(CUSTOM):
            key = name.removeprefix(CUSTOM)
            kept.custom = {**kept.custom, key: absorbed.custom[key]}
            continue
        for one in GROUPS[name]:
            ours, theirs = getattr(kept, one), getattr(absorbed, one)
            setattr(kept, one, theirs)
            if name in FOUND_BY:
                setattr(absorbed, one, ours)


def _names(kept: Member, absorbed: Member) -> list[str]:
    return [*GROUPS, *(f"{CUSTOM}{key}" for key in dict.fromkeys([*kept.custom, *absorbed.custom]))]


def _is_better(name: str, kept: Member, absorbed: Member) -> bool:
    if name == "email":
        ours, theirs = _signed_in_at(kept), _signed_in_at(absorbed)
        return theirs is not None and (ours is None or theirs > ours)
    if name == "phone":
        return bool(absorbed.phone) and not kept.phone
    if name == "birthday":
        return bool(absorbed.birth_year) and not kept.birth_year
    return False


def _signed_in_at(member: Member) -> Any:
    """When they last proved their address, by a code to it."""
    sessions = PortalSession.objects.filter(member=member).order_by("-created_at")
    return sessions.values_list("created_at", flat=True).first()
