"""Codes that prove an address: sent, entered, counted.

The sums behind the limits: a code has 23^8 = 7.8e10 values; at most CODES_A_DAY codes of TRIES tries each are
looked at for an address in 24 hours, which is 30 guesses, whatever the number of attackers and of their
addresses. Both are counted in the database under a lock, so that a flushed cache changes nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

import structlog
from celery import current_app
from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from customers.enums import CodePurpose, MemberStatus
from customers.errors import TooManyCodes
from customers.models import Member, SignInCode
from loyalty_saas.lib.emails import email_key, parse_email
from loyalty_saas.lib.ids import short_code, tidy_code
from loyalty_saas.lib.limits import within_limit
from loyalty_saas.lib.secrets import decrypt, encrypt, hash_token, new_token, same
from tenants.isolation import current_tenant_id

log = structlog.get_logger(__name__)
CODE_LENGTH = 8
TRIES = 3
CODES_A_DAY = 10
GOOD_FOR = timedelta(minutes=15)
# A proved address may be used to join for this long.
PROVED_FOR = timedelta(minutes=30)
DAY = timedelta(hours=24)
# For one network in one business: slower than any person needs, fast enough for a café behind one address.
ASKED_AN_HOUR = 60
ENTERED_AN_HOUR = 120


class Outcome(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Entered:
    """What entering a code came to; `left` tries remain."""

    outcome: Outcome
    left: int = 0
    code: SignInCode | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A code that is on its way; `token` is for the browser that asked."""

    code: SignInCode
    token: str


def ask_for_code(
    email: str,
    *,
    purpose: CodePurpose,
    address: str,
    details: Mapping[str, Any] | None = None,
    member: Member | None = None,
) -> Asked:
    """Make a code for an e-mail address and have it sent after commit.

    The work is the same whether or not a member has the address. `address` is the network that asks. Raises
    Invalid for what is no e-mail address, TooManyCodes beyond CODES_A_DAY (for known and unknown alike).
    """
    email = email_key(parse_email(email))
    if not within_limit(f"codes:{current_tenant_id()}:{address}", most=ASKED_AN_HOUR, seconds=3600):
        raise TooManyCodes
    destination, now = _destination(email), timezone.now()
    code, token = short_code(CODE_LENGTH), new_token()
    with transaction.atomic():
        _one_at_a_time(destination)
        sent = SignInCode.objects.filter(destination_hash=destination, created_at__gt=now - DAY).count()
        if sent >= CODES_A_DAY:
            raise TooManyCodes
        flow = hash_token(token)
        row = SignInCode.objects.create(
            purpose=purpose,
            destination_hash=destination,
            flow_hash=flow,
            member=member,
            code_hash=_code_hash(flow, code),
            details=encrypt(json.dumps({"email": email, "code": code, **(details or {})})),
            expires_at=now + GOOD_FOR,
        )
    _after_commit("send_code", row)
    return Asked(row, token)


def enter_code(token: str, typed: str, *, address: str) -> Entered:
    """Try a code in the browser that asked for it. Locks the code; a wrong one uses up a try, and nothing else.

    Refusals are told by the outcome and not raised: the try must be counted, and raising would undo that.
    """
    if not within_limit(f"tries:{current_tenant_id()}:{address}", most=ENTERED_AN_HOUR, seconds=3600):
        return Entered(Outcome.OVER)
    now = timezone.now()
    with transaction.atomic():
        row = SignInCode.objects.select_for_update().filter(flow_hash=hash_token(token)).first()
        if row is None or row.used_at is not None or row.expires_at <= now or row.tries >= TRIES:
            return Entered(Outcome.OVER)
        row.tries += 1
        if same(row.code_hash, _code_hash(row.flow_hash, tidy_code(typed[:40]))):
            row.used_at = now
            row.save(update_fields=["tries", "used_at"])
            return Entered(Outcome.RIGHT, code=row)
        row.save(update_fields=["tries"])
    left = TRIES - row.tries
    return Entered(Outcome.WRONG if left else Outcome.OVER, left)


def find_asked(token: str) -> SignInCode | None:
    """The code this browser waits for, while it may still be entered."""
    row = SignInCode.objects.filter(flow_hash=hash_token(token), used_at=None, expires_at__gt=timezone.now()).first()
    return row if row is not None and row.tries < TRIES else None


def find_proved(token: str) -> SignInCode | None:
    """The code this browser has entered rightly, while its address may still be used to join."""
    since = timezone.now() - PROVED_FOR
    row = SignInCode.objects.filter(flow_hash=hash_token(token), used_at__gt=since).first()
    return row if row is not None and row.details else None


def told(code: SignInCode) -> dict[str, Any]:
    """What stands in the code's details: the address and, of one who joins, what they told us."""
    details: dict[str, Any] = json.loads(decrypt(code.details)) if code.details else {}
    return details


def forget_told(code: SignInCode) -> None:
    """Empty the details, once they have become a member, a session or a change."""
    code.details = ""
    code.save(update_fields=["details"])


def forget_code(code: SignInCode) -> None:
    """The mail has left: the code itself is no longer kept."""
    details = told(code)
    if details.pop("code", None):
        code.details = encrypt(json.dumps(details))
        SignInCode.objects.filter(pk=code.pk, used_at=None).update(details=code.details)


def keep_former(code: SignInCode, former: str) -> None:
    """The proved address has replaced this one, which is to hear of it (`tell_email_changed`, after commit)."""
    code.details = encrypt(json.dumps({"former": former}))
    code.save(update_fields=["details"])
    _after_commit("tell_email_changed", code)


def member_with(email: str) -> Member | None:
    """The member who has this address and has not left."""
    return Member.objects.filter(email=email_key(email)).exclude(status=MemberStatus.LEFT).first()


def tidy_portal_access(older_than: timedelta = DAY) -> int:
    """Drop codes that no longer count for anything; returns how many."""
    dropped, _by_model = SignInCode.objects.filter(created_at__lt=timezone.now() - older_than).delete()
    return dropped


def _destination(email: str) -> str:
    return salted_hmac("portal.destination", f"{current_tenant_id()}:{email}", algorithm="sha256").hexdigest()


def _code_hash(flow: str, code: str) -> str:
    return salted_hmac("portal.code", f"{flow}:{code}", algorithm="sha256").hexdigest()


def _one_at_a_time(destination: str) -> None:
    """Until commit nobody else counts the codes of this address."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [destination])


def _after_commit(task: str, code: SignInCode) -> None:
    arguments = (str(current_tenant_id()), str(code.pk))
    transaction.on_commit(lambda: _queue(task, arguments), robust=True)


def _queue(task: str, arguments: tuple[str, str]) -> None:
    """What could not be queued is logged: the person sees no mail and asks for another."""
    try:
        current_app.send_task(f"customers.portal.tasks.{task}", arguments, retry=False)
    except (RedisError, OperationalError, OSError) as error:
        log.error("portal.mail_not_queued", task=task, error=type(error).__name__)
