"""How a membership is paid: one way now, others behind the same port.

A port takes the money of a period and gives it back. What it says is written down with the payment, in the transaction
that makes the membership run; a port that asks somebody outside must be asked with the same key again safely.
"""

from dataclasses import dataclass
from typing import Protocol

from loyalty_saas.lib.texts import tidy_text
from programs.enums import PaymentWay


@dataclass(frozen=True, slots=True)
class Charge:
    """`amount` minor units of `currency` for one period; `key` is the same when the same charge is asked for again."""

    amount: int
    currency: str
    key: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """`reference` is what the way of paying calls it."""

    reference: str = ""


class PaymentPort(Protocol):
    """`collects_by_itself`: renewals need nobody at the counter."""

    collects_by_itself: bool

    def collect(self, charge: Charge) -> Settled:
        """Take the money, or raise DomainError. Once for a key."""
        ...

    def give_back(self, charge: Charge) -> Settled:
        """Give so much of it back, or raise DomainError. Once for a key."""
        ...


class PaidAtCounter:
    """The till has the money: whoever serves says so, and the number of the receipt where there is one."""

    collects_by_itself = False

    def collect(self, charge: Charge) -> Settled:
        return Settled(tidy_text(charge.reference, field="reference", longest=80))

    def give_back(self, charge: Charge) -> Settled:
        return Settled(tidy_text(charge.reference, field="reference", longest=80))


PORTS: dict[PaymentWay, PaymentPort] = {PaymentWay.COUNTER: PaidAtCounter()}
