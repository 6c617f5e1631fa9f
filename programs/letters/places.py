"""The letter to whoever a place is kept for: what, until when, and where they take it."""

from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import letters
from customers.models import Letter, Member
from customers.portal.mail import message_to, portal_address
from programs.domain.places import OFFER_LETTER
from programs.enums import WaitingStatus
from programs.models import WaitingPlace
from tenants.isolation import current_tenant


def register() -> None:
    letters.register(OFFER_LETTER, offer_message)


def offer_message(letter: Letter, member: Member) -> EmailMultiAlternatives | None:
    """None once the place was taken, given up or passed on."""
    waiting = (
        WaitingPlace.objects.select_related("reward", "account")
        .filter(pk=UUID(letter.payload["waiting"]), status=WaitingStatus.OFFERED, offered_until__gt=timezone.now())
        .first()
    )
    if waiting is None or waiting.account.member_id != member.pk:
        return None
    tenant = current_tenant()
    return message_to(
        tenant,
        to=member.email,
        subject=_("A place for you: %(name)s") % {"name": waiting.reward.name},
        template="portal/mail/place",
        context={
            "name": member.given_name,
            "reward": waiting.reward,
            "until": waiting.offered_until,
            "link": f"{portal_address(tenant)}rewards/{waiting.reward_id}/",
        },
    )
