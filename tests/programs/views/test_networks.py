"""The owner's pages of the network, the counter's panel and the portal's page, from founding to a statement."""

from datetime import date, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from customers.domain.cards import card_payload
from customers.models import Consent
from loyalty_saas.lib.days import local_day
from programs.domain.networks.closing import close_month
from programs.domain.networks.people import person_of
from programs.domain.networks.proofs import proof_for
from programs.models import NetworkCrossing, NetworkPerson, NetworkStatement, NetworkStatementLine
from tenants.domain.networks.reading import own_seat
from tenants.enums import Role
from tenants.isolation import tenant_context
from tenants.models import Location
from tenants.posting import send_owner_letters_of
from tests.cast import make_business, make_membership, sign_in
from tests.customers.portal.visitor import Visitor, an_address
from tests.programs.domain.networks.street import join, make_street
from tests.programs.shop import at, buy, make_member, make_program

RULES = {"name": "Good Street", "value": "5.00", "share": "80", "day_limit": "", "kinds": []}
HTMX = {"HX-Request": "true"}


def an_owner(**fields):
    business = make_business(**fields)
    return business, sign_in(make_membership(business, Role.OWNER))


def found(browser):
    return browser.post("/program/network/rules/", RULES)


def link_of(browser):
    page = browser.post("/program/network/invitations/", {"email": ""})
    return page.context["link"].partition("/program/")[2]


def test_two_owners_make_a_network_by_link():
    first, mara = an_owner(name="Café A")
    second, ida = an_owner(name="Bakery B")
    assert "Found a network" in mara.get("/program/network/").content.decode()
    assert found(mara)["Location"] == "/program/network/"
    url = f"/program/{link_of(mara)}"
    offer = ida.get(url)
    page = offer.content.decode()
    assert "owes €4.00 for 100 of them" in page
    assert "Café A" in page
    # Without a yes nothing happens, and it says why.
    refused = ida.post(url, {"rules": offer.context["shown"]}, follow=True).content.decode()
    assert "say that you agree" in refused
    ida.post(url, {"rules": offer.context["shown"], "agreed": "1"})
    with tenant_context(second):
        assert own_seat().terms == {"value": 500, "share": 80, "kinds": [], "day_limit": None}
    page = mara.get("/program/network/").content.decode()
    assert "Bakery B" in page
    assert "Change the rules" not in page
    # The link opens nothing any more.
    _third, otto = an_owner()
    assert "has been used" in otto.get(url, follow=True).content.decode()
    assert first.pk


def test_an_invitation_by_mail_holds_the_link():
    first, mara = an_owner()
    found(mara)
    mara.post("/program/network/invitations/", {"email": "ida@example.com"})
    send_owner_letters_of(first)
    [letter] = mail.outbox
    assert letter.to == ["ida@example.com"]
    assert "/program/network/offers/" in letter.body
    page = mara.get("/program/network/")
    [invitation] = page.context["invitations"]
    mara.post(f"/program/network/invitations/{invitation.pk}/withdrawal/")
    _second, ida = an_owner()
    url = "/program/" + letter.body.partition("/program/")[2].split()[0]
    assert "withdrawn" in ida.get(url, follow=True).content.decode()


def test_another_currency_is_refused_in_a_sentence():
    _first, mara = an_owner()
    found(mara)
    url = f"/program/{link_of(mara)}"
    _swiss, reto = an_owner(currency="CHF", country="CH")
    assert "counts in EUR, and your business in CHF" in reto.get(url, follow=True).content.decode()


@pytest.mark.parametrize("field", ["value", "share", "name"])
def test_rules_that_nobody_can_settle_by_are_said_at_the_field(field):
    _first, mara = an_owner()
    page = mara.post("/program/network/rules/", {**RULES, field: "-1" if field != "name" else ""})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]


def test_notice_is_given_and_taken_back():
    street = make_street(2)
    browser = sign_in(street.circle.owners[1])
    browser.post("/program/network/leaving/")
    assert "Stay after all" in browser.get("/program/network/").content.decode()
    browser.post("/program/network/leaving/", {"stay": "1"})
    assert "Stay after all" not in browser.get("/program/network/").content.decode()


