"""What somebody new is asked at the counter, one question for each thing they may agree to."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers.enums import ConsentChannel, Purpose
from tenants.isolation import current_tenant


@dataclass(frozen=True, slots=True)
class Question:
    """`text` is read out and kept as proof; `name` is the field of the form."""

    name: str
    purpose: str
    channel: str
    title: str
    text: str
    required: bool = False


def questions() -> list[Question]:
    """In the order in which they are asked. Nothing is agreed to beforehand, and only the first is needed."""
    name = {"name": current_tenant().name}
    return [
        Question(
            "program",
            Purpose.PROGRAM,
            ConsentChannel.ANY,
            _("Take part"),
            _("%(name)s keeps my contact and my purchases to count my points.") % name,
            required=True,
        ),
        Question(
            "marketing_email",
            Purpose.MARKETING,
            ConsentChannel.EMAIL,
            _("News by e-mail"),
            _("%(name)s may send me news and offers by e-mail. I can stop it at any time.") % name,
        ),
        Question(
            "marketing_sms",
            Purpose.MARKETING,
            ConsentChannel.SMS,
            _("News by text message"),
            _("%(name)s may send me news and offers by text message. I can stop it at any time.") % name,
        ),
        Question(
            "profiling",
            Purpose.PROFILING,
            ConsentChannel.ANY,
            _("Offers that fit"),
            _("%(name)s may choose offers for me from what I buy. I can stop it at any time.") % name,
        ),
    ]
