"""Families and points between members, as JSON."""

from customers.api.shapes import WantedMember
from programs.enums import TransferKind
from tenants.api.shapes import Choice, Flag, Id, Moment, PageQuery, Shape, Text, Whole, page_of


class ShownTransfer(Shape):
    """Points that went from one member to another. `back` are those that returned when it was undone."""

    id = Id()
    kind = Choice(TransferKind.choices, help_text="Given, or drawn for a family's reward.")
    giver = Id(help_text="The member they came from.")
    receiver = Id()
    points = Whole()
    message = Text()
    redemption = Id(allow_null=True)
    created_at = Moment()
    undone_at = Moment(allow_null=True)
    back = Whole()


TransferPage = page_of(ShownTransfer)


class TransferQuery(PageQuery):
    """Whose: given and received by one member, or everybody's."""

    member = Id(required=False)


class NewTransfer(Shape):
    """Points from one member to another, within the owner's rules."""

    giver = WantedMember()
    receiver = WantedMember()
    points = Whole(min_value=1, max_value=1_000_000_000)
    message = Text(120, required=False, allow_blank=True, default="")


class TransferUndoing(Shape):
    """Why it is undone; both members read it."""

    reason = Text(300)


class FamilyShare(Shape):
    """One of a family. `points` are theirs of the pool; none while they rest."""

    member = Id()
    points = Whole()
    is_head = Flag()
    since = Moment(allow_null=True)


class ShownFamily(Shape):
    """A family and its pool. A reward is paid with what expires first, whoever earned it."""

    id = Id()
    name = Text()
    head = Id()
    points = Whole(help_text="What all of them have together.")
    head_spends = Flag(help_text="The head alone may spend what the others have.")
    members = FamilyShare(many=True)
    dissolved_at = Moment(allow_null=True)


class MemberFamily(Shape):
    """The member's family, null without one. `spendable`: what they may spend on a reward, the pool considered."""

    family = ShownFamily(allow_null=True)
    spendable = Whole()


class NewFamily(Shape):
    """A family begins with its head."""

    head = WantedMember()
    name = Text(60)


class NewFamilyMember(Shape):
    """Somebody who has said yes, by the code they were given."""

    member = WantedMember()
    code = Text(20, help_text="Of an invitation.")


class NewInvitation(Shape):
    """For whom it is, for the head to remember."""

    note = Text(60, required=False, allow_blank=True, default="")


class ShownInvitation(Shape):
    """Good once, until a moment."""

    code = Text()
    link = Text()
    note = Text()
    until = Moment()
