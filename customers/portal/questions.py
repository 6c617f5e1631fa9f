"""What a person is asked to agree to, each on its own, and in exactly which words."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers.domain.consents import ConsentDetails
from customers.enums import ConsentChannel, Purpose
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Question:
    """`name` is the field of the form; `title` and `text` are shown together and kept together as proof."""

    name: str
    purpose: Purpose
    channel: ConsentChannel
    title: str
    text: str

    @property
    def wording(self) -> str:
        return f"{self.title}. {self.text}"

    def answered(self, given: bool) -> ConsentDetails:
        return ConsentDetails(purpose=self.purpose, channel=self.channel, given=given, text=self.wording)


def questions(tenant: Tenant) -> list[Question]:
    """Taking part is needed to have a card; the other two are free and change nothing about the points."""
    name = {"business": tenant.name}
    return [
        Question(
            "agree_program",
            Purpose.PROGRAM,
            ConsentChannel.ANY,
            _("I want to take part"),
            _("%(business)s keeps my name, my contact and my purchases, to count what I earn.") % name,
        ),
        Question(
            "agree_news",
            Purpose.MARKETING,
            ConsentChannel.EMAIL,
            _("News by e-mail"),
            _("%(business)s may write to me about news and offers. I can stop that at any time.") % name,
        ),
        Question(
            "agree_profiling",
            Purpose.PROFILING,
            ConsentChannel.ANY,
            _("Offers that suit me"),
            _("%(business)s may choose offers for me by what I buy. I can stop that at any time.") % name,
        ),
    ]


def answers(tenant: Tenant, given: Mapping[str, bool]) -> list[ConsentDetails]:
    """The answers of a form as they are recorded: a box left empty is a no, with the words it was asked in."""
    return [question.answered(bool(given.get(question.name))) for question in questions(tenant)]
