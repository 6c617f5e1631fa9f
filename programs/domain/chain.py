"""The chain of hashes: each entry seals its own content and the entry before it on the account."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

# In the order in which they are sealed. Everything an entry says, the place in the chain included.
SEALED = (
    "tenant_id",
    "id",
    "account_id",
    "seq",
    "kind",
    "amount",
    "pending_amount",
    "balance_after",
    "pending_after",
    "owed_after",
    "counts_from",
    "occurred_at",
    "recorded_at",
    "cause",
    "cause_id",
    "reverses_id",
    "actor_kind",
    "actor_id",
    "actor_label",
    "location_id",
    "reason",
    "snapshot",
    "key",
    "request_hash",
    "previous",
)
_SNAPSHOT = SEALED.index("snapshot")
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)


def canonical(snapshot: Mapping[str, Any]) -> str:
    """The text of a snapshot that is sealed, and may be stored: to make it twice is dear, it tells of every rule."""
    return _ENCODER.encode(snapshot)


def seal(values: Iterable[Any]) -> str:
    """SHA-256, in hex, over the values of SEALED in their order; the last is the hash of the entry before.

    The snapshot may be given as its `canonical` text.
    """
    plain = [_plain(value) for value in values]
    if isinstance(snapshot := plain[_SNAPSHOT], str):
        before, after = _ENCODER.encode(plain[:_SNAPSHOT]), _ENCODER.encode(plain[_SNAPSHOT + 1 :])
        text = f"{before[:-1]},{snapshot},{after[1:]}"
    else:
        text = _ENCODER.encode(plain)
    return hashlib.sha256(text.encode()).hexdigest()


def request_hash(*parts: Any) -> str:
    """What a key was used for. The same parts give the same hash."""
    return hashlib.sha256(_ENCODER.encode([_plain(part) for part in parts]).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return value.hex
    return value
