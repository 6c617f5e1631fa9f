"""What people are asked to agree to, each on its own, in exactly these words wherever they are asked."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers.domain.consents import ConsentDetails
from customers.enums import ConsentChannel, Purpose
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Agreement:
    """`title` and `text` are shown, or read out, together and kept together as proof."""

    purpose: Purpose
    channel: ConsentChannel
    title: str
    text: str

    @property
    def wording(self) -> str:
        return f"{self.title}. {self.text}"

    @property
    def is_needed(self) -> bool:
        """Without taking part there is no card; everything else is free and changes nothing about what is earned."""
        return self.purpose == Purpose.PROGRAM

    def answered(self, given: bool) -> ConsentDetails:
        return ConsentDetails(purpose=self.purpose, channel=self.channel, given=given, text=self.wording)


def agreements(tenant: Tenant) -> dict[str, Agreement]:
    """By a short name, in the order in which they are asked."""
    name = {"business": tenant.name}
    return {
        "program": Agreement(
            Purpose.PROGRAM,
            ConsentChannel.ANY,
            _("I want to take part"),
            _("%(business)s keeps my name, my contact and my purchases, to count what I earn.") % name,
        ),
        "news_email": Agreement(
            Purpose.MARKETING,
            ConsentChannel.EMAIL,
            _("News by e-mail"),
            _("%(business)s may write to me about news and offers. I can stop that at any time.") % name,
        ),
        "news_sms": Agreement(
            Purpose.MARKETING,
            ConsentChannel.SMS,
            _("News by text message"),
            _("%(business)s may send me text messages about news and offers. I can stop that at any time.") % name,
        ),
        "profiling": Agreement(
            Purpose.PROFILING,
            ConsentChannel.ANY,
            _("Offers that suit me"),
            _("%(business)s may choose offers for me by what I buy. I can stop that at any time.") % name,
        ),
    }
