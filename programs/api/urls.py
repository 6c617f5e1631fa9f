from django.urls import path

from programs.api import accounts, challenges, friends, returns, rewards, stamps, vouchers

urlpatterns = [
    path("purchases/<uuid:purchase_id>/returns/", returns.PurchaseReturns.as_view(), name="purchase_returns"),
    path("purchases/<uuid:purchase_id>/returns/preview/", returns.ReturnPreviews.as_view(), name="return_preview"),
    path("members/<uuid:member_id>/balance/", accounts.MemberBalance.as_view(), name="member_balance"),
    path("members/<uuid:member_id>/challenges/", challenges.MemberChallenges.as_view(), name="member_challenges"),
    path("members/<uuid:member_id>/entries/", accounts.MemberEntries.as_view(), name="member_entries"),
    path("members/<uuid:member_id>/adjustments/", accounts.MemberAdjustments.as_view(), name="member_adjustments"),
    path("members/<uuid:member_id>/stamp-cards/", stamps.MemberStampCards.as_view(), name="member_stamp_cards"),
    path("members/<uuid:member_id>/stamps/", stamps.MemberStamps.as_view(), name="member_stamps"),
    path("members/<uuid:member_id>/friends/", friends.Friends.as_view(), name="member_friends"),
    path("rewards/", rewards.Rewards.as_view(), name="rewards"),
    path("rewards/<uuid:reward_id>/waiting/", rewards.WaitingList.as_view(), name="waiting_list"),
    path("waiting/<uuid:waiting_id>/end/", rewards.WaitingEnd.as_view(), name="waiting_end"),
    path("redemptions/", rewards.Redemptions.as_view(), name="redemptions"),
    path("redemptions/<uuid:redemption_id>/", rewards.OneRedemption.as_view(), name="redemption"),
    path("redemptions/<uuid:redemption_id>/voiding/", rewards.RedemptionVoiding.as_view(), name="redemption_voiding"),
    path("vouchers/<str:code>/", vouchers.OneVoucher.as_view(), name="voucher"),
    path("vouchers/<str:code>/reservations/", vouchers.VoucherReservations.as_view(), name="voucher_reservations"),
    path("reservations/<uuid:reservation_id>/", vouchers.OneReservation.as_view(), name="reservation"),
    path(
        "reservations/<uuid:reservation_id>/redemption/",
        vouchers.ReservationRedemption.as_view(),
        name="reservation_redemption",
    ),
    path(
        "reservations/<uuid:reservation_id>/release/",
        vouchers.ReservationRelease.as_view(),
        name="reservation_release",
    ),
    path("vouchers/<str:code>/uses/", vouchers.VoucherUses.as_view(), name="voucher_uses"),
]
