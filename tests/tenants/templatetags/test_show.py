"""How a page shows times."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from programs.domain import versions
from programs.domain.challenges.publishing import CHALLENGES
from programs.domain.credit.publishing import CASH_BACK
from programs.domain.drafting import ACTIONS
from programs.domain.polls.publishing import POLLS
from programs.domain.stamps.publishing import CARDS
from programs.domain.surprises.publishing import SURPRISES
from tenants.isolation import tenant_context
from tenants.templatetags.show import AUDIT_WORDS, ago, audit_words, moment


@pytest.mark.parametrize(
    ("language", "country", "zone", "shown"),
    [
        ("en", "GB", "Europe/London", "3 Mar 2026, 23:30"),
        ("de", "AT", "Europe/Vienna", "04.03.2026, 00:30"),
    ],
)
def test_a_moment_has_no_seconds(
    make_business: Callable[..., Any], language: str, country: str, zone: str, shown: str
) -> None:
    business = make_business(language=language, country=country, time_zone=zone)
    with tenant_context(business):
        assert moment(datetime(2026, 3, 3, 23, 30, 15, tzinfo=UTC)) == shown


def test_how_long_ago_is_said_in_the_language_of_the_page(make_business: Callable[..., Any]) -> None:
    with tenant_context(make_business(language="sv", country="SE")):
        assert ago(timezone.now() - timedelta(days=3)) == "3 days ago"


def test_every_topic_that_is_written_down_has_words() -> None:
    root = Path(__file__).resolve().parents[3]
    sources = [path for app in ("tenants", "customers", "programs") for path in (root / app).rglob("*.py")]
    calls = [call for path in sources for call in re.findall(r"record_audit\(\s*\"([a-z_.]+)\"", path.read_text())]
    calls += [f"{kind.word}.{action}" for kind in (CHALLENGES, POLLS, SURPRISES) for action in ACTIONS]
    calls += [f"{kind.word}.{action}" for kind in (CARDS, CASH_BACK) for action in versions.ACTIONS]
    assert len(calls) > 40
    assert sorted({topic for topic in calls if topic not in AUDIT_WORDS}) == []
    assert audit_words("import.done") == "brought in the file"
