"""What somebody new is asked at the counter, one question for each thing they may agree to."""

from dataclasses import dataclass

from customers.agreements import Agreement, agreements
from tenants.isolation import current_tenant

# The field of the form for each.
_FIELDS = {
    "program": "program",
    "news_email": "marketing_email",
    "news_sms": "marketing_sms",
    "profiling": "profiling",
}


@dataclass(frozen=True, slots=True)
class Question:
    """`agreement` is read out and kept as proof; `name` is the field of the form."""

    name: str
    agreement: Agreement


def questions() -> list[Question]:
    """In the order in which they are asked. Nothing is agreed to beforehand, and only the first is needed."""
    return [Question(_FIELDS[name], one) for name, one in agreements(current_tenant()).items()]
