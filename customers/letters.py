"""What is written to members because of something that concerns them. Apps register their kinds when they start."""

from collections.abc import Callable

from django.core.mail import EmailMultiAlternatives

from customers.models import Letter, Member

# Makes the letter for the member as they are now, inside the business; None where it is no longer of interest.
Compose = Callable[[Letter, Member], EmailMultiAlternatives | None]

_kinds: dict[str, Compose] = {}


def register(kind: str, compose: Compose) -> None:
    """Raises ValueError when there is a kind of this name."""
    if kind in _kinds:
        raise ValueError(f"There is already a letter named {kind}.")
    _kinds[kind] = compose


def compose_of(kind: str) -> Compose:
    return _kinds[kind]
