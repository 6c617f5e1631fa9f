"""Joins the portal's own addresses, in its namespace (customers.portal.places)."""

from django.urls import path

from programs.portal import views

urlpatterns = [
    path("rewards/", views.rewards, name="rewards"),
    path("rewards/<uuid:reward>/", views.reward, name="reward"),
    path("rewards/<uuid:reward>/redemptions/", views.redeem, name="redeem"),
    path("vouchers/", views.vouchers, name="vouchers"),
    path("vouchers/<uuid:voucher>/", views.voucher, name="voucher"),
    path("vouchers/<uuid:voucher>/give-back/", views.give_back, name="give_back"),
    path("stamps/<uuid:card>/", views.stamp_card, name="stamp_card"),
    path("history/", views.history, name="history"),
]
