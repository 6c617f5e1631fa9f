"""Paid memberships, and every period that was paid for."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from customers.domain.identity import present_member
from customers.enums import ImportKind
from customers.takeout import heading
from loyalty_saas.lib.money import to_major
from programs.models import MembershipPayment, PaidMembership
from tenants.models import Tenant
from tenants.takeout import Row, TakeoutFile, files, in_pieces


def register() -> None:
    files.register(MEMBERSHIPS)
    files.register(PAYMENTS)


def _memberships(tenant: Tenant) -> Iterator[Row]:
    def rows(memberships: list[PaidMembership]) -> Iterable[Row]:
        for one in memberships:
            yield [
                *(str(one.pk), present_member(one.member).number, one.plan.name, one.plan.tier.name, one.state),
                *(to_major(one.price, tenant.currency), tenant.currency, one.period),
                *(_moment(one.asked_at), _moment(one.began_at), _day(one.anchor), one.periods, _day(one.paid_until)),
                *(_day(one.reminded_of), _moment(one.cancelled_at), one.cancelled_by, _moment(one.ended_at), one.end),
            ]

    return in_pieces(tenant, lambda: PaidMembership.objects.select_related("member", "plan__tier"), rows)


def _payments(tenant: Tenant) -> Iterator[Row]:
    def rows(payments: list[MembershipPayment]) -> Iterable[Row]:
        for one in payments:
            yield [
                *(str(one.membership_id), present_member(one.membership.member).number, one.number + 1),
                *(one.first, one.last),
                *(to_major(one.amount, tenant.currency), to_major(one.refunded, tenant.currency), tenant.currency),
                *(one.way, one.reference, one.location.name if one.location else "", one.actor_label),
                *(_moment(one.paid_at), _moment(one.refunded_at), one.refunded_by, one.refund_reason),
            ]

    return in_pieces(tenant, lambda: MembershipPayment.objects.select_related("membership__member", "location"), rows)


def _moment(value: datetime | None) -> str:
    return value.isoformat() if value else ""


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


_CARD = (heading(ImportKind.BALANCES, "number"), "number of the member's card")
MEMBERSHIPS = TakeoutFile(
    "memberships.csv",
    "Paid memberships: wished for, running and ended. An import takes them before their payments.",
    [
        ("membership", "its id, the same in membership-payments.csv"),
        _CARD,
        ("plan", "what it is called"),
        ("tier", "the tier it gives"),
        ("state", "wished, active or ended"),
        ("price", "what was agreed for each period, in the currency"),
        ("currency", "ISO 4217"),
        ("period", "month or year"),
        ("wished for", "when, in the portal"),
        ("began", "when it was first paid"),
        ("counted from", "the day from which its periods are counted"),
        ("periods paid", "how many, those that were paid back not counted"),
        ("paid until", "the last day that is paid"),
        ("reminded of", "the last day they were reminded of, so that they are not reminded twice"),
        ("cancelled", "when; it runs up to the day that is paid"),
        ("cancelled by", "who said so"),
        ("ended", "when"),
        ("why ended", "cancelled, lapsed (not renewed), refunded, withdrawn (a wish), or merged"),
    ],
    _memberships,
    order=36,
)
PAYMENTS = TakeoutFile(
    "membership-payments.csv",
    "Each period of a membership that was paid.",
    [
        ("membership", "its id in memberships.csv"),
        _CARD,
        ("period number", "1 for the first one; one that was paid back may be there twice"),
        ("first day", "of the period"),
        ("last day", "of the period"),
        ("amount", "what was paid, in the currency"),
        ("paid back", "how much of it"),
        ("currency", "ISO 4217"),
        ("way", "how it was paid: counter"),
        ("reference", "number of the receipt"),
        ("location", "where"),
        ("taken by", "who took the money"),
        ("paid", "when"),
        ("paid back on", "when"),
        ("paid back by", "who paid it back"),
        ("why paid back", "the reason that was given"),
    ],
    _payments,
    order=37,
)
