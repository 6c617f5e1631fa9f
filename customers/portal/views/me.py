"""What is known of a member, in their own hands: details, address, agreements, devices, their data."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.domain.consents import current_consents, record_consent
from customers.domain.joining import ask_to_change_email, change_own_details, change_proved_email
from customers.domain.portal_access import PROVED_FOR, Outcome, enter_code, find_asked, told
from customers.domain.portal_sessions import end_session, end_sessions, open_sessions
from customers.enums import CodePurpose, Purpose, Source
from customers.models import Member, PortalSession
from customers.portal.access import (
    MemberRequest,
    drop_portal_cookie,
    go,
    member_page,
    portal_cookie,
    set_portal_cookie,
)
from customers.portal.forms import CodeForm, DetailsForm, EmailForm
from customers.portal.own_data import own_data
from customers.portal.questions import questions
from customers.portal.views.entrance import wrong_code
from loyalty_saas.lib.emails import show_email
from loyalty_saas.lib.errors import DomainError
from loyalty_saas.lib.limits import client_address
from loyalty_saas.lib.phones import format_phone
from tenants.templatetags.show import day, day_month

# For a birthday whose year is unknown: every day of the calendar exists in it.
LEAP_YEAR = 2000


@member_page
def me(request: MemberRequest) -> HttpResponse:
    context = {"place": "me", "agreements": _agreements(request), "birthday": _birthday(request.member)}
    return render(request, "portal/me.html", context)


@member_page
def details(request: MemberRequest) -> HttpResponse:
    form = DetailsForm(request.POST or None, initial=_initial(request), tenant=request.tenant)
    if request.method == "POST" and form.is_valid():
        try:
            change_own_details(request.member, form.changes())
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved. Thank you."))
            return go(request, "me")
    return render(request, "portal/details.html", {"place": "me", "form": form}, status=422 if form.errors else 200)


@member_page
def email(request: MemberRequest) -> HttpResponse:
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = ask_to_change_email(request.member, form.cleaned_data["email"], address=client_address(request))
        except DomainError as error:
            form.refuse(error)
        else:
            response = go(request, "email_code")
            seconds = int(PROVED_FOR.total_seconds())
            set_portal_cookie(request, response, "code", asked.token, seconds=seconds)
            return response
    return render(request, "portal/email.html", {"place": "me", "form": form}, status=422 if form.errors else 200)


@member_page
def email_code(request: MemberRequest) -> HttpResponse:
    """The code that was sent to the new address; other devices are signed out when it is changed."""
    token = portal_cookie(request, "code")
    form = CodeForm(request.POST or None)
    if request.method == "POST":
        entered = enter_code(token, request.POST.get("code", ""), address=client_address(request))
        if entered.outcome is Outcome.RIGHT and entered.code and entered.code.member_id == request.member.pk:
            change_proved_email(request.member, entered.code)
            end_sessions(request.member, but=request.portal_session)
            messages.success(request, _("Your new e-mail is in place. Other devices were signed out."))
            response = go(request, "me")
            drop_portal_cookie(request, response, "code")
            return response
        if entered.outcome is not Outcome.WRONG:
            over = {"back": "email", "refused": entered.refused}
            return render(request, "portal/code_over.html", over, status=422)
        form.is_valid()
        form.add_error("code", wrong_code(entered.left))
    asked = find_asked(token)
    if asked is None or asked.purpose != CodePurpose.EMAIL or asked.member_id != request.member.pk:
        return render(request, "portal/code_over.html", {"back": "email"}, status=422)
    context = {"place": "me", "form": form, "email": show_email(told(asked)["email"]), "asked": asked}
    return render(request, "portal/email_code.html", context, status=422 if form.errors else 200)


@member_page
@require_POST
def agreement(request: MemberRequest, purpose: str) -> HttpResponse:
    """Give or take back one agreement. Taking part itself is ended at the counter, with everything on the card."""
    given = request.POST.get("given") == "yes"
    question = next((one for one in questions(request.tenant) if one.purpose == purpose), None)
    if question is None or (question.purpose == Purpose.PROGRAM and not given):
        raise Http404
    record_consent(
        request.member,
        purpose=question.purpose,
        channel=question.channel,
        given=given,
        text=question.agreement.wording,
        by=request.actor,
        source=Source.PORTAL,
    )
    messages.success(request, _("Noted: yes, gladly.") if given else _("Noted: no longer."))
    return go(request, "me")


@member_page
def devices(request: MemberRequest) -> HttpResponse:
    return render(request, "portal/devices.html", {"place": "me", "sessions": open_sessions(request.member)})


@member_page
@require_POST
def device_end(request: MemberRequest, session: str) -> HttpResponse:
    """Sign out one other device; a stranger's is not found."""
    found = PortalSession.objects.filter(member=request.member, pk=session).first()
    if found is None:
        raise Http404
    end_session(found)
    messages.success(request, _("Signed out there."))
    return go(request, "devices")


@member_page
def data(request: MemberRequest) -> HttpResponse:
    """Everything that is kept about the member, as a file."""
    response = JsonResponse(own_data(request.member), json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="{request.tenant.slug}-my-data.json"'
    return response


def _agreements(request: MemberRequest) -> list[dict[str, Any]]:
    current = current_consents(request.member)
    asked = []
    for question in questions(request.tenant):
        answer = current.get((question.purpose, question.channel))
        asked.append({"question": question, "answer": answer, "given": answer is not None and answer.given})
    return asked


def _birthday(member: Member) -> str:
    """As the business's people write it, with the year where it is known."""
    shown = member.birthday_in(member.birth_year or LEAP_YEAR)
    if shown is None:
        return ""
    return day(shown, "long") if member.birth_year else day_month(shown)


def _initial(request: MemberRequest) -> dict[str, object]:
    member: Member = request.member
    fields = {name: getattr(member, name) for name in DetailsForm.base_fields}
    phone = member.phone or member.claimed_phone
    return fields | {"phone": format_phone(phone, request.tenant.country) if phone else ""}
