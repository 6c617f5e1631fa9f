"""Tiers, and members placed in one by hand."""

from typing import Any
from uuid import UUID

from django.db.models import Q

from customers.api.lookup import member_or_404
from customers.enums import Source
from customers.models import Member
from loyalty_saas.lib.errors import NotFound
from programs.api.placement_shapes import MemberPlacements, NewPlacement, ShownPlacement, TierList
from programs.api.shapes import NoDetails
from programs.domain.accounts import require_points_program
from programs.domain.placements import place_member, undo_placement
from programs.models import Tier, TierPlacement
from programs.queries import account_of
from tenants.api.operations import Call, Keyed, operation
from tenants.api.views import BusinessView
from tenants.enums import Scope
from tenants.rows import row_by_id

SECTION = "Points"
SHOWN = 50


class Tiers(BusinessView):
    section = SECTION

    @operation(Scope.POINTS_READ, "List tiers", TierList)
    def get(self, call: Call) -> dict[str, Any]:
        """Those by invitation as well."""
        program = require_points_program()
        tiers = program.tiers.order_by("by_invitation", "threshold", "pk")
        return {"basis": program.tier_basis, "window": program.tier_window, "results": list(tiers)}


class Placements(BusinessView):
    section = SECTION

    @operation(Scope.POINTS_READ, "Read the placements of a member", MemberPlacements)
    def get(self, call: Call, member_id: UUID) -> dict[str, Any]:
        """Tiers that were given by hand, and by which of them the member holds theirs now."""
        member = member_or_404(member_id)
        account = account_of(member)
        if account is None:
            return {"current": None, "results": []}
        mine = TierPlacement.objects.filter(Q(account=account) | Q(account__merged_into=account))
        current = account.tier_placement_id
        rows = [_shown(one, member) for one in mine.order_by("-pk")[:SHOWN]]
        return {"current": next((row for row in rows if row["id"] == current), None), "results": rows}

    @operation(
        Scope.POINTS_WRITE,
        "Place a member in a tier",
        ShownPlacement,
        status=201,
        body=NewPlacement,
        keyed=Keyed.REQUIRED,
    )
    def post(self, call: Call, member_id: UUID) -> dict[str, Any]:
        """Up to and with the day `until`; a placement before this one is replaced. With enough of their own they rise
        all the same, and at the end they stand where they would without it. 409 `program_not_live`,
        `member_not_active`."""
        member, values = member_or_404(member_id), call.values
        tier = row_by_id(Tier, values["tier"])
        if tier is None:
            raise NotFound(field="tier")
        placed = place_member(
            member,
            tier=tier,
            reason=values["reason"],
            until=values.get("until"),
            by=call.by,
            key=call.domain_key,
            source=Source.API,
        )
        return _shown(placed, member)


class PlacementEnding(BusinessView):
    section = SECTION

    @operation(
        Scope.POINTS_WRITE,
        "Take a placement back",
        MemberPlacements,
        status=201,
        body=NoDetails,
        keyed=Keyed.REQUIRED,
    )
    def post(self, call: Call, member_id: UUID) -> dict[str, Any]:
        """The member stands where they would without it. Nothing changes for whoever holds their tier by themselves."""
        member = member_or_404(member_id)
        account = account_of(member)
        if account is not None and account.tier_placement is not None:
            undo_placement(account.tier_placement, by=call.by, source=Source.API)
        answer: dict[str, Any] = Placements().get(call, member_id)
        return answer


def _shown(one: TierPlacement, member: Member) -> dict[str, Any]:
    return {
        "id": one.pk,
        "member": member.pk,
        "tier": one.tier_id,
        "name": one.said,
        "reason": one.reason,
        "until": one.until,
        "by": {"kind": one.actor_kind, "label": one.actor_label},
        "created_at": one.created_at,
        "ended_at": one.ended_at,
        "end": one.end,
    }
