from customers.domain.purchases.details import LineDetails, PurchaseDetails, ReturnDetails, ReturnLineDetails
from customers.domain.purchases.recording import find_recorded, record_purchase
from customers.domain.purchases.return_plan import PlannedLine, ReturnPlan, plan_return
from customers.domain.purchases.returning import record_return

__all__ = [
    "LineDetails",
    "PlannedLine",
    "PurchaseDetails",
    "ReturnDetails",
    "ReturnLineDetails",
    "ReturnPlan",
    "find_recorded",
    "plan_return",
    "record_purchase",
    "record_return",
]
