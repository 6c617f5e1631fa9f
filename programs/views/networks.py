"""The network of businesses: founding it, inviting, joining by its rules, and leaving with notice."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.errors import DomainError
from programs.domain.networks.closing import entries_of_month, sides_of, span_of
from programs.domain.networks.payments import mark_received, take_mark_back
from programs.exports import csv_download
from programs.forms.networks import ExclusionForm, NetworkForm, PartnerForm, ProposalForm, ReceivedForm
from programs.letters.networks import offer_link
from programs.models import NetworkPerson, NetworkStatement, NetworkStatementLine
from programs.network_statements import entries_shown, lines_shown, open_month, statement_rows, with_open_lines
from programs.words.networks import LETTER_WORDS, changes_in_words, rules_in_words
from tenants.access import BusinessRequest, dashboard_page
from tenants.domain.networks.changing import agree_to_rules, drop_proposal, missing_yes, propose_rules
from tenants.domain.networks.excluding import exclude_business, readmit_business
from tenants.domain.networks.founding import change_rules, found_network
from tenants.domain.networks.inviting import (
    accept_network_invitation,
    invite_business,
    offer_of,
    open_invitations,
    withdraw_network_invitation,
)
from tenants.domain.networks.leaving import give_notice, last_day_after, take_notice_back
from tenants.domain.networks.letters import letters_of_network, send_letter_again, unreached_partners
from tenants.domain.networks.reading import (
    Coming,
    coming_of,
    own_seat,
    partners_of,
    proposed_of,
    terms_of,
    today_of,
)
from tenants.models import NetworkInvitation, NetworkSeat, OwnerLetter
from tenants.permissions import Permission

SHOWN_STATEMENTS = 24


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def network(request: BusinessRequest) -> HttpResponse:
    return _page(request)


@dashboard_page(Permission.MANAGE_NETWORK)
def rules(request: BusinessRequest) -> HttpResponse:
    """Found a network, or write other rules while nobody has agreed to them."""
    seat = own_seat()
    form = NetworkForm(request.POST or None, seat=seat)
    if request.method == "POST" and form.is_valid():
        verb = found_network if seat is None else change_rules
        try:
            verb(name=form.cleaned_data["name"], terms=form.terms(), by=request.actor)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Saved. Now invite the first business.") if seat is None else _("Saved."))
            return redirect("programs:network")
    context = {"form": form, "seat": seat}
    return render(request, "programs/networks/rules.html", context, status=422 if form.errors else 200)


@require_POST
@dashboard_page(Permission.MANAGE_NETWORK)
def invitations(request: BusinessRequest) -> HttpResponse:
    """Offer a seat: by a letter, or by a link that is shown this once."""
    form = PartnerForm(request.POST)
    seat = own_seat()
    if seat is None or not form.is_valid():
        return _page(request, form=form, status=422)
    email = form.cleaned_data["email"]
    _invitation, token = invite_business(email=email, by=request.membership)
    if email:
        messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": email})
        return redirect("programs:network")
    return _page(request, link=offer_link(token))


@require_POST
@dashboard_page(Permission.MANAGE_NETWORK)
def invitation_withdrawal(request: BusinessRequest, pk: UUID) -> HttpResponse:
    withdraw_network_invitation(get_object_or_404(NetworkInvitation, pk=pk), by=request.actor)
    messages.success(request, _("This invitation opens nothing any more."))
    return redirect("programs:network")


@require_POST
@dashboard_page(Permission.MANAGE_NETWORK)
def letter_again(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Try a letter again that was given up."""
    try:
        send_letter_again(get_object_or_404(OwnerLetter, pk=pk, kind__in=LETTER_WORDS), by=request.actor)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It is on its way again. What became of it stands here."))
    return redirect("programs:network")


@dashboard_page(Permission.MANAGE_NETWORK)
def offer(request: BusinessRequest, token: str) -> HttpResponse:
    """The rules, for the owner of another business who was invited; agreed to as they were shown."""
    try:
        found = offer_of(token)
        if request.method == "POST":
            agreed = request.POST.get("rules", "") if request.POST.get("agreed") else ""
            accept_network_invitation(token, agreed_to=_read(agreed), by=request.actor)
            messages.success(request, _("You are in. Your members can agree to it in the portal and at the counter."))
            return redirect("programs:network")
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("programs:network")
    context = {
        "offer": found,
        "rules": rules_in_words(found.terms, found.seat.currency),
        "shown": json.dumps(found.shown()),
        "changes": changes_in_words(found.terms, found.coming.terms, found.seat.currency) if found.coming else [],
    }
    return render(request, "programs/networks/offer.html", context)


