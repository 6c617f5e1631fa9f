"""Members and purchases as JSON. What comes in is checked here for shape and by the domain for sense."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from customers.enums import OWN_STATUS_CHOICES, ConsentChannel, MemberStatus, Purpose, Source
from customers.models import Member
from tenants.api.shapes import (
    Choice,
    Flag,
    Id,
    Moment,
    Money,
    PageQuery,
    Quantity,
    QuantityText,
    Scalar,
    Shape,
    Text,
    Whole,
    page_of,
)

MOST_LINES = 500


class Birthday(Shape):
    """A day of birth; the year may be unknown."""

    month = Whole(min_value=1, max_value=12)
    day = Whole(min_value=1, max_value=31)
    year = Whole(min_value=1850, max_value=9999, required=False, allow_null=True)


class ShownMember(Shape):
    """A member as stored."""

    id = Id()
    card = Text(source="number", help_text="The number of their card.")
    given_name = Text()
    family_name = Text()
    email = Text()
    phone = Text(help_text="E.164, such as `+4366012345678`.")
    claimed_phone = Text(help_text="What they typed in the portal and nobody has confirmed. `phone` does not find it.")
    birthday = Birthday(allow_null=True)
    language = Text()
    preferences = Text()
    custom = serializers.DictField(child=Scalar(), help_text="The business's own fields, by their keys.")
    tags = serializers.ListField(child=Text())
    external_id = Text(help_text="What your system calls them.")
    status = Choice(MemberStatus.choices)
    merged_into = Id(
        source="merged_into_id", allow_null=True, help_text="The member that is kept, where this record was merged."
    )
    source = Choice(Source.choices)  # type: ignore[assignment]
    location = Id(source="location_id", allow_null=True)
    joined_at = Moment()
    updated_at = Moment()

    def to_representation(self, instance: Member) -> dict[str, Any]:
        instance.birthday = birthday_of(instance)  # type: ignore[attr-defined]
        shown: dict[str, Any] = super().to_representation(instance)
        return shown


class GivenConsent(Shape):
    """An answer to a question: `text` is the words that the person was shown."""

    purpose = Choice(Purpose.choices)
    channel = Choice(ConsentChannel.choices, default=ConsentChannel.ANY)
    given = Flag()
    text = Text(4000)


class MemberFields(Shape):
    """What can be said about a member: all of it optional."""

    given_name = Text(80, required=False, allow_blank=True)
    family_name = Text(80, required=False, allow_blank=True)
    email = Text(254, required=False, allow_blank=True)
    phone = Text(60, required=False, allow_blank=True, help_text="As people of your country write it, or with +.")
    birthday = Birthday(required=False, allow_null=True)
    language = Text(10, required=False, allow_blank=True, help_text="Such as `de`.")
    preferences = Text(300, required=False, allow_blank=True)
    custom = serializers.DictField(child=Scalar(), required=False, help_text="Only the keys that you name change.")
    tags = serializers.ListField(child=Text(40), required=False, max_length=50, help_text="All of their tags.")
    external_id = Text(80, required=False, allow_blank=True)
    card = Text(40, required=False, help_text="The number of a card that they have already.")
    location = Id(required=False, allow_null=True)


class NewMember(MemberFields):
    """A person to enrol: at least a name, an e-mail, a phone number or your own id for them."""

    joined_at = Moment(required=False)
    friend_code = Text(40, required=False, allow_blank=True, help_text="Of the member who brought them; 422 for none.")
    consents = GivenConsent(many=True, required=False, max_length=20)  # type: ignore[call-arg]


class MemberChanges(MemberFields):
    """Only what you name changes."""

    status = Choice(OWN_STATUS_CHOICES, required=False)


class WantedMember(Shape):
    """A member, by exactly one of these."""

    exactly = 1

    id = Id(required=False)
    email = Text(254, required=False)
    phone = Text(60, required=False)
    card = Text(80, required=False)
    external_id = Text(80, required=False)


class MemberQuery(PageQuery):
    """Which members: without any of these, all of them, the newest first."""

    q = Text(120, required=False, help_text="Words of the name, digits of phone or card, e-mail. One page, best first.")
    email = Text(254, required=False)
    phone = Text(60, required=False)
    card = Text(80, required=False)
    external_id = Text(80, required=False)
    updated_since = Moment(required=False, help_text="Changed at or after this moment, in the order of change.")


class NewLine(Shape):
    """One line of a receipt. `unit_price` includes tax; `discount` and `tax` are for the whole line."""

    description = Text(160, required=False, allow_blank=True)
    sku = Text(60, required=False, allow_blank=True, help_text="Your number of the article; a new one is kept.")
    quantity = Quantity(default=Decimal(1))
    unit_price = Money()
    discount = Money(default=0)
    tax = Money(required=False, allow_null=True, help_text="Unknown: its share of the receipt's.")


class NewTender(Shape):
    """A part of the total that is not paid in money."""

    kind = Choice([("credit", "credit")], help_text="From the member's store credit.")
    amount = Money()


class NewPurchase(Shape):
    """A receipt: `lines`, or a `total` alone. Amounts are whole minor units of the business's currency (cents)."""

    member = WantedMember(required=False, allow_null=True, help_text="Nobody: the purchase of a guest.")
    lines = NewLine(many=True, required=False, max_length=MOST_LINES)  # type: ignore[call-arg]
    total = Money(required=False, allow_null=True, help_text="What was paid, tax included, after every discount.")
    discount = Money(default=0, help_text="Off the whole, beside the discounts of lines.")
    tax = Money(required=False, allow_null=True, help_text="The part of `total` that is tax.")
    currency = Text(3, required=False, help_text="Refused unless it is the business's.")
    tenders = NewTender(  # type: ignore[call-arg]
        many=True,
        required=False,
        max_length=10,
        help_text="What of the total is paid from credit; the rest is paid in money. 409 when there is less.",
    )
    receipt_number = Text(60, required=False, allow_blank=True, help_text="Each counts once.")
    occurred_at = Moment(required=False, allow_null=True, help_text="Now, when it is left out.")
    location = Id(required=False, allow_null=True)
    payment_card = Text(
        120,
        required=False,
        allow_blank=True,
        help_text="What your payment provider calls the card, never its number. Kept as a hash, against fraud.",
    )


