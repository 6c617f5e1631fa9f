"""The sheets a business prints so that people join: a poster, and cards for the tables."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from PIL import Image

from customers.portal.mail import portal_address
from programs.domain.accounts import points_program
from programs.enums import ProgramStatus
from programs.forms.printing import SheetForm
from programs.models import Program, Reward
from programs.portal.words import earning
from programs.printing.sheets import Look, Paper, Words, poster, table_cards, unwritable
from programs.words.unit import in_points
from tenants.access import BusinessRequest, dashboard_page
from tenants.domain.audit import record_audit
from tenants.permissions import Permission

# Where people print on US Letter (CLDR, "paperSize").
_LETTER_COUNTRIES = {"BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"}


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def sheets(request: BusinessRequest) -> HttpResponse:
    return _page(request, SheetForm(initial=_proposed(request)))


@require_POST
@dashboard_page(Permission.VIEW_PROGRAM)
def poster_sheet(request: BusinessRequest) -> HttpResponse:
    return _sheet(request, poster, "poster")


@require_POST
@dashboard_page(Permission.VIEW_PROGRAM)
def card_sheet(request: BusinessRequest) -> HttpResponse:
    return _sheet(request, table_cards, "cards")


def _sheet(request: BusinessRequest, draw: Callable[[Words, Look, Paper], bytes], name: str) -> HttpResponse:
    """The PDF, or the form again with what is wrong in it."""
    form = SheetForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    said, tenant = form.cleaned_data, request.tenant
    link = f"{portal_address(tenant)}join/"
    words = Words(
        business=tenant.name,
        headline=said["headline"],
        promise=said["promise"],
        hint=said["hint"],
        link=link,
        address=_typed(link),
        language=tenant.language,
    )
    made = draw(words, Look(tenant.brand_color, _logo(request)), Paper(said["paper"]))
    record_audit("sheet.printed", by=request.actor, subject=tenant, sheet=name)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{tenant.slug}-{name}.pdf"'
    return response


def _page(request: BusinessRequest, form: SheetForm, *, status: int = 200) -> HttpResponse:
    link = f"{portal_address(request.tenant)}join/"
    program = points_program()
    context = {
        "form": form,
        "link": link,
        "address": _typed(link),
        "is_live": program is not None and program.status == ProgramStatus.LIVE,
        "unwritable": unwritable(request.tenant.name),
    }
    return render(request, "programs/printing/page.html", context, status=status)


def _proposed(request: BusinessRequest) -> dict[str, Any]:
    program = points_program()
    return {
        "headline": _("Become a regular"),
        "promise": _promise(program) if program else request.tenant.tagline,
        "hint": _("Point your phone’s camera here"),
        "paper": Paper.LETTER if request.tenant.country in _LETTER_COUNTRIES else Paper.A4,
    }


def _promise(program: Program) -> str:
    """How one earns, and the reward that is nearest."""
    first = Reward.objects.filter(program=program, is_active=True, tier=None).order_by("cost").first()
    if first is None:
        return f"{earning(program)}."
    taste = _("%(reward)s for %(points)s") % {"reward": first.name, "points": in_points(program, first.cost)}
    return f"{earning(program)}. {taste}."


def _typed(link: str) -> str:
    """The address as people type it."""
    return link.partition("://")[2].rstrip("/")


def _logo(request: BusinessRequest) -> Image.Image | None:
    if not request.tenant.logo:
        return None
    with request.tenant.logo.open("rb") as file:
        found = Image.open(file)
        found.load()
    return found
