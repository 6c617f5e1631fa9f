"""What looks wrong and is to be looked at: read, held, found in order or taken back."""

from typing import Any
from uuid import UUID

from loyalty_saas.lib.errors import NotFound
from programs.api.review_shapes import ReviewDecision, ReviewPage, ReviewQuery, ShownReview
from programs.api.shapes import NoDetails
from programs.domain.reviews.deciding import hold_review, release_review, reverse_review
from programs.enums import ReviewState, Suspicion
from programs.models import Review
from programs.words.reviews import ABOUT
from tenants.api.operations import Call, Keyed, operation
from tenants.api.paging import Page, page
from tenants.api.views import BusinessView
from tenants.enums import Scope

SECTION = "Reviews"


class Reviews(BusinessView):
    section = SECTION

    @operation(Scope.REVIEWS_READ, "List what is to be looked at", ReviewPage, query=ReviewQuery)
    def get(self, call: Call) -> Page:
        """What is open, the newest first; or what is held, what was decided, everything."""
        query, found = call.query, Review.objects.select_related("staff", "decided_by")
        if query["state"] == "open":
            found = found.filter(state=ReviewState.OPEN)
        elif query["state"] == "held":
            found = found.filter(is_held=True)
        elif query["state"] == "decided":
            found = found.exclude(state=ReviewState.OPEN)
        if "kind" in query:
            found = found.filter(kind=query["kind"])
        if "reason" in query:
            found = found.filter(reasons__contains=[query["reason"]])
        rows, following = page(found, query)
        return Page([_shown(one) for one in rows], following)


class OneReview(BusinessView):
    section = SECTION

    @operation(Scope.REVIEWS_READ, "Read what is to be looked at", ShownReview)
    def get(self, call: Call, review_id: UUID) -> dict[str, Any]:
        return _shown(_review_or_404(review_id))


class ReviewHold(BusinessView):
    section = SECTION

    @operation(Scope.REVIEWS_WRITE, "Hold points", ShownReview, status=201, body=NoDetails, keyed=Keyed.REQUIRED)
    def post(self, call: Call, review_id: UUID) -> dict[str, Any]:
        """Nobody can spend them until it is decided. 409 `nothing_to_hold`, `review_closed`."""
        hold_review(_review_or_404(review_id), by=call.by)
        return _shown(_review_or_404(review_id))


class ReviewRelease(BusinessView):
    section = SECTION

    @operation(Scope.REVIEWS_WRITE, "Find in order", ShownReview, status=201, body=ReviewDecision, keyed=Keyed.REQUIRED)
    def post(self, call: Call, review_id: UUID) -> dict[str, Any]:
        """What was held can be spent; of what was refused at once: it has been seen. 409 `review_closed`."""
        release_review(_review_or_404(review_id), by=call.by, note=call.values["note"])
        return _shown(_review_or_404(review_id))


class ReviewReversal(BusinessView):
    section = SECTION

    @operation(
        Scope.REVIEWS_WRITE,
        "Take back after a look",
        ShownReview,
        status=201,
        body=ReviewDecision,
        keyed=Keyed.REQUIRED,
    )
    def post(self, call: Call, review_id: UUID) -> dict[str, Any]:
        """As undoing does: a purchase is returned whole, a reward gives its points back. 409 `review_closed`,
        `nothing_to_hold` for what was refused at once, or what keeps it from being undone."""
        reverse_review(_review_or_404(review_id), by=call.by, note=call.values["note"])
        return _shown(_review_or_404(review_id))


def _review_or_404(pk: UUID) -> Review:
    review: Review | None = Review.objects.select_related("staff", "decided_by").filter(pk=pk).first()
    if review is None:
        raise NotFound
    return review


def _shown(one: Review) -> dict[str, Any]:
    reasons = [
        {"code": reason, "name": str(Suspicion(reason).label), "about": str(ABOUT[reason])} for reason in one.reasons
    ]
    return {
        "id": one.pk,
        "kind": one.kind,
        "subject": one.subject_kind,
        "subject_id": one.subject_id,
        "reasons": reasons,
        "evidence": {name: str(value) for name, value in one.evidence.items()},
        "member": one.member_id,
        "staff": one.staff.name if one.staff else None,
        "location": one.location_id,
        "points": one.points,
        "times": one.times,
        "held": one.is_held,
        "state": one.state,
        "opened_at": one.opened_at,
        "seen_at": one.seen_at,
        "decided_at": one.decided_at,
        "decided_by": one.decided_by.name if one.decided_by else one.decided_label,
        "note": one.note,
    }
