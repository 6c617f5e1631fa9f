"""The first steps: a person makes a business, joins one by invitation, or turns to another of theirs."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from loyalty_saas.lib.errors import NotFound
from loyalty_saas.lib.places import country_of_language, currency_of, language_of, time_zone_of
from loyalty_saas.lib.secrets import hash_token
from tenants import platform
from tenants.access import SESSION_KEY, PersonRequest, memberships_of_request, public_page, signed_in_page
from tenants.domain.businesses import BusinessDetails, create_business
from tenants.domain.team import accept_invitation, accept_waiting_invitation, waiting_invitations
from tenants.enums import Role
from tenants.errors import InvitationGone
from tenants.forms.business import NewBusinessForm
from tenants.forms.team import JoinForm
from tenants.models import Invitation, Membership


@signed_in_page
def start(request: PersonRequest) -> HttpResponse:
    """Make a business. What the country implies is proposed, and can be changed."""
    form = NewBusinessForm(request.POST or None, initial=_proposal(request))
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        user = request.user
        if not user.name:
            user.name = fields["person"]
            user.save(update_fields=["name"])
        membership = create_business(user, BusinessDetails(**{key: fields[key] for key in _DETAILS}))
        work_for(request, membership)
        return redirect("home")
    return _start_page(request, form, waiting_invitations(request.user))


@require_POST
@signed_in_page
def acceptance(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Join by an invitation that waits for this person, who came without its letter."""
    waiting = waiting_invitations(request.user)
    found = next((one for one in waiting if one.pk == pk), None)
    if found is None:
        raise InvitationGone()
    joining = None if request.user.name else _join_form(found, request.POST)
    if joining is not None and not joining.is_valid():
        return _start_page(request, NewBusinessForm(initial=_proposal(request)), waiting, refused=(found, joining))
    name = joining.cleaned_data["person"] if joining else ""
    membership = accept_waiting_invitation(pk, user=request.user, name=name)
    return _welcome(request, membership, found)


def _start_page(
    request: PersonRequest,
    form: NewBusinessForm,
    waiting: list[Invitation],
    *,
    refused: tuple[Invitation, JoinForm] | None = None,
) -> HttpResponse:
    """The invitations that wait, each with a form when the person has yet to say their name, above the start."""
    forms = {one.pk: None if request.user.name else _join_form(one) for one in waiting}
    if refused:
        forms[refused[0].pk] = refused[1]
    context = {
        "form": form,
        "first": not memberships_of_request(request),
        "waiting": [(one, forms[one.pk]) for one in waiting],
    }
    return render(request, "tenants/start.html", context, status=422 if refused or form.errors else 200)


def _join_form(found: Invitation, data: QueryDict | None = None) -> JoinForm:
    """The start below asks for a name as well, so the field has an id of its own."""
    return JoinForm(data, auto_id=f"{found.pk}_%s")


_DETAILS = ("name", "trade", "country", "currency", "language", "time_zone")


def _proposal(request: PersonRequest) -> dict[str, str]:
    wished = request.headers.get("Accept-Language", "en").partition(",")[0].partition(";")[0].strip()
    country = country_of_language(wished or "en")
    return {**implied_by(country), "country": country, "person": request.user.name}


def implied_by(country: str) -> dict[str, str]:
    return {
        "currency": currency_of(country),
        "language": language_of(country),
        "time_zone": time_zone_of(country),
    }


@require_GET
@signed_in_page
def country_facts(request: HttpRequest) -> HttpResponse:
    """Currency, language and time zone of a country, for the form to propose when another is chosen."""
    return JsonResponse(implied_by(request.GET.get("country", "")[:2].upper()))


@require_POST
@signed_in_page
def switch(request: HttpRequest, business: UUID) -> HttpResponse:
    """Work for another of one's businesses from here on."""
    membership = next((one for one in memberships_of_request(request) if one.tenant_id == business), None)
    if membership is None:
        raise NotFound()
    work_for(request, membership)
    return redirect("home")


@public_page
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind an invitation's link: says who invites, and joins once the right person is signed in."""
    found = platform.find_invitation(hash_token(token))
    if found is None:
        return render(request, "refusal.html", {"error": InvitationGone()}, status=404)
    person = request.user if request.user.is_authenticated else None
    right_person = person is not None and person.email.lower() == found.email.lower()
    asks_name = right_person and person is not None and not person.name
    form = JoinForm(request.POST if request.method == "POST" else None) if asks_name else None
    may_join = form is None or form.is_valid()
    if request.method == "POST" and person is not None and right_person and may_join:
        membership = accept_invitation(token, user=person, name=form.cleaned_data["person"] if form else "")
        return _welcome(request, membership, found)
    context = {"invitation": found, "right_person": right_person, "role": Role(found.role).label, "form": form}
    return render(request, "tenants/invitation.html", context, status=200 if may_join or not request.POST else 422)


def _welcome(request: HttpRequest, membership: Membership, found: Invitation) -> HttpResponse:
    work_for(request, membership)
    messages.success(request, _("Welcome to the team of %(name)s.") % {"name": found.tenant.name})
    return redirect("home")


def work_for(request: HttpRequest, membership: Membership) -> None:
    request.session[SESSION_KEY] = str(membership.tenant_id)
