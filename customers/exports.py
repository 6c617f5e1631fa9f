"""Members and purchases as rows of a file, read in pieces so that no transaction stays open while a file is sent."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from customers.models import CustomField, Member, MemberTag, Purchase
from loyalty_saas.lib.money import to_major
from tenants.isolation import tenant_context
from tenants.models import Tenant

PIECE = 500

MEMBER_HEADINGS = (
    _("Card number"), _("First name"), _("Last name"), _("E-mail"), _("Phone"), _("Birthday"), _("Language"),
    _("Status"), _("Joined"), _("Location"), _("Tags"), _("Preferences"), _("Outside number"), _("Purchases"),
    _("Visits"), _("Spent"), _("Last visit"), _("Own fields"),
)  # fmt: skip

PURCHASE_HEADINGS = (
    _("Time"), _("Receipt"), _("Member"), _("Card number"), _("Location"), _("Staff"), _("Source"), _("Currency"),
    _("Before discounts"), _("Discount"), _("Total"), _("Of which tax"), _("Returned"),
)  # fmt: skip


def member_rows(tenant: Tenant, ids: Sequence[UUID]) -> Iterator[list[object]]:
    """One row a member, in the order of the ids. Opens the business's context for each piece itself."""
    for start in range(0, len(ids), PIECE):
        piece = ids[start : start + PIECE]
        with tenant_context(tenant):
            yield from _member_piece(tenant, piece)


def purchase_rows(tenant: Tenant, ids: Sequence[UUID]) -> Iterator[list[object]]:
    """One row a purchase, in the order of the ids. Opens the business's context for each piece itself."""
    for start in range(0, len(ids), PIECE):
        piece = ids[start : start + PIECE]
        with tenant_context(tenant):
            yield from _purchase_piece(tenant, piece)


def _member_piece(tenant: Tenant, ids: Sequence[UUID]) -> list[list[object]]:
    figures = {name: F(f"summaries__{name}") for name in ("visits", "spent", "last_purchase_at")}
    members = Member.objects.filter(pk__in=ids).select_related("location")
    found = {one.pk: one for one in members.annotate(bought=F("summaries__purchases"), **figures)}
    tags: dict[UUID, list[str]] = {}
    for member_id, name in MemberTag.objects.filter(member__in=ids).values_list("member_id", "tag__name"):
        tags.setdefault(member_id, []).append(name)
    labels = dict(CustomField.objects.values_list("key", "label"))
    return [_member_row(tenant, found[pk], sorted(tags.get(pk, ())), labels) for pk in ids if pk in found]


def _member_row(tenant: Tenant, member: Member, tags: list[str], labels: dict[str, str]) -> list[object]:
    return [
        member.number,
        member.given_name,
        member.family_name,
        member.email,
        member.phone,
        _birthday(member),
        member.language,
        member.get_status_display(),
        _time(tenant, member.joined_at),
        member.location.name if member.location else "",
        ", ".join(tags),
        member.preferences,
        member.external_id,
        member.bought or 0,  # type: ignore[attr-defined]
        member.visits or 0,  # type: ignore[attr-defined]
        to_major(member.spent or 0, tenant.currency),  # type: ignore[attr-defined]
        _time(tenant, member.last_purchase_at),  # type: ignore[attr-defined]
        "; ".join(f"{labels.get(key, key)}: {value}" for key, value in member.custom.items()),
    ]


def _purchase_piece(tenant: Tenant, ids: Sequence[UUID]) -> list[list[object]]:
    rows = Purchase.objects.filter(pk__in=ids).select_related("member", "location", "staff")
    found = {one.pk: one for one in rows}
    return [_purchase_row(tenant, found[pk]) for pk in ids if pk in found]


def _purchase_row(tenant: Tenant, purchase: Purchase) -> list[object]:
    amounts = (purchase.subtotal, purchase.discount, purchase.total, purchase.tax, purchase.returned)
    return [
        _time(tenant, purchase.occurred_at),
        purchase.receipt_number,
        str(purchase.member) if purchase.member else "",
        purchase.member.number if purchase.member else "",
        purchase.location.name if purchase.location else "",
        purchase.staff.name if purchase.staff else "",
        purchase.get_source_display(),
        purchase.currency,
        *(to_major(amount, purchase.currency) for amount in amounts),
    ]


def _birthday(member: Member) -> str:
    if not member.birth_month:
        return ""
    year = f"{member.birth_year}-" if member.birth_year else "--"
    return f"{year}{member.birth_month:02}-{member.birth_day:02}"


def _time(tenant: Tenant, moment: datetime | None) -> str:
    return moment.astimezone(tenant.zone).strftime("%Y-%m-%d %H:%M") if moment else ""
