"""What owners choose for a rule, a card, a challenge or a poll: it must be there, and is written down by its name."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from customers.models import Category, Product, Segment, Tag
from loyalty_saas.lib.errors import Invalid
from programs.models import Tier
from tenants.models import Location, TenantModel

# By the field in which they are chosen.
_MODELS: Mapping[str, type[TenantModel]] = {
    "locations": Location,
    "tiers": Tier,
    "tags": Tag,
    "segments": Segment,
    "products": Product,
    "categories": Category,
}


def names_of(chosen: Mapping[str, Sequence[str]], *, field: str = "") -> dict[str, str]:
    """What the chosen things are called now, by their ids; `chosen` are ids by the field in which they stand.

    Raises Invalid at that field, or at `field`, when one of them is not there (any more).
    """
    names: dict[str, str] = {}
    for name, ids in chosen.items():
        if not ids:
            continue
        found = {str(one.pk): str(one) for one in _MODELS[name].objects.filter(pk__in=[UUID(pk) for pk in ids])}
        if len(found) < len(ids):
            raise Invalid(_("One of them is not there any more."), field=field or name)
        names |= found
    return names
