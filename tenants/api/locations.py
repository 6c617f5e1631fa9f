"""The shops of a business, so that a till can say where something happened."""

from typing import Any

from tenants.api.operations import Call, operation
from tenants.api.shapes import Id, Shape, Text
from tenants.api.views import BusinessView
from tenants.enums import Scope
from tenants.models import Location


class ShownLocation(Shape):
    """A shop."""

    id = Id()
    name = Text()
    address = Text()


class LocationList(Shape):
    """All open shops."""

    results = ShownLocation(many=True)


class Locations(BusinessView):
    section = "Locations"

    @operation(Scope.PURCHASES_READ, "List locations", LocationList)
    def get(self, call: Call) -> dict[str, Any]:
        """The shops that are open, by name."""
        return {"results": Location.objects.filter(closed_at__isnull=True)}
