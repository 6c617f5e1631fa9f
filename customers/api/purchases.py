"""Purchases read through the API."""

from uuid import UUID

from customers.api.lookup import purchase_or_404
from customers.api.shapes import PurchasePage, PurchaseQuery, ShownPurchase
from customers.domain.identity import member_by_id
from customers.models import Purchase
from tenants.api.operations import Call, operation
from tenants.api.paging import NEWEST, Page, page
from tenants.api.views import BusinessView
from tenants.enums import Scope


class ReadPurchases(BusinessView):
    section = "Purchases"

    @operation(Scope.PURCHASES_READ, "List purchases", PurchasePage, query=PurchaseQuery)
    def get(self, call: Call) -> Page:
        """The latest recorded first, whenever they happened."""
        rows = Purchase.objects.all()
        if member := call.query.get("member"):
            found = member_by_id(member)
            rows = rows.filter(member_id=found.pk if found else member)
        if receipt := call.query.get("receipt_number"):
            rows = rows.filter(receipt_number=receipt)
        return page(rows, call.query, order=NEWEST)


class OnePurchase(BusinessView):
    section = "Purchases"

    @operation(Scope.PURCHASES_READ, "Read a purchase", ShownPurchase)
    def get(self, call: Call, purchase_id: UUID) -> Purchase:
        return purchase_or_404(purchase_id)
