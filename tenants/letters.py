"""What is written to owners because of something that concerns their business. Apps register their kinds."""

from collections.abc import Callable

from django.core.mail import EmailMultiAlternatives

from tenants.models import OwnerLetter

# Makes the letter to an address ("" where what the payload names has it), inside the business and in its language;
# None where it is no longer of interest.
Compose = Callable[[OwnerLetter, str], EmailMultiAlternatives | None]

_kinds: dict[str, Compose] = {}


def register(kind: str, compose: Compose) -> None:
    """Raises ValueError when there is a kind of this name."""
    if kind in _kinds:
        raise ValueError(f"There is already a letter named {kind}.")
    _kinds[kind] = compose


def compose_of(kind: str) -> Compose:
    return _kinds[kind]
