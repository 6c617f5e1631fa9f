"""Vouchers: looked at, and used once."""

from uuid import UUID

from customers.api.lookup import purchase_or_404, wanted_location
from customers.enums import Source
from customers.models import Purchase
from programs.api.shapes import NewUse, ShownVoucher
from programs.domain.vouchers import find_voucher, use_voucher
from programs.models import Voucher
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
        """Once: two tills cannot both have it. 409 is `voucher_used`, `voucher_expired` or `voucher_voided`."""
        values = call.values
        return _shown(
            use_voucher(
                find_voucher(code),
                by=call.by,
                location=wanted_location(values.get("location")),
                purchase=_purchase(values.get("purchase")),
                source=Source.API,
            )
        )


def _purchase(pk: UUID | None) -> Purchase | None:
    return purchase_or_404(pk, "purchase") if pk else None


def _shown(voucher: Voucher) -> Voucher:
    voucher.currency = current_tenant().currency  # type: ignore[attr-defined]
    return voucher
