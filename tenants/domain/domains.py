"""Domains of a business's own: named, proved by two records in the DNS, looked after, given up."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http.request import validate_host
from django.utils import timezone

from loyalty_saas.lib.dns import DnsSilent, texts_of, whereabouts_of
from loyalty_saas.lib.errors import NotFound
from loyalty_saas.lib.hosts import is_below, tidy_host
from loyalty_saas.lib.secrets import same
from tenants import platform
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.domain.mails import send_domain_trouble
from tenants.enums import DomainTrouble
from tenants.errors import DomainNotProven, DomainNotUsable, DomainTaken, DomainThere, TooManyDomains
from tenants.isolation import current_tenant_id, tenant_context
from tenants.models import Domain, Tenant

MOST = 10
# So many daily looks in a row may find something wrong before nothing answers at a domain any more.
PATIENCE = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at the records found: no `trouble` means proved. `found` is what stood there instead."""

    trouble: str = ""
    found: str = ""


def add_domain(text: str, *, by: Actor) -> Domain:
    """Put a name on the list; nothing answers at it until it is proved. What people paste is tidied.

    Raises Invalid for what is no public host name, DomainNotUsable for names of ours, DomainTaken for one that another
    business has proved (who is not told), DomainThere and TooManyDomains.
    """
    host = tidy_host(text)
    if _is_ours(host):
        raise DomainNotUsable
    if Domain.objects.filter(host=host).exists():
        raise DomainThere
    if platform.host_is_proved(host):
        raise DomainTaken
    if Domain.objects.count() >= MOST:
        raise TooManyDomains(MOST)
    try:
        with transaction.atomic():
            domain = Domain.objects.create(host=host)
    except IntegrityError as error:
        raise DomainThere from error
    record_audit("domain.added", by=by, subject=domain)
    return domain


def check_domain(tenant: Tenant, domain_id: UUID, *, by: Actor, daily: bool = False) -> Domain | None:
    """Look at the records now and write down what was found; None when the name was removed or its business closed.

    To be called outside of any transaction: the DNS may take seconds. `daily` counts a failure; looks that people ask
    for never take a name away.
    """
    with tenant_context(tenant):
        domain = Domain.objects.filter(pk=domain_id).first()
    if domain is None:
        return None
    finding = look_at(domain.host, challenge=domain.challenge, token=domain.token)
    with tenant_context(tenant):
        return _settle(domain_id, finding, by=by, daily=daily)


def check_daily(tenant: Tenant) -> int:
    """Look at every proven name again; returns how many still stand."""
    with tenant_context(tenant):
        proven = list(Domain.objects.filter(verified_at__isnull=False).values_list("pk", flat=True))
    looked_at = (check_domain(tenant, pk, by=Actor.system(), daily=True) for pk in proven)
    return sum(1 for domain in looked_at if domain is not None and not domain.trouble)


def make_primary(domain: Domain, *, by: Actor) -> Domain:
    """Letters and links lead to this name from now on. Raises DomainNotProven."""
    held = _locked(domain.pk)
    if held.verified_at is None:
        raise DomainNotProven
    if not held.is_primary:
        Domain.objects.filter(is_primary=True).update(is_primary=False)
        held.is_primary = True
        held.save(update_fields=["is_primary"])
        record_audit("domain.made_primary", by=by, subject=held)
    return held


def remove_domain(domain: Domain, *, by: Actor) -> None:
    """Nothing answers at it from now on. Another proven name becomes the main one."""
    held = _locked(domain.pk)
    record_audit("domain.removed", by=by, subject=held)
    held.delete()
    if held.is_primary:
        _next_primary()


def release_domains() -> list[str]:
    """Of a business that closes: nothing answers at its names any more, and whoever proves them next has them.

    They stay on its list, to be proved again should it open again. Returns the names that were proven. Locks them all,
    so that a look at the records that is under way does not prove one afterwards.
    """
    held = list(Domain.objects.select_for_update(no_key=True).order_by("pk"))
    Domain.objects.update(verified_at=None, is_primary=False)
    return sorted(domain.host for domain in held if domain.verified_at is not None)


