"""E-mail addresses: one form to keep and send to, one to compare, one to show."""

import unicodedata

import idna
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid

LONGEST = 254  # RFC 5321, 4.5.3.1.3 with errata 1690
LONGEST_LOCAL = 64  # RFC 5321, 4.5.3.1.1
# Marks that arrive with a copied address and cannot be seen.
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u00ad"
_check = EmailValidator(allowlist=[])


def parse_email(text: str, *, field: str = "email") -> str:
    """The address to keep and to send to: trimmed, its domain in lower case and in ASCII (münchen.de as xn--…).

    The part before the @ stays as it was written. Raises Invalid when it is no address one can send to.
    """
    address = text.strip().strip(_INVISIBLE).strip()
    if "\N{FULLWIDTH COMMERCIAL AT}" in address and "@" not in address:
        address = address.replace("\N{FULLWIDTH COMMERCIAL AT}", "@")
    local, at, domain = address.rpartition("@")
    # An address of a machine in brackets is no mailbox of a customer.
    if not (at and local and domain) or "[" in domain or any(char.isspace() for char in address):
        raise Invalid(
            _("This is not an e-mail address. Write it like anna@example.com."), code="bad_email", field=field
        )
    if not local.isascii():
        raise Invalid(
            _("Before the @ only plain letters, digits and signs can be used."), code="bad_email", field=field
        )
    address = f"{local}@{_ascii_domain(domain, field)}"
    if len(address) > LONGEST or len(local) > LONGEST_LOCAL:
        raise Invalid(_("This e-mail address is too long."), code="email_too_long", field=field)
    try:
        _check(address)
    except ValidationError as error:
        raise Invalid(
            _("This is not an e-mail address. Write it like anna@example.com."), code="bad_email", field=field
        ) from error
    return address


def email_key(text: str) -> str:
    """What two spellings of one address share: compare and keep unique by this, send to `parse_email`.

    Capitals do not count, neither do forms of the domain. Dots and +labels do: to most providers they differ.
    Text that is no address is folded as it stands.
    """
    try:
        return parse_email(text).lower()
    except Invalid:
        return unicodedata.normalize("NFKC", text).strip().lower()


def mailbox_key(text: str) -> str:
    """What addresses of one mailbox share, for asking whether two belong to one person; never to keep or to send to.

    Without the +label; at Google, which overlooks them, without the dots as well.
    """
    local, at, domain = email_key(text).rpartition("@")
    local = local.partition("+")[0] or local
    if domain in ("gmail.com", "googlemail.com"):
        local, domain = local.replace(".", "") or local, "gmail.com"
    return f"{local}{at}{domain}"


def show_email(address: str) -> str:
    """The address with its domain in its own script, for people."""
    local, at, domain = address.rpartition("@")
    if "xn--" not in domain:
        return address
    try:
        return f"{local}{at}{idna.decode(domain)}"
    except idna.IDNAError:
        return address


def _ascii_domain(domain: str, field: str) -> str:
    if domain.isascii() and "xn--" not in domain.lower():
        return domain.lower()
    try:
        return idna.encode(domain, uts46=True, transitional=False).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise Invalid(
            _("The part after the @ is not the name of a mail server. Please check it."), code="bad_email", field=field
        ) from error
