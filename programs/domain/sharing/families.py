"""Families: begun by a head, joined by an invitation and a yes of one's own, left with one's own points."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.domain.identity import ids_of
from customers.enums import ActivityKind
from customers.models import Member
from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.errors import Forbidden, NotFound
from loyalty_saas.lib.ids import short_code, tidy_code
from loyalty_saas.lib.texts import tidy_text
from programs.domain.accounts import lock_account_of, lock_household, require_live, source_of
from programs.domain.guards import acting_membership, refuse_own_account
from programs.domain.sharing.terms import terms_of
from programs.enums import FamilyEnd, FamilyWay
from programs.errors import (
    FamiliesOff,
    FamilyFull,
    FamilyTooSoon,
    InFamilyAlready,
    InvitationGone,
    NoFamily,
    NotTheHead,
)
from programs.models import Account, Family, FamilyInvitation, FamilyMember, SharingTerms
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.enums import ActorKind, Role
from tenants.isolation import current_tenant
from tenants.rows import insert_row
from tenants.templatetags.show import day

INVITED_DAYS = 14
CODE_LENGTH = 10
# Invitations of one family that are open at a time.
MOST_OPEN = 10


@transaction.atomic
def found_family(head: Member, *, name: str, by: Actor, source: str = "") -> Family:
    """Begin a family with this member as its head; who is the head of one already is given that one.

    Raises FamiliesOff, InFamilyAlready, FamilyTooSoon, MemberNotActive, ProgramNotLive, OwnAccount, Forbidden, Invalid
    without a name. Locks the account.
    """
    name = tidy_text(name, field="name", longest=60, required=True)
    account = lock_account_of(head, by=by)
    _refuse_actor(account, by=by)
    there = family_of(account)
    if there is not None and there.head_id == account.pk:
        return there
    _refuse_joining(account, terms_of(account.program))
    family: Family = Family.objects.create(name=name, head=account)
    _enter(account, family, FamilyWay.FOUNDED, by=by, source=source)
    return family


@transaction.atomic
def invite(family: Family, *, note: str = "", by: Actor) -> FamilyInvitation:
    """A code by which one person may say yes, for some days. Raises NotTheHead, FamiliesOff, FamilyFull, NoFamily."""
    note = tidy_text(note, field="note", longest=60)
    family = _locked(family)
    refuse_other_than_head(family, by=by)
    terms = terms_of(family.head.program)
    if not terms.has_families:
        raise FamiliesOff
    now = timezone.now()
    open_ones = FamilyInvitation.objects.filter(family=family, closed_at=None, until__gt=now)
    if open_ones.count() >= MOST_OPEN or _count(family) >= terms.most_members:
        raise FamilyFull(terms.most_members)
    made = FamilyInvitation(family=family, note=note, until=now + timedelta(days=INVITED_DAYS), created_at=now)
    while True:
        made.code = short_code(CODE_LENGTH)
        if insert_row(made, unless_there=True):
            return made


@transaction.atomic
def withdraw_invitation(invitation: FamilyInvitation, *, by: Actor) -> None:
    """Let a code be good no longer. Safe to repeat. Raises NotTheHead."""
    refuse_other_than_head(invitation.family, by=by)
    FamilyInvitation.objects.filter(pk=invitation.pk, closed_at=None).update(closed_at=timezone.now())


def open_invitations(family: Family) -> list[FamilyInvitation]:
    """Those that somebody may still say yes to, the newest first."""
    found = FamilyInvitation.objects.filter(family=family, closed_at=None, until__gt=timezone.now())
    return list(found.order_by("-created_at"))


def find_invitation(code: str) -> FamilyInvitation:
    """The open invitation of a code as typed or clicked. Raises InvitationGone."""
    found: FamilyInvitation | None = (
        FamilyInvitation.objects.select_related("family__head__member", "family__head__program")
        .filter(code=tidy_code(code)[:16], family__dissolved_at=None)
        .first()
    )
    if found is None or found.closed_at is not None or found.until <= timezone.now():
        raise InvitationGone
    return found


@transaction.atomic
def accept_invitation(code: str, *, member: Member, by: Actor, source: str = "") -> Family:
    """Join by an invitation, once: of two at the same moment one has it. Saying yes again is the same.

    Raises InvitationGone and what `join_family` refuses. Locks the account, then the family.
    """
    account = lock_account_of(member, by=by)
    used = FamilyInvitation.objects.filter(code=tidy_code(code)[:16], taken_by=account).first()
    if used is not None and account.family_id == used.family_id:
        return used.family
    invitation = find_invitation(code)
    way = {ActorKind.API: FamilyWay.API, ActorKind.STAFF: FamilyWay.COUNTER}.get(by.kind, FamilyWay.PORTAL)
    family = join_family(member, invitation.family, way=way, by=by, source=source)
    invitation = FamilyInvitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)
    if invitation.closed_at is not None:
        raise InvitationGone
    invitation.closed_at, invitation.taken_by = timezone.now(), account
    invitation.save(update_fields=["closed_at", "taken_by"])
    return family


@transaction.atomic
def join_family(member: Member, family: Family, *, way: FamilyWay, by: Actor, source: str = "") -> Family:
    """Let a member join who has said yes: by an invitation, or at the counter with the head there too.

    Who belongs to it already stays. Raises FamiliesOff, FamilyFull, FamilyTooSoon, InFamilyAlready, NoFamily,
    MemberNotActive, ProgramNotLive, OwnAccount, Forbidden. Locks the account, then the family.
    """
    account = lock_account_of(member, by=by)
    _refuse_actor(account, by=by)
    if account.family_id == family.pk:
        return family
    family = _locked(family)
    if by.kind == ActorKind.STAFF:
        refuse_own_account(family.head.member, by=by)
    terms = terms_of(account.program)
    _refuse_joining(account, terms)
    if _count(family) >= terms.most_members:
        raise FamilyFull(terms.most_members)
    _enter(account, family, way, by=by, source=source)
    return family


@transaction.atomic
def leave_family(member: Member, *, by: Actor, source: str = "", why: FamilyEnd = FamilyEnd.LEFT) -> None:
    """Leave with one's own points. After a head the one who has been in it longest is the head; nobody left, it ends.

    Leaving twice changes nothing. A member leaves by themselves, people of the team at their wish. Raises Forbidden,
    OwnAccount. Locks the account, then the family.
    """
    account = lock_account_of(member, by=by)
    if account.family_id is None:
        return
    _refuse_actor(account, by=by)
    family = _locked(account.family)
    go(account, family, why=why, by=by, source=source)


@transaction.atomic
def remove_member(family: Family, member: Member, *, by: Actor, source: str = "") -> None:
    """The head parts with somebody, who takes their own points along. Raises NotTheHead. Safe to repeat."""
    account = lock_account_of(member, by=by)
    family = _locked(family)
    refuse_other_than_head(family, by=by)
    if account.family_id == family.pk:
        go(account, family, why=FamilyEnd.REMOVED, by=by, source=source)


@transaction.atomic
def pass_headship(family: Family, member: Member, *, by: Actor) -> Family:
    """Let another one of the family be its head. Raises NotTheHead, NoFamily where they are not in it."""
    account = lock_account_of(member, by=by)
    family = _locked(family)
    refuse_other_than_head(family, by=by)
    if account.family_id != family.pk:
        raise NoFamily
    family.head = account
    family.save(update_fields=["head"])
    return family


@transaction.atomic
def dissolve_family(family: Family, *, by: Actor, source: str = "") -> None:
    """End it: everybody keeps their own points. Raises NotTheHead. Safe to repeat. Locks everybody, then the family."""
    household = lock_household(family.head, by=by)
    family = Family.objects.select_for_update(no_key=True, of=("self",)).select_related("head").get(pk=family.pk)
    if family.dissolved_at is not None:
        return
    refuse_other_than_head(family, by=by)
    for account in (*household.family, household.own):
        if account.family_id == family.pk:
            go(account, family, why=FamilyEnd.DISSOLVED, by=by, source=source)


def family_of(account: Account) -> Family | None:
    """The family of an account, with its head."""
    if account.family_id is None:
        return None
    found: Family = Family.objects.select_related("head__member").get(pk=account.family_id)
    return found


def family_by_id(pk: UUID) -> Family:
    """Raises NotFound."""
    found: Family | None = Family.objects.select_related("head__member", "head__program").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def may_change_from(account: Account, terms: SharingTerms) -> date | None:
    """The first day on which somebody may join another family; None when that is now."""
    mine = Q(account=account) | Q(account__merged_into=account)
    last = FamilyMember.objects.filter(mine).exclude(why_left__in=(FamilyEnd.MERGED,)).order_by("-joined_at").first()
    if last is None or not terms.change_days:
        return None
    zone = current_tenant().zone
    begins = local_day(max(last.joined_at, last.left_at or last.joined_at), zone) + timedelta(days=terms.change_days)
    return begins if begins > local_day(timezone.now(), zone) else None


def is_head(family: Family, by: Actor) -> bool:
    return by.kind == ActorKind.MEMBER and by.id in ids_of(family.head.member)


def refuse_other_than_head(family: Family, *, by: Actor) -> None:
    """Members must be the head; people of the team and connected systems act at the head's wish, not for themselves."""
    if by.kind == ActorKind.MEMBER:
        if not is_head(family, by):
            raise NotTheHead
        return
    _refuse_team(family.head, by=by)


