"""Stamp cards: what there is, composing one with its words and an example, publishing it, and printing it."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.portal.mail import portal_address
from loyalty_saas.lib.errors import DomainError
from programs.domain.rewards import COUNTS
from programs.domain.stamps import publishing
from programs.domain.stamps.replay import DAYS, StampReplay, replay_card
from programs.domain.stamps.terms import Terms
from programs.enums import ProgramStatus
from programs.forms.stamps import GuestForm, StampForm
from programs.models import Account, Redemption, StampCard, StampCardVersion
from programs.words.stamps import in_words, work_out
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission
from tenants.templatetags.show import number

# On one sheet of paper.
CARDS_ON_SHEET = 8


@dataclass(frozen=True, slots=True)
class Listed:
    """A card in words, who collects on it, how many stamps are on cards and how many were filled."""

    card: StampCard
    words: str
    has_draft: bool
    collecting: int
    stamps: int
    finished: int


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def stamp_cards(request: BusinessRequest) -> HttpResponse:
    context = {"cards": _listed(), "may_edit": request.membership.may(Permission.EDIT_PROGRAM)}
    return render(request, "programs/stamps/list.html", context)


@dashboard_page(Permission.EDIT_PROGRAM)
def new_stamp_card(request: BusinessRequest) -> HttpResponse:
    form = StampForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            card = publishing.compose_card(form.terms(), by=request.actor)
        except DomainError as error:
            form.refuse(error)
        else:
            return _saved(request, card)
    return _page(request, form)


@dashboard_page(Permission.EDIT_PROGRAM)
def stamp_card(request: BusinessRequest, pk: UUID) -> HttpResponse:
    found = _card(pk)
    form = StampForm(request.POST or None, terms=_terms(found))
    if request.method == "POST" and form.is_valid():
        try:
            publishing.redraft_card(found, terms=form.terms(), by=request.actor)
        except DomainError as error:
            form.refuse(error)
        else:
            return _saved(request, found)
    return _page(request, form, found)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def preview(request: BusinessRequest) -> HttpResponse:
    """The card in words and its example, for what stands in the form at this moment."""
    form = StampForm(request.POST)
    return render(request, "programs/stamps/said.html", _said(form, GuestForm(request.POST)))


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def rehearsal(request: BusinessRequest) -> HttpResponse:
    """What the card would have done on the business's own purchases, as it stands in the form at this moment."""
    typed, now = request.POST.copy(), timezone.now()
    for name in ("name", "reward_name"):  # the figures are the same whatever they are called
        typed[name] = typed.get(name, "").strip() or "–"
    form = StampForm(typed)
    if not form.is_valid():
        wrong = ", ".join(str(form.fields[name].label) for name in form.errors if name in form.fields)
        problem = (
            _("Correct the card first: %(fields)s.") % {"fields": wrong} if wrong else _("Correct the card first.")
        )
        return render(request, "programs/stamps/rehearsal.html", {"problem": problem})
    replay = replay_card(form.terms(), now)
    cost = replay.cost(form.worth)
    context = {
        "replay": replay,
        "before": _as_published(request.POST.get("card", ""), now),
        "days": DAYS,
        "cost": cost,
        "percent": number(float(round(Fraction(cost * 100, replay.spent), 1))) if cost and replay.spent else "",
    }
    return render(request, "programs/stamps/rehearsal.html", context)


