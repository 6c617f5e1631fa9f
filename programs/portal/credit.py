"""Store credit in the portal: what there is, what comes and goes, and why."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from customers.portal.access import MemberRequest, member_page
from loyalty_saas.lib.errors import NotFound
from programs.domain.credit.reading import credit_of, version_in_force
from programs.domain.credit.terms import Terms
from programs.portal.reading import Reading, entry_as_data
from programs.queries import entries_of
from programs.words.credit import in_percent, in_words, title_of, why_with_dates

A_PAGE = 20


@member_page
def credit(request: MemberRequest) -> HttpResponse:
    standing = credit_of(request.member)
    if standing is None or not (standing.is_running or standing.has_any):
        raise NotFound
    entries: Any = entries_of(standing.account) if standing.account else []
    page: Any = Paginator(entries, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "place": "home",
        "credit": standing,
        "words": in_words(standing.terms),
        "page": page,
        "rows": [{"entry": entry, "title": title_of(entry), "why": why_with_dates(entry)} for entry in page],
    }
    return render(request, "portal/points/credit_page.html", context)


def on_home(reading: Reading) -> dict[str, Any] | None:
    """What there is to spend; for somebody who has none yet, what comes back."""
    standing = reading.credit
    if standing is None or not (standing.is_running or standing.balance or standing.owed):
        return None
    return {"credit": standing, "percent": in_percent(standing.terms)}


def welcome(request: Any) -> dict[str, Any] | None:
    """For somebody who is not a member yet."""
    version = version_in_force(timezone.now())
    return {"words": in_words(Terms.from_json(version.terms))} if version else None


def own_credit(member: Any) -> dict[str, Any]:
    """Their store credit, for the file with a member's own data. Minor units."""
    standing = credit_of(member)
    if standing is None or standing.account is None:
        return {}
    return {
        "balance": standing.balance,
        "pending": standing.pending,
        "owed": standing.owed,
        "entries": [entry_as_data(entry) for entry in entries_of(standing.account)],
    }
