"""A business's own domain: named, proved by its records, watched, lost, and never anybody else's."""

from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from customers.portal.mail import portal_address
from loyalty_saas.lib.errors import DomainError
from tenants.actors import Actor
from tenants.domain.closing import close_business
from tenants.domain.domains import PATIENCE, add_domain, check_daily, check_domain, make_primary, remove_domain
from tenants.domain_watch import watch_after_commit
from tenants.errors import DomainNotProven, DomainTaken
from tenants.isolation import tenant_context
from tenants.models import AuditEvent, Domain, Tenant
from tenants.tasks import check_domains
from tests.cast import Cast, make_business, sign_in
from tests.tenants.domains.conftest import ADDRESS, TARGET
from tests.tenants.domains.nameserver import NameServer

SYSTEM = Actor.system()


def a_host() -> str:
    return f"card-{uuid4().hex[:12]}.example.com"


def added(business: Tenant, host: str) -> Domain:
    with tenant_context(business):
        return add_domain(host, by=SYSTEM)


def point(dns: NameServer, domain: Domain) -> None:
    """Both records, as the page says."""
    dns.say(domain.challenge, "TXT", domain.token)
    dns.say(domain.host, "CNAME", TARGET)


def proven(business: Tenant, dns: NameServer, host: str = "") -> Domain:
    domain = added(business, host or a_host())
    point(dns, domain)
    found = check_domain(business, domain.pk, by=SYSTEM)
    assert found is not None
    assert found.state == "proven"
    return found


def ask(host: str) -> int:
    """What the proxy is told when it asks for a certificate."""
    return Client(headers={"host": "web:8000"}).get("/.well-known/regulars/domain", {"domain": host}).status_code


@pytest.fixture
def business() -> Tenant:
    return make_business()


def test_records_prove_a_name_and_the_portal_answers_there(business: Tenant, dns: NameServer) -> None:
    domain = added(business, a_host())
    assert (domain.state, ask(domain.host)) == ("pending", 404)
    assert Client(headers={"host": domain.host}).get("/about/").status_code == 400
    point(dns, domain)
    found = check_domain(business, domain.pk, by=SYSTEM)
    assert found is not None
    assert (found.state, found.is_primary, ask(domain.host)) == ("proven", True, 200)
    assert Client(headers={"host": domain.host}).get("/about/").status_code == 200
    with tenant_context(business):
        assert portal_address(business) == f"https://{domain.host}/"
        assert list(AuditEvent.objects.values_list("action", flat=True).order_by("at")) == [
            "domain.added",
            "domain.proven",
        ]


@pytest.mark.parametrize(
    ("records", "trouble", "shown"),
    [
        ({}, "no_proof", ""),
        ({"TXT": "v=spf1"}, "other_proof", "v=spf1"),
        ({"TXT": "token"}, "no_address", ""),
        ({"TXT": "token", "A": "203.0.113.9"}, "other_address", "203.0.113.9"),
        ({"TXT": "token", "CNAME": "shop.elsewhere.example"}, "no_address", "shop.elsewhere.example"),
        ({"TXT": "token", "A": ADDRESS}, "", ""),
        ({"TXT": "token", "CNAME": TARGET}, "", ""),
        ({"A": ADDRESS}, "no_proof", ""),
    ],
)
def test_what_is_missing_is_said(
    business: Tenant, dns: NameServer, records: dict[str, str], trouble: str, shown: str
) -> None:
    domain = added(business, a_host())
    for kind, value in records.items():
        name = domain.challenge if kind == "TXT" else domain.host
        dns.say(name, kind, domain.token if value == "token" else f'"{value}"' if kind == "TXT" else value)
    found = check_domain(business, domain.pk, by=SYSTEM)
    assert found is not None
    assert (found.trouble, found.found, found.verified_at is None) == (trouble, shown, bool(trouble))


def test_one_address_elsewhere_is_not_ours(business: Tenant, dns: NameServer, settings: Any) -> None:
    settings.DOMAIN_ADDRESSES = [ADDRESS, "192.0.2.11"]
    domain = added(business, a_host())
    dns.say(domain.challenge, "TXT", domain.token)
    dns.say(domain.host, "A", ADDRESS, "203.0.113.9")
    found = check_domain(business, domain.pk, by=SYSTEM)
    assert found is not None
    assert found.trouble == "other_address"
    dns.say(domain.host, "A", ADDRESS, "192.0.2.11")
    assert check_domain(business, domain.pk, by=SYSTEM).state == "proven"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "not_a_host"),
        ("com", "not_a_host"),
        ("192.0.2.1", "host_is_address"),
        ("[2001:db8::1]", "host_is_address"),
        ("http://10.1/", "not_a_host"),
        ("card.example.com:8000", "not_a_host"),
        ("*.example.com", "not_a_host"),
        ("a_b.example.com", "not_a_host"),
        ("printer.local", "host_not_public"),
        ("shop.localhost", "host_not_public"),
        ("portals.regulars.example", "domain_not_usable"),
        ("any.regulars.example", "domain_not_usable"),
        ("REGULARS.EXAMPLE.", "domain_not_usable"),
        ("a" * 64 + ".example.com", "not_a_host"),
        ("drop table;.example.com", "not_a_host"),
        ("card.example.com\x00", "not_a_host"),
    ],
)
def test_names_that_cannot_be_somebodys_own_are_refused(
    business: Tenant, dns: NameServer, typed: str, code: str
) -> None:
    with tenant_context(business), pytest.raises(DomainError) as refusal:
        add_domain(typed, by=SYSTEM)
    assert refusal.value.code == code


