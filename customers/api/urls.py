from django.urls import path

from customers.api import members, purchases

urlpatterns = [
    path("members/", members.Members.as_view(), name="members"),
    path("members/<uuid:member_id>/", members.OneMember.as_view(), name="member"),
    path("purchases/<uuid:purchase_id>/", purchases.OnePurchase.as_view(), name="purchase"),
]