def go(account: Account, family: Family, *, why: FamilyEnd, by: Actor, source: str = "") -> None:
    """Let a locked account leave its locked family, whoever wishes it."""
    now = timezone.now()
    FamilyMember.objects.filter(family=family, account=account, left_at=None).update(left_at=now, why_left=why)
    Account.objects.filter(pk=account.pk).update(family=None)
    account.family = None
    if family.head_id == account.pk:
        _next_head(family)
    record_activity(
        ActivityKind.FAMILY_LEFT,
        by=by,
        source=source or source_of(by),
        member=account.member,
        payload={"family": str(family.pk), "name": family.name, "why": str(why)},
    )


def enter(account: Account, family: Family, way: FamilyWay) -> None:
    """Write down that a locked account belongs to a locked family from now on."""
    FamilyMember.objects.create(family=family, account=account, way=way)
    Account.objects.filter(pk=account.pk).update(family=family)
    account.family = family


def _enter(account: Account, family: Family, way: FamilyWay, *, by: Actor, source: str) -> None:
    enter(account, family, way)
    record_activity(
        ActivityKind.FAMILY_JOINED,
        by=by,
        source=source or source_of(by),
        member=account.member,
        payload={"family": str(family.pk), "name": family.name, "way": str(way)},
    )
    if by.kind == ActorKind.STAFF:
        record_audit("family.joined", by=by, subject=account.member, family=family.name)