def look_at(host: str, *, challenge: str, token: str) -> Finding:
    """Whether the records prove the name: the token as TXT, and the name leading to us. Asks the DNS."""
    try:
        texts = texts_of(challenge)
        if not any(same(text.strip(), token) for text in texts):
            trouble = DomainTrouble.OTHER_PROOF if texts else DomainTrouble.NO_PROOF
            return Finding(trouble, ", ".join(texts)[:200])
        return _where_it_leads(host)
    except DnsSilent:
        return Finding(DomainTrouble.SILENT)


def _where_it_leads(host: str) -> Finding:
    there = whereabouts_of(host)
    if settings.DOMAIN_TARGET in there.names:
        return Finding()
    if not there.addresses:
        return Finding(DomainTrouble.NO_ADDRESS, ", ".join(there.names)[:200])
    ours = frozenset(settings.DOMAIN_ADDRESSES) or whereabouts_of(settings.DOMAIN_TARGET).addresses
    if there.addresses <= ours:
        return Finding()
    return Finding(DomainTrouble.OTHER_ADDRESS, ", ".join([*there.names, *sorted(there.addresses)])[:200])


def _settle(domain_id: UUID, finding: Finding, *, by: Actor, daily: bool) -> Domain | None:
    try:
        domain = _locked(domain_id)
    except NotFound:
        return None
    if Domain.objects.filter(pk=domain.pk, tenant__closed_at__isnull=False).exists():
        return None  # closed while the DNS was asked
    domain.checked_at = timezone.now()
    domain.trouble, domain.found = finding.trouble, finding.found
    if not finding.trouble:
        _prove(domain, by=by)
    elif daily and domain.verified_at is not None and finding.trouble != DomainTrouble.SILENT:
        _lose_patience(domain)
    domain.save(update_fields=["checked_at", "trouble", "found", "failures", "verified_at", "is_primary"])
    return domain


def _prove(domain: Domain, *, by: Actor) -> None:
    domain.failures = 0
    if domain.verified_at is not None:
        return
    domain.is_primary = not Domain.objects.filter(is_primary=True).exists()
    domain.verified_at = timezone.now()
    try:
        with transaction.atomic():
            domain.save(update_fields=["verified_at", "is_primary"])
    except IntegrityError:
        # Somebody else proved it while it waited here.
        domain.verified_at, domain.is_primary = None, False
        domain.trouble = DomainTrouble.TAKEN
        return
    record_audit("domain.proven", by=by, subject=domain)


def _lose_patience(domain: Domain) -> None:
    domain.failures += 1
    if domain.failures >= PATIENCE:
        was_primary, domain.verified_at, domain.is_primary = domain.is_primary, None, False
        domain.save(update_fields=["verified_at", "is_primary"])
        record_audit("domain.lapsed", by=Actor.system(), subject=domain, trouble=domain.trouble)
        if was_primary:
            _next_primary()
    if domain.failures in (1, PATIENCE):
        send_domain_trouble(domain, days_left=PATIENCE - domain.failures)


def _next_primary() -> None:
    following = Domain.objects.filter(verified_at__isnull=False).order_by("verified_at").first()
    if following is not None:
        following.is_primary = True
        following.save(update_fields=["is_primary"])


def _locked(domain_id: UUID) -> Domain:
    held = Domain.objects.select_for_update(no_key=True).filter(pk=domain_id, tenant_id=current_tenant_id()).first()
    if held is None:
        raise NotFound
    return held


def _is_ours(host: str) -> bool:
    return validate_host(host, settings.OUR_HOSTS) or any(is_below(host, name) for name in _our_names())


def _our_names() -> Iterator[str]:
    yield settings.DOMAIN_TARGET
    yield from (name.lstrip(".") for name in settings.OUR_HOSTS if "." in name.strip("."))
