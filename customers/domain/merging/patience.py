"""Merging takes more locks than anything else, in an order that suits nobody: so it is the one that gives way."""

from collections.abc import Callable
from typing import TypeVar

from customers.errors import BeingServed
from loyalty_saas.postgres import patience

T = TypeVar("T")
GIVES_UP_AFTER = patience.GIVES_UP_AFTER


def patiently(act: Callable[[], T]) -> T:
    """Run `act`, beginning again where a lock is not to be had soon. Raises BeingServed after some seconds."""
    return patience.patiently(act, otherwise=BeingServed)
