"""A call with an Idempotency-Key is done once, and every retry gets the first answer."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from loyalty_saas.lib.errors import DomainError
from loyalty_saas.lib.ids import uuid7
from loyalty_saas.postgres.prepared import execute_prepared
from tenants.api.errors import AnswerForgotten, KeyMissing, KeyReused, KeyUnusable
from tenants.api.operations import Keyed
from tenants.api.problems import JSON, PROBLEM, problem
from tenants.isolation import current_tenant_id
from tenants.models import IdempotentCall

HEADER = "HTTP_IDEMPOTENCY_KEY"
PATTERN = r"[!-~]{1,120}"
_KEY = re.compile(PATTERN)
# A refusal is an answer too: done again later it might succeed behind the back of whoever was told no.
KEPT_REFUSALS = frozenset({409})
_CLAIM = """
INSERT INTO tenants_idempotentcall (tenant_id, id, key, request_hash, status, body, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (tenant_id, key) DO NOTHING RETURNING id"""
_KEEP = "UPDATE tenants_idempotentcall SET status = %s, body = %s WHERE tenant_id = %s AND id = %s"


@dataclass(frozen=True, slots=True)
class Kept:
    """The first answer, as text."""

    status: int
    body: str


def read_key(request: HttpRequest, keyed: Keyed) -> str:
    """The key of this call; empty where none is wanted. Raises KeyMissing or KeyUnusable."""
    if keyed is Keyed.NO:
        return ""
    key: str = request.META.get(HEADER, "")
    if not key:
        if keyed is Keyed.REQUIRED:
            raise KeyMissing
        return ""
    if not _KEY.fullmatch(key):
        raise KeyUnusable
    return key


def request_hash(request: HttpRequest, body: Any) -> str:
    """What the key is used for: method, address and body, however the JSON was laid out."""
    text = json.dumps([request.method, request.path, body], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def domain_key(key: str) -> str:
    """The key under which the domain remembers what a call did, of a length that fits everywhere."""
    return f"api:{hashlib.sha256(key.encode()).hexdigest()}" if key else ""


def claim(key: str, asked: str, answer: Kept | None = None) -> UUID | Kept:
    """Take the key, in this transaction: the id of the row to keep the answer in, or the answer that is there.

    While another transaction has the key this waits for it to end. With an `answer` the row is written complete.
    Raises KeyReused when the key came with another request.
    """
    status, body = (answer.status, answer.body) if answer else (None, "")
    values: list[Any] = [current_tenant_id(), uuid7(), key, asked, status, body, timezone.now()]
    with connection.cursor() as cursor:
        execute_prepared(cursor, _CLAIM, values)
        row = cursor.fetchone()
    if row is not None:
        return UUID(str(row[0]))
    first: IdempotentCall = IdempotentCall.objects.get(key=key)
    if first.request_hash != asked:
        raise KeyReused
    if not first.body:
        raise AnswerForgotten
    return Kept(first.status or 200, first.body)


def keep(row: UUID, answer: Kept) -> None:
    with connection.cursor() as cursor:
        execute_prepared(cursor, _KEEP, [answer.status, answer.body, current_tenant_id(), row])


def keep_refusal(key: str, asked: str, refusal: DomainError) -> HttpResponse:
    """Keep a refusal after its transaction was undone; whoever kept an answer first is right."""
    response = problem(refusal)
    first = claim(key, asked, Kept(refusal.status, response.content.decode()))
    return replayed(first) if isinstance(first, Kept) else response


def replayed(kept: Kept) -> HttpResponse:
    kind = PROBLEM if kept.status >= 400 else JSON
    response = HttpResponse(kept.body, content_type=kind, status=kept.status)
    response["Idempotent-Replayed"] = "true"
    return response


def forget_old_answers(before: datetime) -> int:
    """Drop the texts of answers from before a moment; that the keys were used stays known for ever."""
    old = IdempotentCall.objects.filter(created_at__lt=before).exclude(body="")
    return int(old.update(body=""))
