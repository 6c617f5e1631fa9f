"""Owners read what became of the letters of their network, and have one sent again that was given up."""

import re
from collections.abc import Iterator
from datetime import date

import pytest

from tenants.actors import Actor
from tenants.domain.networks.changing import propose_rules
from tenants.domain.networks.excluding import exclude_business
from tenants.domain.networks.inviting import invite_business, offer_of, withdraw_network_invitation
from tenants.domain.networks.letters import letters_of_network, send_letter_again, unreached_partners
from tenants.domain.networks.reading import own_seat
from tenants.domain.networks.terms import Terms
from tenants.domain.owed import MOST_TRIES
from tenants.enums import LetterOutcome, Role
from tenants.errors import LetterNotNeeded, NetworkInvitationGone
from tenants.isolation import tenant_context
from tenants.models import AuditEvent, OwnerLetter
from tenants.posting import send_owner_letters_of
from tests.cast import make_business, make_membership, sign_in
from tests.mailbox import Mailbox, no_mail_server, open_mailbox
from tests.programs.shop import at
from tests.tenants.networks.circle import Circle, make_circle
from tests.threads import at_once

NOBODY = "550 5.1.1 No such user"
PAGE = "/program/network/"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with open_mailbox() as box:
        yield box


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with at("2026-03-10 12:00"):
        yield


def propose(circle: Circle) -> None:
    with tenant_context(circle.businesses[0]):
        propose_rules(terms=Terms(value=900, share=80), first_day=date(2026, 3, 20), by=Actor.staff(circle.owners[0]))


def refused_proposal(mailbox: Mailbox) -> tuple[Circle, OwnerLetter]:
    circle = make_circle(2)
    propose(circle)
    mailbox.refuses = NOBODY
    assert send_owner_letters_of(circle.businesses[1]) == 0
    mailbox.refuses = ""
    with tenant_context(circle.businesses[1]):
        return circle, OwnerLetter.objects.get()


def refused_invitation(mailbox: Mailbox):
    circle = make_circle(1)
    with tenant_context(circle.businesses[0]):
        invitation, token = invite_business(email="ida@example.com", by=circle.owners[0])
    mailbox.refuses = NOBODY
    send_owner_letters_of(circle.businesses[0])
    mailbox.refuses = ""
    with tenant_context(circle.businesses[0]):
        return circle, invitation, token, OwnerLetter.objects.get()


def again(circle: Circle, letter: OwnerLetter, number: int = 1) -> bool:
    with tenant_context(circle.businesses[number]):
        return send_letter_again(letter, by=Actor.staff(circle.owners[number]))


def words(page) -> str:
    """The card with the letters, as it is read."""
    card = page.content.decode().partition('id="letters"')[2].partition("</section>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", card))


def test_an_owner_reads_to_whom_it_went_and_when(mailbox):
    circle = make_circle(2)
    propose(circle)
    ida = sign_in(circle.owners[1])
    to = circle.owners[1].user.email
    assert "written 10 Mar 2026, 1:00 pm On its way" in words(ida.get(PAGE))
    send_owner_letters_of(circle.businesses[1])
    read = words(ida.get(PAGE))
    assert "Other rules are proposed" in read
    assert f"{to} · sent 10 Mar 2026, 1:00 pm Sent" in read
    assert "Try again" not in read


def test_a_letter_that_waits_says_when_it_is_tried_next():
    circle = make_circle(2)
    propose(circle)
    with no_mail_server():
        send_owner_letters_of(circle.businesses[1])
    read = words(sign_in(circle.owners[1]).get(PAGE))
    assert "tried 1 time, next try 10 Mar 2026, 1:00 pm On its way" in read
    assert "Try again" not in read


def test_a_refused_letter_is_sent_again_once_by_its_button(mailbox):
    circle, letter = refused_proposal(mailbox)
    ida = sign_in(circle.owners[1])
    assert "A letter of the network could not be delivered." in ida.get(PAGE).content.decode()
    read = words(ida.get(PAGE))
    assert "given up 10 Mar 2026, 1:00 pm The address was refused Try again" in read
    answer = ida.post(f"{PAGE}letters/{letter.pk}/again/", follow=True)
    assert "on its way again" in answer.content.decode()
    assert send_owner_letters_of(circle.businesses[1]) == 1
    ida.post(f"{PAGE}letters/{letter.pk}/again/")
    assert send_owner_letters_of(circle.businesses[1]) == 0
    assert len(mailbox.messages) == 1
    assert "Sent" in words(ida.get(PAGE))
    assert "could not be delivered" not in ida.get(PAGE).content.decode()
    with tenant_context(circle.businesses[1]):
        assert AuditEvent.objects.filter(action="network.letter_again").count() == 1


def test_pressed_twice_at_once_it_is_owed_once(mailbox):
    circle, letter = refused_proposal(mailbox)
    assert sorted(at_once(lambda _n: again(circle, letter), range(4))) == [False, False, False, True]
    assert send_owner_letters_of(circle.businesses[1]) == 1
    assert len(mailbox.messages) == 1


