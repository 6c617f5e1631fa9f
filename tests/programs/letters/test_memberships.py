"""Members are written to about their paid membership: once before it is due, once while it is late, once at its end."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from customers.domain.merging import merge_members
from customers.enums import MemberStatus, Source
from customers.models import Letter, Member
from customers.portal.posting import send_letters_of
from customers.tasks import send_letters
from programs.domain.memberships.ending import cancel, refund, settle_memberships
from programs.domain.memberships.plans import PlanDetails, add_plan
from programs.domain.memberships.selling import membership_of, renew, subscribe
from programs.models import MembershipPlan
from tenants.enums import LetterOutcome
from tenants.isolation import tenant_context
from tests.cast import Cast, sign_in
from tests.mailbox import Mailbox, no_mail_server, open_mailbox
from tests.programs.shop import SYSTEM, at, key, make_member, make_program, make_tier
from tests.threads import at_once

# One begun on 1 March is paid up to 31 March; it is reminded of a week before, and kept a week after.
BEGUN, DUE, LATE, OVER = "2026-03-01 10:00", date(2026, 3, 24), date(2026, 4, 1), date(2026, 4, 8)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with open_mailbox() as box:
        yield box


def _begun(business: Any, *, plan: MembershipPlan | None = None, **fields: Any) -> Member:
    with tenant_context(business), at(BEGUN):
        member = make_member(**{"given_name": "Ana", "email": "ana@example.com", **fields})
        if plan is None:
            club = make_tier(make_program(), "Club", 50_000, by_invitation=True)
            plan = add_plan(PlanDetails(name="Club card", tier=club, price=900), by=SYSTEM)
        subscribe(member, plan, by=SYSTEM, key=key())
    return member


def _day(business: Any, day: date, *, send: bool = True) -> int:
    """What a day does in the morning, and the worker after it; how many letters left."""
    with at(f"{day} 04:00"):
        with tenant_context(business):
            settle_memberships(day)
        return send_letters_of(business) if send else 0


def _words(mailbox: Mailbox) -> list[tuple[str, str]]:
    """Subject and plain text of each, the line ends as spaces."""
    return [
        (one["Subject"], " ".join(one.get_body(("plain",)).get_content().split()))  # type: ignore[union-attr]
        for one in mailbox.messages
    ]


def _outcomes(business: Any) -> list[str]:
    with tenant_context(business):
        return list(Letter.objects.order_by("pk").values_list("outcome", flat=True))


def test_three_letters_tell_of_a_membership_that_nobody_renews(business: Any, mailbox: Mailbox) -> None:
    _begun(business)
    for number in range(1, 32):
        _day(business, date(2026, 3, number))
    for number in range(1, 20):
        _day(business, date(2026, 4, number))
    (due, due_said), (late, late_said), (ended, ended_said) = _words(mailbox)
    assert due == "Club card is paid up to 31 March 2026"
    assert "Hello Ana, Your membership “Club card” is paid up to 31 March 2026." in due_said
    assert "€9.00 pays for 1 April 2026 to 30 April 2026." in due_said
    assert "we keep everything for you up to 7 April 2026; after that it ends." in due_said
    assert late == "We keep Club card for you up to 7 April 2026"
    assert "was paid up to 31 March 2026, and the next payment has not come yet." in late_said
    assert ended == "Club card has ended"
    assert "was paid up to 31 March 2026 and not renewed." in ended_said
    assert "Your card stays, with everything you have collected, and costs nothing." in ended_said
    html = mailbox.messages[0].get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert f"/{business.slug}/membership/" in html
    assert "To be renewed by 31 March 2026" in html
    assert mailbox.messages[0]["To"] == "ana@example.com"
    assert _outcomes(business) == [LetterOutcome.SENT] * 3


def test_the_days_are_those_of_the_business(business: Any, mailbox: Mailbox) -> None:
    _begun(business)
    assert [_day(business, day) for day in (date(2026, 3, 23), DUE, date(2026, 3, 31), LATE)] == [0, 1, 0, 1]
    # Its last day of grace, and the morning after it; the clocks have gone forward meanwhile.
    assert [_day(business, day) for day in (date(2026, 4, 7), OVER, OVER)] == [0, 1, 0]


def test_a_day_that_is_run_again_and_by_several_writes_once(business: Any, mailbox: Mailbox) -> None:
    _begun(business)

    def run(_turn: int) -> None:
        with tenant_context(business):
            settle_memberships(DUE)

    with at(f"{DUE} 04:00"):
        at_once(run, range(4))
        assert sorted(at_once(lambda _n: send_letters_of(business), range(4))) == [0, 0, 0, 1]
        assert send_letters(str(business.pk)) == 0
    assert len(mailbox.messages) == 1


def test_whoever_has_renewed_meanwhile_is_not_asked(business: Any, mailbox: Mailbox) -> None:
    member = _begun(business)
    _day(business, DUE, send=False)
    with at(f"{DUE} 12:00"):
        with tenant_context(business):
            renew(member, by=SYSTEM, key=key())
        assert send_letters_of(business) == 0
    assert (mailbox.messages, _outcomes(business)) == ([], [LetterOutcome.NOT_WANTED])
    # The next month is a reminder of its own.
    assert _day(business, date(2026, 4, 23)) == 1
    assert _words(mailbox)[0][0] == "Club card is paid up to 30 April 2026"


def test_whoever_cancelled_is_told_of_the_end_alone(business: Any, mailbox: Mailbox) -> None:
    member = _begun(business)
    with tenant_context(business), at("2026-03-10 10:00"):
        cancel(member, by=SYSTEM)
    assert [_day(business, day) for day in (DUE, date(2026, 3, 31), LATE, OVER)] == [0, 0, 1, 0]
    assert "As you wished, your membership “Club card” has ended. It was paid up to 31 March" in _words(mailbox)[0][1]


def test_whoever_was_paid_back_or_rests_is_not_written_to(business: Any, mailbox: Mailbox) -> None:
    member = _begun(business)
    with tenant_context(business):
        plan = MembershipPlan.objects.get()
    rests = _begun(business, plan=plan, email="ben@example.com")
    with tenant_context(business), at("2026-03-10 10:00"):
        found = membership_of(member)
        assert found is not None
        refund(found.payments.get(), by=SYSTEM, reason="Moved", key=key())
        Member.objects.filter(pk=rests.pk).update(status=MemberStatus.PAUSED)
    assert sum(_day(business, day) for day in (DUE, LATE, OVER)) == 0
    assert _outcomes(business) == []


def test_a_letter_that_is_too_late_is_not_sent(business: Any, mailbox: Mailbox) -> None:
    _begun(business)
    _day(business, DUE, send=False)
    with at("2026-04-01 12:00"):
        assert send_letters_of(business) == 0
    assert _outcomes(business) == [LetterOutcome.TOO_LATE]


def test_it_waits_for_a_mail_server_that_is_away(business: Any) -> None:
    _begun(business)
    with no_mail_server():
        assert _day(business, DUE) == 0
    with open_mailbox() as mailbox, at(f"{DUE} 09:00"):
        assert send_letters_of(business) == 1
        assert len(mailbox.messages) == 1


def test_it_goes_to_the_record_that_is_kept_in_its_language(business: Any, mailbox: Mailbox) -> None:
    member = _begun(business, given_name="", email="")
    with tenant_context(business), at("2026-03-05 10:00"):
        kept = make_member(given_name="Bea", email="bea@example.com")
        merge_members(kept, member, by=SYSTEM, source=Source.DASHBOARD)
    assert _day(business, DUE) == 1
    assert mailbox.messages[0]["To"] == "bea@example.com"


def test_a_plan_without_grace_says_so_and_ends_at_once(business: Any, mailbox: Mailbox) -> None:
    with tenant_context(business):
        club = make_tier(make_program(), "Club", 50_000, by_invitation=True)
        plan = add_plan(PlanDetails(name="Pass", tier=club, price=900, grace_days=0), by=SYSTEM)
    _begun(business, plan=plan)
    assert [_day(business, day) for day in (DUE, LATE)] == [1, 1]
    (_subject, due), (ended, _said) = _words(mailbox)
    assert "Without a payment it ends after that day." in due
    assert ended == "Pass has ended"


def test_the_owner_sees_who_was_reminded_and_whom_to_call(cast: Cast, mailbox: Mailbox) -> None:
    _begun(cast.business)
    with tenant_context(cast.business):
        plan = MembershipPlan.objects.get()
    _begun(cast.business, plan=plan, given_name="Ben", email="")
    _day(cast.business, DUE)
    with at("2026-03-25 10:00"):
        page = sign_in(cast.owner).get("/program/memberships/").content.decode()
    assert "reminded by e-mail 24 Mar" in page
    assert "has no e-mail: please call" in page
