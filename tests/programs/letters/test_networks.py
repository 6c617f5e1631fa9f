"""Owners are written to about what is asked of their business in a network: each once, whatever becomes of a worker."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from loyalty_saas.celery import app
from tenants.actors import Actor
from tenants.domain.networks.changing import agree_to_rules, drop_proposal, propose_rules
from tenants.domain.networks.excluding import exclude_business, readmit_business
from tenants.domain.networks.inviting import invite_business, withdraw_network_invitation
from tenants.domain.networks.reading import own_seat
from tenants.domain.networks.terms import Terms
from tenants.enums import LetterOutcome, Role
from tenants.errors import NetworkBusy
from tenants.isolation import tenant_context
from tenants.models import OwnerLetter
from tenants.posting import send_owner_letters_of
from tenants.tasks import send_owed_owner_letters, send_owner_letters
from tests.cast import make_membership, sign_in
from tests.killed import killed_while_sending
from tests.mailbox import Mailbox, no_mail_server, open_mailbox
from tests.programs.shop import at
from tests.tenants.networks.circle import Circle, make_circle
from tests.threads import at_once

OTHER = Terms(value=900, share=80)
NOON = "2026-03-10 12:00"
FIRST_DAY = date(2026, 3, 20)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with open_mailbox() as box:
        yield box


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with at(NOON):
        yield


def propose(circle: Circle) -> None:
    with tenant_context(circle.businesses[0]):
        propose_rules(terms=OTHER, first_day=FIRST_DAY, by=Actor.staff(circle.owners[0]))


def agree(circle: Circle, number: int) -> None:
    with tenant_context(circle.businesses[number]):
        agree_to_rules(agreed_to=own_seat().proposed_at, by=Actor.staff(circle.owners[number]))


def send_all(circle: Circle) -> int:
    return sum(send_owner_letters(str(one.pk)) for one in circle.businesses)


def outcomes(business) -> list[str]:
    with tenant_context(business):
        return list(OwnerLetter.objects.values_list("outcome", flat=True))


def addresses(mailbox: Mailbox) -> list[str]:
    return sorted(one["To"] for one in mailbox.messages)


def emails(circle: Circle, *numbers: int) -> list[str]:
    return sorted(circle.owners[number].user.email for number in numbers)


def test_workers_know_the_tasks_and_the_clock_asks_for_what_was_lost(monkeypatch):
    app.loader.import_default_modules()
    assert {"tenants.tasks.send_owner_letters", "tenants.tasks.send_owed_owner_letters"} <= set(app.tasks)
    assert "tenants.tasks.send_owed_owner_letters" in {one["task"] for one in app.conf.beat_schedule.values()}
    circle = make_circle(2)
    propose(circle)
    woken = []
    monkeypatch.setattr("celery.current_app.send_task", lambda name, args, **how: woken.append((name, args)))
    send_owed_owner_letters()
    assert ("tenants.tasks.send_owner_letters", (str(circle.businesses[1].pk),)) in woken
    assert ("tenants.tasks.send_owner_letters", (str(circle.businesses[0].pk),)) not in woken


def test_what_is_proposed_is_written_to_the_owners_of_the_others_who_answer_by_its_link(mailbox):
    circle = make_circle(3)
    make_membership(circle.businesses[1], Role.MANAGER)
    propose(circle)
    assert send_all(circle) == 2
    assert addresses(mailbox) == emails(circle, 1, 2)
    [message] = [one for one in mailbox.messages if one["To"] == circle.owners[1].user.email]
    said = message.get_content()
    assert "proposes other rules from 20 March 2026 on" in said
    assert "What 100 points are worth: €5.00 becomes €9.00" in said
    assert circle.businesses[0].name in said
    assert message["Auto-Submitted"] == "auto-generated"
    link = re.search(r"https?://[^/\s]+(/program/network/proposal/)", said)
    assert link is not None
    page = sign_in(circle.owners[1]).get(link[1]).content.decode()
    assert "€9.00" in page
    assert "today: €5.00" in page
    assert send_all(circle) == 0


def test_proposed_anew_it_is_written_anew_and_the_first_is_of_no_interest(mailbox):
    circle = make_circle(2)
    propose(circle)
    with at("2026-03-10 12:05"), tenant_context(circle.businesses[0]):
        propose_rules(terms=Terms(value=700, share=80), first_day=FIRST_DAY, by=Actor.staff(circle.owners[0]))
    with at("2026-03-10 12:06"):
        assert send_all(circle) == 1
    assert "€7.00" in mailbox.messages[0].get_content()
    assert sorted(outcomes(circle.businesses[1])) == [LetterOutcome.NOT_WANTED, LetterOutcome.SENT]


def test_who_has_answered_is_not_asked_and_all_are_told_when_everybody_agreed(mailbox):
    circle = make_circle(3)
    propose(circle)
    agree(circle, 1)
    assert send_all(circle) == 1
    assert addresses(mailbox) == emails(circle, 2)
    mailbox.messages.clear()
    agree(circle, 2)
    assert send_all(circle) == 3
    assert addresses(mailbox) == emails(circle, 0, 1, 2)
    assert all("From 20 March 2026 on" in one["Subject"] for one in mailbox.messages)


@pytest.mark.parametrize(("number", "said"), [(1, "has said no"), (0, "has taken back")])
def test_a_no_is_told_to_the_others(mailbox, number, said):
    circle = make_circle(3)
    propose(circle)
    send_all(circle)
    mailbox.messages.clear()
    with tenant_context(circle.businesses[number]):
        for _time in range(2):
            drop_proposal(by=Actor.staff(circle.owners[number]))
    assert send_all(circle) == 2
    assert addresses(mailbox) == emails(circle, *({0, 1, 2} - {number}))
    assert all(f"{circle.businesses[number].name} {said}" in one.get_content() for one in mailbox.messages)


def test_nobody_is_asked_once_the_day_has_come(mailbox):
    circle = make_circle(2)
    propose(circle)
    with at("2026-03-19 23:05"):  # past midnight in Vienna
        assert send_all(circle) == 0
    assert (mailbox.messages, outcomes(circle.businesses[1])) == ([], [LetterOutcome.TOO_LATE])


def test_a_notice_is_written_with_its_reason_and_so_is_taking_it_back(mailbox):
    circle = make_circle(2)
    with tenant_context(circle.businesses[0]):
        for _time in range(2):
            exclude_business(circle.businesses[1].pk, reason="Closed since May", by=Actor.staff(circle.owners[0]))
    assert send_all(circle) == 1
    said = mailbox.messages[0].get_content()
    assert "Closed since May" in said
    assert "until 30 April 2026" in said
    with tenant_context(circle.businesses[0]):
        for _time in range(2):
            readmit_business(circle.businesses[1].pk, by=Actor.staff(circle.owners[0]))
    assert send_all(circle) == 1
    assert "taken its notice" in mailbox.messages[1].get_content()
    assert addresses(mailbox) == emails(circle, 1, 1)


def test_a_notice_taken_back_before_it_left_is_not_sent(mailbox):
    circle = make_circle(2)
    with tenant_context(circle.businesses[0]):
        exclude_business(circle.businesses[1].pk, reason="Closed", by=Actor.staff(circle.owners[0]))
        readmit_business(circle.businesses[1].pk, by=Actor.staff(circle.owners[0]))
    send_all(circle)
    assert "is taken back" in mailbox.messages[0]["Subject"]
    assert len(mailbox.messages) == 1


def test_an_invitation_keeps_its_token_only_until_it_has_left(mailbox):
    circle = make_circle(1)
    business = circle.businesses[0]
    with tenant_context(business):
        _invitation, token = invite_business(email="ida@example.com", by=circle.owners[0])
        kept = OwnerLetter.objects.get().payload
    assert token not in str(kept)
    assert send_owner_letters_of(business) == 1
    assert f"/program/network/offers/{token}/" in mailbox.messages[0].get_content()
    with tenant_context(business):
        assert "token" not in OwnerLetter.objects.get().payload


def test_an_invitation_withdrawn_before_it_left_opens_nothing_and_is_not_sent(mailbox):
    circle = make_circle(1)
    business = circle.businesses[0]
    with tenant_context(business):
        invitation, _token = invite_business(email="ida@example.com", by=circle.owners[0])
        withdraw_network_invitation(invitation, by=Actor.staff(circle.owners[0]))
    assert send_owner_letters_of(business) == 0
    assert (mailbox.messages, outcomes(business)) == ([], [LetterOutcome.NOT_WANTED])


def test_an_owner_who_left_meanwhile_is_not_written_to(mailbox):
    circle = make_circle(2)
    second = make_membership(circle.businesses[1], Role.OWNER)
    propose(circle)
    with tenant_context(circle.businesses[1]):
        second.removed_at = datetime.now(UTC)
        second.save(update_fields=["removed_at"])
    assert send_all(circle) == 1
    assert addresses(mailbox) == emails(circle, 1)


def test_what_is_not_proposed_after_all_owes_no_letter():
    """The letters are part of the fact: what fails in the end takes them along."""
    circle = make_circle(2)

    def fail_in_the_end() -> None:
        with tenant_context(circle.businesses[0]):
            propose_rules(terms=OTHER, first_day=FIRST_DAY, by=Actor.staff(circle.owners[0]))
            raise NetworkBusy

    with pytest.raises(NetworkBusy):
        fail_in_the_end()
    assert outcomes(circle.businesses[1]) == []


def test_it_is_sent_once_by_two_workers_at_once(mailbox):
    circle = make_circle(2)
    propose(circle)
    assert sorted(at_once(lambda _n: send_owner_letters_of(circle.businesses[1]), range(4))) == [0, 0, 0, 1]
    assert len(mailbox.messages) == 1


def test_a_server_that_is_away_is_asked_again_later():
    circle = make_circle(2)
    with no_mail_server():
        propose(circle)
        assert send_all(circle) == 0
    with open_mailbox() as box, at("2026-03-10 12:02"):
        assert send_all(circle) == 1
        assert len(box.messages) == 1


@pytest.mark.parametrize(("where", "arrived"), [("RCPT", 1), ("DATA", 2)])
def test_a_worker_that_is_killed_is_made_good_for(mailbox, where, arrived):
    """Killed after the server took it, nobody can know: the mailbox knows the second by its id."""
    with at(datetime.now(UTC)):
        circle = make_circle(2)
        with tenant_context(circle.businesses[0]):
            exclude_business(circle.businesses[1].pk, reason="Closed", by=Actor.staff(circle.owners[0]))
    killed_while_sending("tenants.posting", "send_owner_letters_of", circle.businesses[1], mailbox, where)
    assert outcomes(circle.businesses[1]) == [""]
    with tenant_context(circle.businesses[1]):
        held_until = OwnerLetter.objects.get().not_before  # by the clock of the worker, which no test sets
    with at(held_until - timedelta(seconds=1)):
        assert send_owner_letters_of(circle.businesses[1]) == 0
    with at(held_until):
        assert send_owner_letters_of(circle.businesses[1]) == 1
        assert send_owner_letters_of(circle.businesses[1]) == 0
    assert len(mailbox.messages) == arrived
    assert len({one["Message-ID"] for one in mailbox.messages}) == 1
    assert outcomes(circle.businesses[1]) == [LetterOutcome.SENT]