def test_what_people_paste_is_tidied(business: Tenant, dns: NameServer) -> None:
    number = uuid4().hex[:10]
    domain = added(business, f" HTTPS://Café-{number}.Example.com/card?x=1 ")
    assert domain.host.startswith("xn--caf-")
    assert domain.shown == f"café-{number}.example.com"
    with tenant_context(business), pytest.raises(DomainError) as refusal:
        add_domain(domain.host.upper(), by=SYSTEM)
    assert refusal.value.code == "domain_there"


def test_another_business_cannot_take_a_proven_name(business: Tenant, dns: NameServer) -> None:
    domain = proven(business, dns)
    other = make_business(name="Secret Bakery")
    with tenant_context(other), pytest.raises(DomainTaken) as refusal:
        add_domain(domain.host, by=SYSTEM)
    assert business.name not in str(refusal.value)
    assert ask(domain.host) == 200


def test_of_two_who_claim_a_name_the_one_with_the_record_has_it(business: Tenant, dns: NameServer) -> None:
    host, thief = a_host(), make_business()
    theirs, ours = added(thief, host), added(business, host)
    assert theirs.token != ours.token
    point(dns, ours)
    stolen = check_domain(thief, theirs.pk, by=SYSTEM)
    assert stolen is not None
    assert (stolen.state, stolen.trouble) == ("failed", "other_proof")
    assert check_domain(business, ours.pk, by=SYSTEM).state == "proven"  # type: ignore[union-attr]
    # Even with a record of their own beside it, the second cannot have what the first holds.
    dns.say(ours.challenge, "TXT", ours.token, theirs.token)
    late = check_domain(thief, theirs.pk, by=SYSTEM)
    assert late is not None
    assert (late.state, late.trouble) == ("failed", "taken")
    assert Client(headers={"host": host}).get("/about/").wsgi_request.host_business == business  # type: ignore[attr-defined]


def test_a_name_that_moved_away_stops_after_three_days_and_its_new_owner_may_have_it(
    dns: NameServer, mailoutbox: list[Any]
) -> None:
    cast = Cast.make()
    business = cast.business
    domain = proven(business, dns)
    dns.say(domain.challenge, "TXT")
    dns.say(domain.host, "CNAME", "shop.elsewhere.example")
    answers = []
    for _day in range(PATIENCE):
        check_daily(business)
        answers.append(ask(domain.host))
    assert answers == [200, 200, 404]
    assert Client(headers={"host": domain.host}).get("/about/").status_code == 400
    mine = [letter for letter in mailoutbox if letter.to == [cast.owner.user.email]]
    assert [letter.subject for letter in mine] == [
        f"{domain.host} needs a look",
        f"{domain.host} no longer shows your portal",
    ]
    with tenant_context(business):
        left = Domain.objects.get()
        assert (left.state, left.is_primary, left.failures) == ("failed", False, PATIENCE)
        assert AuditEvent.objects.filter(action="domain.lapsed").count() == 1
        assert domain.host not in portal_address(business)
    proven(make_business(), dns, domain.host)


def test_a_silent_dns_and_impatient_people_take_nothing_away(business: Tenant, dns: NameServer, settings: Any) -> None:
    domain = proven(business, dns)
    # Nobody listens at port 9 of this machine: the question is refused at once.
    settings.DNS_SERVERS = [("127.0.0.1", 9)]
    found = check_domain(business, domain.pk, by=SYSTEM, daily=True)
    assert found is not None
    assert (found.state, found.trouble, found.failures) == ("proven", "silent", 0)
    settings.DNS_SERVERS = [dns.address]
    dns.say(domain.challenge, "TXT")
    for _time in range(PATIENCE + 1):
        found = check_domain(business, domain.pk, by=SYSTEM)
    assert found is not None
    assert (found.state, found.trouble, found.failures) == ("proven", "no_proof", 0)
    point(dns, domain)
    found = check_domain(business, domain.pk, by=SYSTEM)
    assert found is not None
    assert (found.trouble, found.failures) == ("", 0)


def test_another_proven_name_takes_the_place_of_the_main_one(business: Tenant, dns: NameServer) -> None:
    first, second = proven(business, dns), proven(business, dns)
    waiting = added(business, a_host())
    with tenant_context(business):
        with pytest.raises(DomainNotProven):
            make_primary(waiting, by=SYSTEM)
        make_primary(second, by=SYSTEM)
        assert portal_address(business) == f"https://{second.host}/"
        remove_domain(second, by=SYSTEM)
        assert portal_address(business) == f"https://{first.host}/"
    assert (ask(first.host), ask(second.host)) == (200, 404)


