"""The people in the tests: those who work in a business, a member of it, and a stranger from another."""

import itertools
from dataclasses import dataclass
from uuid import uuid4

from django.test import Client

from tenants.enums import Role
from tenants.isolation import tenant_context
from tenants.models import Location, Membership, Tenant, User

_numbers = itertools.count(1)


def make_user(name: str = "Mara") -> User:
    """A person with a verified address; nobody else in any test has it."""
    from allauth.account.models import EmailAddress

    user = User.objects.create_user(
        f"{name.lower()}-{uuid4().hex[:12]}@example.com", "correct horse battery", name=name
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def make_business(**fields: object) -> Tenant:
    """A café in Vienna that counts in euros, unless told otherwise, with one location."""
    number = next(_numbers)
    defaults: dict[str, object] = {
        "slug": f"cafe-{uuid4().hex[:12]}",
        "name": f"Café {number}",
        "trade": "cafe",
        "country": "AT",
        "currency": "EUR",
        "language": "en",
        "time_zone": "Europe/Vienna",
    }
    tenant = Tenant(**{**defaults, **fields})
    with tenant_context(tenant):
        tenant.save(force_insert=True)
        Location.objects.create(name="Main street")
    return tenant


def make_membership(business: Tenant, role: Role, user: User | None = None) -> Membership:
    user = user or make_user(role.value.title())
    with tenant_context(business):
        return Membership.objects.create(user=user, role=role, name=user.name)


def sign_in(membership: Membership) -> Client:
    """A browser in which this person is signed in and works for this business."""
    client = Client()
    client.force_login(membership.user)
    session = client.session
    session["business"] = str(membership.tenant_id)
    session.save()
    return client


@dataclass(frozen=True)
class Cast:
    business: Tenant
    owner: Membership
    manager: Membership
    staff: Membership
    analyst: Membership
    location: Location
    other_business: Tenant
    stranger: Membership

    @classmethod
    def make(cls) -> "Cast":
        business, other = make_business(), make_business(name="Bakery next door")
        roles = {role.value: make_membership(business, role) for role in Role}
        with tenant_context(business):
            location = Location.objects.get()
        return cls(
            business=business,
            location=location,
            other_business=other,
            stranger=make_membership(other, Role.OWNER),
            **roles,
        )
