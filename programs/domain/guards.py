"""Who may move points on whose card."""

from functools import cache

from django.db import connection

from customers.models import Member
from loyalty_saas.lib.errors import Forbidden
from programs.errors import OwnAccount
from tenants.actors import Actor
from tenants.enums import ActorKind, Role
from tenants.isolation import current_tenant_id
from tenants.models import Membership, User
from tenants.permissions import Permission
from tenants.rows import columns_of, made_of


def acting_membership(by: Actor) -> Membership | None:
    """The membership of a staff actor with its user; None for every other actor. Raises Forbidden for one removed."""
    return _acting(by, _acting_sql())


def lock_acting_membership(by: Actor) -> Membership | None:
    """`acting_membership`, locked, so that what one person gives at two tills is counted one after the other.

    Lock the account first: whoever holds a membership must never wait for an account.
    """
    return _acting(by, f"{_acting_sql()} FOR NO KEY UPDATE OF m")


@cache
def _acting_sql() -> str:
    """Asked at every act at the counter, so written once."""
    columns = ", ".join(columns_of(Membership, "m.") + columns_of(User, "u."))
    return (
        f"SELECT {columns} FROM tenants_membership m JOIN tenants_user u ON u.id = m.user_id"  # noqa: S608 - names
        " WHERE m.tenant_id = %s AND m.id = %s"
    )


def _acting(by: Actor, sql: str) -> Membership | None:
    if by.kind != ActorKind.STAFF or by.id is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(sql, [current_tenant_id(), by.id])
        row = cursor.fetchone()
    if row is None:
        raise Forbidden
    width = len(columns_of(Membership))
    membership: Membership = made_of(Membership, row[:width], "default")
    membership.user = made_of(User, row[width:], "default")
    if membership.removed_at is not None:
        raise Forbidden
    return membership


def refuse_own_account(member: Member, *, by: Actor, membership: Membership | None = None) -> None:
    """Raises OwnAccount when a person at work serves their own card, told by their e-mail. Owners may.

    So may nobody else by a file they import. `membership` saves asking for it again.
    """
    if not member.email:
        return
    if is_own(member, membership or acting_membership(by) or importing_membership(by)):
        raise OwnAccount


def is_own(member: Member, membership: Membership | None) -> bool:
    """Whether the card is that of this person, who is no owner."""
    if membership is None or membership.role == Role.OWNER or not member.email:
        return False
    return bool(membership.user.email.casefold() == member.email.casefold())


def importing_membership(by: Actor) -> Membership | None:
    """Who started the import that acts, in the team or not any more."""
    if by.kind != ActorKind.IMPORT or by.id is None:
        return None
    found: Membership | None = Membership.objects.select_related("user").filter(pk=by.id).first()
    return found


def has_limits(membership: Membership | None) -> bool:
    """Whether the business's limits for staff hold for this person; managers and owners have none."""
    return membership is not None and not membership.may(Permission.ADJUST_POINTS)
