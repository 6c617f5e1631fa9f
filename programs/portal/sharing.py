"""A member's family, and giving points: with a question before anything moves, and the rules in plain words."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from customers.domain.cards import verify_card
from customers.enums import MemberStatus, Source
from customers.errors import CardNotReadable
from customers.models import Member
from customers.portal.access import MemberRequest, PortalRequest, go, member_page, portal_page, portal_url
from loyalty_saas.lib.errors import DomainError, Invalid, NotFound
from loyalty_saas.lib.ids import tidy_code
from loyalty_saas.lib.limits import within_limit
from programs.domain.sharing import families
from programs.domain.sharing.pool import Pool, pool_of
from programs.domain.sharing.terms import terms_of
from programs.domain.sharing.transfers import left_this_month, refuse_giving, transfer_points
from programs.errors import InvitationGone
from programs.models import Account, Family, FamilyInvitation, PointTransfer, SharingTerms
from programs.portal.reading import Reading, reading_of
from programs.words.sharing import rules_in_words

SHOWN = 20
# Card numbers that one member may try in an hour.
MOST_TRIES = 20


class NobodyFound(NotFound):
    code = "nobody_found"
    sentence = gettext_lazy("We know nobody with this card number. Please check it digit by digit.")


# --- the family ------------------------------------------------------------------------------------


@member_page
def family(request: MemberRequest) -> HttpResponse:
    """The family with everybody's share, or how to begin one."""
    if request.method == "POST":
        families.found_family(request.member, name=request.POST.get("name", ""), by=request.actor)
        messages.success(request, _("Your family has begun. Invite the others now."))
        return go(request, "family")
    return _family_page(request)


def _family_page(request: MemberRequest, **more: Any) -> HttpResponse:
    reading = reading_of(request)
    account = reading.account
    terms = _terms(reading)
    pool = pool_of(account, terms) if account and terms else None
    if pool is None and (terms is None or not terms.has_families):
        raise NotFound
    assert terms is not None
    is_head = pool is not None and account is not None and pool.family.head_id == account.pk
    context = {
        "place": "more",
        "reading": reading,
        "program": reading.program,
        "terms": terms,
        "pool": pool,
        "is_head": is_head,
        "is_alone": pool is not None and len(pool.shares) == 1,
        "invitations": _invitations(request, pool) if is_head and pool else [],
        "begins": families.may_change_from(account, terms) if account and pool is None else None,
        "suggested": request.member.family_name,
        **more,
    }
    return render(request, "portal/sharing/family.html", context)


def _invitations(request: MemberRequest, pool: Pool) -> list[tuple[FamilyInvitation, str]]:
    open_ones = families.open_invitations(pool.family)
    return [(one, request.build_absolute_uri(portal_url(request, "family_yes", code=one.code))) for one in open_ones]


@member_page
@require_POST
def invite(request: MemberRequest) -> HttpResponse:
    families.invite(_own_family(request), note=request.POST.get("note", ""), by=request.actor)
    return go(request, "family")


@member_page
@require_POST
def withdraw(request: MemberRequest, invitation: UUID) -> HttpResponse:
    own = _own_family(request)
    found = FamilyInvitation.objects.select_related("family__head__member").filter(pk=invitation, family=own).first()
    if found is None:
        raise NotFound
    families.withdraw_invitation(found, by=request.actor)
    messages.success(request, _("The link works no more."))
    return go(request, "family")


@portal_page
def say_yes(request: PortalRequest, code: str) -> HttpResponse:
    """What somebody was invited to, before they say yes; whoever is not signed in does that first."""
    try:
        invitation = families.find_invitation(code)
    except InvitationGone as refusal:
        return render(request, "portal/sharing/gone.html", {"said": str(refusal)}, status=refusal.status)
    if request.member is None:
        return render(request, "portal/sharing/invited.html", _invited(request, invitation))
    if request.method == "POST":
        families.accept_invitation(code, member=request.member, by=request.actor, source=Source.PORTAL)
        messages.success(request, _("Welcome to the family."))
        return go(request, "family")
    return render(request, "portal/sharing/invited.html", _invited(request, invitation))


