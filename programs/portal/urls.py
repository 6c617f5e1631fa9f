"""Joins the portal's own addresses, in its namespace (customers.portal.places)."""

from django.urls import path

from programs.portal import friends, giving, views, waiting

urlpatterns = [
    path("rewards/", views.rewards, name="rewards"),
    path("rewards/<uuid:reward>/", views.reward, name="reward"),
    path("rewards/<uuid:reward>/redemptions/", views.redeem, name="redeem"),
    path("rewards/<uuid:reward>/waiting/", waiting.wait, name="wait"),
    path("rewards/<uuid:reward>/waiting/end/", waiting.leave, name="leave_line"),
    path("vouchers/", views.vouchers, name="vouchers"),
    path("vouchers/<uuid:voucher>/", views.voucher, name="voucher"),
    path("vouchers/<uuid:voucher>/give-back/", views.give_back, name="give_back"),
    path("stamps/<uuid:card>/", views.stamp_card, name="stamp_card"),
    path("vouchers/<uuid:voucher>/print/", giving.print_voucher, name="print_voucher"),
    path("vouchers/<uuid:voucher>/wrapping/", giving.wrap, name="wrap_voucher"),
    path("vouchers/<uuid:voucher>/unwrapping/", giving.unwrap, name="unwrap_voucher"),
    path("presents/<str:code>/", giving.present, name="present"),
    path("presents/<str:code>/opening/", giving.open_present, name="open_present"),
    path("friends/", friends.friends, name="friends"),
    path("friends/recommendations/<uuid:action>/", friends.recommend, name="recommend"),
    path("r/<slug:code>/", friends.invited, name="invited"),
    path("history/", views.history, name="history"),
]