def _next_head(family: Family) -> None:
    """The one who has been in it longest; without anybody it ends, and its invitations with it."""
    staying = FamilyMember.objects.filter(family=family, left_at=None).order_by("joined_at", "pk").first()
    if staying is not None:
        family.head = staying.account
        family.save(update_fields=["head"])
        return
    family.dissolved_at = timezone.now()
    family.save(update_fields=["dissolved_at"])
    FamilyInvitation.objects.filter(family=family, closed_at=None).update(closed_at=family.dissolved_at)


def _refuse_joining(account: Account, terms: SharingTerms) -> None:
    require_live(account)
    if not terms.has_families:
        raise FamiliesOff
    if account.family_id is not None:
        raise InFamilyAlready
    begins = may_change_from(account, terms)
    if begins is not None:
        raise FamilyTooSoon(day(begins))


def _refuse_actor(account: Account, *, by: Actor) -> None:
    """A member acts for themselves; people of the team for others, not on a card of their own."""
    if by.kind == ActorKind.MEMBER and by.id not in ids_of(account.member):
        raise Forbidden
    _refuse_team(account, by=by)


def _refuse_team(account: Account, *, by: Actor) -> None:
    membership = acting_membership(by)
    if membership is not None and membership.role == Role.ANALYST:
        raise Forbidden
    refuse_own_account(account.member, by=by, membership=membership)


def _locked(family: Family | None) -> Family:
    """The family as it is by now, with its head. Raises NoFamily for one that has ended."""
    if family is None:
        raise NoFamily
    found: Family = (
        Family.objects.select_for_update(no_key=True, of=("self",))
        .select_related("head__member", "head__program")
        .get(pk=family.pk)
    )
    if found.dissolved_at is not None:
        raise NoFamily
    return found


def _count(family: Family) -> int:
    return FamilyMember.objects.filter(family=family, left_at=None).count()