def test_a_manager_reads_and_is_offered_nothing_to_lead():
    street = make_street(2)
    manager = sign_in(make_membership(street.shops[0].business, Role.MANAGER))
    page = manager.get("/program/network/").content.decode()
    assert "Good Street" in page
    assert "Give notice" not in page


def test_a_statement_shows_every_entry_and_downloads_as_it_adds_up():
    street = make_street(2)
    with at("2026-03-10 10:00"):
        street.earn(0, 300)
        street.redeem(1)
    with at("2026-04-01 09:00"):
        with tenant_context(street.shops[1].business):
            close_month(street.network, date(2026, 3, 1))
            mine = NetworkStatement.objects.get()
        browser = sign_in(street.circle.owners[1])
        page = browser.get(f"/program/network/statements/{mine.pk}/").content.decode()
        assert "you receive €4.00" in page
        assert street.shops[1].reward.name in page
        rows = browser.get(f"/program/network/statements/{mine.pk}/export/").content.decode().splitlines()
        assert len(rows) == 4
        assert rows[-1].startswith("2026-03,Sum,,,,,,4.00,0.00,4.00,EUR")
        other = sign_in(street.circle.owners[0])
        assert other.get(f"/program/network/statements/{mine.pk}/").status_code == 404


# --- the counter ---------------------------------------------------------------------------------


def a_till(shop):
    membership = make_membership(shop.business, Role.MANAGER)
    browser = sign_in(membership)
    with tenant_context(shop.business):
        [location] = Location.objects.all()
    browser.post("/counter/locations/", {"location": str(location.pk)})
    return browser


def test_a_card_of_another_business_is_linked_at_the_counter_with_a_yes():
    street = make_street(2, linked=False)
    street.earn(0, 300)
    street.earn(1, 1)
    first, second = street.shops
    till = a_till(second)
    with tenant_context(first.business):
        payload = card_payload(first.member)
    assert till.post("/counter/scans/", {"payload": payload}, headers=HTMX)["HX-Redirect"] == "/counter/network/card/"
    assert first.business.name in till.get("/counter/network/card/").content.decode()
    url = f"/counter/members/{second.member.pk}/"
    assert "Link the card" in till.get(url).content.decode()
    assert till.post(f"{url}network/", {"answer": "link"}).status_code == 422
    page = till.post(f"{url}network/", {"answer": "link", "agreed": "1"}).content.decode()
    assert "300 points more from other businesses" in page
    for shop in street.shops:
        with tenant_context(shop.business):
            consent = Consent.objects.get(purpose="network")
            assert (consent.given, shop.business.name in consent.text) == (True, True)
            assert person_of(shop.member) is not None
    # From now on the card of the other business leads to the member here.
    with at("2030-01-01 10:00"):
        with tenant_context(first.business):
            payload = card_payload(first.member)
        answer = a_till(second).post("/counter/scans/", {"payload": payload}, headers=HTMX)
        assert answer["HX-Redirect"] == url


def a_shown_card():
    """A till where a card of the other business was read that is linked to nobody, and the page of a member there."""
    street = make_street(2, linked=False)
    first, second = street.shops
    till = a_till(second)
    with tenant_context(first.business):
        payload = card_payload(first.member)
    assert till.post("/counter/scans/", {"payload": payload}, headers=HTMX)["HX-Redirect"] == "/counter/network/card/"
    return second, till, f"/counter/members/{second.member.pk}/"


def test_a_card_that_is_not_theirs_leaves_the_page_with_one_tap_and_waits_for_another():
    second, till, url = a_shown_card()
    assert "Is it theirs?" in till.get(url).content.decode()
    page = till.post(f"{url}network/", {"answer": "not_theirs"}, headers=HTMX).content.decode()
    assert "Is it theirs?" not in page
    assert "is not theirs" in page
    assert "Does not take part in" in page
    assert "Is it theirs?" not in till.get(url).content.decode()
    with tenant_context(second.business):
        assert person_of(second.member) is None
        other = make_member()
    assert "Is it theirs?" in till.get(f"/counter/members/{other.pk}/").content.decode()
    page = till.post(f"{url}network/", {"answer": "away"}, headers=HTMX).content.decode()
    assert "is not theirs" not in page
    assert "Is it theirs?" not in till.get(f"/counter/members/{other.pk}/").content.decode()


