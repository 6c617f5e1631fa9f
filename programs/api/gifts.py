"""A voucher that one member gives another."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from customers.api.lookup import wanted_member
from customers.enums import Source
from programs.api.scarce_shapes import GiftOpening, NewGift, ShownGift
from programs.api.shapes import NoDetails
from programs.domain.gifts import find_gift, open_gift, unwrap_voucher, wrap_voucher
from programs.domain.vouchers import find_voucher
from programs.models import Gift
from tenants.api.operations import Call, Keyed, operation
from tenants.api.views import BusinessView
from tenants.enums import Scope

SECTION = "Vouchers"


class VoucherGift(BusinessView):
    section = SECTION

    @operation(Scope.REWARDS_WRITE, "Wrap a voucher", ShownGift, status=201, body=NewGift, keyed=Keyed.REQUIRED)
    def post(self, call: Call, code: str) -> dict[str, Any]:
        """For somebody else; until it is opened or taken back nobody can use it. One that is wrapped stays the gift it
        is. 403 `cannot_give` for what is for its holder alone, `code_seen` for a code of the business's own; 409
        `voucher_used`, `voucher_expired`, `voucher_voided`, `voucher_held` or `voucher_partly_used`."""
        return _shown(wrap_voucher(find_voucher(code), message=call.values["message"], by=call.by), call)


class OneGift(BusinessView):
    section = SECTION

    @operation(Scope.REWARDS_READ, "Read a wrapped voucher", ShownGift)
    def get(self, call: Call, gift_code: str) -> dict[str, Any]:
        return _shown(find_gift(gift_code), call)


class GiftOpenings(BusinessView):
    section = SECTION

    @operation(
        Scope.REWARDS_WRITE,
        "Open a wrapped voucher",
        ShownGift,
        status=201,
        body=GiftOpening,
        keyed=Keyed.REQUIRED,
    )
    def post(self, call: Call, gift_code: str) -> dict[str, Any]:
        """The member holds the voucher from then on; of two at once one has it. 404 `gift_gone` when it was opened by
        somebody else or taken back; 409 `gift_for_others` for whoever wrapped it."""
        gift = find_gift(gift_code)
        open_gift(gift, member=wanted_member(call.values["member"]), by=call.by, source=Source.API)
        return _shown(find_gift(gift_code), call)


class GiftWithdrawal(BusinessView):
    section = SECTION

    @operation(
        Scope.REWARDS_WRITE,
        "Take a wrapped voucher back",
        ShownGift,
        status=201,
        body=NoDetails,
        keyed=Keyed.REQUIRED,
    )
    def post(self, call: Call, gift_code: str) -> dict[str, Any]:
        """Its link works no more, and its holder can use it again. One that was opened stays as it is: see `status`."""
        gift = find_gift(gift_code)
        if gift.status == "open":
            unwrap_voucher(gift.voucher, by=call.by)
        return _shown(find_gift(gift_code), call)


def _shown(gift: Gift, call: Call) -> dict[str, Any]:
    path = reverse("portal:present", kwargs={"business": call.tenant.slug, "code": gift.code})
    return {
        "code": gift.code,
        "link": f"{settings.SITE_URL.rstrip('/')}{path}",
        "status": gift.status,
        "voucher": gift.voucher,
        "message": gift.message,
        "giver": gift.giver,
        "taker": gift.taker.member_id if gift.taker is not None else None,
        "created_at": gift.created_at,
        "closed_at": gift.closed_at,
    }
