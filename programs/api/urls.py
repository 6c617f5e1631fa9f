from django.urls import path

from programs.api import accounts, returns, rewards, stamps, vouchers

urlpatterns = [
    path("purchases/<uuid:purchase_id>/returns/", returns.PurchaseReturns.as_view(), name="purchase_returns"),
    path("purchases/<uuid:purchase_id>/returns/preview/", returns.ReturnPreviews.as_view(), name="return_preview"),
    path("members/<uuid:member_id>/balance/", accounts.MemberBalance.as_view(), name="member_balance"),
    path("members/<uuid:member_id>/entries/", accounts.MemberEntries.as_view(), name="member_entries"),
    path("members/<uuid:member_id>/adjustments/", accounts.MemberAdjustments.as_view(), name="member_adjustments"),
    path("members/<uuid:member_id>/stamp-cards/", stamps.MemberStampCards.as_view(), name="member_stamp_cards"),
    path("members/<uuid:member_id>/stamps/", stamps.MemberStamps.as_view(), name="member_stamps"),
    path("rewards/", rewards.Rewards.as_view(), name="rewards"),
    path("redemptions/", rewards.Redemptions.as_view(), name="redemptions"),
    path("redemptions/<uuid:redemption_id>/", rewards.OneRedemption.as_view(), name="redemption"),
    path("redemptions/<uuid:redemption_id>/voiding/", rewards.RedemptionVoiding.as_view(), name="redemption_voiding"),
    path("vouchers/<str:code>/", vouchers.OneVoucher.as_view(), name="voucher"),
    path("vouchers/<str:code>/uses/", vouchers.VoucherUses.as_view(), name="voucher_uses"),
]