@dashboard_page(Permission.MANAGE_NETWORK)
def proposal(request: BusinessRequest) -> HttpResponse:
    """Propose other rules to everybody, or read what is proposed and say yes to it."""
    seat = own_seat()
    if seat is None:
        return redirect("programs:network")
    asked = proposed_of(seat)
    if asked is not None:
        return _answer(request, seat, asked)
    if not seat.is_founder or coming_of(seat) is not None:
        return redirect("programs:network")
    form = ProposalForm(request.POST or None, seat=seat)
    if request.method == "POST" and form.is_valid():
        try:
            propose_rules(terms=form.terms(), first_day=form.cleaned_data["first_day"], by=request.actor)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(
                request,
                _("Proposed. The owners of the other businesses get a letter and answer on their page of the network."),
            )
            return redirect("programs:network")
    context = {"form": form, "seat": seat, "is_proposal": True}
    return render(request, "programs/networks/rules.html", context, status=422 if form.errors else 200)


def _answer(request: BusinessRequest, seat: NetworkSeat, asked: Coming) -> HttpResponse:
    if request.method == "POST":
        try:
            # What is no moment was shown to nobody.
            shown = parse_datetime(request.POST.get("shown", "")) if request.POST.get("agreed") else None
        except ValueError:
            shown = None
        try:
            agree_to_rules(agreed_to=shown, by=request.actor)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("programs:network_proposal")
        messages.success(request, _("Your yes is written down."))
        return redirect("programs:network")
    context = {
        "seat": seat,
        "asked": asked,
        "changes": changes_in_words(terms_of(seat), asked.terms, seat.currency),
        "rules": rules_in_words(asked.terms, seat.currency),
        "missing": missing_yes(seat),
        "shown": seat.proposed_at.isoformat() if seat.proposed_at else "",
    }
    return render(request, "programs/networks/proposal.html", context)


@require_POST
@dashboard_page(Permission.MANAGE_NETWORK)
def proposal_drop(request: BusinessRequest) -> HttpResponse:
    """Whoever proposed takes it back; anybody else says no."""
    drop_proposal(by=request.actor)
    messages.success(request, _("The rules stay as they are."))
    return redirect("programs:network")


