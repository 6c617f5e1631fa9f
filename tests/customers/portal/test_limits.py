"""Asking and guessing: what the database counts, whatever the cache and however many ask at once.

The sums at full scale: a network has GUESSES_OF_ONE wrong guesses at an address in half an hour, everybody together
GUESSES_OF_ALL in a day, among 23 ** 8 values.
"""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from customers.domain.portal_access import (
    CODE_LENGTH,
    GOOD_FOR,
    GOOD_FOR_LONG,
    GUESSES_OF_ALL,
    GUESSES_OF_ONE,
    MAILS_AT_ONCE,
    TRIES,
    Outcome,
    ask_for_code,
    enter_code,
    tidy_portal_access,
    told,
)
from customers.enums import CodePurpose
from customers.errors import TooManyCodes
from customers.models import SignInCode
from loyalty_saas.lib.ids import PLAIN_ALPHABET
from tenants.isolation import tenant_context
from tests.customers.people import a_member
from tests.customers.portal.visitor import Visitor, an_address, code_in, deliver
from tests.threads import at_once


def ask(email, address="192.0.2.1"):
    return ask_for_code(email, purpose=CodePurpose.SIGN_IN, address=address)


def refusal(email, address="192.0.2.1"):
    with pytest.raises(TooManyCodes) as refused:
        ask(email, address)
    return str(refused.value)


def mails(business):
    with tenant_context(business):
        return SignInCode.objects.filter(is_mailed=True).count()


def test_the_sums_hold():
    values = len(PLAIN_ALPHABET) ** CODE_LENGTH
    assert values > 7e10
    assert GUESSES_OF_ALL == 30
    assert values / GUESSES_OF_ALL > 2.6e9
    assert max(GOOD_FOR, GOOD_FOR_LONG) == GOOD_FOR_LONG


