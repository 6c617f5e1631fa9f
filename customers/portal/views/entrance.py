"""Joining, signing in, the code, signing out."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.domain.joining import NEWCOMER, admit, ask_to_join, join_proved
from customers.domain.portal_access import (
    PROVED_FOR,
    Asked,
    Outcome,
    ask_for_code,
    enter_code,
    find_asked,
    find_proved,
    good_for_minutes,
    told,
)
from customers.domain.portal_sessions import IDLE, end_session, end_sessions, start_session
from customers.effects import friend_code_typed
from customers.enums import CodePurpose, Source
from customers.errors import TooManyCodes, TooManyGuesses
from customers.models import Member
from customers.portal.access import (
    MemberRequest,
    PortalRequest,
    drop_portal_cookie,
    go,
    member_page,
    next_page,
    portal_cookie,
    portal_page,
    set_portal_cookie,
)
from customers.portal.forms import CodeForm, EmailForm, JoinForm
from customers.portal.friends import FRIEND, came_by, keep_friend_code
from customers.portal.places import JOIN, panels
from customers.portal.questions import answers
from loyalty_saas.lib.devices import device_name
from loyalty_saas.lib.emails import show_email
from loyalty_saas.lib.errors import DomainError
from loyalty_saas.lib.limits import client_address


@portal_page
def join(request: PortalRequest) -> HttpResponse:
    if request.member is not None:
        return HttpResponseRedirect(next_page(request, _wanted(request)))
    form = JoinForm(request.POST or None, tenant=request.tenant)
    if request.method == "POST" and _can_join(request, form):
        try:
            asked = ask_to_join(
                form.details(request.tenant.language),
                answers(request.tenant, form.cleaned_data),
                address=client_address(request),
            )
        except DomainError as error:
            form.refuse(error)
        else:
            return keep_friend_code(request, _wait_for_code(request, asked))
    context = {"form": form, "joining": panels(JOIN, request), "next": _wanted(request)}
    return render(request, "portal/join.html", context, status=422 if form.errors else 200)


@portal_page
def sign_in(request: PortalRequest) -> HttpResponse:
    if request.member is not None:
        return HttpResponseRedirect(next_page(request, _wanted(request)))
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = ask_for_code(
                form.cleaned_data["email"], purpose=CodePurpose.SIGN_IN, address=client_address(request)
            )
        except DomainError as error:
            form.refuse(error)
        else:
            return _wait_for_code(request, asked)
    context = {"form": form, "next": _wanted(request)}
    return render(request, "portal/sign_in.html", context, status=422 if form.errors else 200)


@portal_page
def code(request: PortalRequest) -> HttpResponse:
    """The code for joining or signing in, in the browser that asked for it."""
    token = portal_cookie(request, "code")
    if request.method == "POST":
        entered = enter_code(token, request.POST.get("code", ""), address=client_address(request))
        if entered.outcome is Outcome.RIGHT and entered.code is not None and not entered.code.member_id:
            member = admit(entered.code, came_by=came_by(request))
            return _come_in(request, member) if member else go(request, "join_proved")
        if entered.outcome is not Outcome.WRONG:
            return render(request, "portal/code_over.html", {"refused": entered.refused}, status=422)
        form = CodeForm(request.POST)
        form.is_valid()
        form.add_error("code", wrong_code(entered.left))
    else:
        form = CodeForm()
    asked = find_asked(token)
    if asked is None or asked.member_id:
        return render(request, "portal/code_over.html", status=422)
    context = {
        "form": form,
        "email": show_email(told(asked)["email"]),
        "asked": asked,
        "minutes": good_for_minutes(asked),
    }
    return render(request, "portal/code.html", context, status=422 if form.errors else 200)


@portal_page
@require_POST
def another_code(request: PortalRequest) -> HttpResponse:
    """The same question again, with a new code; the one before no longer counts in this browser."""
    before = find_asked(portal_cookie(request, "code"))
    if before is None or before.member_id:
        return render(request, "portal/code_over.html", status=422)
    kept = told(before)
    email = kept.pop("email")
    kept.pop("code", None)
    try:
        asked = ask_for_code(email, purpose=CodePurpose(before.purpose), address=client_address(request), details=kept)
    except TooManyGuesses as error:
        return render(request, "portal/code_over.html", {"refused": error}, status=422)
    except TooManyCodes as error:
        messages.error(request, str(error))
        return go(request, "code")
    if asked.is_sent:
        messages.success(request, _("A new code is on its way. The one before no longer works."))
    return _wait_for_code(request, asked, wanted=portal_cookie(request, "next"))


@portal_page
def join_with_proved(request: PortalRequest) -> HttpResponse:
    """Somebody signed in with an address nobody has: it is proved, so what is missing is the rest."""
    proved = find_proved(portal_cookie(request, "code"))
    if proved is None or proved.purpose != CodePurpose.SIGN_IN:
        return go(request, "join")
    email = told(proved)["email"]
    form = JoinForm(request.POST or None, tenant=request.tenant, proved_email=email)
    if request.method == "POST" and _can_join(request, form):
        try:
            member = join_proved(
                proved,
                form.details(request.tenant.language),
                answers(request.tenant, form.cleaned_data),
                came_by=came_by(request),
            )
        except DomainError as error:
            form.refuse(error)
        else:
            return _come_in(request, member)
    context = {"form": form, "proved_email": show_email(email), "joining": panels(JOIN, request)}
    return render(request, "portal/join.html", context, status=422 if form.errors else 200)


@member_page
@require_POST
def sign_out(request: MemberRequest) -> HttpResponse:
    end_session(request.portal_session)
    return _gone(request)


@member_page
@require_POST
def sign_out_everywhere(request: MemberRequest) -> HttpResponse:
    end_sessions(request.member)
    return _gone(request)


def _wanted(request: PortalRequest) -> str:
    """Where somebody was going when they were asked who they are; checked by `next_page` before anybody goes there."""
    return request.POST.get("next") or request.GET.get("next", "")


def _wait_for_code(request: PortalRequest, asked: Asked, *, wanted: str = "") -> HttpResponse:
    response = go(request, "code")
    seconds = int(PROVED_FOR.total_seconds())
    set_portal_cookie(request, response, "code", asked.token, seconds=seconds)
    if wanted := wanted or request.POST.get("next", ""):
        set_portal_cookie(request, response, "next", next_page(request, wanted), seconds=seconds)
    return response


def _come_in(request: PortalRequest, member: Member) -> HttpResponse:
    _session, token = start_session(member, device=device_name(request.headers.get("User-Agent", "")))
    response = HttpResponseRedirect(next_page(request, portal_cookie(request, "next")))
    set_portal_cookie(request, response, "member", token, seconds=int(IDLE.total_seconds()))
    for used in ("code", "next", FRIEND):
        drop_portal_cookie(request, response, used)
    return response


def _can_join(request: PortalRequest, form: JoinForm) -> bool:
    """Whether nothing is to be mended: in the form, or of a code of a friend that is nobody's; all is said at once."""
    form.is_valid()
    try:
        friend_code_typed(came_by(request).code, by=NEWCOMER, source=Source.PORTAL, silent=False)
    except DomainError as error:
        form.refuse(error)
    return form.is_valid()


def _gone(request: PortalRequest) -> HttpResponse:
    response = go(request, "home")
    drop_portal_cookie(request, response, "member")
    return response


def wrong_code(left: int) -> str:
    if left == 1:
        return _("That is not the code. Please look again: one try is left.")
    return _("That is not the code. Please look again: %(left)d tries are left.") % {"left": left}