def _invited(request: PortalRequest, invitation: FamilyInvitation) -> dict[str, Any]:
    head = invitation.family.head
    return {
        "invitation": invitation,
        "family": invitation.family,
        "head": head.member.given_name or _("A member"),
        "terms": terms_of(head.program),
        "program": head.program,
        "here": request.get_full_path(),
    }


@member_page
@require_POST
def leave(request: MemberRequest) -> HttpResponse:
    families.leave_family(request.member, by=request.actor)
    messages.success(request, _("You have left the family. Your own points are on your card."))
    return go(request, "home")


@member_page
@require_POST
def part(request: MemberRequest, member: UUID) -> HttpResponse:
    """The head parts with somebody, or lets them be the head."""
    own = _own_family(request)
    other = Member.objects.filter(pk=member, accounts__family=own).first()
    if other is None:
        raise NotFound
    if request.POST.get("act") == "head":
        families.pass_headship(own, other, by=request.actor)
        messages.success(request, _("%(name)s is the head now.") % {"name": other.given_name or other})
    else:
        families.remove_member(own, other, by=request.actor)
        messages.success(request, _("%(name)s has their own points again.") % {"name": other.given_name or other})
    return go(request, "family")


@member_page
@require_POST
def dissolve(request: MemberRequest) -> HttpResponse:
    families.dissolve_family(_own_family(request), by=request.actor)
    messages.success(request, _("The family has ended. Everybody has their own points."))
    return go(request, "home")


def _own_family(request: MemberRequest) -> Family:
    account = reading_of(request).account
    found = families.family_of(account) if account else None
    if found is None:
        raise NotFound
    return found


# --- giving points ---------------------------------------------------------------------------------


@member_page
def give(request: MemberRequest) -> HttpResponse:
    """Whom, how many; then the question; then it is done, once for each opened page."""
    reading = reading_of(request)
    terms, account = _terms(reading), reading.account
    if terms is None or account is None or not terms.may_give:
        raise NotFound
    if request.method != "POST":
        return _give_page(request, account, terms, typed=request.GET.dict())
    try:
        other, points = _receiver(request, account), _points(request)
        if request.POST.get("sure") != "yes":
            return _ask(request, account, other, points)
        key = f"portal:{request.member.pk.hex}:{request.POST.get('key', '')[:32]}"
        message = request.POST.get("message", "")
        transfer = transfer_points(
            request.member, to=other, points=points, message=message, by=request.actor, key=key, source=Source.PORTAL
        )
    except DomainError as refusal:
        return _give_page(request, account, terms, typed=request.POST.dict(), refusal=refusal)
    messages.success(request, _("%(name)s has them now.") % {"name": _short(transfer.receiver.member)})
    return go(request, "give_points")


def _give_page(
    request: MemberRequest,
    account: Account,
    terms: SharingTerms,
    *,
    typed: dict[str, Any],
    refusal: DomainError | None = None,
) -> HttpResponse:
    reading = reading_of(request)
    why_not = ""
    try:
        refuse_giving(account, terms)
    except DomainError as error:
        why_not = str(error)
    pool = pool_of(account, terms)
    mine = PointTransfer.objects.filter(giver=account) | PointTransfer.objects.filter(receiver=account)
    around = ("giver__member", "receiver__member")
    lately = mine.filter(kind="gift").select_related(*around).order_by("-created_at")[:SHOWN]
    context = {
        "place": "more",
        "program": account.program,
        "standing": reading.standing,
        "terms": terms,
        "rules": rules_in_words(terms, account.program),
        "left": left_this_month(account, terms),
        "why_not": why_not,
        "relatives": [share.member for share in pool.shares if share.account.pk != account.pk] if pool else [],
        "lately": [(one, one.giver_id == account.pk) for one in lately],
        "typed": typed,
        "refusal": refusal,
        "key": uuid4().hex,
    }
    status = refusal.status if refusal else 200
    return render(request, "portal/sharing/give.html", context, status=status)


