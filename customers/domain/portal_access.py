"""Codes that prove an address: sent, entered, counted.

Anybody can ask for a code for anybody's address, so nothing that is counted for the address alone may keep its owner
out. An address gets a mail a minute, and after MAILS_AT_ONCE of them in a day one each GOOD_FOR_LONG; whoever asks
in between gets no mail and no refusal: the code that lies in the mailbox works in their browser too. What is refused
is guessing: by network and address, and at a multiple of it by address.

The sums: a code has 23^8 = 7.8e10 values. One network has GUESSES_OF_ONE wrong guesses at an address in half an hour,
all the world GUESSES_OF_ALL in a day: one chance in 2.6 billion. Whoever guesses from several networks until then does
close the address to codes for a day; who is signed in stays so, and the counter serves without a phone. All of it is
counted in the database under a lock, so that a flushed cache changes nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from celery import current_app
from django.db import connection, transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone
from django.utils.crypto import salted_hmac
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from customers.domain.identity import present_member
from customers.enums import CodePurpose, MemberStatus
from customers.errors import TooManyCodes, TooManyGuesses
from customers.models import Member, SignInCode
from loyalty_saas.lib.emails import email_key, parse_email
from loyalty_saas.lib.ids import short_code, tidy_code
from loyalty_saas.lib.limits import within_limit
from loyalty_saas.lib.secrets import decrypt, encrypt, hash_token, new_token, same
from tenants.isolation import current_tenant_id

log = structlog.get_logger(__name__)
CODE_LENGTH = 8
TRIES = 3
GOOD_FOR = timedelta(minutes=15)
# Between two mails to one address, so many of which a day are sent without further ado; then codes are good for longer.
BETWEEN_MAILS = timedelta(minutes=1)
MAILS_AT_ONCE = 6
GOOD_FOR_LONG = timedelta(minutes=30)
# A code that is nearly over is no use to somebody who has yet to open their mail.
LEFT_AT_LEAST = timedelta(minutes=2)
# Wrong guesses of one network within GOOD_FOR_LONG, which is longer than any of the browsers that guess may go on, and
# of everybody within a DAY.
GUESSES_OF_ONE = 12
GUESSES_OF_ALL = 30
# A proved address may be used to join for this long.
PROVED_FOR = timedelta(minutes=30)
DAY = timedelta(hours=24)
# For one network in one business: slower than any person needs, fast enough for a café behind one address.
WHILE_MINUTES = 10
ASKED_IN_A_WHILE = 30
ENTERED_IN_A_WHILE = 60


class Outcome(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Entered:
    """What entering a code came to; `left` tries remain. `refused` says why a new code would not help either."""

    outcome: Outcome
    left: int = 0
    code: SignInCode | None = None
    refused: TooManyCodes | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A code that is on its way, or lies in the mailbox already (`is_sent` is False); `token` is for the browser."""

    code: SignInCode
    token: str
    is_sent: bool


def ask_for_code(
    email: str,
    *,
    purpose: CodePurpose,
    address: str,
    details: Mapping[str, Any] | None = None,
    member: Member | None = None,
) -> Asked:
    """Make a code for an e-mail address and have it sent after commit, or let the one that was sent count here too.

    The work is the same whether or not a member has the address. `address` is the network that asks. Raises
    Invalid for what is no e-mail address, TooManyCodes for a network that asks or guesses too much, TooManyGuesses
    when everybody together was wrong about this address too often.
    """
    email = email_key(parse_email(email))
    if not _is_slow_enough("codes", address, ASKED_IN_A_WHILE):
        raise TooManyCodes(WHILE_MINUTES)
    row, token = SignInCode(purpose=purpose, member=member), new_token()
    row.flow_hash, row.destination_hash = hash_token(token), _destination(email)
    row.asker_hash = _asker(row.destination_hash, address)
    kept = {"email": email, **(details or {})}
    with transaction.atomic():
        _one_at_a_time(row.destination_hash)
        _refuse_guessing(row)
        before = _in_the_mailbox(row)
        if before is None:
            code = short_code(CODE_LENGTH)
            row.is_mailed, row.code_hash, row.expires_at = True, _code_hash(row, code), _good_until(row)
            kept["code"] = code
        else:
            row.code_hash, row.expires_at = before.code_hash, before.expires_at
        row.details = encrypt(json.dumps(kept))
        row.save(force_insert=True)
    if row.is_mailed:
        _after_commit("send_code", row)
    return Asked(row, token, row.is_mailed)


