"""Vouchers, to be used, used and over, shaped as an import reads them."""

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta

from customers.domain.identity import present_member
from customers.enums import ImportKind
from customers.models import Product
from customers.takeout import heading
from loyalty_saas.lib.days import end_of_day, local_day
from loyalty_saas.lib.money import to_major
from programs.domain.brought import HANDED_ON
from programs.domain.conditions import Conditions
from programs.domain.memberships.welcome import welcomes_to
from programs.enums import GiftStatus, RedemptionStatus, RewardKind
from programs.models import Gift, Voucher
from programs.words.rewards import event_of, only_for_holder, reward_of
from tenants.models import Location, Tenant
from tenants.takeout import Row, TakeoutFile, files, in_pieces

_COLUMNS = (
    ("number", "number of the card of whoever holds it"),
    ("record", "voucher"),
    ("code", "what is scanned or typed"),
    ("own_code", "the code of your own list, where it has one"),
    ("worth", "amount_off, percent_off, free_product or another kind of reward"),
    ("name", "what it is called"),
    ("value", "the money in the currency, or the percent"),
    ("left", "the money that is left, where it is used in parts"),
    ("cap", "the most that percent take off"),
    ("minimum", "the smallest purchase it works on"),
    ("product", "code or name of the product"),
    ("valid_from", "the first day, where it is to come"),
    ("expires_on", "the last day"),
    ("until", "the moment it ends, where that is not the end of its last day"),
    ("products", "codes or names of those to choose from (JSON)"),
    ("places", "the places where it works; everywhere, if empty (JSON)"),
    ("blackout", "days on which it does not work, from/to (JSON)"),
    ("status", "open (to be used), used, voided or expired"),
    ("used_on", "when it was used, or the last part of it"),
    ("reward", "the reward it came from; empty for presents and gestures"),
    ("event", "when the event begins, of a place"),
    ("words", "what only those who have it can read"),
    ("link", "where it leads them"),
    ("charity", "who the donation was for"),
    ("had_on", "when they got it, for how often a member may have a reward"),
    ("had_by", "number of the card of whoever got it, where they handed it on"),
    ("welcome_of", "id of the membership whose welcome it is, as in memberships.csv"),
    ("gift_code", "code of the present as which it is wrapped, where nobody has opened it yet"),
    ("gift_message", "what is written with the present"),
    ("gift_on", "when it was wrapped"),
)


def register() -> None:
    files.register(VOUCHERS)


def _rows(tenant: Tenant) -> Iterator[Row]:
    def rows(found: list[Voucher]) -> Iterable[Row]:
        named = _Named(found)
        for one in found:
            product = named.product(one.product) if one.product else ""
            is_percent = one.kind == RewardKind.PERCENT_OFF
            last_day = local_day(one.valid_until - timedelta(microseconds=1), tenant.zone)
            yield [
                *(present_member(one.account.member).number, "voucher", one.code, one.own_code, one.kind, one.name),
                *(one.value if is_percent else _money(one.value, tenant), _money(one.left, tenant)),
                *(_money(one.cap, tenant), _money(one.minimum, tenant), product),
                local_day(one.valid_from, tenant.zone) if one.valid_from else "",
                last_day,
                "" if one.valid_until == end_of_day(last_day, tenant.zone) else one.valid_until.isoformat(),
                *named.conditions(one),
                *(one.status, one.used_at.isoformat() if one.used_at else ""),
                *_said(one),
                *_had(one),
                *named.wrapping(one),
            ]

    around = (
        *("account__member", "product", "charity", "gesture__account__member"),
        *("redemption__reward", "redemption__account__member", "present__reward", "present__account__member"),
    )
    yield from in_pieces(tenant, lambda: Voucher.objects.select_related(*around), rows)


class _Named:
    """What some vouchers name by ids, and as what they are wrapped, asked for once."""

    def __init__(self, vouchers: list[Voucher]) -> None:
        conditions = [Conditions.from_json(one.terms) for one in vouchers if one.terms]
        products = {pk for one in conditions for pk in one.products}
        self._products = {str(one.pk): self.product(one) for one in Product.objects.filter(pk__in=products)}
        places = {pk for one in conditions for pk in one.locations}
        gifts = Gift.objects.filter(voucher__in=vouchers, status=GiftStatus.OPEN)
        self._gifts = {one.voucher_id: one for one in gifts}
        self._places = {str(one.pk): one.name for one in Location.objects.filter(pk__in=places)}

    def wrapping(self, voucher: Voucher) -> list[str]:
        """As which present it waits for whoever opens it."""
        gift = self._gifts.get(voucher.pk)
        if gift is None or voucher.status != RedemptionStatus.OPEN:
            return ["", "", ""]
        return [gift.code, gift.message, gift.created_at.isoformat()]

    def product(self, product: Product) -> str:
        return product.sku or product.name

    def conditions(self, voucher: Voucher) -> list[str]:
        """The products to choose from, the places, and the days on which it does not work."""
        conditions = Conditions.from_json(voucher.terms)
        lists = (
            [self._products[pk] for pk in conditions.products if pk in self._products],
            [self._places[pk] for pk in conditions.locations if pk in self._places],
            [f"{first.isoformat()}/{last.isoformat()}" for first, last in conditions.blackout],
        )
        return [json.dumps(found, ensure_ascii=False) if found else "" for found in lists]


def _said(voucher: Voucher) -> list[str]:
    """What its reward says: the one behind it, or the one it had where it comes from."""
    reward, event = reward_of(voucher), event_of(voucher)
    only = only_for_holder(voucher)
    name = reward.name if reward is not None else voucher.terms.get("reward", "")
    charity = voucher.charity.name if voucher.charity is not None else voucher.terms.get("charity", "")
    is_event = voucher.kind == RewardKind.EXPERIENCE
    return [name, event.isoformat() if event and is_event else "", only.words, only.link, charity]


def _had(voucher: Voucher) -> list[str]:
    """When whoever got it got it, and who that was, where it was handed on; and which membership it welcomes to."""
    got = voucher.redemption or voucher.present or voucher.gesture
    assert got is not None  # a voucher comes from one of them
    giver = voucher.terms.get(HANDED_ON, "")
    if got.account_id != voucher.account_id and not giver:
        number = present_member(got.account.member).number
        giver = number if number != present_member(voucher.account.member).number else ""
    return [got.created_at.isoformat(), giver, welcomes_to(voucher)]


def _money(amount: int | None, tenant: Tenant) -> object:
    return "" if amount is None else to_major(amount, tenant.currency)


VOUCHERS = TakeoutFile(
    "vouchers.csv",
    "Vouchers: those that can still be used, and how the others ended. Every single use is in tables/.",
    [(heading(ImportKind.RECORDS, key), about) for key, about in _COLUMNS],
    _rows,
    order=36,
)
