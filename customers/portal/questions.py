"""What a person is asked to agree to in the portal: those of `customers.agreements` that can be asked here."""

from collections.abc import Mapping
from dataclasses import dataclass

from customers.agreements import Agreement, agreements
from customers.domain.consents import ConsentDetails
from customers.enums import Purpose
from tenants.models import Tenant

# The field of the form for each. Text messages are asked about where a phone is given: at the counter.
_FIELDS = {"program": "agree_program", "news_email": "agree_news", "profiling": "agree_profiling"}


@dataclass(frozen=True, slots=True)
class Question:
    """`name` is the field of the form."""

    name: str
    agreement: Agreement

    @property
    def purpose(self) -> Purpose:
        return self.agreement.purpose

    @property
    def channel(self) -> str:
        return self.agreement.channel

    @property
    def title(self) -> str:
        return self.agreement.title

    @property
    def text(self) -> str:
        return self.agreement.text

    def answered(self, given: bool) -> ConsentDetails:
        return self.agreement.answered(given)


def questions(tenant: Tenant) -> list[Question]:
    """In the order in which they are asked."""
    return [Question(_FIELDS[name], one) for name, one in agreements(tenant).items() if name in _FIELDS]


def answers(tenant: Tenant, given: Mapping[str, bool]) -> list[ConsentDetails]:
    """The answers of a form as they are recorded: a box left empty is a no, with the words it was asked in."""
    return [question.answered(bool(given.get(question.name))) for question in questions(tenant)]