def test_a_session_of_the_dashboard_means_nothing_at_a_domain(dns: NameServer) -> None:
    cast = Cast.make()
    domain = proven(cast.business, dns)
    browser = sign_in(cast.owner)
    assert browser.get("/settings/").status_code == 200
    there = {"headers": {"host": domain.host}}
    for path in ("/settings/", "/counter/", "/members/", "/api/v1/members/", "/account/login/", "/platform/"):
        assert browser.get(path, **there).status_code == 404
    page = browser.get("/", follow=True, **there)
    assert not page.wsgi_request.user.is_authenticated  # type: ignore[attr-defined]
    assert cast.owner.name not in page.content.decode()


@pytest.mark.parametrize("host", ["", "localhost", "testserver", "x" * 300, "a\x00b.example.com", "nobody.example.com"])
def test_no_certificate_for_anything_else(dns: NameServer, host: str) -> None:
    assert ask(host) == 404


def test_the_page_leads_from_a_name_to_its_proof(dns: NameServer) -> None:
    cast = Cast.make()
    owner, host = sign_in(cast.owner), a_host()
    assert owner.post("/settings/domains/", {"host": "localhost"}).status_code == 422
    assert owner.post("/settings/domains/", {"host": host}).status_code == 302
    with tenant_context(cast.business):
        domain = Domain.objects.get()
    page = owner.get("/settings/domains/").content.decode()
    assert f"_regulars-challenge.{host}" in page
    assert domain.token in page
    assert TARGET in page
    look = f"/settings/domains/{domain.pk}/check/"
    assert "The TXT record is not there yet." in owner.post(look, follow=True).content.decode()
    point(dns, domain)
    assert "is yours, and your portal answers there." in owner.post(look, follow=True).content.decode()
    assert owner.post(f"/settings/domains/{domain.pk}/removal/").status_code == 302
    assert ask(host) == 404


def test_what_is_promised_of_tls_does_not_reach_the_names_beside_theirs(dns: NameServer, settings: Any) -> None:
    domain = proven(make_business(), dns)
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31536000, True
    page = Client(headers={"host": domain.host}).get("/about/", secure=True)
    assert page["Strict-Transport-Security"] == "max-age=31536000"


def test_every_day_a_worker_is_asked_to_look(dns: NameServer, monkeypatch: pytest.MonkeyPatch) -> None:
    from celery import current_app

    asked: list[tuple[str, tuple[str, ...]]] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **_options: asked.append((name, args)))
    business, nothing = make_business(), make_business()
    domain = proven(business, dns)
    for one in (business, nothing):
        with tenant_context(one):
            watch_after_commit(timezone.now().date())
    assert asked == [("tenants.tasks.check_domains", (str(business.pk),))]
    assert check_domains(str(business.pk)) == 1
    dns.say(domain.challenge, "TXT")
    assert check_domains(str(business.pk)) == 0


def closed(business: Tenant) -> list[str]:
    with tenant_context(business):
        return close_business(business, by=SYSTEM)


def test_a_business_that_closes_releases_its_names(business: Tenant, dns: NameServer) -> None:
    host = a_host()
    proven(business, dns, host)
    assert closed(business) == [host]
    assert ask(host) == 404
    heir = make_business()
    assert proven(heir, dns, host).is_primary
    assert ask(host) == 200
    with tenant_context(business):
        assert sorted(AuditEvent.objects.values_list("action", flat=True)) == [
            "business.closed",
            "domain.added",
            "domain.proven",
            "domain.released",
        ]
        [domain] = Domain.objects.all()
        assert (domain.host, domain.verified_at, domain.is_primary) == (host, None, False)


def test_a_look_that_was_under_way_proves_nothing_for_a_closed_business(business: Tenant, dns: NameServer) -> None:
    domain = added(business, a_host())
    point(dns, domain)
    closed(business)
    assert check_domain(business, domain.pk, by=SYSTEM) is None
    assert ask(domain.host) == 404


def test_the_operator_closes_and_opens_by_the_address(business: Tenant, dns: NameServer) -> None:
    host = a_host()
    domain = proven(business, dns, host)
    said = StringIO()
    call_command("business", "close", business.slug, stdout=said)
    assert Client().get(f"/{business.slug}/about/").status_code == 404
    call_command("business", "reopen", business.slug, stdout=said)
    assert said.getvalue() == (
        f"{business.name} is closed. Domains released: {host}.\n"
        f"{business.name} is open. Its own domains have to be proved again.\n"
    )
    assert Client().get(f"/{business.slug}/about/").status_code == 200
    assert ask(host) == 404
    again = check_domain(business, domain.pk, by=SYSTEM)
    assert again is not None
    assert again.state == "proven"
    with pytest.raises(CommandError, match="There is no business"):
        call_command("business", "close", "nobody-has-this", stdout=said)
