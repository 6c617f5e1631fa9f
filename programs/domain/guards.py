"""Who may move points on whose card."""

from django.db.models import QuerySet

from customers.models import Member
from loyalty_saas.lib.errors import Forbidden
from programs.errors import OwnAccount
from tenants.actors import Actor
from tenants.enums import ActorKind, Role
from tenants.models import Membership
from tenants.permissions import Permission


def acting_membership(by: Actor) -> Membership | None:
    """The membership of a staff actor with its user; None for every other actor. Raises Forbidden for one removed."""
    return _acting(by, Membership.objects.all())


def lock_acting_membership(by: Actor) -> Membership | None:
    """`acting_membership`, locked, so that what one person gives at two tills is counted one after the other.

    Lock the account first: whoever holds a membership must never wait for an account.
    """
    return _acting(by, Membership.objects.select_for_update(no_key=True, of=("self",)))


def _acting(by: Actor, memberships: QuerySet[Membership]) -> Membership | None:
    if by.kind != ActorKind.STAFF or by.id is None:
        return None
    membership: Membership | None = memberships.select_related("user").filter(pk=by.id).first()
    if membership is None or membership.removed_at is not None:
        raise Forbidden
    return membership


def refuse_own_account(member: Member, *, by: Actor, membership: Membership | None = None) -> None:
    """Raises OwnAccount when a person at work serves their own card, told by their e-mail. Owners may.

    `membership` saves asking for it again.
    """
    if not member.email:
        return
    membership = membership or acting_membership(by)
    if membership is None or membership.role == Role.OWNER:
        return
    if membership.user.email.casefold() == member.email.casefold():
        raise OwnAccount


def has_limits(membership: Membership | None) -> bool:
    """Whether the business's limits for staff hold for this person; managers and owners have none."""
    return membership is not None and not membership.may(Permission.ADJUST_POINTS)
