"""A member on the screen, and somebody new."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render, resolve_url
from django.utils import timezone

from customers.domain.members import enrol_member, looks_like
from customers.effects import Arrival
from customers.enums import Source
from customers.errors import Taken
from customers.models import Member
from loyalty_saas.lib.errors import Invalid
from programs.counter.access import CounterRequest, counter_page
from programs.counter.forms import EnrolForm, details_from
from programs.counter.pages import stage
from programs.counter.questions import questions
from programs.counter.screens import member_named, member_screen
from programs.domain.referrals.arriving import arrive, check_code
from programs.domain.referrals.offering import running_offer
from tenants.access import go_to

# A retry after an answer that got lost finds the member it made itself.
SAME_ACT_SECONDS = 180
_FIELD_OF = {"given_name": "name", "family_name": "name", "friend_code": "friend_code"}


@counter_page()
def member(request: CounterRequest, member_id: UUID) -> HttpResponse:
    found = member_named(member_id)
    context = {"screen": member_screen(found), "welcome": "welcome" in request.GET}
    return stage(request, "counter/member/stage.html", context)


@counter_page()
def new(request: CounterRequest) -> HttpResponse:
    """Enrol somebody: phone or e-mail, name, and what they agree to, asked one by one."""
    if request.method != "POST":
        form = EnrolForm(initial=_begun(request.GET.get("q", "")))
        context = {"form": form, "questions": questions(), "brings_friends": running_offer() is not None}
        return stage(request, "counter/enrol.html", context)
    form = EnrolForm(request.POST)
    taken: Member | None = None
    if form.is_valid():
        try:
            return go_to(request, _page_of(_enrol(request, form)))
        except Taken as refusal:
            taken = refusal.member
            if _is_same_act(request, taken):
                return go_to(request, _page_of(taken))
        except Invalid as refusal:
            form.add_error(_FIELD_OF.get(refusal.field or "", "contact"), str(refusal))
    context = {"form": form, "questions": questions(), "taken": taken, "brings_friends": running_offer() is not None}
    return stage(request, "counter/enrol.html", context, status=422)


@counter_page()
def duplicates(request: CounterRequest) -> HttpResponse:
    """Who this could be already, asked while somebody types."""
    matches = looks_like(details_from(request.GET.get("contact", ""), request.GET.get("name", "")))
    return render(request, "counter/parts/duplicates.html", {"matches": matches})


def _enrol(request: CounterRequest, form: EnrolForm) -> Member:
    answers = [
        one.agreement.answered(bool(form.cleaned_data.get(one.name)))
        for one in questions()
        if one.agreement.is_needed or form.cleaned_data.get(one.name)
    ]
    code = form.cleaned_data["friend_code"].strip()
    check_code(code, by=request.actor, source=Source.COUNTER, silent=False)
    made = enrol_member(
        form.details(), by=request.actor, source=Source.COUNTER, location=request.location, consents=answers
    )
    if code:
        arrive(Arrival(made, code), by=request.actor, source=Source.COUNTER, silent=False)
    return made


def _is_same_act(request: CounterRequest, taken: Member) -> bool:
    age = (timezone.now() - taken.created_at).total_seconds()
    return "retry" in request.POST and taken.source == Source.COUNTER and age < SAME_ACT_SECONDS


def _page_of(found: Member) -> str:
    return f"{resolve_url('counter:member', found.pk)}?welcome"


def _begun(typed: str) -> dict[str, str]:
    """What was searched for in vain is the first thing known about somebody new."""
    typed = typed.strip()[:160]
    is_contact = "@" in typed or sum(char.isdigit() for char in typed) >= 5
    return {"contact" if is_contact else "name": typed}
