"""Challenges: how far a member is."""

from typing import Any
from uuid import UUID

from customers.api.lookup import member_or_404
from programs.api.points import account_or_404
from programs.api.shapes import ChallengeList
from programs.domain.challenges.reading import trials_of
from programs.words.challenges import shown
from tenants.api.operations import Call, operation
from tenants.api.views import BusinessView
from tenants.enums import Scope


class MemberChallenges(BusinessView):
    section = "Challenges"

    @operation(Scope.POINTS_READ, "List a member's challenges", ChallengeList)
    def get(self, call: Call, member_id: UUID) -> dict[str, Any]:
        """Those that run with how far the member is, and those they have done. Purchases move them by themselves."""
        account = account_or_404(member_or_404(member_id))
        rows = [shown(trial, account.program) for trial in trials_of(account)]
        for row in rows:
            row["parts"] = [{"name": name, "there": there} for name, there in row["parts"]]  # type: ignore[attr-defined]
        return {"results": rows}
