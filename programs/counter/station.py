"""A device at the counter, kept in its session: where it stands, who is serving now, and whether it is locked."""

import time
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

from customers.domain.cards import PROVES_FOR
from tenants.models import Membership

SESSION_KEY = "station"
IDLE_SECONDS = 5 * 60
# Writing the time of every tap would write the session at every tap.
TOUCH_SECONDS = 20


class Station:
    """The session's part of the counter for one business; another business starts with a fresh one."""

    def __init__(self, session: SessionBase, own: Membership) -> None:
        self._session = session
        self._own = own
        kept: dict[str, Any] = session.get(SESSION_KEY) or {}
        self._kept: dict[str, Any] = (
            kept if kept.get("business") == str(own.tenant_id) else {"business": str(own.tenant_id)}
        )

    @property
    def location_id(self) -> UUID | None:
        kept = self._kept.get("location")
        return UUID(kept) if kept else None

    @property
    def acting_id(self) -> UUID:
        """Who serves: the person signed in, or the one who took over with a PIN."""
        kept = self._kept.get("acting")
        return UUID(kept) if kept else self._own.pk

    @property
    def is_locked(self) -> bool:
        return bool(self._kept.get("locked"))

    @property
    def is_shared(self) -> bool:
        """Somebody else may be standing here: the rest of the signed-in person's pages are closed."""
        return self.is_locked or self.acting_id != self._own.pk

    @property
    def idle_seconds(self) -> float:
        return time.time() - float(self._kept.get("seen", time.time()))

    def show_card(self, member_id: UUID, step: int) -> None:
        """A member's card was read here, fresh from the phone."""
        self._keep(card={"member": str(member_id), "step": step, "at": time.time()})

    def card_step(self, member_id: UUID) -> int | None:
        """The step in which this member's card was read here a short while ago, unless it has been put away."""
        card: dict[str, Any] | None = self._kept.get("card")
        if not card or card["member"] != str(member_id) or time.time() - card["at"] > PROVES_FOR.total_seconds():
            return None
        return int(card["step"])

    def show_voucher(self, voucher_id: UUID) -> None:
        """A voucher was opened here by its code, which the member alone has."""
        self._keep(voucher={"id": str(voucher_id), "at": time.time()})

    def shown_voucher(self) -> UUID | None:
        """The voucher whose code was typed or read here a short while ago."""
        shown: dict[str, Any] | None = self._kept.get("voucher")
        return UUID(shown["id"]) if shown and time.time() - shown["at"] <= PROVES_FOR.total_seconds() else None

    def divide(self, bill_id: UUID | None) -> None:
        """A bill is divided among those who are served next; None when that is done."""
        if bill_id is not None or self._kept.get("bill"):
            self._keep(bill=str(bill_id) if bill_id else None)

    @property
    def bill_id(self) -> UUID | None:
        kept = self._kept.get("bill")
        return UUID(kept) if kept else None

    def show_partner_card(self, partner: str, sealed: str) -> None:
        """A card of another business of the network was read here; whose it is here is still to be said."""
        self._keep(partner_card={"partner": partner, "sealed": sealed, "at": time.time()})

    def partner_card(self) -> tuple[str, str] | None:
        """The business whose card was read here a short while ago, and the sealed proof of it."""
        shown: dict[str, Any] | None = self._kept.get("partner_card")
        if not shown or time.time() - shown["at"] > PROVES_FOR.total_seconds():
            return None
        return shown["partner"], shown["sealed"]

    def is_not_theirs(self, member_id: UUID) -> bool:
        """Whether it was said here that the card of another business is not this member's."""
        shown: dict[str, Any] = self._kept.get("partner_card") or {}
        return str(member_id) in shown.get("not_of", [])

    def note_not_theirs(self, member_id: UUID) -> None:
        """The card is not this member's; it still waits for whoever it belongs to."""
        if (shown := self._kept.get("partner_card")) and not self.is_not_theirs(member_id):
            self._keep(partner_card={**shown, "not_of": [*shown.get("not_of", []), str(member_id)]})

    def put_partner_card_away(self) -> None:
        if self._kept.get("partner_card"):
            self._keep(partner_card=None)

    def put_voucher_away(self) -> None:
        if self._kept.get("voucher"):
            self._keep(voucher=None)

    def put_card_away(self) -> None:
        if self._kept.get("card"):
            self._keep(card=None)

    def stand_at(self, location_id: UUID) -> None:
        self._keep(location=str(location_id))

    def hand_over_to(self, membership: Membership) -> None:
        self._keep(acting=str(membership.pk), locked=False, seen=time.time())

    def lock(self) -> None:
        self._keep(locked=True, card=None, voucher=None, partner_card=None)

    def touch(self) -> None:
        """Somebody is here."""
        if "seen" not in self._kept or self.idle_seconds > TOUCH_SECONDS:
            self._keep(seen=time.time())

    def _keep(self, **values: Any) -> None:
        self._kept = {**self._kept, **values}
        self._session[SESSION_KEY] = self._kept


def session_is_shared(session: SessionBase, user_memberships: list[Membership]) -> bool:
    """Whether a person other than the one signed in may be using this session."""
    kept: dict[str, Any] = session.get(SESSION_KEY) or {}
    if kept.get("locked"):
        return True
    acting = kept.get("acting")
    return bool(acting) and all(str(one.pk) != acting for one in user_memberships)
