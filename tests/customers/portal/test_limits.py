"""Guessing at codes: what the database counts, whatever the cache and however many ask at once.

The sums at full scale: 10,000 guesses from 100 addresses at one account meet CODES_A_DAY codes of TRIES tries,
30 evaluated guesses in 24 hours among 23 ** 8 values: one chance in 2.6 thousand million a day.
"""

import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connections
from django.utils import timezone

from customers.domain import portal_access
from customers.domain.portal_access import (
    CODE_LENGTH,
    CODES_A_DAY,
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
from tests.customers.portal.visitor import Visitor, an_address


def ask(email, address="192.0.2.1"):
    return ask_for_code(email, purpose=CodePurpose.SIGN_IN, address=address)


def test_the_sums_hold():
    assert CODES_A_DAY * TRIES == 30
    assert len(PLAIN_ALPHABET) ** CODE_LENGTH > 7e10


def test_guesses_from_many_addresses_are_looked_at_thirty_times_a_day(business):
    email, evaluated = an_address(), 0
    for guess in range(300):
        address = f"198.51.100.{guess % 100}"
        with tenant_context(business):
            if guess % 5 == 0:
                try:
                    flow = ask(email, address).token
                except TooManyCodes:
                    flow = "none"
            outcome = enter_code(flow, "AAAA-AAAA", address=address).outcome
        cache.clear()
        with tenant_context(business):
            evaluated = sum(SignInCode.objects.values_list("tries", flat=True))
        assert outcome is not Outcome.RIGHT
    assert evaluated == 30


def test_codes_asked_for_at_once_are_counted_one_after_the_other(business):
    email, refused = an_address(), []

    def several():
        try:
            for _number in range(4):
                with tenant_context(business):
                    ask(email)
        except TooManyCodes:
            refused.append(True)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=several) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with tenant_context(business):
        assert SignInCode.objects.count() == CODES_A_DAY
    assert refused


def test_tries_at_once_are_counted_one_after_the_other(business):
    with tenant_context(business):
        flow = ask(an_address()).token
    outcomes = []

    def guess():
        try:
            with tenant_context(business):
                outcomes.append(enter_code(flow, "AAAAAAAA", address="192.0.2.1").outcome)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(Outcome.WRONG) == TRIES - 1
    with tenant_context(business):
        assert SignInCode.objects.get().tries == TRIES


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
    import time_machine

    with tenant_context(business):
        asked = ask(an_address())
        code = told(asked.code)["code"]
    with time_machine.travel(timezone.now() + timedelta(minutes=16)), tenant_context(business):
        assert enter_code(asked.token, code, address="x").outcome is Outcome.OVER


def test_the_eleventh_code_of_a_day_is_refused_in_the_same_words_for_everybody(business):
    pages = []
    for member in (True, False):
        email = an_address()
        if member:
            Visitor(business).join(email)
        with tenant_context(business):
            for _number in range(CODES_A_DAY - (1 if member else 0)):
                ask(email)
        answer = Visitor(business).ask(email)
        pages.append((answer.status_code, "Please try again tomorrow" in answer.content.decode()))
    assert pages == [(422, True), (422, True)]


def test_one_network_is_slowed_down(business, monkeypatch):
    monkeypatch.setattr(portal_access, "ASKED_AN_HOUR", 3)
    with tenant_context(business):
        for _number in range(3):
            ask(an_address())
        with pytest.raises(TooManyCodes):
            ask(an_address())
        ask(an_address(), address="203.0.113.9")


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
    import time_machine

    with tenant_context(business):
        ask(an_address())
        assert tidy_portal_access() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=25)), tenant_context(business):
        assert tidy_portal_access() == 1
