"""What tiers bring that works by itself: gifts, a delivery code, rewards before others, an invitation, priority."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.models import Product
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import tidy_text
from programs.enums import BenefitKind, RewardKind
from programs.models import Tier, TierBenefit
from tenants.actors import Actor
from tenants.domain.audit import record_audit

GIFTS = (BenefitKind.BIRTHDAY, BenefitKind.ANNIVERSARY)
MOST_EARLY_DAYS, MOST_GIFT_DAYS = 60, 366
# The fields of a benefit that needs none of them.
_NOTHING: dict[str, object] = {
    "gift_kind": "",
    "value": 0,
    "product": None,
    "days": 0,
    "text": "",
    "on_day": None,
}


@dataclass(frozen=True, slots=True)
class BenefitDetails:
    """As `TierBenefit`: only what belongs to the kind is looked at."""

    kind: BenefitKind
    gift_kind: str = ""
    value: int = 0
    product: Product | None = None
    days: int = 0
    text: str = ""
    on_day: date | None = None


@transaction.atomic
def set_benefits(tier: Tier, wanted: Iterable[BenefitDetails], *, by: Actor) -> list[TierBenefit]:
    """Let a tier bring exactly these, one of a kind. What was given stays.

    Raises Invalid at the field of the kind. Locks the tier.
    """
    tier = Tier.objects.select_for_update(no_key=True).get(pk=tier.pk)
    before = {one.kind: one for one in tier.works.select_related("product")}
    kept: list[TierBenefit] = []
    changed: dict[str, object] = {}
    for details in wanted:
        values = _values(details)
        there = before.pop(str(details.kind), None)
        if there is None:
            there = TierBenefit(tier=tier, kind=details.kind, **values)
            there.save(force_insert=True)
            changed[str(details.kind)] = ["", str(there)]
        elif any(getattr(there, name) != value for name, value in values.items()):
            was = str(there)
            for name, value in values.items():
                setattr(there, name, value)
            there.save(update_fields=list(values))
            changed[str(details.kind)] = [was, str(there)]
        kept.append(there)
    for kind, gone in before.items():
        changed[kind] = [str(gone), ""]
        gone.delete()
    if changed:
        record_audit("tier.benefits_changed", by=by, subject=tier, **changed)
    return kept


def benefits_of(tier: Tier | None) -> dict[str, TierBenefit]:
    """What a tier brings that works by itself, by its kind; nothing for none."""
    if tier is None:
        return {}
    return {one.kind: one for one in TierBenefit.objects.filter(tier=tier).select_related("product")}


def early_days(tier: Tier | None) -> int:
    """How many days before others the members of a tier can have a reward."""
    if tier is None:
        return 0
    days = TierBenefit.objects.filter(tier=tier, kind=BenefitKind.EARLY).values_list("days", flat=True).first()
    return int(days or 0)


def _values(details: BenefitDetails) -> dict[str, object]:
    """The fields that belong to the kind, checked."""
    field = str(details.kind)
    plain = dict(_NOTHING)
    if details.kind in GIFTS:
        return plain | _gift(details, field)
    if details.kind == BenefitKind.EARLY:
        if not 1 <= details.days <= MOST_EARLY_DAYS:
            raise Invalid(_("Write from 1 to 60 days."), field=field)
        return plain | {"days": details.days}
    if details.kind == BenefitKind.PRIORITY:
        return plain
    text = tidy_text(details.text, field=field, longest=40 if details.kind == BenefitKind.DELIVERY else 160)
    if not text:
        raise Invalid(_("Write what it is."), field=field)
    return plain | {"text": text, "on_day": details.on_day if details.kind == BenefitKind.INVITATION else None}


def _gift(details: BenefitDetails, field: str) -> dict[str, object]:
    if details.gift_kind not in RewardKind.values:
        raise Invalid(field=field)
    if details.gift_kind == RewardKind.FREE_PRODUCT and details.product is None:
        raise Invalid(_("Choose a product."), field=field)
    most = 100 if details.gift_kind == RewardKind.PERCENT_OFF else 10**9
    if details.gift_kind != RewardKind.FREE_PRODUCT and not 1 <= details.value <= most:
        raise Invalid(_("Say how much it takes off."), field=field)
    if not 1 <= details.days <= MOST_GIFT_DAYS:
        raise Invalid(_("Write from 1 to 366 days."), field=field)
    is_product = details.gift_kind == RewardKind.FREE_PRODUCT
    return {
        "gift_kind": details.gift_kind,
        "value": 0 if is_product else details.value,
        "product": details.product if is_product else None,
        "days": details.days,
    }
