"""Secrets: kept encrypted, handed out once, compared in constant time."""

import base64
import hashlib
import hmac
import secrets
import time
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.hashers import ScryptPasswordHasher

CARD_STEP = 30


class _PinHasher(ScryptPasswordHasher):
    """Scrypt at 16 MiB, once: under 90 ms of a busy core (five rounds took 350). Somebody waits at the counter for it.

    Four to six digits are a million at most, so no cost that a counter can wait for holds off whoever has the
    database; what holds off guessing is that tries are few (`tenants.domain.pins`). Django's five rounds would only
    take the till's time five times.
    """

    algorithm = "scrypt_pin"
    work_factor = 2**14
    parallelism = 1


def encrypt(text: str) -> str:
    """The text under the first of FIELD_KEYS, in URL-safe ASCII; another result every time."""
    return _keys(tuple(settings.FIELD_KEYS)).encrypt(text.encode()).decode("ascii")


def decrypt(token: str) -> str:
    """What `encrypt` was given, under any of FIELD_KEYS. Raises ValueError when no key fits or it was changed."""
    try:
        return _keys(tuple(settings.FIELD_KEYS)).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise ValueError("not encrypted with a key of ours") from error


def rotate(token: str) -> str:
    """The same secret under the first key, for a change of keys. Raises ValueError when no key fits."""
    return encrypt(decrypt(token))


@lru_cache(maxsize=8)
def _keys(given: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key))) for key in given])


def _derived(key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"regulars.fields.v1").derive(key.encode())


def new_token(bits: int = 128) -> str:
    """A random token in URL-safe characters; show it once and keep only `hash_token` of it."""
    if bits < 64:
        raise ValueError("a token needs at least 64 bits")
    return secrets.token_urlsafe((bits + 7) // 8)


def hash_token(token: str) -> str:
    """SHA-256 in hex. Only for tokens of full strength: what people choose needs `hash_pin`."""
    return hashlib.sha256(token.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two texts are equal, in a time that tells nothing about where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def card_step(now: float | None = None, step: int = CARD_STEP) -> int:
    """The number of the current step since 1970: a business that accepts each step once keeps the last one used."""
    return int((time.time() if now is None else now) // step)


def rotating_code(secret: str, step: int) -> str:
    """The code a member's card shows during one step: 60 bits of HMAC-SHA-256 in 12 letters and digits."""
    digest = hmac.digest(secret.encode(), b"card:%d" % step, "sha256")
    return base64.b32encode(digest)[:12].decode("ascii")


def step_of_code(secret: str, code: str, now: float | None = None, step: int = CARD_STEP) -> int | None:
    """The step for which this code is right, the current or the one before; None when it is neither."""
    current = card_step(now, step)
    found = [number for number in (current, current - 1) if same(rotating_code(secret, number), code.strip().upper())]
    return found[0] if found else None


def hash_pin(pin: str) -> str:
    """A slow, salted hash of a PIN."""
    hasher = _PinHasher()
    return hasher.encode(pin, hasher.salt())


def check_pin(pin: str, hashed: str) -> bool:
    """Whether this is the PIN; as slow for a hash that is empty, so that nobody learns who has none."""
    if hashed.startswith(f"{_PinHasher.algorithm}$"):
        return _PinHasher().verify(pin, hashed)
    hash_pin(pin)
    return False
