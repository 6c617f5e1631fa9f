"""What brings vouchers into this business: filled by the app that keeps them, when it starts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from customers.models import Member
from tenants.actors import Actor


@dataclass(frozen=True, slots=True)
class BroughtVoucher:
    """A voucher as it stands elsewhere; money in minor units, `value` of percent as the number it is.

    `product` and `products` are names or codes (SKU) of what is had for it. The code is kept, so that what is printed
    works. `until` is the moment it ends, where that is not the end of its last day. `status` is empty where the file
    does not say: then it can be used. `event`, `words`, `link` and `charity` are what its `reward` said. It was had at
    `had_at`, by the card `had_by` where that one handed it on; `welcome_of` is the id of a membership. `gift_code` is
    that of the present as which it is wrapped, and nobody has opened.
    """

    code: str
    own_code: str
    worth: str
    name: str
    value: int
    left: int | None
    cap: int | None
    minimum: int
    product: str
    valid_from: date | None
    last_day: date
    until: datetime | None = None
    products: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    blackout: tuple[tuple[date, date], ...] = ()
    status: str = ""
    used_at: datetime | None = None
    reward: str = ""
    event: datetime | None = None
    words: str = ""
    link: str = ""
    charity: str = ""
    had_at: datetime | None = None
    had_by: str = ""
    welcome_of: str = ""
    gift_code: str = ""
    gift_message: str = ""
    gift_at: datetime | None = None

    @property
    def is_wrapped(self) -> bool:
        """Whether it waits for whoever opens it; what is over is no present any more."""
        return bool(self.gift_code) and self.status in ("", "open")


class Vouchers(Protocol):
    def known(self, codes: Iterable[str]) -> set[str]:
        """Those of the codes that were brought before."""
        ...

    def check(self, voucher: BroughtVoucher) -> None:
        """Raises DomainError for one that could not be taken."""
        ...

    def bring(
        self, member: Member, voucher: BroughtVoucher, *, by: Actor, silent: bool, had_by: Member | None = None
    ) -> None:
        """Raises DomainError when it cannot be taken. The same code is brought once. `had_by` is who handed it on."""
        ...


_filled: list[Vouchers] = []


def fill(vouchers: Vouchers) -> None:
    _filled[:] = [vouchers]


def vouchers() -> Vouchers | None:
    """None where no app keeps any."""
    return _filled[0] if _filled else None
