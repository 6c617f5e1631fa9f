"""The few look-ups that cross businesses, each named and logged. Nothing else uses the platform's connection."""

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar
from uuid import UUID

import structlog
from django.db import connections
from django.db.models import Case, QuerySet, When
from django.utils import timezone

from loyalty_saas.postgres.prepared import execute_prepared
from tenants.enums import Role
from tenants.models import (
    ApiKey,
    Domain,
    Invitation,
    Membership,
    NetworkInvitation,
    NetworkSeat,
    PortalAddress,
    Tenant,
    TenantModel,
    User,
)
from tenants.rows import columns_of, made_of

log = structlog.get_logger(__name__)
M = TypeVar("M", bound=TenantModel)


def _across(model: type[M], why: str) -> QuerySet[M]:
    log.debug("platform.lookup", table=model._meta.db_table, why=why)
    return QuerySet(model=model, using="platform")


def _open_tenants() -> QuerySet[Tenant]:
    return Tenant.objects.using("platform").filter(closed_at__isnull=True)


def find_business(slug: str) -> Tenant | None:
    """The open business whose portal has this address."""
    return _open_tenants().filter(slug=slug).first()


def find_business_by_host(host: str) -> Tenant | None:
    """The open business that proved this host name to be its own."""
    domain = (
        _across(Domain, "host")
        .filter(host=host, verified_at__isnull=False, tenant__closed_at__isnull=True)
        .select_related("tenant")
        .first()
    )
    return domain.tenant if domain else None


def host_is_proved(host: str) -> bool:
    """Whether some open business has proved this host name to be its own."""
    return find_business_by_host(host) is not None


def find_business_open_or_closed(slug: str) -> Tenant | None:
    """The business whose portal has this address, for the operator."""
    return Tenant.objects.using("platform").filter(slug=slug).first()


def find_business_that_was(slug: str) -> Tenant | None:
    """The open business whose portal had this address before it was renamed."""
    found = (
        _across(PortalAddress, "former address")
        .filter(slug=slug, tenant__closed_at__isnull=True)
        .exclude(tenant__slug=slug)
        .select_related("tenant")
        .first()
    )
    return found.tenant if found else None


def slug_is_taken(slug: str, *, but_by: UUID | None = None) -> bool:
    """Whether another business than `but_by` has this address or ever had it, open or closed."""
    addresses = _across(PortalAddress, "slug").filter(slug=slug)
    return (addresses.exclude(tenant_id=but_by) if but_by else addresses).exists()


def open_businesses() -> list[Tenant]:
    """Every open business, for the scheduler."""
    return list(_open_tenants().order_by("pk"))


def memberships_of(user: User) -> list[Membership]:
    """Where this person works now, their own businesses first and then the oldest, with the businesses loaded."""
    return list(
        _across(Membership, "switcher")
        .filter(user=user, removed_at__isnull=True, tenant__closed_at__isnull=True)
        .select_related("tenant", "user")
        .order_by(Case(When(role=Role.OWNER, then=0), default=1), "joined_at", "pk")
    )


def find_invitation(token_hash: str) -> Invitation | None:
    """The invitation that this token opens, if it is still open."""
    return _open_invitations("invitation").filter(token_hash=token_hash).select_related("tenant").first()


def invitations_to(emails: Iterable[str]) -> list[Invitation]:
    """The open invitations to these addresses, newest first, with the business and who invites."""
    found = _open_invitations("start").filter(email__in=[email.lower() for email in emails])
    return list(found.select_related("tenant", "invited_by").order_by("-created_at"))


def _open_invitations(why: str) -> QuerySet[Invitation]:
    return _across(Invitation, why).filter(
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
        expires_at__gt=timezone.now(),
        tenant__closed_at__isnull=True,
    )


def find_api_key(token_hash: str) -> ApiKey | None:
    """The live key with this hash, with its business loaded. Asked at every call of the API, so written once."""
    log.debug("platform.lookup", table=ApiKey._meta.db_table, why="api key")
    with connections["platform"].cursor() as cursor:
        execute_prepared(cursor, _find_api_key(), [token_hash])
        row = cursor.fetchone()
    if row is None:
        return None
    width = len(columns_of(ApiKey))
    key: ApiKey = made_of(ApiKey, row[:width], "platform")
    key.tenant = made_of(Tenant, row[width:], "platform")
    return key


@lru_cache(maxsize=1)
def _find_api_key() -> str:
    columns = ", ".join(columns_of(ApiKey, "k.") + columns_of(Tenant, "t."))
    return (
        f"SELECT {columns} FROM tenants_apikey k JOIN tenants_tenant t ON t.id = k.tenant_id"  # noqa: S608 - names
        " WHERE k.token_hash = %s AND k.revoked_at IS NULL AND t.closed_at IS NULL LIMIT 1"
    )


def works_elsewhere(user: User, *, than: UUID) -> bool:
    """Whether this person is still in the team of another business."""
    return _across(Membership, "removal").filter(user=user, removed_at__isnull=True).exclude(tenant_id=than).exists()


def seats_of_network(network_id: UUID) -> list[NetworkSeat]:
    """Every seat of a network that was ever taken, the oldest first, with its business. For those who have one."""
    found = _across(NetworkSeat, "network").filter(network_id=network_id)
    return list(found.select_related("tenant").order_by("joined_at", "pk"))


def find_network_invitation(token_hash: str) -> NetworkInvitation | None:
    """The open invitation of an open business to its network that this token opens."""
    found = _across(NetworkInvitation, "network invitation").filter(
        token_hash=token_hash,
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
        expires_at__gt=timezone.now(),
        tenant__closed_at__isnull=True,
    )
    return found.select_related("tenant").first()