def _as_published(pk: str, now: datetime) -> StampReplay | None:
    """The same by the card as it was published last; None for one that never was."""
    try:
        found = StampCard.objects.filter(pk=UUID(pk)).first()
    except ValueError:
        return None
    last = found.versions.order_by("number").last() if found else None
    return replay_card(Terms.from_json(last.terms), now) if last else None


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def goods(request: BusinessRequest) -> HttpResponse:
    """The chosen goods as they stand in the form: one more, or one less."""
    return render(request, "programs/stamps/goods.html", {"form": StampForm(request.POST)})


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def publication(request: BusinessRequest, pk: UUID) -> HttpResponse:
    return _publish(request, _card(pk))


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def draft_removal(request: BusinessRequest, pk: UUID) -> HttpResponse:
    kept = publishing.drop_draft(_card(pk), by=request.actor)
    messages.success(request, _("The draft is gone."))
    return redirect("programs:stamp_card", pk) if kept else redirect("programs:stamp_cards")


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def pause(request: BusinessRequest, pk: UUID) -> HttpResponse:
    publishing.pause_card(_card(pk), by=request.actor)
    messages.success(request, _("Paused. Nobody collects on it until you go on; stamps stay as they are."))
    return redirect("programs:stamp_cards")


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def resumption(request: BusinessRequest, pk: UUID) -> HttpResponse:
    publishing.resume_card(_card(pk), by=request.actor)
    messages.success(request, _("It goes on. Purchases give stamps again from now on."))
    return redirect("programs:stamp_cards")


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def sheet(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Paper cards to print and cut: what the card is, and the code by which somebody joins."""
    found = _card(pk)
    terms = _terms(found)
    context = {
        "card": found,
        "terms": terms,
        "words": in_words(terms),
        "copies": range(CARDS_ON_SHEET),
        "join_url": f"{portal_address(request.tenant)}join/",
    }
    return render(request, "programs/stamps/sheet.html", context)


def _card(pk: UUID) -> StampCard:
    found: StampCard = get_object_or_404(StampCard.objects.select_related("program"), pk=pk)
    return found


def _terms(found: StampCard) -> Terms:
    """What is being composed, or else what was published last."""
    if found.draft is not None:
        return Terms.from_json(found.draft)
    last = found.versions.order_by("number").last()
    return Terms.from_json(last.terms if last else {})


def _saved(request: BusinessRequest, found: StampCard) -> HttpResponse:
    if "publish" in request.POST:
        return _publish(request, found)
    messages.success(request, _("Saved as a draft. Nothing counts until you publish it."))
    return redirect("programs:stamp_card", found.pk)


def _publish(request: BusinessRequest, found: StampCard) -> HttpResponse:
    version = publishing.publish_card(found, by=request.actor)
    said = _("“%(card)s” is running. Cards that were begun are finished as they were promised.")
    if version.number == 1:
        said = _("“%(card)s” is running. Purchases give stamps from now on.")
    messages.success(request, said % {"card": version.card.program.name})
    return redirect("programs:stamp_cards")


def _page(request: BusinessRequest, form: StampForm, found: StampCard | None = None) -> HttpResponse:
    guest = GuestForm(request.POST if request.method == "POST" else None)
    context = {
        "form": form,
        "card": found,
        "guest": guest,
        "is_published": found is not None and found.versions.exists(),
        "collecting": Account.objects.filter(program=found.program, balance__gt=0).count() if found else 0,
        **_said(form if form.is_bound else StampForm(_as_typed(form)), guest),
    }
    return render(request, "programs/stamps/card.html", context, status=422 if form.errors else 200)


def _as_typed(form: StampForm) -> dict[str, Any]:
    """What a form that is shown for the first time would send."""
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items()}


def _said(form: StampForm, guest: GuestForm) -> dict[str, Any]:
    if not form.is_valid():
        return {"words": "", "problem": "", "example": None}
    terms = form.terms()
    example = work_out(terms, **guest.values(), worth=form.worth)
    return {"words": in_words(terms), "terms": terms, "example": example, "problem": "", **guest.values()}


def _listed() -> list[Listed]:
    cards = list(StampCard.objects.select_related("program"))
    versions: dict[UUID, StampCardVersion] = {}
    for version in StampCardVersion.objects.filter(card__in=cards).order_by("number"):
        versions[version.card_id] = version
    programs = [card.program_id for card in cards]
    held = Account.objects.filter(program__in=programs).order_by().values("program")
    held = held.annotate(stamps=Sum("balance"), collecting=Count("pk", filter=Q(balance__gt=0)))
    figures = {row["program"]: row for row in held}
    redeemed = Redemption.objects.filter(reward__program__in=programs, status__in=COUNTS).order_by()
    finished = dict(redeemed.values_list("reward__program").annotate(Count("pk")))
    listed = []
    for card in cards:
        published = versions.get(card.pk)
        shown = published.terms if published else card.draft or {}
        row = figures.get(card.program_id)
        listed.append(
            Listed(
                card=card,
                words=in_words(Terms.from_json(shown)),
                has_draft=card.draft is not None and published is not None,
                collecting=row["collecting"] if row else 0,
                stamps=row["stamps"] or 0 if row else 0,
                finished=finished.get(card.program_id, 0),
            )
        )
    return sorted(listed, key=lambda one: one.card.program.status != ProgramStatus.LIVE)
