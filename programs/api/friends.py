"""Friends that members bring."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from customers.api.lookup import member_or_404
from programs.api.shapes import MemberFriends
from programs.domain.referrals.advocates import advocate_for
from programs.models import Referral
from programs.referrals import friends_of
from tenants.api.operations import Call, operation
from tenants.api.views import BusinessView
from tenants.enums import Scope


class Friends(BusinessView):
    section = "Members"

    @operation(Scope.MEMBERS_READ, "Read the friends of a member", MemberFriends)
    def get(self, call: Call, member_id: UUID) -> dict[str, Any]:
        """The member's own code, made at the first asking, and who joined by it. Enrol a friend with `friend_code`."""
        member = member_or_404(member_id)
        advocate = advocate_for(member)
        path = reverse("portal:invited", kwargs={"business": call.tenant.slug, "code": advocate.code})
        came = Referral.objects.select_related("advocate").filter(friend=member).first()
        return {
            "code": advocate.code,
            "link": f"{settings.SITE_URL.rstrip('/')}{path}",
            "came_by": came.advocate.member_id if came else None,
            "friends": friends_of(advocate),
        }