def test_a_card_is_put_away_where_it_was_read():
    _second, till, url = a_shown_card()
    assert "Put the card away" in till.get("/counter/network/card/").content.decode()
    assert till.post("/counter/network/card/")["Location"] == "/counter/"
    assert "Is it theirs?" not in till.get(url).content.decode()


def test_a_yes_to_a_card_that_was_shown_too_long_ago_is_a_yes_to_nothing():
    second, till, url = a_shown_card()
    till.post("/counter/network/card/")
    answer = till.post(f"{url}network/", {"answer": "link", "agreed": "1"}, headers=HTMX)
    assert (answer.status_code, "Scan it once more" in str(answer.headers)) == (422, True)
    with tenant_context(second.business):
        assert person_of(second.member) is None


@pytest.mark.parametrize("shown", ["number", "outdated", "forged", "twice"])
def test_what_is_no_fresh_card_of_a_partner_links_nothing(shown):
    street = make_street(2, linked=False)
    first, second = street.shops
    till = a_till(second)
    with tenant_context(first.business):
        payload = card_payload(first.member, 1_000_000_000 if shown == "outdated" else None)
    if shown == "number":
        payload = first.member.number
    if shown == "forged":
        payload = payload[:-3] + "000"
    if shown == "twice":
        till.post("/counter/scans/", {"payload": payload}, headers=HTMX)
    assert till.post("/counter/scans/", {"payload": payload}, headers=HTMX).status_code == 404


def test_a_card_of_a_stranger_is_no_card():
    street, other = make_street(2), make_street(2)
    with tenant_context(other.shops[0].business):
        payload = card_payload(other.shops[0].member)
    assert a_till(street.shops[1]).post("/counter/scans/", {"payload": payload}, headers=HTMX).status_code == 404


def test_the_counter_redeems_with_points_of_another_business_and_says_so():
    street = make_street(2)
    street.earn(0, 300)
    street.earn(1, 40)
    second = street.shops[1]
    till = a_till(second)
    url = f"/counter/members/{second.member.pk}/"
    page = till.get(url).content.decode()
    assert "60 from elsewhere" in page
    visit = {"reward": str(second.reward.pk), "key": str(uuid4())}
    foreseen = till.get(f"{url}preview/", visit, headers=HTMX).content.decode()
    assert "60 of them were earned in other businesses" in foreseen
    answer = till.post(f"{url}visits/", visit, headers=HTMX)
    done = answer.content.decode()
    assert "60 of them were earned in other businesses" in done
    assert street.points() == [240, 0]


def test_a_member_takes_it_back_at_the_counter():
    street = make_street(2)
    second = street.shops[1]
    a_till(second).post(f"/counter/members/{second.member.pk}/network/", {"answer": "end"})
    with tenant_context(second.business):
        assert person_of(second.member) is None


def test_a_business_without_a_network_shows_nothing_of_it():
    business = make_business()
    with tenant_context(business):
        make_program()
        member = make_member()
        buy(member, 100)
    till = sign_in(make_membership(business, Role.MANAGER))
    with tenant_context(business):
        till.post("/counter/locations/", {"location": str(Location.objects.get().pk)})
    assert "network-title" not in till.get(f"/counter/members/{member.pk}/").content.decode()


# --- the portal ----------------------------------------------------------------------------------


def visitors(street):
    """The person, signed in at the portal of each shop under another address."""
    found = []
    for shop in street.shops:
        email = an_address()
        with tenant_context(shop.business):
            shop.member.email = email
            shop.member.save()
        visitor = Visitor(shop.business)
        visitor.sign_in(email)
        found.append(visitor)
    return found


