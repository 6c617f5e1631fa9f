"""One of everything in a business, to be looked at by those who may and to be hidden from all others."""

from tenants.domain.keys import create_key
from tenants.domain.team import invite
from tenants.enums import Role, Scope
from tenants.isolation import tenant_context
from tests.cast import Cast, make_membership
from tests.routes import Things


def make_things(cast: Cast) -> Things:
    with tenant_context(cast.business):
        invitation, _token = invite("invited@example.com", role=Role.STAFF, by=cast.owner)
        key, _text = create_key(name="Till", scopes=list(Scope), by=cast.owner)
    return Things(
        membership=make_membership(cast.business, Role.STAFF),
        invitation=invitation,
        location=cast.location,
        api_key=key,
    )
