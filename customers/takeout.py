"""Members, what they bought and what they brought back, shaped as an import reads them."""

import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from customers.domain.identity import present_member
from customers.enums import ImportKind, MemberStatus
from customers.imports.fields import field_of
from customers.models import Consent, Member, MemberTag, Note, Purchase, PurchaseLine, Return, ReturnLine
from loyalty_saas.lib.money import to_major
from loyalty_saas.lib.rounding import rounded, share_out
from tenants.isolation import tenant_context
from tenants.models import Tenant
from tenants.takeout import Row, TakeoutFile, files, in_pieces


def register() -> None:
    files.register(MEMBERS)
    files.register(PURCHASES)
    files.register(RECORDS)


def heading(kind: str, key: str) -> str:
    """A name of the column under which an import knows it."""
    field = field_of(kind, key)
    assert field is not None  # the keys below are those of customers.imports.fields
    return field.known_as[0]


def _columns(kind: str, own: Sequence[tuple[str, str]], more: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [*((heading(kind, key), about) for key, about in own), *more]


def _member_rows(tenant: Tenant) -> Iterator[Row]:
    def rows(members: list[Member]) -> Iterable[Row]:
        tags: dict[UUID, list[str]] = {}
        named = MemberTag.objects.filter(member__in=[one.pk for one in members])
        for member_id, name in named.values_list("member_id", "tag__name"):
            tags.setdefault(member_id, []).append(name)
        for one in members:
            yield [
                one.external_id,
                one.number,
                one.given_name,
                one.family_name,
                one.email,
                one.phone,
                _birthday(one),
                one.language,
                ", ".join(sorted(tags.get(one.pk, ()))),
                one.preferences,
                one.joined_at.isoformat(),
                one.location.name if one.location else "",
                one.status,
                json.dumps(one.custom, ensure_ascii=False) if one.custom else "",
            ]

    return in_pieces(
        tenant, lambda: Member.objects.exclude(status=MemberStatus.MERGED).select_related("location"), rows
    )


def _birthday(member: Member) -> str:
    if not member.birth_month or not member.birth_day:
        return ""
    year = f"{member.birth_year:04}" if member.birth_year else "-"
    return f"{year}-{member.birth_month:02}-{member.birth_day:02}"


def _purchase_rows(tenant: Tenant) -> Iterator[Row]:
    with tenant_context(tenant):
        shared = _numbers_of_several_sources()

    def receipts(purchases: list[Purchase]) -> Iterable[Row]:
        lines: dict[UUID, list[PurchaseLine]] = {}
        of_these = PurchaseLine.objects.filter(purchase__in=[one.pk for one in purchases])
        for line in of_these.select_related("product__category").order_by("position"):
            lines.setdefault(line.purchase_id, []).append(line)
        for one in purchases:
            yield from _receipt(one, lines.get(one.pk, ()), _number(one, shared))

    def credit_notes(returns: list[Return]) -> Iterable[Row]:
        parts: dict[UUID, list[ReturnLine]] = {}
        of_these = ReturnLine.objects.filter(return_record__in=[one.pk for one in returns])
        for part in of_these.select_related("product__category", "line").order_by("pk"):
            parts.setdefault(part.return_record_id, []).append(part)
        for one in returns:
            yield from _credit_note(one, parts.get(one.pk, ()), _number(one, shared), tenant.currency)

    yield from in_pieces(tenant, lambda: Purchase.objects.select_related("member", "location"), receipts)
    yield from in_pieces(tenant, lambda: Return.objects.select_related("member", "location"), credit_notes)


def _receipt(one: Purchase, lines: Sequence[PurchaseLine], number: str) -> Iterator[Row]:
    if not lines:
        amounts = [Decimal(1), one.subtotal, one.discount, one.tax, one.total]
        yield _line(one, number, "purchase", ["", "", ""], amounts, one.currency)
    for line in lines:
        amounts = [line.quantity, line.unit_price, line.discount, line.tax, line.total]
        yield _line(one, number, "purchase", _goods(line), amounts, one.currency)


def _credit_note(one: Return, parts: Sequence[ReturnLine], number: str, currency: str) -> Iterator[Row]:
    """What came back, with minus signs; what is of no line stands by itself."""
    left = one.total - sum(part.total for part in parts)
    totals = [part.total for part in parts] + ([left] if left or not parts else [])
    taxes = share_out(one.tax, totals) if one.total else [0] * len(totals)
    for part, tax in zip(parts, taxes, strict=False):
        each = part.line.unit_price if part.line else rounded(Fraction(part.total) / Fraction(part.quantity or 1))
        yield _line(one, number, "return", _goods(part), [-part.quantity, each, 0, -tax, -part.total], currency)
    if len(totals) > len(parts):
        yield _line(one, number, "return", ["", "", ""], [Decimal(-1), left, 0, -taxes[-1], -left], currency)


def _line(
    one: Purchase | Return, number: str, what: str, goods: Sequence[str], amounts: Sequence[Any], currency: str
) -> Row:
    """One row of the file; the amounts in minor units."""
    quantity, *money = amounts
    return [
        number,
        one.occurred_at.isoformat(),
        one.location.name if one.location else "",
        one.member.number if one.member else "",
        *goods,
        str(quantity.normalize()) if quantity == quantity.to_integral_value() else str(quantity),
        *(str(to_major(amount, currency)) for amount in money),
        currency,
        what,
        getattr(one, "reason", ""),
        one.source,
    ]


def _goods(line: Any) -> list[str]:
    product = line.product
    category = product.category.name if product and product.category else ""
    return [product.sku if product else "", line.description or (product.name if product else ""), category]


def _number(one: Purchase | Return, shared: frozenset[str]) -> str:
    """Of each receipt its own: some have none, and two tills may count alike."""
    if not one.receipt_number:
        return f"{'P' if isinstance(one, Purchase) else 'R'}-{one.pk.hex}"
    return f"{one.receipt_number} ({one.source})" if one.receipt_number in shared else str(one.receipt_number)


def _numbers_of_several_sources() -> frozenset[str]:
    numbered = ~Q(receipt_number="")
    counted = Purchase.objects.filter(numbered).values("receipt_number").annotate(n=Count("id")).filter(n__gt=1)
    found = set(counted.values_list("receipt_number", flat=True))
    returned = Return.objects.filter(numbered).values_list("receipt_number", flat=True)
    found |= set(returned.filter(receipt_number__in=Purchase.objects.filter(numbered).values("receipt_number")))
    return frozenset(found)


def _record_rows(tenant: Tenant) -> Iterator[Row]:
    """Notes that are in sight, then every answer in the order in which it was given."""

    def notes(found: list[Note]) -> Iterable[Row]:
        for one in found:
            number = present_member(one.member).number
            yield [number, "note", one.text, one.created_at.isoformat(), "", "", "", ""]

    def consents(found: list[Consent]) -> Iterable[Row]:
        for one in found:
            number = present_member(one.member).number
            said = [one.purpose, one.channel, "yes" if one.given else "no", one.source]
            yield [number, "consent", one.text, one.at.isoformat(), *said]

    yield from in_pieces(tenant, lambda: Note.objects.filter(removed_at=None).select_related("member"), notes)
    yield from in_pieces(tenant, lambda: Consent.objects.select_related("member"), consents)


MEMBERS = TakeoutFile(
    "members.csv",
    "Every member; of records that were merged, the one that was kept.",
    _columns(
        ImportKind.MEMBERS,
        [
            ("external_id", "what another system calls them"),
            ("number", "number of the card"),
            ("given_name", "first name"),
            ("family_name", "last name"),
            ("email", "e-mail"),
            ("phone", "phone, E.164"),
            ("birthday", "year-month-day; a dash for a year that is not known"),
            ("language", "their language"),
            ("tags", "separated by commas"),
            ("preferences", "what they like"),
            ("joined_at", "since when"),
            ("location", "where they joined"),
        ],
        [
            (
                heading(ImportKind.MEMBERS, "status"),
                "active, paused or left",
            ),
            ("own fields", "JSON"),
        ],
    ),
    _member_rows,
    order=10,
)
PURCHASES = TakeoutFile(
    "purchases.csv",
    "Every line of every receipt, tax included; goods that came back with minus signs on a receipt of their own.",
    _columns(
        ImportKind.PURCHASES,
        [
            ("receipt_number", "rows with the same one are one receipt"),
            ("occurred_at", "when"),
            ("location", "where"),
            ("number", "number of the member's card; empty for guests"),
            ("sku", "code of the product"),
            ("description", "what it was"),
            ("category", "its category"),
            ("quantity", "how many"),
            ("unit_price", "price of one"),
            ("line_discount", "what was taken off the line"),
            ("tax", "tax in the amount"),
            ("line_total", "what the line cost after every discount"),
            ("currency", "ISO 4217"),
        ],
        [("what", "purchase or return"), ("why", "why it came back"), ("came from", "where it was entered")],
    ),
    _purchase_rows,
    order=20,
)
RECORDS = TakeoutFile(
    "records.csv",
    "Notes about members, and every answer they gave when they were asked to agree, in the words that were shown.",
    _columns(
        ImportKind.RECORDS,
        [
            ("number", "number of the member's card"),
            ("record", "note or consent"),
            ("text", "the note; of a consent the words that were shown"),
            ("at", "when"),
            ("purpose", "of a consent: program, marketing, profiling, network"),
            ("channel", "of a consent: any, email, sms"),
            ("given", "yes or no; the latest for a purpose and channel counts"),
        ],
        [("asked by way of", "where the answer was given")],
    ),
    _record_rows,
    order=25,
)
