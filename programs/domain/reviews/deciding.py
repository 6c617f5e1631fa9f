"""What a person decides: hold it, find it in order, or take it back."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Purchase
from loyalty_saas.lib.errors import Forbidden, NotFound
from loyalty_saas.lib.texts import tidy_text
from programs.domain.accounts import lock_account
from programs.domain.reviews.holding import hold_points, release_points, reviewed_entry
from programs.domain.serving import undo_visit
from programs.domain.undo import undo_entry
from programs.enums import Cause, EntryKind, ReviewState, ReviewSubject
from programs.errors import AlreadyUndone, NothingToHold, OwnReview, ReviewClosed
from programs.models import Account, Entry, Redemption, Review
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.enums import ActorKind, Role
from tenants.models import Membership
from tenants.permissions import Permission


@dataclass(frozen=True, slots=True)
class Deeds:
    """What can be done with one kind of subject. `hold` returns how many points wait now."""

    hold: Callable[[Review, Actor], int]
    release: Callable[[Review, Actor, str], object]
    reverse: Callable[[Review, Actor, str], object]


_deeds: dict[str, Deeds] = {}


def deeds_of(subject_kind: ReviewSubject, deeds: Deeds) -> None:
    """Say what deciding does to this kind of subject."""
    _deeds[str(subject_kind)] = deeds


@transaction.atomic
def hold_review(review: Review, *, by: Actor) -> Review:
    """Let the points wait until it is decided. Raises NothingToHold, ReviewClosed, OwnReview, Forbidden."""
    review = _locked(review, by=by)
    if review.is_held:
        return review
    if review.was_refused or not _deeds[review.subject_kind].hold(review, by):
        raise NothingToHold
    review.is_held = True
    review.save(update_fields=["is_held"])
    record_audit("review.held", by=by, subject=review, reasons=review.reasons)
    return review


@transaction.atomic
def release_review(review: Review, *, by: Actor, note: str = "") -> Review:
    """Find it in order: held points can be spent. Of what was refused: it has been seen.

    Raises ReviewClosed, OwnReview, Forbidden. Locks the review, then the account.
    """
    review = _locked(review, by=by)
    note = tidy_text(note, field="note", longest=300)
    if not review.was_refused:
        _deeds[review.subject_kind].release(review, by, note)
    return _decide(review, ReviewState.RELEASED, "review.released", by=by, note=note)


@transaction.atomic
def reverse_review(review: Review, *, by: Actor, note: str = "") -> Review:
    """Take back what was given. Raises ReviewClosed, OwnReview, Forbidden, and whatever refuses taking it back."""
    review = _locked(review, by=by)
    note = tidy_text(note, field="note", longest=300)
    if review.was_refused:
        raise NothingToHold
    _deeds[review.subject_kind].reverse(review, by, note or _("Taken back after a look"))
    return _decide(review, ReviewState.REVERSED, "review.reversed", by=by, note=note)


def may_decide(review: Review, membership: Membership) -> bool:
    """Managers and owners; nobody but an owner about what they did themselves."""
    if not membership.may(Permission.ADJUST_POINTS):
        return False
    return review.staff_id != membership.pk or bool(membership.role == Role.OWNER)


def _locked(review: Review, *, by: Actor) -> Review:
    membership = Membership.objects.filter(pk=by.id).first() if by.kind == ActorKind.STAFF and by.id else None
    # A key of the API that may decide was made for that by an owner; it is nobody's own deed that it looks at.
    if by.kind != ActorKind.API and (membership is None or not membership.may(Permission.ADJUST_POINTS)):
        raise Forbidden
    found: Review | None = Review.objects.select_for_update(no_key=True, of=("self",)).filter(pk=review.pk).first()
    if found is None:
        raise NotFound
    if membership is not None and not may_decide(found, membership):
        raise OwnReview
    if not found.is_open:
        raise ReviewClosed
    return found


def _decide(review: Review, state: ReviewState, action: str, *, by: Actor, note: str) -> Review:
    review.state, review.is_held, review.note = state, False, note
    review.decided_at, review.decided_label = timezone.now(), by.label[:80]
    review.decided_by_id = by.id if by.kind == ActorKind.STAFF else None
    review.save(update_fields=["state", "is_held", "note", "decided_at", "decided_by", "decided_label"])
    record_audit(action, by=by, subject=review, reasons=review.reasons)
    return review


def _entry(review: Review) -> tuple[Entry, Account]:
    """The entry, and the account on which its points are now, locked."""
    entry = reviewed_entry(_subject(review))
    account = lock_account(entry.account_id) if entry else None
    if entry is None or account is None:
        raise NotFound
    return entry, account


def _subject(review: Review) -> UUID:
    if review.subject_id is None:
        raise NotFound
    pk: UUID = review.subject_id
    return pk


def _hold_entry(review: Review, by: Actor) -> int:
    entry, account = _entry(review)
    return hold_points(account, entry, why=_("Held for a look"), by=by)


def _release_entry(review: Review, by: Actor, note: str) -> None:
    entry, account = _entry(review)
    release_points(account, entry, by=by, reason=note)


def _reverse_entry(review: Review, by: Actor, note: str) -> None:
    """Of a purchase by returning what is left of it; of everything else the points themselves."""
    entry, account = _entry(review)
    _take_back(entry, review, by, note)
    account.refresh_from_db()
    # By rounding, a point may be left over from the purchases before it.
    release_points(account, entry, by=by, reason=note)


def _take_back(entry: Entry, review: Review, by: Actor, note: str) -> None:
    if entry.kind == EntryKind.ACCRUE and entry.cause == Cause.PURCHASE:
        assert entry.cause_id is not None  # an entry whose cause is a purchase names it
        purchase = Purchase.objects.get(pk=entry.cause_id)
        if purchase.returned >= purchase.total:
            return
    try:
        undo_entry(entry, by=by, key=f"review:{review.pk}", reason=note)
    except AlreadyUndone:
        return


def _reverse_redemption(review: Review, by: Actor, note: str) -> None:
    redemption = Redemption.objects.select_related("entry__account__member", "account__member").get(pk=_subject(review))
    undo_visit(redemption.account.member, entries=[redemption.entry], by=by, key=f"review:{review.pk}")


def _nothing(review: Review, by: Actor, *_note: str) -> int:
    return 0


deeds_of(ReviewSubject.ENTRY, Deeds(_hold_entry, _release_entry, _reverse_entry))
deeds_of(ReviewSubject.REDEMPTION, Deeds(_nothing, _nothing, _reverse_redemption))