def test_of_guesses_from_a_hundred_networks_thirty_are_looked_at_in_a_day(business):
    email, refused, start = an_address(), 0, timezone.now()
    for number in range(GUESSES_OF_ALL // TRIES + 90):
        address = f"198.51.100.{number}"
        with tenant_context(business):
            try:
                flow = ask(email, address).token
            except TooManyCodes:
                refused += 1
            for _try in range(TRIES):
                enter_code(flow, "AAAA-AAAA", address=address)
        cache.clear()
    with tenant_context(business):
        assert sum(SignInCode.objects.values_list("tries", flat=True)) == GUESSES_OF_ALL
        assert "none until tomorrow" in refusal(email, "203.0.113.9")
    assert refused == 90
    with time_machine.travel(start + timedelta(hours=12)), tenant_context(business):
        refusal(email, "203.0.113.9")
    with time_machine.travel(start + timedelta(hours=25)), tenant_context(business):
        ask(email, "203.0.113.9")


def test_whoever_guesses_is_kept_out_and_nobody_else(business):
    email = an_address()
    with tenant_context(business):
        for _browser in range(GUESSES_OF_ONE // TRIES):
            flow = ask(email, "198.51.100.7").token
            for _try in range(TRIES):
                enter_code(flow, "AAAA-AAAA", address="198.51.100.7")
        cache.clear()
        assert refusal(email, "198.51.100.7") == (
            "That was too often from this connection. Please wait 30 minutes, use another connection,"
            " or ask at the counter."
        )
        ask(email, "203.0.113.9")
        ask(an_address(), "198.51.100.7")
    with time_machine.travel(timezone.now() + timedelta(minutes=31)), tenant_context(business):
        ask(email, "198.51.100.7")


def test_a_browser_that_was_given_a_code_before_cannot_go_on_guessing(business):
    """Browsers are gathered first and used after."""
    email = an_address()
    with tenant_context(business):
        flows = [ask(email).token for _browser in range(6)]
        outcomes = [enter_code(flow, "AAAA-AAAA", address="x").outcome for flow in flows for _try in range(TRIES)]
        assert sum(SignInCode.objects.values_list("tries", flat=True)) == GUESSES_OF_ONE
    assert outcomes[GUESSES_OF_ONE:] == [Outcome.OVER] * 6


def test_a_stranger_who_asks_all_day_keeps_nobody_out(business):
    """From one network after the other; the member asks once and takes the newest mail they find."""
    email, start, code = an_address(), timezone.now(), ""
    with tenant_context(business):
        a_member(email=email)
    for minute in range(0, 24 * 60, 16):
        with time_machine.travel(start + timedelta(minutes=minute)), tenant_context(business):
            asked = ask(email, f"198.51.100.{minute % 250}")
            code = told(asked.code).get("code") or code
        cache.clear()
    with time_machine.travel(start + timedelta(minutes=minute + 1)):
        member = Visitor(business)
        member.ask(email)
        mailed = deliver(business)
        member.post("code/", code=code_in(mailed[-1]) if mailed else code)
        assert member.is_signed_in
    # No flood either: a handful, then one in half an hour.
    assert mails(business) <= MAILS_AT_ONCE + 1 + 48


def test_the_code_in_the_mailbox_works_in_the_next_browser_that_asks(business):
    email = an_address()
    Visitor(business).join(email)
    stranger, member = Visitor(business), Visitor(business)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        stranger.ask(email)
        code = stranger.code()
        page = member.ask(email)
        assert page.status_code == 302
        assert deliver(business) == []
        shown = member.get("code/").content.decode()
        assert "a short while ago. It works here too, until" in shown
        member.post("code/", code=code)
        assert member.is_signed_in
        stranger.post("code/", code=code)
        assert not stranger.is_signed_in


def test_asking_again_after_a_minute_sends_another(business):
    email = an_address()
    with tenant_context(business):
        assert [ask(email).is_sent, ask(email).is_sent] == [True, False]
    with time_machine.travel(timezone.now() + timedelta(seconds=61)), tenant_context(business):
        assert ask(email).is_sent


def test_after_many_mails_codes_last_longer_and_one_follows_when_one_is_over(business):
    email, start = an_address(), timezone.now()
    sent = []
    for minute in range(40):
        cache.clear()
        with time_machine.travel(start + timedelta(minutes=minute, seconds=minute)), tenant_context(business):
            sent.append(ask(email).is_sent)
    assert [minute for minute, one in enumerate(sent) if one] == [0, 1, 2, 3, 4, 5, 6, 34]


def test_a_code_for_changing_ones_address_is_no_code_for_coming_in(business):
    email = an_address()
    with tenant_context(business):
        member, another = a_member(), a_member()
        first = ask_for_code(email, purpose=CodePurpose.EMAIL, address="x", member=member)
        entering = ask(email)
        others = ask_for_code(email, purpose=CodePurpose.EMAIL, address="x", member=another)
        again = ask_for_code(email, purpose=CodePurpose.EMAIL, address="x", member=member)
    assert [first.is_sent, entering.is_sent, others.is_sent, again.is_sent] == [True, True, True, False]


def test_codes_asked_for_at_once_are_one_mail(business):
    def several(email):
        tokens = []
        for _number in range(4):
            with tenant_context(business):
                tokens.append(ask(email).token)
        return tokens

    tokens = [token for of_one in at_once(several, [an_address()] * 5) for token in of_one]
    assert (len(set(tokens)), mails(business)) == (20, 1)


def test_tries_at_once_are_counted_one_after_the_other(business):
    with tenant_context(business):
        flow = ask(an_address()).token

    def guess(code):
        with tenant_context(business):
            return enter_code(flow, code, address="192.0.2.1").outcome

    outcomes = at_once(guess, ["AAAAAAAA"] * 8)
    assert sorted(outcomes) == [Outcome.OVER] * 6 + [Outcome.WRONG] * (TRIES - 1)
    with tenant_context(business):
        assert SignInCode.objects.get().tries == TRIES


def test_a_browser_is_told_that_a_new_code_would_not_help(business):
    """Its code waits from before somebody else guessed too often."""
    email, visitor = an_address(), Visitor(business)
    visitor.ask(email)
    for number in range(GUESSES_OF_ALL // TRIES):
        with tenant_context(business):
            flow = ask(email, f"198.51.100.{number}").token
            for _try in range(TRIES):
                enter_code(flow, "AAAA-AAAA", address=f"198.51.100.{number}")
    said = "Somebody typed too many wrong codes for this address."
    pages = [visitor.post("code/", code="AAAA-AAAA"), visitor.post("code/again/"), visitor.ask(email)]
    for page in pages:
        assert page.status_code == 422
        assert said in page.content.decode()
    assert ["Get a new code" in page.content.decode() for page in pages] == [False] * 3
    assert pages[2].context["form"].errors.keys() == {"__all__"}


def test_the_right_code_after_three_wrong_ones_is_over(business):
    with tenant_context(business):
        asked = ask(an_address())
        code = told(asked.code)["code"]
        outcomes = [enter_code(asked.token, "AAAAAAAA", address="x").outcome for _try in range(TRIES)]
        outcomes.append(enter_code(asked.token, code, address="x").outcome)
    assert outcomes == [Outcome.WRONG, Outcome.WRONG, Outcome.OVER, Outcome.OVER]


def test_a_wrong_code_costs_a_try_although_the_page_refuses(business):
    visitor = Visitor(business)
    visitor.ask(an_address())

    answer = visitor.post("code/", code="AAAA-AAAA")

    assert answer.status_code == 422
    assert "2 tries are left" in answer.content.decode()
    with tenant_context(business):
        assert SignInCode.objects.get().tries == 1


def test_a_code_is_over_after_a_quarter_of_an_hour(business):
    with tenant_context(business):
        asked = ask(an_address())
        code = told(asked.code)["code"]
    with time_machine.travel(timezone.now() + timedelta(minutes=16)), tenant_context(business):
        assert enter_code(asked.token, code, address="x").outcome is Outcome.OVER


def test_what_is_said_to_one_who_asks_again_is_the_same_for_everybody(business):
    pages = []
    # The page says until when the code works: both are asked for at the same moment.
    with time_machine.travel(timezone.now(), tick=False):
        for known in (True, False):
            email, visitor = an_address(), Visitor(business)
            if known:
                with tenant_context(business):
                    a_member(email=email)
            visitor.ask(email)
            visitor.ask(email)
            shown = visitor.get("code/").content.decode()
            page = re.sub(r'value="[^"]*"|nonce="[^"]*"|"X-CSRFToken": "[^"]*"', "", shown)
            pages.append(page.replace(email, "").replace("token", ""))
    assert "It works here too, until" in pages[0]
    assert pages[0] == pages[1]


def test_one_network_is_slowed_down_for_minutes(business):
    page = Visitor(business)
    with tenant_context(business):
        for _number in range(30):
            ask(an_address(), address="127.0.0.1")
        assert "wait 10 minutes" in refusal(an_address(), address="127.0.0.1")
        ask(an_address(), address="203.0.113.9")
    assert page.ask(an_address()).status_code == 422


def test_neither_address_nor_code_nor_what_was_told_stands_in_the_table(business):
    email, visitor = an_address(), Visitor(business)
    visitor.post("join/", given_name="Rosalind", email=email, agree_program="on")
    code = visitor.code()
    with tenant_context(business):
        row = SignInCode.objects.values().get()
    kept = repr(row)
    assert email not in kept
    assert "Rosalind" not in kept
    assert code.replace("-", "") not in kept
    visitor.post("code/", code=code)
    with tenant_context(business):
        assert SignInCode.objects.get().details == ""


def test_a_code_that_was_sent_is_kept_as_a_hash_only(business):
    with tenant_context(business):
        asked = ask(an_address())
    Visitor(business).code()
    with tenant_context(business):
        assert "code" not in told(SignInCode.objects.get(pk=asked.code.pk))


def test_codes_are_dropped_when_they_no_longer_count(business):
    with tenant_context(business):
        ask(an_address())
        assert tidy_portal_access() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=25)), tenant_context(business):
        assert tidy_portal_access() == 1
