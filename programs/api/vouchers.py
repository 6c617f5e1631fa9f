"""Vouchers: looked at, used, and kept for an order while it is paid."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from customers.api.lookup import purchase_or_404, wanted_location
from customers.enums import Source
from customers.models import Product, Purchase
from loyalty_saas.lib.errors import NotFound
from programs.api.shapes import (
    NewReservation,
    NewUse,
    NoDetails,
    ReservationUse,
    ShownReservation,
    ShownVoucher,
)
from programs.domain.holds import hold_voucher, redeem_hold, release_hold, state_of
from programs.domain.vouchers import Using, find_voucher, use_voucher
from programs.models import Voucher, VoucherHold
from programs.voucher_errors import ChoiceNotThere
from tenants.api.operations import Call, Keyed, operation
from tenants.api.views import BusinessView
from tenants.enums import Scope
from tenants.isolation import current_tenant


class OneVoucher(BusinessView):
    section = "Vouchers"

    @operation(Scope.REWARDS_READ, "Read a voucher", ShownVoucher)
    def get(self, call: Call, code: str) -> Voucher:
        """By its code as typed or scanned: capitals, blanks and dashes do not matter."""
        return _shown(find_voucher(code))


class VoucherUses(BusinessView):
    section = "Vouchers"

    @operation(Scope.REWARDS_WRITE, "Use a voucher", ShownVoucher, status=201, body=NewUse, keyed=Keyed.REQUIRED)
    def post(self, call: Call, code: str) -> Voucher:
        """Once, or a part of the money on it: two tills cannot both have it. 409 says why not: `voucher_used`,
        `voucher_expired`, `voucher_voided`, `voucher_held`, `voucher_wrapped`, `voucher_not_yet`, `voucher_not_here`,
        `voucher_not_today`, `purchase_too_small`, `not_enough_left` or `vouchers_together`."""
        values = call.values
        return _shown(
            use_voucher(
                find_voucher(code),
                by=call.by,
                location=wanted_location(values.get("location")),
                purchase=_purchase(values.get("purchase")),
                source=Source.API,
                using=_using(values),
            )
        )


class VoucherReservations(BusinessView):
    section = "Vouchers"

    @operation(
        Scope.REWARDS_WRITE,
        "Reserve a voucher",
        ShownReservation,
        status=201,
        body=NewReservation,
        keyed=Keyed.REQUIRED,
    )
    def post(self, call: Call, code: str) -> VoucherHold:
        """Keeps it for an order that is being paid, and says what it takes off. Use it, release it, or let it run out:
        then others can use it again. 409 as for a use."""
        values = call.values
        hold = hold_voucher(
            find_voucher(code),
            using=_using(values),
            minutes=values["minutes"],
            by=call.by,
            location=wanted_location(values.get("location")),
        )
        return _shown_hold(hold)


class OneReservation(BusinessView):
    section = "Vouchers"

    @operation(Scope.REWARDS_READ, "Read a reservation", ShownReservation)
    def get(self, call: Call, reservation_id: UUID) -> VoucherHold:
        return _shown_hold(_hold_or_404(reservation_id))


class ReservationRedemption(BusinessView):
    section = "Vouchers"

    @operation(
        Scope.REWARDS_WRITE,
        "Use a reserved voucher",
        ShownReservation,
        status=201,
        body=ReservationUse,
        keyed=Keyed.REQUIRED,
    )
    def post(self, call: Call, reservation_id: UUID) -> VoucherHold:
        """When the order is paid. 409 `hold_over`: it was used, released or ran out."""
        hold = _hold_or_404(reservation_id)
        redeem_hold(
            hold,
            by=call.by,
            purchase=_purchase(call.values.get("purchase")),
            location=wanted_location(call.values.get("location")),
            source=Source.API,
        )
        return _shown_hold(_hold_or_404(reservation_id))


class ReservationRelease(BusinessView):
    section = "Vouchers"

    @operation(
        Scope.REWARDS_WRITE,
        "Release a reserved voucher",
        ShownReservation,
        status=201,
        body=NoDetails,
        keyed=Keyed.REQUIRED,
    )
    def post(self, call: Call, reservation_id: UUID) -> VoucherHold:
        """When the order is given up. 409 `hold_over`: it was used."""
        return _shown_hold(release_hold(_hold_or_404(reservation_id)))


def _purchase(pk: UUID | None) -> Purchase | None:
    return purchase_or_404(pk, "purchase") if pk else None


def _using(values: Mapping[str, Any]) -> Using:
    product = values.get("product")
    chosen = Product.objects.filter(pk=product).first() if product else None
    if product and chosen is None:
        raise ChoiceNotThere
    return Using(
        basket=values.get("basket"),
        amount=values.get("amount"),
        product=chosen,
        reference=values.get("reference") or "",
    )


def _hold_or_404(pk: UUID) -> VoucherHold:
    known = VoucherHold.objects.select_related("voucher__account", "voucher__product")
    hold: VoucherHold | None = known.filter(pk=pk).first()
    if hold is None:
        raise NotFound
    return hold


def _shown_hold(hold: VoucherHold) -> VoucherHold:
    hold.status = state_of(hold)
    _shown(hold.voucher)
    return hold


def _shown(voucher: Voucher) -> Voucher:
    voucher.currency = current_tenant().currency  # type: ignore[attr-defined]
    return voucher
