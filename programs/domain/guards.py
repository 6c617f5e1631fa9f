"""Who may move points on whose card."""

from functools import cache

from allauth.account.models import EmailAddress
from django.db import connection

from customers.enums import ActivityKind
from customers.models import Activity, Member
from loyalty_saas.lib.emails import mailbox_key
from loyalty_saas.lib.errors import Forbidden
from loyalty_saas.lib.names import fold
from loyalty_saas.postgres.prepared import execute_prepared
from programs.errors import OwnAccount
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.enums import ActorKind, Role
from tenants.isolation import current_tenant_id
from tenants.models import AuditEvent, Membership, User
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


# Every address that the person has proved: one of them is enough to know their card.
_PROVED = "ARRAY(SELECT e.email FROM account_emailaddress e WHERE e.user_id = u.id AND e.verified)"


@cache
def _acting_sql() -> str:
    """Asked at every act at the counter, so written once."""
    columns = ", ".join(columns_of(Membership, "m.") + columns_of(User, "u."))
    return (
        f"SELECT {columns}, {_PROVED} FROM tenants_membership m JOIN tenants_user u ON u.id = m.user_id"  # noqa: S608 - names
        " WHERE m.tenant_id = %s AND m.id = %s"
    )


def _acting(by: Actor, sql: str) -> Membership | None:
    if by.kind != ActorKind.STAFF or by.id is None:
        return None
    with connection.cursor() as cursor:
        execute_prepared(cursor, sql, [current_tenant_id(), by.id])
        row = cursor.fetchone()
    if row is None:
        raise Forbidden
    width = len(columns_of(Membership))
    membership: Membership = made_of(Membership, row[:width], "default")
    membership.user = made_of(User, row[width:-1], "default")
    membership.user.proved_addresses = row[-1]  # type: ignore[attr-defined]
    if membership.removed_at is not None:
        raise Forbidden
    return membership


def refuse_own_account(member: Member, *, by: Actor, membership: Membership | None = None) -> None:
    """Raises OwnAccount when a person at work serves their own card, told by their e-mail addresses. Owners may.

    So may nobody else by a file they import. `membership` saves asking for it again. A card that has only their name
    is served, and written down (`note_namesake`).
    """
    if member.email and is_own(member, membership or acting_membership(by) or importing_membership(by)):
        raise OwnAccount


def is_own(member: Member, membership: Membership | None) -> bool:
    """Whether the card is that of this person, who is no owner: in any mailbox of theirs, however written."""
    if membership is None or membership.role == Role.OWNER or not member.email:
        return False
    return mailbox_key(member.email) in {mailbox_key(address) for address in _addresses(membership.user)}


def note_namesake(member: Member, *, by: Actor) -> None:
    """Write down, once for each card, that somebody serves one with their own name, for the owner to look at.

    It may be another person, so nothing is refused; what such a card is for is most likely when they signed it up.
    """
    if by.kind != ActorKind.STAFF or by.id is None or not member.name or fold(by.label) != fold(member.name):
        return
    known = AuditEvent.objects.filter(actor_id=by.id, subject_id=member.pk, action__startswith="card.namesake")
    membership = acting_membership(by)
    if membership is None or membership.role == Role.OWNER or known.exists():
        return
    joined = Activity.objects.filter(member=member, kind=ActivityKind.MEMBER_JOINED, actor_id=by.id)
    if joined.exists():
        record_audit("card.namesake_signed_up", by=by, subject=member)
    else:
        record_audit("card.namesake", by=by, subject=member)


def _addresses(user: User) -> list[str]:
    """The one they sign in with, and all that they have proved."""
    if not hasattr(user, "proved_addresses"):
        proved = EmailAddress.objects.filter(user=user, verified=True)
        user.proved_addresses = list(proved.values_list("email", flat=True))  # type: ignore[attr-defined]
    return [user.email, *user.proved_addresses]  # type: ignore[attr-defined]


def importing_membership(by: Actor) -> Membership | None:
    """Who started the import that acts, in the team or not any more."""
    if by.kind != ActorKind.IMPORT or by.id is None:
        return None
    found: Membership | None = Membership.objects.select_related("user").filter(pk=by.id).first()
    return found


def has_limits(membership: Membership | None) -> bool:
    """Whether the business's limits for staff hold for this person; managers and owners have none."""
    return membership is not None and not membership.may(Permission.ADJUST_POINTS)
