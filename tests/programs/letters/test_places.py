"""Whoever a place is kept for is written to, once for the offer, whatever becomes of the worker that writes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from customers.domain.letters import HELD_FOR, MOST_TRIES
from customers.domain.merging import merge_members
from customers.enums import Source
from customers.models import Letter, Member
from customers.portal.own_data import own_data
from customers.portal.posting import send_letters_of
from customers.tasks import send_letters, send_owed_letters
from loyalty_saas.celery import app
from programs.domain.places import pass_on_due, wait_for_place
from programs.domain.redemptions import redeem_reward, void_redemption
from programs.models import Reward, WaitingPlace
from tenants.enums import LetterOutcome
from tenants.isolation import tenant_context
from tests.cast import sign_in
from tests.killed import killed_while_sending
from tests.mailbox import Mailbox, no_mail_server, open_mailbox
from tests.programs.domain.test_places import event
from tests.programs.shop import SYSTEM, at, buy, key, make_member, make_program
from tests.threads import at_once


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with open_mailbox() as box:
        yield box


def offered(business, *, email="ana@example.com", **fields) -> tuple[Reward, Member]:
    """An event whose only place was given back, kept for the first who waits."""
    with tenant_context(business):
        begins = timezone.now() + timedelta(days=20)
        reward = event(make_program(), happens_at=begins, take_hours=24)
        has, waits = make_member(), make_member(given_name="Ana", email=email, **fields)
        for member in (has, waits):
            buy(member, 10_000)
        redemption = redeem_reward(has, reward=reward, by=SYSTEM, key=key())
        wait_for_place(waits, reward=reward, by=SYSTEM)
        void_redemption(redemption, by=SYSTEM, reason="Ill", key=key())
    return reward, waits


def outcomes(business) -> list[str]:
    with tenant_context(business):
        return list(Letter.objects.values_list("outcome", flat=True))


def test_workers_know_the_tasks_and_the_clock_asks_for_what_was_lost(business, monkeypatch):
    app.loader.import_default_modules()
    assert {"customers.tasks.send_letters", "customers.tasks.send_owed_letters"} <= set(app.tasks)
    assert "customers.tasks.send_owed_letters" in {one["task"] for one in app.conf.beat_schedule.values()}
    offered(business)
    woken = []
    monkeypatch.setattr("celery.current_app.send_task", lambda name, args, **how: woken.append((name, args)))
    send_owed_letters()
    assert ("customers.tasks.send_letters", (str(business.pk),)) in woken


def test_whoever_is_offered_a_place_is_told_until_when_and_where(business, mailbox):
    with at("2026-03-28 22:30"):  # 23:30 in Vienna; a day later its clocks are an hour ahead
        reward, _waits = offered(business)
        assert send_letters(str(business.pk)) == 1
    (message,) = mailbox.messages
    plain = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    assert message["To"] == "ana@example.com"
    assert message["Subject"] == "A place for you: Tasting"
    assert business.name in message["From"]
    for said in (plain, html):
        assert "Hello Ana," in said
        assert "30 Mar" in said.replace("March", "Mar")
        assert "00:30" in said or "12:30" in said
        assert f"/{business.slug}/rewards/{reward.pk}/" in said
    assert message["Auto-Submitted"] == "auto-generated"
    assert outcomes(business) == [LetterOutcome.SENT]


def test_it_is_sent_once_by_two_workers_at_once(business, mailbox):
    offered(business)
    assert sorted(at_once(lambda _n: send_letters_of(business), range(4))) == [0, 0, 0, 1]
    assert len(mailbox.messages) == 1


def test_the_next_in_the_line_gets_a_letter_of_their_own(business, mailbox):
    with at("2026-03-01 10:00"):
        reward, _waits = offered(business)
        with tenant_context(business):
            other = make_member(email="ben@example.com")
            buy(other, 10_000)
            wait_for_place(other, reward=reward, by=SYSTEM)
        send_letters_of(business)
    with at("2026-03-02 10:00"):
        with tenant_context(business):
            assert pass_on_due(timezone.now()) == 1
        send_letters_of(business)
    assert [one["To"] for one in mailbox.messages] == ["ana@example.com", "ben@example.com"]


def test_nobody_is_written_to_for_a_place_that_is_gone(business, mailbox):
    reward, waits = offered(business)
    with tenant_context(business):
        redeem_reward(waits, reward=reward, by=SYSTEM, key=key())
    assert send_letters_of(business) == 0
    assert (mailbox.messages, outcomes(business)) == ([], [LetterOutcome.NOT_WANTED])


def test_nor_after_its_time(business, mailbox):
    with at("2026-03-01 10:00"):
        offered(business)
    with at("2026-03-02 10:00"):
        assert send_letters_of(business) == 0
    assert (mailbox.messages, outcomes(business)) == ([], [LetterOutcome.TOO_LATE])


def test_somebody_without_an_e_mail_is_to_be_called(cast, mailbox):
    reward, _waits = offered(cast.business, email="")
    assert send_letters_of(cast.business) == 0
    assert outcomes(cast.business) == [LetterOutcome.NO_ADDRESS]
    page = sign_in(cast.owner).get(f"/rewards/{reward.pk}/places/").content.decode()
    assert "has no e-mail: please call" in page


def test_the_page_says_when_they_were_told(cast, mailbox):
    reward, waits = offered(cast.business)
    owner = sign_in(cast.owner)
    assert "the e-mail is on its way" in owner.get(f"/rewards/{reward.pk}/places/").content.decode()
    send_letters_of(cast.business)
    assert "told by e-mail" in owner.get(f"/rewards/{reward.pk}/places/").content.decode()
    with tenant_context(cast.business):
        (letter,) = own_data(waits)["letters"]
        assert (letter["about"], letter["outcome"]) == ("place_offered", "sent")


def test_a_merged_member_is_written_to_at_the_address_that_is_kept(business, mailbox):
    _reward, waits = offered(business)
    with tenant_context(business):
        kept = make_member(email="kept@example.com")
        merge_members(kept, waits, by=SYSTEM, source=Source.DASHBOARD)
    assert send_letters_of(business) == 1
    assert mailbox.messages[0]["To"] == "kept@example.com"


def test_a_server_that_is_away_is_asked_again_later(business):
    with no_mail_server():
        offered(business)
        assert send_letters_of(business) == 0
    assert outcomes(business) == [""]
    with open_mailbox() as box:
        assert send_letters_of(business) == 0
        with at(datetime.now(UTC) + timedelta(minutes=2)):
            assert send_letters_of(business) == 1
        assert len(box.messages) == 1


def test_in_the_end_it_has_failed(business):
    with no_mail_server():
        offered(business)
        with tenant_context(business):
            Letter.objects.update(tries=MOST_TRIES - 1)
        assert send_letters_of(business) == 0
    assert outcomes(business) == [LetterOutcome.FAILED]


def test_an_address_that_is_refused_for_ever_is_not_asked_again(cast, mailbox):
    mailbox.refuses = "550 No such user"
    reward, _waits = offered(cast.business)
    send_letters_of(cast.business)
    assert outcomes(cast.business) == [LetterOutcome.REFUSED]
    page = sign_in(cast.owner).get(f"/rewards/{reward.pk}/places/").content.decode()
    assert "the e-mail did not arrive: please call" in page


def test_a_worker_killed_before_the_server_took_it_is_made_good_for(business, mailbox):
    offered(business)
    killed_while_sending("customers.portal.posting", "send_letters_of", business, mailbox, "RCPT")
    assert (mailbox.messages, outcomes(business)) == ([], [""])
    assert send_letters_of(business) == 0
    with at(datetime.now(UTC) + HELD_FOR):
        assert send_letters_of(business) == 1
        assert send_letters_of(business) == 0
    assert len(mailbox.messages) == 1


def test_one_killed_between_the_servers_answer_and_our_note_sends_the_same_letter(business, mailbox):
    """Nobody can know that the server took it; the mailbox knows the second by its id."""
    offered(business)
    killed_while_sending("customers.portal.posting", "send_letters_of", business, mailbox, "DATA")
    with at(datetime.now(UTC) + HELD_FOR):
        assert send_letters_of(business) == 1
    first, second = mailbox.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert outcomes(business) == [LetterOutcome.SENT]


def test_an_offer_that_is_looked_at_often_is_told_once(business, mailbox):
    reward, _waits = offered(business)
    with tenant_context(business):
        for _time in range(3):
            assert pass_on_due(timezone.now()) == 0
        waiting = WaitingPlace.objects.get(reward=reward)
        assert Letter.objects.get().payload == {"waiting": str(waiting.pk)}
    send_letters_of(business)
    assert len(mailbox.messages) == 1
