"""Codes of the business's own, and vouchers handed on, as JSON."""

from rest_framework import serializers

from customers.api.shapes import WantedMember
from programs.domain.own_codes import MOST_AT_ONCE
from programs.enums import GiftStatus
from tenants.api.shapes import Choice, Id, Moment, PageQuery, Shape, Text, Whole, page_of

CODE_STATES = [("free", "free"), ("given", "given")]


class NewCodes(Shape):
    """Codes that the business brings along, each given to one member. Of those that repeat themselves one is kept."""

    codes = serializers.ListField(child=Text(60), min_length=1, max_length=MOST_AT_ONCE)


class CodeCounts(Shape):
    """How many codes of a reward are left, and how many were given."""

    reward = Id()
    free = Whole()
    given = Whole()


class AddedCodes(CodeCounts):
    """`added` just now."""

    added = Whole()


class UnwantedCodes(Shape):
    """Codes that are not to be given to anybody any more."""

    codes = serializers.ListField(
        child=Text(60),
        min_length=1,
        max_length=MOST_AT_ONCE,
        required=False,
        help_text="Which; without it all that nobody was given. What was given stays, and so does what is unknown.",
    )


class RemovedCodes(CodeCounts):
    """`removed` just now."""

    removed = Whole()


class CodeQuery(PageQuery):
    """One code, or a page of those that were given."""

    code = Text(60, required=False, help_text="As it was added: what became of this one, given or not.")


class ShownCode(Shape):
    """A code and what became of it. What nobody was given yet is shown only to whoever asks for that very code."""

    code = Text()
    state = Choice(CODE_STATES)
    given_at = Moment(allow_null=True)
    voucher = Text(allow_null=True, help_text="The code of the voucher it was given with.")
    member = Id(allow_null=True)


CodePage = page_of(ShownCode)


class NewGift(Shape):
    """A voucher wrapped for somebody else."""

    message = Text(200, required=False, allow_blank=True, default="", help_text="A few words to go with it.")


class GiftOpening(Shape):
    """Who opens it."""

    member = WantedMember()


class ShownGift(Shape):
    """A voucher wrapped as a present. Whoever opens it, by its code or link, holds the voucher from then on."""

    code = Text()
    link = Text(help_text="What the giver sends on.")
    status = Choice(GiftStatus.choices)
    voucher = Text(source="voucher.code")
    name = Text(source="voucher.name")
    message = Text()
    giver = Id(source="giver.member_id")
    taker = Id(allow_null=True)
    created_at = Moment()
    closed_at = Moment(allow_null=True)