class ShownLine(Shape):
    """A line as stored, with its share of the receipt's discount and tax."""

    id = Id()
    position = Whole()
    product = Id(source="product_id", allow_null=True)
    description = Text()
    quantity = QuantityText()
    unit_price = Whole()
    discount = Whole()
    tax = Whole()
    total = Whole()
    returned_quantity = QuantityText()
    returned_total = Whole()


class PurchaseRow(Shape):
    """A purchase in a list. `subtotal` − `discount` = `total`; amounts are minor units of `currency`."""

    id = Id()
    member = Id(source="member_id", allow_null=True)
    location = Id(source="location_id", allow_null=True)
    source = Choice(Source.choices)  # type: ignore[assignment]
    receipt_number = Text()
    currency = Text()
    subtotal = Whole()
    discount = Whole()
    tax = Whole()
    total = Whole()
    returned = Whole()
    credit = Whole(help_text="What of the total was paid from store credit.")
    credit_returned = Whole(help_text="What of that went back to credit with returns.")
    occurred_at = Moment()
    recorded_at = Moment()


class ShownPurchase(PurchaseRow):
    """A purchase with its lines. `subtotal` − `discount` = `total`; amounts are minor units of `currency`."""

    lines = ShownLine(many=True)


class PurchaseQuery(PageQuery):
    """Which purchases: the latest recorded first."""

    member = Id(required=False)
    receipt_number = Text(60, required=False)


MemberPage = page_of(ShownMember)
PurchasePage = page_of(PurchaseRow)


def birthday_of(member: Member) -> dict[str, int | None] | None:
    if not member.birth_month:
        return None
    return {"month": member.birth_month, "day": member.birth_day, "year": member.birth_year}
