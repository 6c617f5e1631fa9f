"""Sending what is owed to members."""

from django.core.mail import EmailMultiAlternatives
from django.utils import translation

from customers.domain.letters import reader_of
from customers.letters import compose_of
from customers.models import Letter
from tenants.access import supported
from tenants.enums import LetterOutcome
from tenants.models import Tenant
from tenants.posting import send_all


def send_letters_of(tenant: Tenant) -> int:
    """Send all that is due in a business; how many were sent. Call it outside of any transaction."""
    return send_all(tenant, Letter, _composed)


def _composed(letter: Letter) -> EmailMultiAlternatives | LetterOutcome:
    """In the member's language."""
    member = reader_of(letter)
    if isinstance(member, LetterOutcome):
        return member
    with translation.override(supported(member.language) if member.language else translation.get_language()):
        return compose_of(letter.kind)(letter, member) or LetterOutcome.NOT_WANTED