@dashboard_page(Permission.MANAGE_NETWORK)
def exclusion(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Give notice to another business, with a reason; or take that back."""
    seat = own_seat()
    partner = next((one for one in partners_of(seat) if one.pk == pk), None) if seat is not None else None
    if seat is None or partner is None or not seat.is_founder:
        return redirect("programs:network")
    if request.POST.get("stay"):
        readmit_business(partner.pk, by=request.actor)
        messages.success(request, _("%(business)s stays. Everything goes on.") % {"business": partner.name})
        return redirect("programs:network")
    form = ExclusionForm(request.POST or None)
    last_day = last_day_after(today_of(seat))
    if request.method == "POST" and form.is_valid():
        try:
            exclude_business(pk, reason=form.cleaned_data["reason"], by=request.actor)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(
                request, _("Notice is given; their owners get a letter. Until the last day everything goes on.")
            )
            return redirect("programs:network")
    context = {"form": form, "seat": seat, "partner": partner, "last_day": last_day}
    return render(request, "programs/networks/exclusion.html", context, status=422 if form.errors else 200)


@require_POST
@dashboard_page(Permission.MANAGE_NETWORK)
def statement_payment(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Mark a line of a statement as received, or take the mark back."""
    line = get_object_or_404(NetworkStatementLine.objects.select_related("statement"), pk=pk)
    if request.POST.get("undo"):
        take_mark_back(line, by=request.actor)
        messages.success(request, _("The mark is taken back, on both sides."))
        return redirect("programs:network_statement", line.statement_id)
    form = _received_form(line, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            mark_received(line, received_on=given["received_on"], note=given["note"], by=request.actor)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Written down. %(business)s reads it too.") % {"business": line.partner_name})
            return redirect("programs:network_statement", line.statement_id)
    return _statement_page(request, line.statement, wrong={line.pk: form})


@require_POST
@dashboard_page(Permission.MANAGE_NETWORK)
def leaving(request: BusinessRequest) -> HttpResponse:
    """Give notice, or take it back."""
    if request.POST.get("stay"):
        take_notice_back(by=request.actor)
        messages.success(request, _("You stay. Everything goes on."))
    else:
        give_notice(by=request.actor)
        messages.success(request, _("Notice is given. Until the last day everything goes on."))
    return redirect("programs:network")


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def statement(request: BusinessRequest, pk: UUID) -> HttpResponse:
    return _statement_page(request, get_object_or_404(NetworkStatement, pk=pk), wrong={})


@require_GET
@dashboard_page(Permission.EXPORT_MEMBERS)
def statement_export(request: BusinessRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(NetworkStatement, pk=pk)
    return csv_download(f"statement-{found.month:%Y-%m}", statement_rows(found))


def _statement_page(
    request: BusinessRequest, found: NetworkStatement, *, wrong: Mapping[UUID, ReceivedForm]
) -> HttpResponse:
    """`wrong` is what was typed and refused, by the line it was typed at."""
    entries = entries_of_month(found.network_id, found.month, found.time_zone)
    lines = lines_shown(found)
    names = {one.line.partner_id: one.line.partner_name for one in lines}
    context = {
        "statement": found,
        "lines": [
            {"line": one.line, "payment": one.payment, "form": wrong.get(one.line.pk) or _received_form(one.line)}
            for one in lines
        ],
        "entries": entries_shown(entries, names),
        "may_lead": request.membership.may(Permission.MANAGE_NETWORK),
    }
    return render(request, "programs/networks/statement.html", context, status=422 if wrong else 200)


def _received_form(line: NetworkStatementLine, typed: Mapping[str, Any] | None = None) -> ReceivedForm:
    """One for each line, on the same page."""
    today = local_day(timezone.now(), ZoneInfo(line.statement.time_zone))
    return ReceivedForm(typed, auto_id=f"received-{line.pk}-%s", initial={"received_on": today})


def _page(
    request: BusinessRequest, *, form: PartnerForm | None = None, link: str = "", status: int = 200
) -> HttpResponse:
    seat = own_seat()
    statements = with_open_lines(NetworkStatement.objects.all()[:SHOWN_STATEMENTS])
    context: dict[str, Any] = {
        "seat": seat,
        "statements": statements,
        "may_lead": request.membership.may(Permission.MANAGE_NETWORK),
    }
    if context["may_lead"]:
        context["letters"] = [(one, LETTER_WORDS[one.letter.kind]) for one in letters_of_network()]
        context["has_undelivered"] = any(one.may_again for one, _about in context["letters"])
    if seat is not None:
        context |= _inside(seat)
        context |= {"form": form or PartnerForm(), "link": link}
    return render(request, "programs/networks/page.html", context, status=status)


def _inside(seat: NetworkSeat) -> dict[str, Any]:
    today = today_of(seat)
    partners, coming = partners_of(seat), coming_of(seat)
    now = sides_of(seat.network_id, *span_of(today, seat.time_zone))
    return {
        "partners": [(one, now.get(one.pk)) for one in partners],
        "rules": rules_in_words(terms_of(seat), seat.currency),
        "invitations": open_invitations(seat) if seat.is_founder else [],
        "members": NetworkPerson.objects.filter(ended_at=None).count(),
        "month": open_month(seat, now),
        "is_alone": not partners_of(seat, and_left=True),
        "would_leave": last_day_after(today) if partners else today,
        "asked": proposed_of(seat),
        "missing": missing_yes(seat) if seat.proposed_from is not None else [],
        "coming": coming,
        "changes": changes_in_words(terms_of(seat), coming.terms, seat.currency) if coming else [],
        "unreached": unreached_partners(seat) if seat.is_founder else [],
    }


def _read(shown: str) -> dict[str, Any] | None:
    """The rules as they were shown in the form; None when nobody agreed, or they cannot be read."""
    try:
        read = json.loads(shown)
    except ValueError:
        return None
    is_whole = isinstance(read, dict) and {"value", "share", "kinds", "day_limit"} <= read.keys()
    return read if is_whole and isinstance(read["kinds"], list) else None