def test_a_member_agrees_and_links_her_cards_in_the_portal():
    street = make_street(2, linked=False)
    street.earn(0, 300)
    street.earn(1, 1)
    here, there = visitors(street)
    assert "Yes, I agree" in here.get("network/").content.decode()
    assert here.post("network/answer/", answer="yes").status_code == 422
    here.post("network/answer/", answer="yes", agreed="1")
    carried = here.get(f"network/cards/{street.shops[1].business.pk}/")["Location"]
    path = carried.partition(f"/{street.shops[1].business.slug}/")[2]
    assert "You come from" in there.get(path).content.decode()
    assert there.post(path).status_code == 422
    there.post(path, agreed="1")
    page = there.get("network/").content.decode()
    assert "301" in page
    assert there.get("").content.decode().count("300 points more to spend here") == 1
    street.redeem(1)
    assert street.points() == [201, 0]
    there.post("network/answer/", answer="no")
    with tenant_context(street.shops[1].business):
        assert NetworkPerson.objects.get().ended_by == "member"
        assert NetworkCrossing.objects.count() == 1


def test_the_page_that_links_opened_again_says_that_they_are_linked_and_what_to_do():
    street = make_street(2, linked=False)
    street.earn(0, 300)
    join(street, 0)
    here, there = visitors(street)
    carried = here.get(f"network/cards/{street.shops[1].business.pk}/")["Location"]
    path = carried.partition(f"/{street.shops[1].business.slug}/")[2]
    # Who takes part here, but as nobody of there yet, is asked.
    join(street, 1)
    assert "Link them" in there.get(path).content.decode()
    there.post(path, agreed="1")
    again = there.get(path).content.decode()
    assert "Your cards are linked" in again
    assert "300 points of" in again
    assert "Link them" not in again
    # Sent once more it changes nothing, and somebody who stopped is asked anew.
    there.post(path, agreed="1")
    with tenant_context(street.shops[1].business):
        assert NetworkPerson.objects.filter(ended_at=None).count() == 1
    there.post("network/answer/", answer="no")
    assert "Link them" in there.get(path).content.decode()


def test_a_proof_for_another_business_or_of_yesterday_opens_nothing():
    street = make_street(3, linked=False)
    here, there, elsewhere = visitors(street)
    join(street, 0)
    carried = here.get(f"network/cards/{street.shops[1].business.pk}/")["Location"]
    path = carried.partition(f"/{street.shops[1].business.slug}/")[2]
    assert elsewhere.get(path).status_code == 404
    assert there.get("network/link/nonsense/").status_code == 404
    with at("2020-01-01 10:00"), tenant_context(street.shops[0].business):
        old = proof_for(street.shops[0].member, street.shops[1].business.pk)
    assert there.get(f"network/link/{old}/").status_code == 404


def test_a_second_member_cannot_be_linked_to_the_same_card():
    street = make_street(2, linked=False)
    join(street, 0)
    here, there = visitors(street)
    carried = here.get(f"network/cards/{street.shops[1].business.pk}/")["Location"]
    path = carried.partition(f"/{street.shops[1].business.slug}/")[2]
    there.post(path, agreed="1")
    with tenant_context(street.shops[1].business):
        street.shops[1].member = make_member()
    _here, thief = visitors(street)
    answer = thief.post(path, agreed="1")
    assert (answer.status_code, "linked to somebody else" in answer.content.decode()) == (422, True)


def street_with_owners():
    street = make_street(2)
    return street, [sign_in(owner) for owner in street.circle.owners]


