"""Surprises through the API: what runs, and what a member has won."""

from typing import Any
from uuid import UUID

from customers.api.lookup import member_or_404
from programs.api.surprise_shapes import MemberSurprises, SurpriseList
from programs.domain.surprises.definition import SurpriseTerms
from programs.models import Surprise, SurpriseDraw
from programs.words.surprises import in_words
from tenants.api.operations import Call, operation
from tenants.api.views import BusinessView
from tenants.enums import Scope

SECTION = "Points"


class Surprises(BusinessView):
    section = SECTION

    @operation(Scope.POINTS_READ, "List surprises", SurpriseList)
    def get(self, call: Call) -> dict[str, Any]:
        """Published ones with the SHA-256 of their seed; the seed itself once they have ended, to repeat the draws."""
        found = Surprise.objects.filter(published_at__isnull=False).select_related("program").order_by("-published_at")
        return {
            "results": [
                {
                    "id": one.pk,
                    "name": one.name,
                    "said": in_words(SurpriseTerms.from_json(one.definition), one.program),
                    "commitment": one.commitment,
                    "seed": one.seed if one.ended_at else None,
                    "published_at": one.published_at,
                    "ended_at": one.ended_at,
                }
                for one in found
            ]
        }


class MembersSurprises(BusinessView):
    section = SECTION

    @operation(Scope.POINTS_READ, "List what a member has won", MemberSurprises)
    def get(self, call: Call, member_id: UUID) -> dict[str, Any]:
        """The newest first. What won beyond a budget was not given and is not here."""
        member = member_or_404(member_id)
        won = SurpriseDraw.objects.filter(account__member=member, is_won=True, refusal="").select_related("surprise")
        return {
            "results": [
                {
                    "id": one.pk,
                    "surprise": one.surprise_id,
                    "gift": one.said,
                    "points": one.points,
                    "purchase": one.purchase_id,
                    "drawn_at": one.drawn_at,
                    "taken_back_at": one.taken_back_at,
                }
                for one in won.order_by("-drawn_at")[:100]
            ]
        }
