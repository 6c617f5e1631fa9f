"""Rewards, and points given for them."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from customers.api.lookup import member_or_404, wanted_member
from customers.enums import Source
from loyalty_saas.lib.errors import NotFound
from programs.api.points import account_or_404
from programs.api.shapes import (
    NewRedemption,
    NewVoiding,
    NewWaiting,
    NoDetails,
    RewardList,
    RewardQuery,
    ShownRedemption,
    ShownWaiting,
)
from programs.domain.networks.balance import elsewhere_of
from programs.domain.places import leave_line, wait_for_place
from programs.domain.redemptions import redeem_reward, void_redemption
from programs.models import Redemption, Reward, Voucher, WaitingPlace
from programs.queries import current_rewards, rewards_for
from tenants.api.operations import Call, Keyed, operation
from tenants.api.views import BusinessView
from tenants.enums import Scope
from tenants.isolation import current_tenant
from tenants.rows import row_by_id


class Rewards(BusinessView):
    section = "Rewards"

    @operation(Scope.REWARDS_READ, "List rewards", RewardList, query=RewardQuery, refusals=(404,))
    def get(self, call: Call) -> dict[str, Any]:
        """What members can have for their points now. With `member`, whether that member can."""
        if "member" not in call.query:
            return {"results": [_shown(reward, None, None, None) for reward in current_rewards()]}
        account = account_or_404(member_or_404(call.query["member"], "member"))
        offers = rewards_for(account, elsewhere_of(account))
        return {"results": [_shown(one.reward, one.available, one.missing, one.reason) for one in offers]}


class Redemptions(BusinessView):
    section = "Rewards"

    @operation(
        Scope.REWARDS_WRITE,
        "Redeem a reward",
        ShownRedemption,
        status=201,
        body=NewRedemption,
        keyed=Keyed.REQUIRED,
        refusals=(404,),
    )
    def post(self, call: Call) -> dict[str, Any]:
        """Takes the points and gives a voucher. 409 says why not: `not_enough_points`, `out_of_stock`,
        `fully_booked`, `tier_too_low`, `limit_reached`, `not_for_this_member`, `reward_not_available`,
        `member_not_active` or `program_not_live`. A donation and something to read are used at once."""
        member = wanted_member(call.values["member"])
        reward = _reward_or_404(call.values["reward"])
        return shown_redemption(
            redeem_reward(member, reward=reward, by=call.by, key=call.domain_key, source=Source.API)
        )


class OneRedemption(BusinessView):
    section = "Rewards"

    @operation(Scope.REWARDS_READ, "Read a redemption", ShownRedemption)
    def get(self, call: Call, redemption_id: UUID) -> dict[str, Any]:
        return shown_redemption(_redemption_or_404(redemption_id))


class RedemptionVoiding(BusinessView):
    section = "Rewards"

    @operation(
        Scope.REWARDS_WRITE,
        "Undo a redemption",
        ShownRedemption,
        status=201,
        body=NewVoiding,
        keyed=Keyed.REQUIRED,
    )
    def post(self, call: Call, redemption_id: UUID) -> dict[str, Any]:
        """Gives the points back, unless the voucher has been used or has expired (409)."""
        redemption = _redemption_or_404(redemption_id)
        return shown_redemption(
            void_redemption(
                redemption, by=call.by, reason=call.values["reason"], key=call.domain_key, source=Source.API
            )
        )


def shown_redemption(redemption: Redemption) -> dict[str, Any]:
    voucher: Voucher = getattr(redemption, "issued", None) or Voucher.objects.select_related("product").get(
        redemption=redemption
    )
    voucher.redemption, voucher.account = redemption, redemption.account
    voucher.currency = current_tenant().currency  # type: ignore[attr-defined]
    return {
        "id": redemption.pk,
        "account": redemption.account,
        "reward_id": redemption.reward_id,
        "points": redemption.points,
        "status": redemption.status,
        "created_at": redemption.created_at,
        "voided_at": redemption.voided_at,
        "voucher": voucher,
        "balance": redemption.account.balance,
    }


class WaitingList(BusinessView):
    section = "Rewards"

    @operation(
        Scope.REWARDS_WRITE,
        "Wait for a place",
        ShownWaiting,
        status=201,
        body=NewWaiting,
        keyed=Keyed.REQUIRED,
        refusals=(404,),
    )
    def post(self, call: Call, reward_id: UUID) -> WaitingPlace:
        """Whoever waits already keeps their turn. 409: `places_left`, `no_waiting_list`, or why they cannot have it."""
        member = wanted_member(call.values["member"])
        return wait_for_place(member, reward=_reward_or_404(reward_id), by=call.by, source=Source.API)


class WaitingEnd(BusinessView):
    section = "Rewards"

    @operation(Scope.REWARDS_WRITE, "Wait no longer", ShownWaiting, status=201, body=NoDetails, keyed=Keyed.REQUIRED)
    def post(self, call: Call, waiting_id: UUID) -> WaitingPlace:
        """A place that was kept goes to the next in the line."""
        waiting = WaitingPlace.objects.select_related("account").filter(pk=waiting_id).first()
        if waiting is None:
            raise NotFound
        return leave_line(waiting, by=call.by)


def _shown(reward: Reward, available: bool | None, missing: int | None, reason: str | None) -> Reward:
    reward.currency = current_tenant().currency  # type: ignore[attr-defined]
    reward.products_to_choose = reward.terms.get("products", [])  # type: ignore[attr-defined]
    reward.available, reward.missing, reward.reason = available, missing, reason or None  # type: ignore[attr-defined]
    return reward


def _reward_or_404(pk: UUID) -> Reward:
    reward = row_by_id(Reward, pk)
    if reward is None:
        raise NotFound(_("There is no such reward."), code="reward_not_found", field="reward")
    return reward


def _redemption_or_404(pk: UUID) -> Redemption:
    redemption: Redemption | None = Redemption.objects.select_related("account__member", "entry").filter(pk=pk).first()
    if redemption is None:
        raise NotFound
    return redemption
