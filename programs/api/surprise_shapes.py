"""Surprises as JSON."""

from tenants.api.shapes import Id, Moment, Shape, Text, Whole


class ShownSurprise(Shape):
    """What chance gives. `commitment` is the SHA-256 of the seed of all its draws."""

    id = Id()
    name = Text()
    said = Text(help_text="What it gives to whom, in words.")
    commitment = Text()
    seed = Text(allow_null=True, help_text="Once it has ended.")
    published_at = Moment()
    ended_at = Moment(allow_null=True)


class SurpriseList(Shape):
    """The newest first."""

    results = ShownSurprise(many=True)


class WonSurprise(Shape):
    """What a draw gave. `taken_back_at`: the purchase came back."""

    id = Id()
    surprise = Id()
    gift = Text()
    points = Whole()
    purchase = Id()
    drawn_at = Moment()
    taken_back_at = Moment(allow_null=True)


class MemberSurprises(Shape):
    """What a member has won by chance."""

    results = WonSurprise(many=True)
