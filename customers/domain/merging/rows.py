"""The rows of this app that point at a member: given to the kept record, and given back."""

from typing import Any
from uuid import UUID

from django.utils import timezone

from customers.domain.merging.choices import FIELDS
from customers.domain.portal_sessions import end_sessions
from customers.enums import CodePurpose
from customers.models import Member, MemberTag, Note, Purchase, Return, SignInCode
from loyalty_saas.lib.errors import NotFound

_POINTED: dict[str, Any] = {"purchases": Purchase, "returns": Return, "notes": Note}


def fields_of(member: Member) -> dict[str, Any]:
    """What of a member may be chosen or changes with a merge, as JSON."""
    values = {name: getattr(member, name) for name in FIELDS}
    values["location_id"] = str(member.location_id) if member.location_id else None
    return {**values, "custom": member.custom, "status": member.status, "joined_at": member.joined_at.isoformat()}


def move_rows(kept: Member, absorbed: Member) -> dict[str, list[str]]:
    """Point what the absorbed record has at the kept one; the ids, so that exactly this can go back.

    Purchases, returns, notes, tags, and records merged into the absorbed one earlier. Activities and consents are
    written once and stay: whoever reads them asks for every id of a person (`customers.domain.identity.ids_of`).
    """
    moved: dict[str, list[str]] = {}
    for name, model in _POINTED.items():
        rows = model.objects.filter(member=absorbed)
        moved[name] = [str(pk) for pk in rows.values_list("pk", flat=True)]
        rows.update(member=kept)
    there = MemberTag.objects.filter(member=kept).values("tag")
    new = list(MemberTag.objects.filter(member=absorbed).exclude(tag__in=there).values_list("tag", flat=True))
    MemberTag.objects.bulk_create([MemberTag(member=kept, tag_id=tag) for tag in new])
    moved["tags"] = [str(tag) for tag in new]
    earlier = Member.objects.filter(merged_into=absorbed)
    moved["members"] = [str(pk) for pk in earlier.values_list("pk", flat=True)]
    earlier.update(merged_into=kept)
    return moved


def give_rows_back(kept: Member, absorbed: Member, moved: dict[str, list[str]]) -> None:
    """What was moved, as far as it is still there; returns of these purchases that came since go with them."""
    for name, model in _POINTED.items():
        model.objects.filter(pk__in=moved[name], member=kept).update(member=absorbed)
    Return.objects.filter(purchase__in=_uuids(moved["purchases"]), member=kept).update(member=absorbed)
    MemberTag.objects.filter(member=kept, tag__in=_uuids(moved["tags"])).delete()
    Member.objects.filter(pk__in=moved["members"], merged_into=kept).update(merged_into=absorbed)


def _uuids(ids: list[str]) -> list[UUID]:
    return [UUID(pk) for pk in ids]


def close_doors(absorbed: Member) -> None:
    """Sign the absorbed record out everywhere: whoever comes back proves the address once more, and is the kept one."""
    end_sessions(absorbed)
    codes = SignInCode.objects.filter(member=absorbed, purpose=CodePurpose.EMAIL, used_at=None)
    codes.update(expires_at=timezone.now())


def lock_both(kept_id: UUID, absorbed_id: UUID) -> tuple[Member, Member]:
    """Both records, locked so that nobody can even point at them. Raises NotFound for a stranger's."""
    ids = [kept_id, absorbed_id]
    found = {one.pk: one for one in Member.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    if len(found) < len(ids):
        raise NotFound
    return found[kept_id], found[absorbed_id]


def lock_purchases(member: Member, ids: list[str] | None = None) -> None:
    """Whoever records a return holds the purchase before the points: so do we."""
    purchases = Purchase.objects.filter(member=member)
    if ids is not None:
        purchases = purchases.filter(pk__in=ids)
    list(purchases.select_for_update(no_key=True).order_by("pk").values_list("pk"))