def test_a_letter_that_no_server_took_has_all_its_tries_again():
    circle = make_circle(2)
    propose(circle)
    with tenant_context(circle.businesses[1]):
        OwnerLetter.objects.update(tries=MOST_TRIES - 1)
    with no_mail_server():
        send_owner_letters_of(circle.businesses[1])
        with tenant_context(circle.businesses[1]):
            letter = OwnerLetter.objects.get()
            assert letter.outcome == LetterOutcome.FAILED
        assert again(circle, letter)
        send_owner_letters_of(circle.businesses[1])
    with tenant_context(circle.businesses[1]):
        letter = OwnerLetter.objects.get()
        assert (letter.outcome, letter.tries) == ("", 1)


def test_an_invitation_is_sent_again_with_a_link_that_opens(mailbox):
    circle, _invitation, first, letter = refused_invitation(mailbox)
    business = circle.businesses[0]
    page = sign_in(circle.owners[0]).get(PAGE)
    assert "Invitation to the network ida@example.com · given up" in words(page)
    assert again(circle, letter, 0)
    assert send_owner_letters_of(business) == 1
    [message] = mailbox.messages
    token = message.get_content().partition("/offers/")[2].partition("/")[0]
    with tenant_context(make_business()):
        assert offer_of(token).invitation.email == "ida@example.com"
        with pytest.raises(NetworkInvitationGone):
            offer_of(first)
    with tenant_context(business):
        kept = OwnerLetter.objects.get().payload
    assert "token" not in kept
    assert str(letter.pk) not in message["Message-ID"]


def test_an_invitation_withdrawn_meanwhile_is_not_sent_again(mailbox):
    circle, invitation, _token, letter = refused_invitation(mailbox)
    with tenant_context(circle.businesses[0]):
        withdraw_network_invitation(invitation, by=Actor.staff(circle.owners[0]))
        assert [one.may_again for one in letters_of_network()] == [False]
    with pytest.raises(LetterNotNeeded):
        again(circle, letter, 0)
    mara = sign_in(circle.owners[0])
    answer = mara.post(f"{PAGE}letters/{letter.pk}/again/", follow=True)
    assert "not needed any more" in answer.content.decode()
    assert send_owner_letters_of(circle.businesses[0]) == 0


def test_what_was_asked_until_a_day_is_not_sent_after_it(mailbox):
    circle, letter = refused_proposal(mailbox)
    with at("2026-03-20 09:00"):
        with tenant_context(circle.businesses[1]):
            assert [one.may_again for one in letters_of_network()] == [False]
        with pytest.raises(LetterNotNeeded):
            again(circle, letter)


def test_a_manager_reads_no_addresses_and_sends_nothing(mailbox):
    circle, letter = refused_proposal(mailbox)
    manager = sign_in(make_membership(circle.businesses[1], Role.MANAGER))
    assert circle.owners[1].user.email not in manager.get(PAGE).content.decode()
    assert manager.post(f"{PAGE}letters/{letter.pk}/again/").status_code == 403


def test_another_business_of_the_network_sees_and_sends_none_of_it(mailbox):
    circle, letter = refused_proposal(mailbox)
    mara = sign_in(circle.owners[0])
    page = mara.get(PAGE).content.decode()
    assert circle.owners[1].user.email not in page
    assert mara.post(f"{PAGE}letters/{letter.pk}/again/").status_code == 404


def test_who_leads_is_told_whose_owners_were_not_reached(mailbox):
    circle, letter = refused_proposal(mailbox)
    name = circle.businesses[1].name
    mara = sign_in(circle.owners[0])
    said = f"The letter to the owners of {name} could not be delivered."
    assert said in mara.get(PAGE).content.decode()
    again(circle, letter)
    assert "could not be delivered" not in mara.get(PAGE).content.decode()
    send_owner_letters_of(circle.businesses[1])
    assert "could not be delivered" not in mara.get(PAGE).content.decode()


def test_who_leads_is_told_that_a_notice_was_not_delivered(mailbox):
    circle = make_circle(3)
    with tenant_context(circle.businesses[0]):
        exclude_business(circle.businesses[1].pk, reason="Closed", by=Actor.staff(circle.owners[0]))
    mailbox.refuses = NOBODY
    send_owner_letters_of(circle.businesses[1])
    with tenant_context(circle.businesses[0]):
        assert unreached_partners(own_seat()) == [circle.businesses[1].name]


def test_one_owner_of_two_who_got_it_is_enough(mailbox):
    circle = make_circle(2)
    make_membership(circle.businesses[1], Role.OWNER)
    propose(circle)
    send_owner_letters_of(circle.businesses[1])
    with tenant_context(circle.businesses[1]):
        first = OwnerLetter.objects.first()
        OwnerLetter.objects.filter(pk=first.pk).update(outcome=LetterOutcome.REFUSED)
    with tenant_context(circle.businesses[0]):
        assert unreached_partners(own_seat()) == []