def enter_code(token: str, typed: str, *, address: str) -> Entered:
    """Try a code in the browser that asked for it. Locks the code; a wrong one uses up a try, and nothing else.

    A right one is over in every other browser. Refusals are told by the outcome and not raised: the try must be
    counted, and raising would undo that.
    """
    if not _is_slow_enough("tries", address, ENTERED_IN_A_WHILE):
        return Entered(Outcome.OVER, refused=TooManyCodes(WHILE_MINUTES))
    now = timezone.now()
    with transaction.atomic():
        asked = SignInCode.objects.filter(flow_hash=hash_token(token)).first()
        if asked is None:
            return Entered(Outcome.OVER)
        _one_at_a_time(asked.destination_hash)
        row = SignInCode.objects.select_for_update().get(pk=asked.pk)
        if row.used_at is not None or row.expires_at <= now or row.tries >= TRIES:
            return Entered(Outcome.OVER)
        try:
            _refuse_guessing(row)
        except TooManyCodes as error:
            return Entered(Outcome.OVER, refused=error)
        row.tries += 1
        if same(row.code_hash, _code_hash(row, tidy_code(typed[:40]))):
            row.used_at = now
            row.save(update_fields=["tries", "used_at"])
            _alike(row).exclude(pk=row.pk).filter(code_hash=row.code_hash).update(expires_at=now)
            return Entered(Outcome.RIGHT, code=row)
        row.save(update_fields=["tries"])
    left = TRIES - row.tries
    return Entered(Outcome.WRONG if left else Outcome.OVER, left)


def good_for_minutes(code: SignInCode) -> int:
    """For how long it was good when it was made."""
    return round((code.expires_at - code.created_at).total_seconds() / 60)


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
    """The member who has this address, also from a record that was merged into theirs, and has not left."""
    member = holder_of(email)
    return member if member is not None and member.status != MemberStatus.LEFT else None


def holder_of(email: str) -> Member | None:
    """The member who has this address, whether or not they have left."""
    found = Member.objects.filter(email=email_key(email)).first()
    return present_member(found) if found is not None else None


def tidy_portal_access(older_than: timedelta = DAY) -> int:
    """Drop codes that no longer count for anything; returns how many."""
    dropped, _by_model = SignInCode.objects.filter(created_at__lt=timezone.now() - older_than).delete()
    return dropped


def _destination(email: str) -> str:
    return salted_hmac("portal.destination", f"{current_tenant_id()}:{email}", algorithm="sha256").hexdigest()


def _asker(destination: str, address: str) -> str:
    return salted_hmac("portal.asker", f"{destination}:{address}", algorithm="sha256").hexdigest()


def _code_hash(row: SignInCode, code: str) -> str:
    return salted_hmac("portal.code", f"{row.destination_hash}:{code}", algorithm="sha256").hexdigest()


def _is_slow_enough(what: str, address: str, most: int) -> bool:
    return within_limit(f"{what}:{current_tenant_id()}:{address}", most=most, seconds=WHILE_MINUTES * 60)


def _alike(row: SignInCode) -> QuerySet[SignInCode]:
    """The codes for the same address that would do the same: come in, or make it the address of one member."""
    codes = SignInCode.objects.filter(destination_hash=row.destination_hash)
    if row.purpose == CodePurpose.EMAIL:
        return codes.filter(purpose=CodePurpose.EMAIL, member=row.member_id)
    return codes.exclude(purpose=CodePurpose.EMAIL)


def _in_the_mailbox(row: SignInCode) -> SignInCode | None:
    """The newest code that still works, where it is too early for another mail."""
    now = timezone.now()
    mails = _alike(row).filter(is_mailed=True, created_at__gt=now - DAY).order_by("-created_at")
    newest = mails.first()
    if newest is None or newest.used_at is not None or newest.expires_at <= now + LEFT_AT_LEAST:
        return None
    early = newest.created_at > now - BETWEEN_MAILS or mails.count() > MAILS_AT_ONCE
    return newest if early else None


def _good_until(row: SignInCode) -> datetime:
    now = timezone.now()
    mails = _alike(row).filter(is_mailed=True, created_at__gt=now - DAY).count()
    return now + (GOOD_FOR if mails < MAILS_AT_ONCE else GOOD_FOR_LONG)


def _refuse_guessing(row: SignInCode) -> None:
    """Raises TooManyCodes or TooManyGuesses when this network, or everybody, was wrong as often as they may be."""
    now = timezone.now()
    today = SignInCode.objects.filter(destination_hash=row.destination_hash, used_at=None, created_at__gt=now - DAY)
    mine_lately = Q(asker_hash=row.asker_hash, created_at__gt=now - GOOD_FOR_LONG)
    wrong = today.aggregate(all=Sum("tries"), one=Sum("tries", filter=mine_lately))
    if (wrong["all"] or 0) >= GUESSES_OF_ALL:
        raise TooManyGuesses
    if (wrong["one"] or 0) >= GUESSES_OF_ONE:
        raise TooManyCodes(_minutes(GOOD_FOR_LONG))


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds()) // 60


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
