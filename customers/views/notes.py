"""Notes about a member: written, taken away, brought back."""

import json
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.domain.notes import add_note, remove_note, restore_note
from customers.enums import Source
from customers.models import Member, Note
from customers.views.who import member_or_404
from loyalty_saas.lib.errors import DomainError
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission


@dashboard_page(Permission.EDIT_MEMBERS)
def notes(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """The list as it is now, or with a note that is added."""
    member = member_or_404(pk)
    if request.method != "POST":
        return _list(request, member)
    text = request.POST.get("text", "")
    try:
        add_note(member, text=text, by=request.actor, source=Source.DASHBOARD)
    except DomainError as error:
        return _list(request, member, error=str(error), text=text)
    return _list(request, member)


@require_POST
@dashboard_page(Permission.EDIT_MEMBERS)
def removal(request: BusinessRequest, pk: UUID) -> HttpResponse:
    note = get_object_or_404(Note.objects.select_related("member"), pk=pk)
    remove_note(note)
    response = _list(request, note.member)
    undo = reverse("customers:note_restoration", args=[note.pk])
    response["HX-Trigger"] = json.dumps({"toast": {"text": _("The note is gone."), "kind": "good", "undo": undo}})
    return response


@require_POST
@dashboard_page(Permission.EDIT_MEMBERS)
def restoration(request: BusinessRequest, pk: UUID) -> HttpResponse:
    note = get_object_or_404(Note, pk=pk)
    restore_note(note)
    # The toast that undoes it stands apart from the list: the list fetches itself.
    return HttpResponse(status=204, headers={"HX-Trigger": "notes-changed"})


def _list(request: BusinessRequest, member: Member, *, error: str = "", text: str = "") -> HttpResponse:
    context = {
        "member": member,
        "notes": Note.objects.filter(member=member, removed_at__isnull=True).select_related("author"),
        "error": error,
        "text": text,
        "may_edit": True,
    }
    return render(request, "customers/members/notes.html", context, status=422 if error else 200)
