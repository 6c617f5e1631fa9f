"""Structured logs: one line an event, with ids of request, business and member, and no personal data."""

import re
from typing import Any

import structlog
from structlog.typing import EventDict

# What an error of the database quotes: `Key (email)=(maria@example.com) already exists`, a failing row.
QUOTED_BY_DATABASE = re.compile(r"^(DETAIL|CONTEXT):.*(?:\n(?![A-Z]+:).+)*", re.MULTILINE)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"(?<![\w.-])\+[\d][\d ().-]{6,}\d")


def hide_personal_data(logger: Any, method: str, event: EventDict) -> EventDict:
    """The last fence: whatever slipped into a message or a traceback loses addresses and numbers of people."""
    return {name: _hidden(value) if isinstance(value, str) else value for name, value in event.items()}


def _hidden(text: str) -> str:
    if "@" not in text and "+" not in text and "DETAIL" not in text and "CONTEXT" not in text:
        return text
    text = QUOTED_BY_DATABASE.sub(r"\1: [hidden]", text)
    return PHONE.sub("[phone]", EMAIL.sub("[e-mail]", text))


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


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
