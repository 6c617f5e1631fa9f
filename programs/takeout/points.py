"""What members have: points with their days, and tiers, shaped as an import reads them; and store credit."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet

from customers.enums import ImportKind
from customers.takeout import heading
from loyalty_saas.lib.days import local_day, start_of_day
from loyalty_saas.lib.money import to_major
from programs.domain.accounts import points_program
from programs.domain.credit.reading import credit_program
from programs.enums import Suspicion
from programs.models import Account, ClaimPhoto, Lot, Program, Review
from tenants.isolation import tenant_context
from tenants.models import Tenant
from tenants.takeout import Row, TakeoutFile, TakeoutFolder, files, folders, in_pieces


def register() -> None:
    files.register(BALANCES)
    files.register(CREDIT)
    folders.register(PHOTOS)


def _rows(tenant: Tenant) -> Iterator[Row]:
    with tenant_context(tenant):
        program = points_program()
    if program is None:
        return

    def amounts(lots: list[Lot]) -> Iterable[Row]:
        why = _held(lots)
        for lot in lots:
            earned_at = (lot.origin or lot.entry).occurred_at
            last = local_day(lot.expires_at - timedelta(microseconds=1), tenant.zone) if lot.expires_at else "never"
            waits = [_waits(lot, tenant), why.get(lot.pk, "")]
            yield [lot.account.member.number, lot.remaining, earned_at.isoformat(), last, "", "", *waits, ""]

    def tiers(accounts: list[Account]) -> Iterable[Row]:
        for one in accounts:
            yield [one.member.number, "", "", "", one.tier.name if one.tier else "", one.tier_until or "", "", "", ""]

    def debts(accounts: list[Account]) -> Iterable[Row]:
        for one in accounts:
            yield [one.member.number, *[""] * 7, one.owed]

    yield from in_pieces(
        tenant,
        lambda: Lot.objects.filter(account__program=program, remaining__gt=0).select_related(
            "account__member", "entry", "origin"
        ),
        amounts,
    )
    yield from in_pieces(
        tenant,
        lambda: Account.objects.filter(program=program, tier__isnull=False, merged_into=None).select_related(
            "member", "tier"
        ),
        tiers,
    )
    yield from in_pieces(tenant, lambda: _in_debt(program), debts)


def _credit_rows(tenant: Tenant) -> Iterator[Row]:
    with tenant_context(tenant):
        program = credit_program()
    if program is None:
        return

    def amounts(lots: list[Lot]) -> Iterable[Row]:
        why = _held(lots)
        for lot in lots:
            last = local_day(lot.expires_at - timedelta(microseconds=1), tenant.zone) if lot.expires_at else "never"
            waits = [_waits(lot, tenant), why.get(lot.pk, "")]
            amount = to_major(lot.remaining, tenant.currency)
            earned_at = (lot.origin or lot.entry).occurred_at
            yield [lot.account.member.number, amount, tenant.currency, earned_at.isoformat(), last, *waits, ""]

    def debts(accounts: list[Account]) -> Iterable[Row]:
        for one in accounts:
            yield [one.member.number, "", tenant.currency, *[""] * 4, to_major(one.owed, tenant.currency)]

    yield from in_pieces(
        tenant,
        lambda: Lot.objects.filter(account__program=program, remaining__gt=0).select_related(
            "account__member", "entry", "origin"
        ),
        amounts,
    )
    yield from in_pieces(tenant, lambda: _in_debt(program), debts)


def _in_debt(program: Program) -> QuerySet[Account]:
    return Account.objects.filter(program=program, owed__gt=0, merged_into=None).select_related("member")


def _waits(lot: Lot, tenant: Tenant) -> str:
    """The day from which a lot can be spent, where it waits; the moment itself, where that is no beginning of a day."""
    if not lot.is_pending or lot.available_from <= (lot.origin or lot.entry).occurred_at:
        # What is held waits for somebody, and for no day.
        return ""
    day = local_day(lot.available_from, tenant.zone)
    is_day = lot.available_from == start_of_day(day, tenant.zone)
    return (day if is_day else lot.available_from).isoformat()


def _held(lots: Iterable[Lot]) -> dict[UUID, str]:
    """Why somebody is to look at each of those that are held, by the lot's id."""
    named = {lot.pk: _subjects(lot) for lot in lots if lot.is_held}
    if not named:
        return {}
    reviews = Review.objects.filter(is_held=True, subject_id__in={pk for ids in named.values() for pk in ids})
    reasons = {one.subject_id: [name for name in one.reasons if name != Suspicion.BROUGHT] for one in reviews}
    return {
        pk: ", ".join(dict.fromkeys(name for one in ids for name in reasons.get(one, ()))) or "yes"
        for pk, ids in named.items()
    }


def _subjects(lot: Lot) -> set[UUID]:
    """What a review of a lot may be about: its entry, the one it comes from, or what those were written for."""
    entries = [entry for entry in (lot.entry, lot.origin) if entry is not None]
    return {pk for entry in entries for pk in (entry.pk, entry.cause_id) if pk is not None}


def _photos(tenant: Tenant) -> Iterator[tuple[str, bytes]]:
    with tenant_context(tenant):
        claims = list(ClaimPhoto.objects.order_by("pk").values_list("claim", flat=True))
    for pk in claims:
        with tenant_context(tenant):
            image = ClaimPhoto.objects.filter(claim=pk).values_list("image", flat=True).first()
        if image is not None:
            yield f"{pk}.webp", bytes(image)


PHOTOS = TakeoutFolder(
    "photos",
    "Photos that members sent with a recommendation (WebP), by the id of its row in tables/programs_advocacyclaim.csv.",
    _photos,
)
CREDIT = TakeoutFile(
    "credit.csv",
    "Store credit that is there, each amount with its days, and what members owe.",
    [
        (heading(ImportKind.CREDIT, "number"), "number of the member's card"),
        (heading(ImportKind.CREDIT, "amount"), "how much is left, in the currency"),
        (heading(ImportKind.CREDIT, "currency"), "which currency"),
        (heading(ImportKind.CREDIT, "earned_on"), "when it was given"),
        (heading(ImportKind.CREDIT, "expires_on"), "the last day on which it is good, or never"),
        (heading(ImportKind.CREDIT, "waits_until"), "the day from which it can be spent, where it waits"),
        (heading(ImportKind.CREDIT, "held"), "why somebody is to look at it before it can be spent"),
        (heading(ImportKind.CREDIT, "owed"), "what the member owes after a return"),
    ],
    _credit_rows,
    order=31,
)
BALANCES = TakeoutFile(
    "balances.csv",
    "Points that are there, each amount with its days, and tiers; and what members owe; a row has one of these.",
    [
        (heading(ImportKind.BALANCES, "number"), "number of the member's card"),
        (heading(ImportKind.BALANCES, "points"), "how many are left"),
        (heading(ImportKind.BALANCES, "earned_on"), "when they were earned"),
        (heading(ImportKind.BALANCES, "expires_on"), "the last day on which they are good, or never"),
        (heading(ImportKind.BALANCES, "tier"), "name of the tier"),
        (heading(ImportKind.BALANCES, "tier_until"), "the last day on which it is certain"),
        (heading(ImportKind.BALANCES, "waits_until"), "the day from which they can be spent, where they wait"),
        (heading(ImportKind.BALANCES, "held"), "why somebody is to look at them before they can be spent"),
        (heading(ImportKind.BALANCES, "owed"), "how many the member owes after a return"),
    ],
    _rows,
    order=30,
)
