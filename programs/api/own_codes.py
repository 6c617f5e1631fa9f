"""Codes that the business brings along, for its online shop or another till."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from loyalty_saas.lib.errors import NotFound
from programs.api.scarce_shapes import (
    AddedCodes,
    CodeCounts,
    CodePage,
    CodeQuery,
    NewCodes,
    RemovedCodes,
    UnwantedCodes,
)
from programs.domain.own_codes import add_codes, remove_free_codes, tidy_codes
from programs.models import OwnCode, Reward
from tenants.api.operations import Call, Keyed, operation
from tenants.api.paging import Page, page
from tenants.api.views import BusinessView
from tenants.enums import Scope
from tenants.rows import row_by_id

SECTION = "Rewards"


class RewardCodes(BusinessView):
    section = SECTION

    @operation(Scope.REWARDS_READ, "List own codes that were given", CodePage, query=CodeQuery)
    def get(self, call: Call, reward_id: UUID) -> Page:
        """The newest first, each with its voucher and who holds it. With `code`, that one alone, given or free."""
        codes = OwnCode.objects.filter(reward=_reward_or_404(reward_id)).select_related("voucher__account")
        wanted = codes.filter(code=call.query["code"]) if "code" in call.query else codes.filter(given_at__isnull=False)
        found, following = page(wanted, call.query)
        return Page([_shown(one) for one in found], following)

    @operation(Scope.REWARDS_WRITE, "Add own codes", AddedCodes, status=201, body=NewCodes, keyed=Keyed.REQUIRED)
    def post(self, call: Call, reward_id: UUID) -> dict[str, Any]:
        """All of them or none: 422 `codes_are_taken` names some that are known already, `invalid` a reward that
        makes its codes by itself. The reward's stock is how many are left."""
        reward = _reward_or_404(reward_id)
        added = add_codes(reward, tidy_codes(call.values["codes"]), by=call.by)
        return {**_counts(reward), "added": added}


class RewardCodeRemoval(BusinessView):
    section = SECTION

    @operation(
        Scope.REWARDS_WRITE,
        "Take away free own codes",
        RemovedCodes,
        status=201,
        body=UnwantedCodes,
        keyed=Keyed.REQUIRED,
    )
    def post(self, call: Call, reward_id: UUID) -> dict[str, Any]:
        """Of `codes`, or of all, those that nobody was given: they are given to nobody any more, and the reward's stock
        is how many are left. 422 `invalid` for a reward that makes its codes by itself."""
        reward, wanted = _reward_or_404(reward_id), call.values.get("codes")
        removed = remove_free_codes(reward, None if wanted is None else tidy_codes(wanted), by=call.by)
        return {**_counts(reward), "removed": removed}


class RewardCodeCounts(BusinessView):
    section = SECTION

    @operation(Scope.REWARDS_READ, "Count own codes", CodeCounts)
    def get(self, call: Call, reward_id: UUID) -> dict[str, Any]:
        return _counts(_reward_or_404(reward_id))


def _reward_or_404(pk: UUID) -> Reward:
    reward = row_by_id(Reward, pk)
    if reward is None:
        raise NotFound
    return reward


def _counts(reward: Reward) -> dict[str, Any]:
    is_free = Q(given_at__isnull=True)
    counted = OwnCode.objects.filter(reward=reward).aggregate(
        free=Count("pk", filter=is_free), given=Count("pk", filter=~is_free)
    )
    return {"reward": reward.pk, **counted}


def _shown(one: OwnCode) -> dict[str, Any]:
    return {
        "code": one.code,
        "state": "given" if one.given_at else "free",
        "given_at": one.given_at,
        "voucher": one.voucher.code if one.voucher else None,
        "member": one.voucher.account.member_id if one.voucher else None,
    }