def test_rules_are_proposed_read_and_agreed_to():
    _street, (mara, ida) = street_with_owners()
    page = mara.get("/program/network/proposal/").content.decode()
    assert "Propose other rules" in page
    wrong = mara.post("/program/network/proposal/", {**RULES, "value": "9.00", "first_day": "2020-01-01"})
    assert wrong.status_code == 422
    assert wrong.context["form"].errors == {"first_day": ["Choose a day to come, within a year."]}
    first_day = local_day(timezone.now(), ZoneInfo("Europe/Vienna")) + timedelta(days=9)
    mara.post("/program/network/proposal/", {**RULES, "value": "9.00", "first_day": first_day.isoformat()})
    assert "still to agree" in mara.get("/program/network/").content.decode()
    assert "They wait for your yes." in ida.get("/program/network/").content.decode()
    asked = ida.get("/program/network/proposal/")
    assert asked.context["changes"] == [("What 100 points are worth", "€5.00", "€9.00")]
    # Without a tick nothing is agreed to.
    refused = ida.post("/program/network/proposal/", {"shown": asked.context["shown"]}, follow=True)
    assert "say that you agree" in refused.content.decode()
    for shown in ("", "yes", "2026-13-45T10:00:00Z"):
        answer = ida.post("/program/network/proposal/", {"shown": shown, "agreed": "1"}, follow=True)
        assert "Your yes is written down." not in answer.content.decode()
    done = ida.post("/program/network/proposal/", {"shown": asked.context["shown"], "agreed": "1"}, follow=True)
    assert "€5.00 becomes €9.00" in done.content.decode()
    assert "Propose other rules" not in mara.get("/program/network/").content.decode()


def test_a_no_leaves_the_rules_as_they_are():
    _street, (mara, ida) = street_with_owners()
    first_day = local_day(timezone.now(), ZoneInfo("Europe/Vienna")) + timedelta(days=9)
    mara.post("/program/network/proposal/", {**RULES, "value": "9.00", "first_day": first_day.isoformat()})
    ida.post("/program/network/proposal/drop/")
    assert "are proposed" not in mara.get("/program/network/").content.decode()


def test_a_business_is_given_notice_reads_why_and_is_written_to():
    street, (mara, ida) = street_with_owners()
    url = f"/program/network/businesses/{street.shops[1].business.pk}/exclusion/"
    assert mara.post(url, {"reason": ""}).status_code == 422
    mara.post(url, {"reason": "No longer on our street"})
    send_owner_letters_of(street.shops[1].business)
    [letter] = mail.outbox
    assert letter.to == [street.circle.owners[1].user.email]
    assert "No longer on our street" in letter.body
    page = ida.get("/program/network/").content.decode()
    assert "No longer on our street" in page
    assert "Stay after all" not in page
    ida.post("/program/network/leaving/", {"stay": "1"})
    with tenant_context(street.shops[1].business):
        assert own_seat().state == "leaving"
    mara.post(url, {"stay": "1"})
    with tenant_context(street.shops[1].business):
        assert own_seat().state == "active"
    # Whoever does not lead gives nobody notice.
    back = f"/program/network/businesses/{street.shops[0].business.pk}/exclusion/"
    assert ida.post(back, {"reason": "No"}).status_code == 302
    with tenant_context(street.shops[0].business):
        assert own_seat().state == "active"


def test_a_statement_is_marked_as_received_and_both_read_it():
    street, (mara, ida) = street_with_owners()
    with at("2026-03-10 10:00"):
        street.earn(0, 300)
        street.redeem(1)
    with tenant_context(street.shops[1].business), at("2026-04-01 09:00"):
        close_month(street.network, date(2026, 3, 1))
    ids = []
    for shop in street.shops:
        with tenant_context(shop.business):
            [line] = NetworkStatementLine.objects.all()
            ids.append((line.pk, line.statement_id))
    (own, here), (line, there) = ids
    ida.post(f"/program/network/lines/{line}/payment/", {"received_on": "2026-04-03", "note": "Transfer 4711"})
    paid = mara.get(f"/program/network/statements/{here}/").content.decode()
    assert "received it on" in paid
    assert "Transfer 4711" in paid
    assert "Mark as received" not in paid
    # Who pays cannot mark, nor take back.
    mara.post(f"/program/network/lines/{own}/payment/", {"undo": "1"})
    assert "Take the mark back" in ida.get(f"/program/network/statements/{there}/").content.decode()
    ida.post(f"/program/network/lines/{line}/payment/", {"undo": "1"})
    assert "Mark as received" in ida.get(f"/program/network/statements/{there}/").content.decode()
    wrong = ida.post(f"/program/network/lines/{line}/payment/", {"received_on": "x", "note": "Transfer 4712"})
    assert wrong.status_code == 422
    assert all(said in wrong.content.decode() for said in ("Enter a valid date", "Transfer 4712"))
