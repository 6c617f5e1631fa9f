"""Recommending the business: the owner names what counts, members say that they did it, the team looks and thanks."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.domain.activity import record_activity
from customers.enums import ActivityKind, Source
from customers.models import Member
from loyalty_saas.lib.errors import Forbidden, Invalid, NotFound
from loyalty_saas.lib.ids import uuid7
from loyalty_saas.lib.images import Photo
from loyalty_saas.lib.texts import tidy_text
from programs.domain.accounts import lock_account_of, require_live, require_points_program, source_of
from programs.domain.day_limits import refuse_beyond_day
from programs.domain.drafts import Draft
from programs.domain.guards import lock_acting_membership, refuse_own_account
from programs.domain.lots import new_lot
from programs.domain.posting import post
from programs.domain.reviews.refusals import refusals_are_reviewed
from programs.domain.rules.happenings import Happening, judge_happening
from programs.enums import Cause, ClaimState, EntryKind, RuleOccasion
from programs.errors import ClaimAnswered, IdempotencyConflict, ThankedEnough
from programs.models import AdvocacyAction, AdvocacyClaim, ClaimPhoto
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.enums import ActorKind
from tenants.permissions import Permission
from tenants.rows import insert_row

CHANGEABLE = frozenset({"name", "about", "link", "points", "times", "days"})
MOST_ACTIONS = 20


@transaction.atomic
def add_action(*, values: Mapping[str, Any], by: Actor) -> AdvocacyAction:
    """One more thing that members are thanked for. Raises NoProgram, Invalid."""
    program = require_points_program()
    if AdvocacyAction.objects.filter(archived_at__isnull=True).count() >= MOST_ACTIONS:
        raise Invalid(field="name")
    action: AdvocacyAction = AdvocacyAction.objects.create(program=program, **_known(values))
    record_audit("advocacy.action_added", by=by, subject=action)
    return action


@transaction.atomic
def change_action(action: AdvocacyAction, *, values: Mapping[str, Any], by: Actor) -> AdvocacyAction:
    """From now on; what members have claimed already keeps its points."""
    for name, value in _known(values).items():
        setattr(action, name, value)
    action.save(update_fields=list(values))
    record_audit("advocacy.action_changed", by=by, subject=action)
    return action


@transaction.atomic
def end_action(action: AdvocacyAction, *, by: Actor, ended: bool = True) -> AdvocacyAction:
    """Take it out of the portal, or bring it back. What was claimed stays to be answered."""
    action.archived_at = timezone.now() if ended else None
    action.save(update_fields=["archived_at"])
    record_audit("advocacy.action_ended" if ended else "advocacy.action_resumed", by=by, subject=action)
    return action


@transaction.atomic
def claim_action(
    member: Member, *, action: AdvocacyAction, proof: str, by: Actor, key: str, photo: Photo | None = None
) -> AdvocacyClaim:
    """A member says that they did it, with a link or a few words, a photo, or both, once for each key.

    Raises ThankedEnough when they have claimed it as often as it counts, Invalid, ProgramNotLive, MemberNotActive.
    Locks the account.
    """
    proof = tidy_text(proof, field="proof", longest=300)
    if not proof and photo is None:
        raise Invalid(_("Tell us where we can see it, or add a photo."), field="proof")
    if "\x00" in key:
        raise Invalid(field="key")
    account = lock_account_of(member, by=by)
    there = AdvocacyClaim.objects.filter(key=key).first()
    if there is not None:
        if (there.member_id, there.action_id) != (account.member_id, action.pk):
            raise IdempotencyConflict
        return there
    require_live(account)
    current = AdvocacyAction.objects.filter(pk=action.pk, archived_at__isnull=True).first()
    if current is None:
        raise NotFound
    if left_for(account.member, current) < 1:
        raise ThankedEnough
    claim = AdvocacyClaim(
        id=uuid7(), action=current, member=account.member, proof=proof, points=current.points, key=key
    )
    insert_row(claim)
    if photo is not None:
        insert_row(ClaimPhoto(claim=claim, image=photo.image, width=photo.width, height=photo.height))
    record_activity(
        ActivityKind.ADVOCACY_CLAIMED,
        by=by,
        source=Source.PORTAL,
        member=account.member,
        payload={"claim": str(claim.pk), "name": current.name, "points": claim.points},
    )
    return claim


def left_for(member: Member, action: AdvocacyAction) -> int:
    """How often a member can still claim an action now; what was not accepted does not count."""
    claims = claims_of(member).filter(action=action).exclude(state=ClaimState.REFUSED)
    if action.days is not None:
        claims = claims.filter(created_at__gt=timezone.now() - timedelta(days=action.days))
    return max(0, action.times - claims.count())


def claims_of(member: Member) -> QuerySet[Any]:
    """What the person has said, on whichever record of theirs; `has_photo` says whether they added one."""
    mine = AdvocacyClaim.objects.filter(Q(member=member) | Q(member__merged_into=member))
    return mine.annotate(has_photo=has_photo()).select_related("action")


def has_photo() -> Exists:
    return Exists(ClaimPhoto.objects.filter(claim=OuterRef("pk")))


def photo_of(claim: AdvocacyClaim) -> bytes:
    """The photo (WebP). Raises NotFound. Who may see it is for the caller to ask."""
    image = ClaimPhoto.objects.filter(claim=claim).values_list("image", flat=True).first()
    if image is None:
        raise NotFound
    return bytes(image)


@refusals_are_reviewed
@transaction.atomic
def _thank(member: Member, claim: AdvocacyClaim, *, by: Actor) -> AdvocacyClaim:
    account = lock_account_of(member, by=by)
    claim = _locked(claim)
    if claim.state == ClaimState.APPROVED:
        return claim
    if claim.state != ClaimState.OPEN:
        raise ClaimAnswered
    require_live(account)
    membership = lock_acting_membership(by)
    if by.kind != ActorKind.API and (membership is None or not membership.may(Permission.USE_COUNTER)):
        raise Forbidden
    refuse_own_account(account.member, by=by, membership=membership)
    now = timezone.now()
    happening = Happening(RuleOccasion.ADVOCACY, now, subject=claim.action_id, location=by.location_id)
    more = judge_happening(account, happening)
    entry = post(
        account,
        Draft(
            kind=EntryKind.ACCRUE,
            cause=Cause.ADVOCACY,
            cause_id=claim.pk,
            key=f"advocacy:{claim.pk}",
            by=by,
            request=(claim.points,),
            earns=new_lot(account.program, claim.points + more.points, earned_at=now, now=now, waits=False),
            occurred_at=now,
            snapshot={"name": claim.action.name, "own": claim.points, "reasons": more.reasons},
        ),
    ).entry
    refuse_beyond_day(account, membership=membership, device=by.device)
    claim.state, claim.entry, claim.decided_at, claim.decided_by = ClaimState.APPROVED, entry, now, membership
    claim.decided_label = by.label[:80]
    claim.save(update_fields=["state", "entry", "decided_at", "decided_by", "decided_label"])
    _tell(ActivityKind.ADVOCACY_APPROVED, claim, by=by, entry=str(entry.pk))
    return claim


def approve_claim(claim: AdvocacyClaim, *, by: Actor) -> AdvocacyClaim:
    """Thank the member with the points that were promised, once; approving again changes nothing.

    What earning rules give for it comes on top. Never on one's own card, and within what staff may give in a day.
    Raises ClaimAnswered for one that was not accepted, OwnAccount, MemberDayLimit, StaffDayLimit, DeviceDayLimit,
    Forbidden. Locks the account, then the claim.
    """
    approved: AdvocacyClaim = _thank(claim.member, claim, by=by)
    return approved


@transaction.atomic
def refuse_claim(claim: AdvocacyClaim, *, answer: str, by: Actor) -> AdvocacyClaim:
    """Say why it does not count; the member reads it and may claim again. Raises ClaimAnswered, Forbidden, Invalid."""
    if by.kind not in (ActorKind.STAFF, ActorKind.API):
        raise Forbidden
    answer = tidy_text(answer, field="answer", longest=300)
    if not answer:
        raise Invalid(field="answer")
    claim = _locked(claim)
    if claim.state == ClaimState.REFUSED:
        return claim
    if claim.state != ClaimState.OPEN:
        raise ClaimAnswered
    claim.state, claim.answer, claim.decided_at = ClaimState.REFUSED, answer, timezone.now()
    claim.decided_by_id = by.id if by.kind == ActorKind.STAFF else None
    claim.decided_label = by.label[:80]
    claim.save(update_fields=["state", "answer", "decided_at", "decided_by", "decided_label"])
    _tell(ActivityKind.ADVOCACY_REFUSED, claim, by=by, reason=answer)
    return claim


def open_actions() -> list[AdvocacyAction]:
    """What members can do now."""
    return list(AdvocacyAction.objects.filter(archived_at__isnull=True))


def _locked(claim: AdvocacyClaim) -> AdvocacyClaim:
    found: AdvocacyClaim = (
        AdvocacyClaim.objects.select_related("action", "member")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=claim.pk)
    )
    return found


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(values) - CHANGEABLE:
        raise Invalid(field=min(unknown))
    return dict(values)


def _tell(kind: ActivityKind, claim: AdvocacyClaim, *, by: Actor, **payload: str) -> None:
    record_activity(
        kind,
        by=by,
        source=source_of(by),
        member=claim.member,
        payload={"claim": str(claim.pk), "name": claim.action.name, "points": claim.points, **payload},
    )
