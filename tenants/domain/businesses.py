"""A business comes into being, and changes how it looks and counts."""

import re
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from tenants import platform
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.enums import Role
from tenants.errors import SlugTaken, TooManyAddresses
from tenants.isolation import tenant_context
from tenants.models import Location, Membership, PortalAddress, Tenant, User

# First words of our own addresses, and of what people would take for ours: a portal cannot have them.
RESERVED_SLUGS = frozenset(
    [
        "account",
        "admin",
        "api",
        "audit",
        "billing",
        "brand",
        "business",
        "categories",
        "counter",
        "design",
        "docs",
        "healthz",
        "help",
        "hooks",
        "imports",
        "inbox",
        "invitations",
        "keys",
        "legal",
        "locations",
        "login",
        "logout",
        "media",
        "members",
        "merges",
        "metrics",
        "notes",
        "order",
        "palette",
        "password",
        "platform",
        "privacy",
        "products",
        "program",
        "purchases",
        "readyz",
        "regulars",
        "returns",
        "rewards",
        "security",
        "settings",
        "sign-in",
        "sign-up",
        "signin",
        "signup",
        "start",
        "static",
        "status",
        "store",
        "support",
        "switch",
        "team",
        "terms",
        "tiers",
        "till",
        "vouchers",
        "presents",
        "welcome",
        "well-known",
        "www",
    ]
)
# What a business has had to print its posters anew for; more would be a stock of names.
MOST_ADDRESSES = 10
SLUG_SHAPE = re.compile(r"^[a-z0-9][a-z0-9-]{1,39}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessDetails:
    """What sign-up asks. Country ISO 3166 alpha-2, currency ISO 4217, time zone IANA."""

    name: str
    trade: str
    country: str
    currency: str
    language: str
    time_zone: str
    slug: str = ""
    location: str = ""


def create_business(user: User, details: BusinessDetails, *, is_demo: bool = False) -> Membership:
    """Make the business, its first location and its owner, in one transaction.

    Without a slug, one is made from the name. Raises SlugTaken when the one that was asked for is taken.
    """
    slug = details.slug or propose_slug(details.name)
    if not is_free(slug):
        raise SlugTaken(field="slug")
    tenant = Tenant(
        slug=slug,
        name=details.name,
        trade=details.trade,
        country=details.country,
        currency=details.currency,
        language=details.language,
        time_zone=details.time_zone,
        is_demo=is_demo,
    )
    try:
        with tenant_context(tenant):
            tenant.save(force_insert=True)
            Location.objects.create(name=details.location or details.name)
            membership = Membership.objects.create(
                tenant=tenant,
                user=user,
                role=Role.OWNER,
                name=user.name or details.name,
                leads_since=timezone.now(),
            )
            record_audit("business.created", by=Actor.staff(membership), subject=tenant)
    except IntegrityError as error:
        raise _told(error) from error
    return membership


def is_free(slug: str, *, of: Tenant | None = None) -> bool:
    """Whether a portal may have this address; `of` may have back what it had itself."""
    if not SLUG_SHAPE.match(slug) or slug in RESERVED_SLUGS:
        return False
    return not platform.slug_is_taken(slug, but_by=of.pk if of else None)


def former_addresses(tenant: Tenant) -> list[str]:
    """What the portal was called before, newest first: these lead to the address of now."""
    now = Tenant.objects.filter(pk=tenant.pk).values("slug")
    former = PortalAddress.objects.exclude(slug__in=now).order_by("-since", "-pk")
    return list(former.values_list("slug", flat=True))


def refuse_address(slug: str, *, tenant: Tenant) -> None:
    """Raises SlugTaken when another business has or had it, TooManyAddresses when this one has had enough others."""
    if slug == tenant.slug:
        return
    if not is_free(slug, of=tenant):
        raise SlugTaken(field="slug")
    had = set(PortalAddress.objects.values_list("slug", flat=True))
    if slug not in had and len(had) >= MOST_ADDRESSES:
        raise TooManyAddresses(MOST_ADDRESSES)


def _told(error: IntegrityError) -> Exception:
    """Somebody else was quicker with the address; anything else is not for people."""
    return SlugTaken(field="slug") if "slug" in str(error) else error


def propose_slug(name: str) -> str:
    """An address made from the name that is free now: "Café Mara" gives `cafe-mara`, or `cafe-mara-2`."""
    base = slugify(name)[:34].strip("-") or "shop"
    if len(base) < 2:
        base = f"{base}-shop"
    tries = (base if number == 1 else f"{base}-{number}" for number in range(1, 10_000))
    return next(slug for slug in tries if is_free(slug))


def change_business(tenant: Tenant, *, changes: dict[str, Any], by: Actor) -> Tenant:
    """Set the named fields, and write down which; the values of texts stay out of the audit.

    A former address stays the business's own and leads to the new one. Raises SlugTaken and TooManyAddresses.
    """
    changed = [name for name, value in changes.items() if getattr(tenant, name) != value]
    if not changed:
        return tenant
    refuse_address(changes.get("slug", tenant.slug), tenant=tenant)
    for name in changed:
        setattr(tenant, name, changes[name])
    try:
        with transaction.atomic():
            tenant.save(update_fields=changed)
    except IntegrityError as error:
        raise _told(error) from error
    record_audit("business.changed", by=by, subject=tenant, fields=changed)
    return tenant


def set_logo(tenant: Tenant, image: bytes, *, by: Actor) -> None:
    """Keep a logo that `loyalty_saas.lib.images` has made anew. Each has its own name, so it can be cached for ever."""
    tenant.logo.save(f"{tenant.pk}-{timezone.now():%Y%m%d%H%M%S}.webp", ContentFile(image), save=False)
    tenant.save(update_fields=["logo"])
    record_audit("brand.logo_changed", by=by, subject=tenant)


def remove_logo(tenant: Tenant, *, by: Actor) -> None:
    tenant.logo = ""
    tenant.save(update_fields=["logo"])
    record_audit("brand.logo_removed", by=by, subject=tenant)


def add_location(*, name: str, address: str, by: Actor) -> Location:
    location = Location.objects.create(name=name, address=address)
    record_audit("location.added", by=by, subject=location)
    return location


def change_location(location: Location, *, name: str, address: str, by: Actor) -> Location:
    location.name, location.address = name, address
    location.save(update_fields=["name", "address"])
    record_audit("location.changed", by=by, subject=location)
    return location


def close_location(location: Location, *, by: Actor) -> None:
    location.closed_at = timezone.now()
    location.save(update_fields=["closed_at"])
    record_audit("location.closed", by=by, subject=location)


def reopen_location(location: Location, *, by: Actor) -> None:
    location.closed_at = None
    location.save(update_fields=["closed_at"])
    record_audit("location.reopened", by=by, subject=location)
