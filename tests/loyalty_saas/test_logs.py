"""Logs say which request, business and member, and nothing about the person."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.db import DataError, IntegrityError, connection, transaction
from django.test import Client
from pytest_django import Settings

from loyalty_saas.logs import logging_settings

MEMBER = "0192f0c1-7a3e-7d52-9c11-0a5c3c0f2b11"
SECRET = ["maria", "Özil", "+49 170 1234567", "203.0.113.9", "Mozilla", "482913"]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log as production writes it, into a string."""
    written = io.StringIO()
    chosen = logging_settings("json", "INFO")
    chosen["handlers"]["stderr"]["stream"] = written
    before = logging.root.handlers[:], logging.root.level
    logging.config.dictConfig(chosen)
    yield written
    logging.root.handlers[:], logging.root.level = before


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_request_is_one_line_by_route_without_address_or_person(
    client: Client, log: io.StringIO, settings: Settings
) -> None:
    settings.ROOT_URLCONF = "tests.loyalty_saas.plain_urls"
    client.get(
        f"/plain/{MEMBER}/?code=482913&q=maria%20%C3%96zil&email=maria@example.com",
        headers={"user-agent": "Mozilla/5.0"},
        REMOTE_ADDR="203.0.113.9",
    )
    (line,) = [line for line in lines(log) if line["event"] == "request_finished"]
    assert line["code"] == 200
    assert line["request"] == "GET /plain/<uuid:member_id>/"
    assert line["member_id"] == MEMBER
    assert len(line["request_id"]) == 36
    assert line["ms"] >= 0
    assert [word for word in SECRET if word in log.getvalue()] == []


def test_what_the_database_quotes_is_hidden(log: io.StringIO) -> None:
    try:
        raise IntegrityError(
            'duplicate key value violates unique constraint "member_email"\n'
            "DETAIL:  Key (tenant_id, email)=(1, maria@example.com) already exists.\n"
        )
    except IntegrityError:
        logging.getLogger("shop").exception("Could not save +49 170 1234567 of maria@example.com")
    (line,) = lines(log)
    assert line["event"] == "Could not save [phone] of [e-mail]"
    assert "member_email" in line["exception"]
    assert "DETAIL: [hidden]" in line["exception"]
    assert [word for word in SECRET if word in log.getvalue()] == []


def test_a_statement_that_fails_is_not_quoted(log: io.StringIO) -> None:
    """A real one: its excerpt around the place holds the values, and the message the one that cannot be read."""
    asked = ("SELECT %s, %s::timestamptz", ["Maria Özil", "Maria Özil, 12 May"])
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(*asked)
    except DataError:
        logging.getLogger("shop").exception("Could not save")
    (line,) = lines(log)
    assert "invalid input syntax for type timestamp" in line["exception"]
    assert "Traceback" in line["exception"]
    assert "test_logs.py" in line["exception"]
    assert [word for word in ("Özil", "12 May") if word in line["exception"]] == []


def test_ids_and_figures_stay(log: io.StringIO) -> None:
    structlog.get_logger("shop").info("points_awarded", member="0192f0c1-7a3e-7d52", points=12, day="2026-11-22")
    (line,) = lines(log)
    assert (line["member"], line["points"], line["day"]) == ("0192f0c1-7a3e-7d52", 12, "2026-11-22")
    assert line["level"] == "info"
