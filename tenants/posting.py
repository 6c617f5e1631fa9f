"""Sending what is owed: taken, composed and noted inside the business, sent outside of any transaction."""

from collections.abc import Callable
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import TypeVar

from django.core.mail import EmailMultiAlternatives

from tenants.access import working_for
from tenants.domain.owed import close_letter, put_off, take_next
from tenants.domain.owner_letters import reader_of
from tenants.enums import LetterOutcome
from tenants.letters import compose_of
from tenants.models import OwedLetter, OwnerLetter, Tenant

L = TypeVar("L", bound=OwedLetter)
# Makes the message of a letter, inside the business, or says why nobody is written to.
Compose = Callable[[L], EmailMultiAlternatives | LetterOutcome]


def send_owner_letters_of(tenant: Tenant) -> int:
    """Send all that is due to owners and to whom they invite; how many. Call it outside of any transaction."""
    return send_all(tenant, OwnerLetter, _composed)


def send_all(tenant: Tenant, model: type[L], compose: Compose[L]) -> int:
    """Send all letters of a kind that are due in a business; how many were sent. Outside of any transaction."""
    sent = 0
    while True:
        with working_for(tenant):
            letter = take_next(model)
            message = _message(letter, compose) if letter is not None else None
        if letter is None:
            return sent
        if message is not None:
            sent += _send(tenant, letter, message)


def _message(letter: L, compose: Compose[L]) -> EmailMultiAlternatives | None:
    """A letter that nobody is to read any more is closed."""
    made = compose(letter)
    if isinstance(made, LetterOutcome):
        close_letter(letter, made)
        return None
    # The same whoever sends it, so that one that is sent again is known as the same.
    domain = made.from_email.rpartition("@")[2].rstrip(">")
    made.extra_headers["Message-ID"] = f"<{letter.payload.get('sent_as', letter.pk)}@{domain}>"
    return made


def _composed(letter: OwnerLetter) -> EmailMultiAlternatives | LetterOutcome:
    reader = reader_of(letter)
    if isinstance(reader, LetterOutcome):
        return reader
    return compose_of(letter.kind)(letter, reader) or LetterOutcome.NOT_WANTED


def _send(tenant: Tenant, letter: OwedLetter, message: EmailMultiAlternatives) -> bool:
    try:
        message.send()
    except SMTPRecipientsRefused as error:
        is_for_ever = all(code >= 500 for code, _said in error.recipients.values())
        with working_for(tenant):
            close_letter(letter, LetterOutcome.REFUSED) if is_for_ever else put_off(letter)
        return False
    except (SMTPException, OSError):
        with working_for(tenant):
            put_off(letter)
        return False
    with working_for(tenant):
        close_letter(letter, LetterOutcome.SENT)
    return True
