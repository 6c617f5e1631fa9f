"""The pages of /design/."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from loyalty_saas.design import samples
from loyalty_saas.design.forms import KIND_HINTS, SampleForm

PLACES = [
    ("Pages", "Members", "users", "", ""),
    ("Pages", "Rewards", "gift", "", ""),
    ("Members", "Ana María López", "", "1,240 points", "Ana María López"),
    ("Members", "Tomás O’Brien", "", "430 points", "Tomás O’Brien"),
    ("Actions", "Add a member", "user-plus", "", ""),
    ("Actions", "Import purchases", "upload", "", ""),
]


def elements(request: HttpRequest) -> HttpResponse:
    """Every element in its states."""
    wrong = SampleForm(
        {"name": "", "email": "ana@", "amount": "-3", "country": "DE", "language": "de", "kind": "stamps"}
    )
    wrong.is_valid()
    context = {
        "shell": samples.shell(),
        "page_title": "Elements",
        "form": SampleForm(initial={"amount": "12.40", "country": "IE", "name": "Ana María López"}),
        "wrong": wrong,
        "kind_hints": KIND_HINTS,
        "columns": samples.COLUMNS,
        "members": samples.MEMBERS,
        "page": samples.page_of_members(request.GET.get("page")),
        "sort": request.GET.get("sort", "-spent"),
        "choices": [("all", "Every tier"), ("gold", "Gold"), ("silver", "Silver")],
        "tabs": [("Overview", "#tabs", True, ""), ("Purchases", "#tabs", False, 48), ("Notes", "#tabs", False, 2)],
        "trail": [("Members", "#main"), ("Gold", "#main")],
        "steps": ["Your business", "Your program", "Your rewards", "Your team"],
        "nothing": [],
        **samples.charts(),
    }
    return render(request, "design/elements.html", context)


def branded(request: HttpRequest) -> HttpResponse:
    """A page of a business in its own colour."""
    return render(request, "design/branded.html", {"form": SampleForm()})


def plain(request: HttpRequest) -> HttpResponse:
    """A page without a shell, as signing in uses it."""
    return render(request, "design/plain.html", {"form": SampleForm()})


def palette(request: HttpRequest) -> HttpResponse:
    """Rows for the command palette."""
    query = request.GET.get("q", "").casefold()
    found = [place for place in PLACES if query in place[1].casefold()]
    return render(request, "design/palette.html", {"found": found, "query": query})


def toasted(request: HttpRequest) -> HttpResponse:
    """A toast, by htmx (its header) or by an ordinary request (a message on the next page)."""
    said = {"text": "Reward given back. 120 points are on the card again.", "kind": "good", "undo": request.path}
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"toast": said})})
    messages.success(request, said["text"], extra_tags=f"undo={request.path}")
    return elements(request)
