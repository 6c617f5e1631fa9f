"""Purchases recorded through the API: what was bought, what it earned, how the member stands."""

from collections.abc import Mapping
from typing import Any

from customers.api.lookup import wanted_location, wanted_member
from customers.api.shapes import NewPurchase
from customers.domain.purchases import LineDetails, PurchaseDetails, record_purchase
from customers.enums import Source
from programs.api.credit import credit_done
from programs.api.points import earned_by, entry_of
from programs.api.shapes import RecordedPurchase
from programs.api.stamps import stamped_by, stamps_of
from programs.domain.serving import credit_moved
from programs.enums import Cause
from tenants.api.operations import Call, Existing, Keyed, operation
from tenants.api.views import BusinessView
from tenants.enums import Scope


class RecordPurchases(BusinessView):
    section = "Purchases"

    @operation(
        Scope.PURCHASES_WRITE,
        "Record a purchase",
        RecordedPurchase,
        status=201,
        body=NewPurchase,
        keyed=Keyed.REQUIRED,
        existing="This receipt was recorded before, the same: here it is.",
        refusals=(404,),
    )
    def post(self, call: Call) -> Any:
        """Gives the member their points in the same moment. Without a member it is the purchase of a guest.

        A part of it can be paid from the member's store credit (`tenders`): that part earns nothing, and a return gives
        it back there in proportion.

        The same receipt number again gives the purchase that is there, or 409 `conflict` when it says something else.
        """
        values = call.values
        member = wanted_member(values["member"]) if values.get("member") is not None else None
        details = _details(values)
        # The call is done once by its Idempotency-Key; the purchase needs a key only to know its own receipt again.
        key = call.domain_key if details.receipt_number else ""
        purchase = record_purchase(member, details, by=call.by, source=Source.API, key=key)
        if purchase.key != key:
            earned = earned_by(entry_of(Cause.PURCHASE, purchase.pk))
            stamps = stamped_by(stamps_of(Cause.STAMPED, purchase.pk))
            credit = credit_done(credit_moved(purchase))
            return Existing({"purchase": purchase, "earned": earned, "stamps": stamps, "credit": credit})
        if purchase.just_written is not None:
            purchase._prefetched_objects_cache = {"lines": purchase.just_written}  # type: ignore[attr-defined]
        return {
            "purchase": purchase,
            "earned": earned_by(getattr(purchase, "accrual", None)),
            "stamps": stamped_by(getattr(purchase, "stamped", ())),
            "credit": credit_done(credit_moved(purchase)),
        }


def _details(values: Mapping[str, Any]) -> PurchaseDetails:
    return PurchaseDetails(
        lines=tuple(LineDetails(**line) for line in values.get("lines", ())),
        total=values.get("total"),
        discount=values["discount"],
        tax=values.get("tax"),
        receipt_number=values.get("receipt_number", ""),
        occurred_at=values.get("occurred_at"),
        location=wanted_location(values.get("location")),
        currency=values.get("currency", ""),
        credit=sum(one["amount"] for one in values.get("tenders", ())),
        payment_card=values.get("payment_card", ""),
    )
