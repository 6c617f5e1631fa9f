"""What comes back, and what that does to points."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from customers.api.lookup import purchase_or_404, wanted_location
from customers.domain.purchases import ReturnDetails, ReturnLineDetails, record_return
from customers.enums import Source
from customers.models import Purchase
from loyalty_saas.lib.errors import Invalid
from programs.api.credit import credit_returned
from programs.api.points import earned_by, entry_of
from programs.api.shapes import NewReturn, PreviewedReturn, RecordedReturn, ReturnPreview
from programs.api.stamps import stamped_by, stamps_of, unstamped_by
from programs.domain.credit.foreseeing import preview_uncrediting
from programs.domain.referrals.returning import foresee_loss
from programs.domain.reversals import preview_return
from programs.domain.stamps.taking import preview_unstamping
from programs.enums import Cause
from tenants.api.operations import Call, Existing, Keyed, operation
from tenants.api.views import BusinessView
from tenants.enums import Scope


class PurchaseReturns(BusinessView):
    section = "Purchases"

    @operation(
        Scope.PURCHASES_WRITE,
        "Record a return",
        RecordedReturn,
        status=201,
        body=NewReturn,
        keyed=Keyed.REQUIRED,
        existing="This receipt was recorded before, the same: here it is.",
    )
    def post(self, call: Call, purchase_id: UUID) -> Any:
        """Takes the points back in the same moment; what is spent already is owed, and the next points repay it.

        Of a purchase that was paid from store credit in part, the same part of what comes back goes back to credit.
        """
        purchase = purchase_or_404(purchase_id)
        record = record_return(
            purchase, _details(purchase, call.values), by=call.by, source=Source.API, key=call.domain_key
        )
        answer = {
            "returned": record,
            "earned": earned_by(entry_of(Cause.RETURN, record.pk)),
            "stamps": stamped_by(stamps_of(Cause.UNSTAMPED, record.pk)),
            "credit": credit_returned(record),
        }
        return answer if record.key == call.domain_key else Existing(answer)


class ReturnPreviews(BusinessView):
    section = "Purchases"

    @operation(Scope.PURCHASES_WRITE, "See what a return would do", ReturnPreview, body=PreviewedReturn)
    def post(self, call: Call, purchase_id: UUID) -> dict[str, Any]:
        """Exactly what recording it now would do to money, points and tier. Writes nothing."""
        purchase = purchase_or_404(purchase_id)
        details = _details(purchase, call.values)
        effect = preview_return(purchase, details)
        lost = foresee_loss(purchase, returned=effect.plan.total)
        return {
            "currency": purchase.currency,
            "effect": effect,
            "stamps": unstamped_by(preview_unstamping(purchase, details)),
            "credit": preview_uncrediting(purchase, details),
            "advocate_loses": lost.advocate_points if lost else 0,
            "friend_loses": lost.friend_points if lost else 0,
        }


def _details(purchase: Purchase, values: Mapping[str, Any]) -> ReturnDetails:
    return ReturnDetails(
        lines=_lines(purchase, values.get("lines", ())),
        amount=values.get("amount"),
        reason=values.get("reason", ""),
        receipt_number=values.get("receipt_number", ""),
        occurred_at=values.get("occurred_at"),
        location=wanted_location(values.get("location")),
    )


def _lines(purchase: Purchase, chosen: Any) -> tuple[ReturnLineDetails, ...]:
    if not chosen:
        return ()
    there = {line.pk: line for line in purchase.lines.all()}
    for number, one in enumerate(chosen):
        if one["line"] not in there:
            raise Invalid(
                _("This line is not part of the purchase."), code="unknown_line", field=f"lines.{number}.line"
            )
    return tuple(ReturnLineDetails(there[one["line"]], one["quantity"], one.get("total")) for one in chosen)
