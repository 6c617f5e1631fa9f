"""The PIN by which a person takes over on a shared device: set, checked, and guarded against guessing."""

import time
from datetime import timedelta
from secrets import randbelow

from django.core.cache import cache
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from loyalty_saas.lib import secrets
from loyalty_saas.lib.errors import DomainError, Invalid
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.domain.team import check_rank
from tenants.errors import WeakPin
from tenants.models import Membership

TRIES = 5
# Seconds to wait after each run of wrong tries; the last one stays. Four digits are 10,000 guesses: at 25 on the first
# day and 5 on each that follows, somebody who stands at the till needs years.
WAITS = (60, 300, 3600, 6 * 3600, 24 * 3600)
FORGOTTEN_AFTER = 7 * 24 * 3600
ONCE_FOR = timedelta(days=1)
# Rows and columns of the pad, both ways.
_ROWS = "01234567890", "09876543210", "2580", "0852", "1470", "3690"


class NoPin(DomainError):
    code = "no_pin"
    sentence = _(
        "%(name)s has no PIN yet. A manager can make one under “Team”, or sign in as %(name)s once to set one."
    )


class PinRunOut(DomainError):
    code = "pin_run_out"
    sentence = _("This one-time PIN has run out. Ask a manager to make a new one.")


class WrongPin(Invalid):
    """`left` tries remain before one has to wait."""

    code = "wrong_pin"
    sentence: str | Promise = ngettext_lazy(
        "That is not the PIN. %(left)d try is left.", "That is not the PIN. %(left)d tries are left.", "left"
    )

    def __init__(self, left: int) -> None:
        super().__init__(field="pin", params={"left": left})


class PinBlocked(DomainError):
    """Too many wrong tries: `seconds` to wait."""

    code = "pin_blocked"
    sentence: str | Promise = ngettext_lazy(
        "Too many wrong tries. Wait %(minutes)d minute, then try again.",
        "Too many wrong tries. Wait %(minutes)d minutes, then try again.",
        "minutes",
    )

    def __init__(self, seconds: int) -> None:
        super().__init__(field="pin", params={"minutes": max(1, -(-seconds // 60))})
        self.seconds = seconds


def set_pin(membership: Membership, *, pin: str, by: Actor) -> None:
    """Keep a hash of the new PIN (4 to 6 digits) and forget the wrong tries. Raises WeakPin."""
    if not 4 <= len(pin) <= 6 or not pin.isascii() or not pin.isdecimal() or _is_weak(pin):
        raise WeakPin(field="pin")
    membership.pin_hash = secrets.hash_pin(pin)
    # Not `save`: who is signed in was found through another connection, which may not write.
    membership.pin_once_until = None
    Membership.objects.filter(pk=membership.pk).update(pin_hash=membership.pin_hash, pin_once_until=None)
    cache.delete(_key(membership))
    record_audit("pin.set", by=by, subject=membership)


def reset_pin(membership: Membership, *, by: Membership) -> str:
    """Make a one-time PIN for a colleague who forgot theirs, and return it: it is shown once and kept as a hash.

    It holds for a day and opens the counter only to choose a PIN of one's own; wrong tries are forgotten. Raises
    OnlyOwners for an owner's, unless an owner asks.
    """
    check_rank(by, membership.role)
    pin = _once()
    membership.pin_hash = secrets.hash_pin(pin)
    membership.pin_once_until = timezone.now() + ONCE_FOR
    Membership.objects.filter(pk=membership.pk).update(
        pin_hash=membership.pin_hash, pin_once_until=membership.pin_once_until
    )
    cache.delete(_key(membership))
    record_audit("pin.reset", by=Actor.staff(by), subject=membership)
    return pin


def check_pin(membership: Membership, *, pin: str) -> None:
    """Return when it is the person's PIN. Raises NoPin, WrongPin or PinBlocked.

    A one-time PIN counts until it runs out (PinRunOut). Locks the membership, so that tries are counted one after the
    other. They are counted in the cache: a refusal
    undoes the transaction and must not undo the count.
    """
    locked = Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)
    if not locked.pin_hash:
        raise NoPin(params={"name": locked.name})
    if locked.pin_once_until is not None and locked.pin_once_until <= timezone.now():
        raise PinRunOut()
    wrong, until = cache.get(_key(locked), (0, 0.0))
    if (left := until - time.time()) > 0:
        raise PinBlocked(int(left) + 1)
    if secrets.check_pin(pin, locked.pin_hash):
        cache.delete(_key(locked))
        return
    wrong += 1
    if wrong % TRIES:
        cache.set(_key(locked), (wrong, 0.0), FORGOTTEN_AFTER)
        raise WrongPin(TRIES - wrong % TRIES)
    wait = WAITS[min(wrong // TRIES, len(WAITS)) - 1]
    cache.set(_key(locked), (wrong, time.time() + wait), FORGOTTEN_AFTER)
    record_audit("pin.blocked", by=Actor.system(), subject=locked, tries=wrong)
    raise PinBlocked(wait)


def _key(membership: Membership) -> str:
    return f"pin:{membership.tenant_id}:{membership.pk}"


def _once() -> str:
    while _is_weak(pin := f"{randbelow(10**6):06}"):
        pass
    return pin


def _is_weak(pin: str) -> bool:
    """Whether it is among what people try first: one digit, a row, a pair again and again, a year of a life."""
    is_repeated = pin == pin[:2] * (len(pin) // 2)
    is_year = len(pin) == 4 and pin[:2] in {"19", "20"}
    return len(set(pin)) == 1 or is_repeated or is_year or any(pin in row for row in _ROWS)