def _ask(request: MemberRequest, account: Account, other: Member, points: int) -> HttpResponse:
    """The question: whom exactly, how many, what is left. Nothing has moved yet."""
    standing = reading_of(request).standing
    context = {
        "place": "more",
        "other": other,
        "name": _short(other),
        "points": points,
        "left": (standing.balance if standing else 0) - points,
        "program": account.program,
        "message": request.POST.get("message", "")[:120],
        "key": request.POST.get("key", "")[:32],
    }
    return render(request, "portal/sharing/ask.html", context)


def _receiver(request: MemberRequest, account: Account) -> Member:
    """One of the family by a tap, anybody else by the number on their card."""
    chosen = request.POST.get("to", "")
    if chosen and chosen != "card":
        try:
            relative = Member.objects.filter(pk=UUID(chosen), accounts__family=account.family_id).first()
        except ValueError:
            relative = None
        if relative is None or account.family_id is None:
            raise NobodyFound(field="card")
        return relative
    if not within_limit(f"give:{request.member.pk}", most=MOST_TRIES, seconds=3600):
        raise Invalid(_("That were many numbers. Please try again in an hour."), field="card")
    try:
        found = verify_card(tidy_code(request.POST.get("card", ""))).member
    except CardNotReadable as error:
        raise NobodyFound(field="card") from error
    if found.status != MemberStatus.ACTIVE:
        raise NobodyFound(field="card")
    return found


def _points(request: MemberRequest) -> int:
    typed = request.POST.get("points", "").strip()
    if not typed.isascii() or not typed.isdigit() or len(typed) > 9 or not int(typed):
        raise Invalid(_("Write how many, as a whole number."), field="points")
    return int(typed)


def _short(member: Member) -> str:
    """First name and the letter of the last: enough to see that it is the right one, and no more."""
    last = f" {member.family_name[0]}." if member.family_name else ""
    return f"{member.given_name}{last}".strip() or _("this member")


# --- panels ----------------------------------------------------------------------------------------


def _terms(reading: Reading) -> SharingTerms | None:
    return terms_of(reading.program) if reading.is_running and reading.program else None


def on_home(reading: Reading) -> dict[str, Any] | None:
    """The family's pool, or the way to a family, and giving points; nothing where the owner allows neither."""
    terms, account = _terms(reading), reading.account
    if terms is None or account is None:
        return None
    pool = reading.standing.pool if reading.standing else None
    if pool is None and not terms.has_families and not terms.may_give:
        return None
    return {"pool": pool, "terms": terms, "program": reading.program, "shows_family": pool or terms.has_families}


def own_sharing(member: Any) -> dict[str, Any]:
    """For the file with a member's own data. Of others only that there were any: their data is theirs."""
    given = PointTransfer.objects.filter(giver__member=member).order_by("pk")
    received = PointTransfer.objects.filter(receiver__member=member).order_by("pk")
    families_of = member.accounts.filter(memberships__isnull=False).values_list(
        "memberships__family__name", "memberships__joined_at", "memberships__left_at"
    )
    return {
        "given": [_own_transfer(one) for one in given],
        "received": [_own_transfer(one) for one in received],
        "families": [
            {"name": name, "joined_at": joined.isoformat(), "left_at": left.isoformat() if left else None}
            for name, joined, left in families_of
        ],
    }


def _own_transfer(one: PointTransfer) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "points": one.points,
        "message": one.message,
        "at": one.created_at.isoformat(),
        "undone_at": one.undone_at.isoformat() if one.undone_at else None,
    }
