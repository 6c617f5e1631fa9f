"""What members say that they did to recommend the business: read, thanked, or answered with why not."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from loyalty_saas.lib.errors import NotFound
from programs.api.review_shapes import (
    RecommendationPage,
    RecommendationQuery,
    RecommendationRefusal,
    ShownRecommendation,
)
from programs.api.shapes import NoDetails
from programs.domain.referrals.advocacy import approve_claim, has_photo, photo_of, refuse_claim
from programs.models import AdvocacyClaim
from tenants.api.operations import Call, Keyed, operation
from tenants.api.paging import Page, page
from tenants.api.views import BusinessView
from tenants.enums import Scope

SECTION = "Reviews"


class Recommendations(BusinessView):
    section = SECTION

    @operation(Scope.REVIEWS_READ, "List recommendations", RecommendationPage, query=RecommendationQuery)
    def get(self, call: Call) -> Page:
        """What waits for an answer, the newest first; or what was answered, or everything."""
        found, state = _claims(), call.query["state"]
        rows, following = page(found if state == "all" else found.filter(state=state), call.query)
        return Page([_shown(one) for one in rows], following)


class OneRecommendation(BusinessView):
    section = SECTION

    @operation(Scope.REVIEWS_READ, "Read a recommendation", ShownRecommendation)
    def get(self, call: Call, claim_id: UUID) -> dict[str, Any]:
        return _shown(_claim_or_404(claim_id))


class RecommendationPhoto(BusinessView):
    section = SECTION

    @operation(Scope.REVIEWS_READ, "Read the photo of a recommendation", None, media="image/webp")
    def get(self, call: Call, claim_id: UUID) -> bytes:
        """WebP, made anew without what the camera wrote into it. 404 where there is none."""
        return photo_of(_claim_or_404(claim_id))


class RecommendationApproval(BusinessView):
    section = SECTION

    @operation(
        Scope.REVIEWS_WRITE,
        "Thank for a recommendation",
        ShownRecommendation,
        status=201,
        body=NoDetails,
        keyed=Keyed.REQUIRED,
    )
    def post(self, call: Call, claim_id: UUID) -> dict[str, Any]:
        """With the points that were promised, and what rules add. 409 `claim_answered` for one that was not accepted,
        `program_not_live`, `member_not_active`."""
        approve_claim(_claim_or_404(claim_id), by=call.by)
        return _shown(_claim_or_404(claim_id))


class RecommendationAnswer(BusinessView):
    section = SECTION

    @operation(
        Scope.REVIEWS_WRITE,
        "Do not accept a recommendation",
        ShownRecommendation,
        status=201,
        body=RecommendationRefusal,
        keyed=Keyed.REQUIRED,
    )
    def post(self, call: Call, claim_id: UUID) -> dict[str, Any]:
        """The member reads why, and may say it again. 409 `claim_answered` for one that was thanked."""
        refuse_claim(_claim_or_404(claim_id), answer=call.values["answer"], by=call.by)
        return _shown(_claim_or_404(claim_id))


def _claims() -> QuerySet[Any]:
    around = AdvocacyClaim.objects.select_related("action", "member", "decided_by")
    return around.annotate(has_photo=has_photo())


def _claim_or_404(pk: UUID) -> Any:
    claim = _claims().filter(pk=pk).first()
    if claim is None:
        raise NotFound
    return claim


def _shown(claim: Any) -> dict[str, Any]:
    path = reverse("api:recommendation_photo", args=[claim.pk]) if claim.has_photo else ""
    return {
        "id": claim.pk,
        "member_id": claim.member_id,
        "action_id": claim.action_id,
        "action": claim.action,
        "proof": claim.proof,
        "photo": f"{settings.SITE_URL.rstrip('/')}{path}" if path else None,
        "points": claim.points,
        "state": claim.state,
        "entry_id": claim.entry_id,
        "answer": claim.answer,
        "created_at": claim.created_at,
        "decided_at": claim.decided_at,
        "decided_by": claim.decided_by.name if claim.decided_by else claim.decided_label,
    }
