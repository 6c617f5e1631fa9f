"""What a member may take away: their record, their purchases, and what other apps keep about them."""

from typing import Any

from django.utils import timezone

from customers.domain.consents import current_consents
from customers.domain.identity import ids_of
from customers.models import Letter, Member, PurchaseLine
from customers.portal.places import OWN_DATA
from tenants.isolation import current_tenant


def own_data(member: Member) -> dict[str, Any]:
    """Plain JSON values; amounts in minor units of the currency beside them, times in UTC."""
    return {
        "business": current_tenant().name,
        "taken_at": timezone.now().isoformat(),
        "member": _record(member),
        "agreements": [
            {
                "purpose": consent.purpose,
                "channel": consent.channel,
                "given": consent.given,
                "text": consent.text,
                "at": consent.at.isoformat(),
            }
            for consent in current_consents(member).values()
        ],
        "purchases": _purchases(member),
        "letters": _letters(member),
        **{part.name: part.load(member) for part in OWN_DATA},
    }


def _record(member: Member) -> dict[str, Any]:
    plain = (
        "number",
        "given_name",
        "family_name",
        "email",
        "phone",
        "claimed_phone",
        "birth_day",
        "birth_month",
        "birth_year",
    )
    return {
        **{name: getattr(member, name) for name in plain},
        "language": member.language,
        "preferences": member.preferences,
        "custom": member.custom,
        "tags": list(member.member_tags.order_by("tag__name").values_list("tag__name", flat=True)),
        "joined_at": member.joined_at.isoformat(),
    }


def _letters(member: Member) -> list[dict[str, Any]]:
    """What was written to them about things of theirs, and what became of it."""
    written = Letter.objects.filter(member__in=ids_of(member)).order_by("pk")
    return [
        {
            "about": one.kind,
            "outcome": one.outcome or "owed",
            "at": (one.closed_at or one.created_at).isoformat(),
        }
        for one in written
    ]


def _purchases(member: Member) -> list[dict[str, Any]]:
    lines: dict[Any, list[dict[str, Any]]] = {}
    for line in PurchaseLine.objects.filter(purchase__member=member).order_by("purchase", "position"):
        lines.setdefault(line.purchase_id, []).append(
            {"description": line.description, "quantity": str(line.quantity), "total": line.total}
        )
    return [
        {
            "at": purchase.occurred_at.isoformat(),
            "currency": purchase.currency,
            "total": purchase.total,
            "returned": purchase.returned,
            "receipt_number": purchase.receipt_number,
            "lines": lines.get(purchase.pk, []),
        }
        for purchase in member.purchases.order_by("-occurred_at")
    ]
