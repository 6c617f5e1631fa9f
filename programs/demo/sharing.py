"""A family of a sample, and points that members gave to each other."""

from typing import TYPE_CHECKING

from customers.domain.members import MemberDetails, enrol_member
from customers.enums import Source
from customers.models import Member
from programs.domain.redemptions import redeem_reward
from programs.domain.sharing.families import accept_invitation, found_family, invite, join_family
from programs.domain.sharing.terms import change_sharing
from programs.domain.sharing.transfers import transfer_points
from programs.enums import FamilyWay, RewardKind
from programs.models import Account, Reward
from tenants.actors import Actor

if TYPE_CHECKING:
    from programs.demo.play import Play


def share(play: "Play") -> None:
    """The owner allows it; one member with a name and their like begin a family, a child joins, two give something."""
    if not play.sample.sharing:
        return
    by = Actor.staff(play.stage.staff[0])
    change_sharing(changes=play.sample.sharing, by=by)
    around = list(
        Account.objects.filter(balance__gte=40, member__status="active", member__family_name__gt="")
        .exclude(member__email="")
        .order_by("-lifetime", "pk")
        .select_related("member")[4:10]
    )
    if len(around) < 5:
        return
    head, partner, first, second, third = (account.member for account in around[:5])
    family = found_family(head, name=head.family_name, by=Actor.member(head.pk), source=Source.DEMO)
    invitation = invite(family, note=partner.given_name, by=Actor.member(head.pk))
    accept_invitation(invitation.code, member=partner, by=Actor.member(partner.pk), source=Source.DEMO)
    child = enrol_member(
        MemberDetails(given_name="Mia", family_name=head.family_name), by=by, source=Source.DEMO, silent=True
    )
    join_family(child, family, way=FamilyWay.COUNTER, by=by, source=Source.DEMO)
    invite(family, note="Grandmother", by=Actor.member(head.pk))
    _redeem_together(child, by)
    for number, (giver, to, message) in enumerate(((first, second, "Happy birthday!"), (third, head, "For the cake"))):
        transfer_points(
            giver,
            to=to,
            points=25,
            message=message,
            by=Actor.member(giver.pk),
            key=f"sample-gift-{number}",
            source=Source.DEMO,
        )


def _redeem_together(child: Member, by: Actor) -> None:
    """What the others have pays for it: the child has nothing yet."""
    plain = Reward.objects.filter(is_active=True, tier=None, kind=RewardKind.FREE_PRODUCT, program__kind="points")
    reward = plain.exclude(stock=0).order_by("cost").first()
    if reward is not None:
        redeem_reward(child, reward=reward, by=by, key="sample-family", source=Source.DEMO)
