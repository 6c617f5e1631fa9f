from tenants.models.addresses import PortalAddress
from tenants.models.audit import AuditEvent
from tenants.models.base import TenantManager, TenantModel, TenantPart
from tenants.models.business import Location, Tenant
from tenants.models.domains import Domain
from tenants.models.jobs import JobRun
from tenants.models.keys import ApiKey, IdempotentCall
from tenants.models.letters import OwedLetter, OwnerLetter
from tenants.models.networks import NetworkInvitation, NetworkSeat
from tenants.models.people import Invitation, Membership, User

__all__ = [
    "ApiKey",
    "AuditEvent",
    "Domain",
    "IdempotentCall",
    "Invitation",
    "JobRun",
    "Location",
    "Membership",
    "NetworkInvitation",
    "NetworkSeat",
    "OwedLetter",
    "OwnerLetter",
    "PortalAddress",
    "Tenant",
    "TenantManager",
    "TenantModel",
    "TenantPart",
    "User",
]
