"""What a voucher from elsewhere is had for here, and on which conditions: by the names of products and places."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.imports.records import BroughtVoucher
from customers.models import Product
from loyalty_saas.lib.days import end_of_day, start_of_day
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.ids import tidy_code
from programs.domain.conditions import MOST_BLACKOUTS, MOST_CHOICES, Conditions
from programs.enums import DONE_AT_ONCE, RedemptionStatus, RewardKind
from programs.models import Voucher
from tenants.isolation import current_tenant
from tenants.models import Location

# What came out of a surprise is had as what it is; a surprise itself never is a voucher.
_TAKEN = frozenset(RewardKind.values) - {RewardKind.MYSTERY}


def made_of(given: BroughtVoucher) -> Voucher:
    """The voucher, not written and nobody's yet. Raises Invalid at the field.

    One that can be used needs all it names: products, and the places where it works. Of one that is over what is not
    here is left out.
    """
    if given.worth not in _TAKEN:
        raise Invalid(_("There is no such kind of voucher here."), code="bad_worth", field="worth")
    is_money, is_percent = given.worth == RewardKind.AMOUNT_OFF, given.worth == RewardKind.PERCENT_OFF
    if (is_money and not given.value) or (is_percent and not 1 <= given.value <= 100):
        raise Invalid(_("Say how much it takes off."), code="no_value", field="value")
    code = tidy_code(given.code)
    if not code or len(code) > 16:
        raise Invalid(_("A code has up to 16 letters and digits."), code="bad_code", field="code")
    until = given.until or end_of_day(given.last_day, current_tenant().zone)
    status = _status(given, until)
    is_open = status == RedemptionStatus.OPEN
    product = _product(given, is_open=is_open)
    made = Voucher(
        code=code,
        own_code=given.own_code[:60],
        name=given.name or (product.name if product else _("Voucher")),
        kind=given.worth,
        value=given.value,
        left=_left(given, status) if is_money else None,
        cap=given.cap if is_percent else None,
        minimum=given.minimum,
        product=product,
        status=status,
        terms=_conditions(given, is_open=is_open),
        valid_from=_begin(given.valid_from),
        valid_until=until,
        used_at=_used_at(given, status),
    )
    if given.charity:
        # By its name alone: what was given there is not owed to anybody from here.
        made.terms |= {"charity": given.charity}
    return made


def _status(given: BroughtVoucher, until: datetime) -> str:
    """A donation, and what is read, is done with having it; what ran out on the way has run out."""
    status = given.status or RedemptionStatus.OPEN
    if status != RedemptionStatus.OPEN:
        return status
    if given.worth in DONE_AT_ONCE:
        return RedemptionStatus.USED
    return RedemptionStatus.OPEN if until > timezone.now() else RedemptionStatus.EXPIRED


def _left(given: BroughtVoucher, status: str) -> int | None:
    if given.left is None:
        return None
    left = min(given.left, given.value)
    if status == RedemptionStatus.USED:
        return 0
    if not left and status == RedemptionStatus.OPEN:
        raise Invalid(_("There is no money left on it."), code="nothing_left", field="left")
    return left


def _used_at(given: BroughtVoucher, status: str) -> datetime | None:
    if given.used_at is None and status == RedemptionStatus.USED:
        return timezone.now()
    return given.used_at


def _conditions(given: BroughtVoucher, *, is_open: bool) -> dict[str, object]:
    """By ids, as a voucher of here keeps them."""
    products = [] if given.worth != RewardKind.CHOICE else _products(given.products, is_open=is_open)
    if is_open and given.worth == RewardKind.CHOICE and not products:
        raise Invalid(_("Say which products one may choose from."), code="no_product", field="products")
    return Conditions(
        locations=tuple(_places(given.places, is_open=is_open)),
        products=tuple(products),
        blackout=given.blackout[:MOST_BLACKOUTS],
    ).as_json()


def _products(names: Sequence[str], *, is_open: bool) -> list[str]:
    found = [(name, _product_named(name)) for name in names[:MOST_CHOICES]]
    missing = [name for name, product in found if product is None]
    if missing and is_open:
        raise _no_product(missing[0], "products")
    return list(dict.fromkeys(str(product.pk) for _name, product in found if product is not None))


def _places(names: Sequence[str], *, is_open: bool) -> list[str]:
    found = [(name, Location.objects.filter(name__iexact=name).order_by("pk").first()) for name in names]
    missing = [name for name, place in found if place is None]
    if missing and is_open:
        raise Invalid(
            _("There is no place “%(name)s” here, and it works only there. Add the place first."),
            code="no_place",
            field="places",
            params={"name": missing[0]},
        )
    return list(dict.fromkeys(str(place.pk) for _name, place in found if place is not None))


def _product(given: BroughtVoucher, *, is_open: bool) -> Product | None:
    product = _product_named(given.product)
    # "A coffee on the house" may well be of no product in the list.
    is_said = given.product or (given.worth == RewardKind.FREE_PRODUCT and not given.name)
    if product is None and is_open and is_said:
        raise _no_product(given.product, "product")
    return product


def _product_named(name: str) -> Product | None:
    if not name:
        return None
    rows = Product.objects.filter(Q(sku=name) | Q(name__iexact=name))
    found: Product | None = rows.order_by("-is_active", "pk").first()
    return found


def _no_product(name: str, field: str) -> Invalid:
    return Invalid(
        _("There is no product “%(name)s” here. Bring the purchases first."),
        code="no_product",
        field=field,
        params={"name": name[:80]},
    )


def _begin(day: date | None) -> datetime | None:
    return start_of_day(day, current_tenant().zone) if day else None
