"""Structured logs: one line an event, with ids of request, business and member, and no personal data."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from structlog.typing import EventDict

# What an error of the database quotes: `Key (email)=(maria@example.com) already exists`, a failing row, the statement
# around the place with its values, a value that it cannot read.
QUOTED_BY_DATABASE = re.compile(r"^(DETAIL|CONTEXT|LINE \d+):.*(?:\n(?![A-Z]+:).+)*", re.MULTILINE)
VALUE_OF_DATABASE = re.compile(r'((?:DataError|psycopg2\.errors\.\w+): [^"\n]*: )".*"$', re.MULTILINE)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"(?<![\w.-])\+[\d][\d ().-]{6,}\d")


def hide_personal_data(logger: Any, method: str, event: EventDict) -> EventDict:
    """The last fence: whatever slipped into a message or a traceback loses addresses and numbers of people."""
    return {name: _hidden(value) if isinstance(value, str) else value for name, value in event.items()}


def _hidden(text: str) -> str:
    if not any(sign in text for sign in ("@", "+", "DETAIL", "CONTEXT", "LINE", "Error: ", "psycopg2")):
        return text
    text = VALUE_OF_DATABASE.sub(r"\1[hidden]", QUOTED_BY_DATABASE.sub(r"\1: [hidden]", text))
    return PHONE.sub("[phone]", EMAIL.sub("[e-mail]", text))


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


@contextmanager
def only_warnings() -> Iterator[None]:
    """For a command that a person reads: what merely happened is left out of the log meanwhile."""
    root = logging.getLogger()
    before = root.level
    root.setLevel(max(before, logging.WARNING))
    try:
        yield
    finally:
        root.setLevel(before)


def logging_settings(style: str, level: str) -> dict[str, Any]:
    """Django's LOGGING for `json` (one object a line) or `console` (for people)."""
    renderer = structlog.processors.JSONRenderer() if style == "json" else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    hide_personal_data,
                    renderer,
                ],
                "foreign_pre_chain": SHARED,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.server": {"level": "WARNING"},
            "django.db.backends": {"level": "INFO"},
            # Its lines hold addresses of pages, and the request's own line says the same by route.
            "django.request": {"level": "CRITICAL"},
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
        },
    }
