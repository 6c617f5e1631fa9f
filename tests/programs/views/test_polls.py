"""Polls and quizzes as the owner asks them and reads what was answered."""

import pytest
from django.test import Client

from programs.domain.accounts import points_program
from programs.models import Poll, PollAnswer
from tenants.isolation import tenant_context
from tests.cast import Cast, sign_in
from tests.programs.polls import answer, make_poll
from tests.programs.shop import balance, make_member, make_program

ONE = {
    "questions-0-text": "What do you drink?", "questions-0-kind": "single", "questions-0-choices": "Coffee\nTea",
    "questions-0-required": "on", "questions-0-steps": "5",
}  # fmt: skip
POLL = {
    "kind": "poll", "name": "Mornings", "shows": "after", "period": "", "points": "10", "gives": "", "gift_days": "30",
    "questions-TOTAL_FORMS": "1", "questions-INITIAL_FORMS": "1", **ONE,
}  # fmt: skip


@pytest.fixture
def owner(cast: Cast) -> Client:
    with tenant_context(cast.business):
        make_program()
    return sign_in(cast.owner)


def test_a_poll_is_composed_published_ended_and_copied(cast: Cast, owner: Client) -> None:
    assert "Ask those who know you best" in owner.get("/program/questions/").content.decode()
    more = owner.post("/program/questions/new/", {**POLL, "more": "1"})
    assert (more.status_code, "questions-1-text" in more.content.decode()) == (200, True)
    made = owner.post("/program/questions/new/", POLL)
    page = owner.get(made.headers["Location"]).content.decode()
    assert "What do you drink?" in page
    with tenant_context(cast.business):
        poll = Poll.objects.get()
    assert poll.published_at is None
    owner.post(f"/program/questions/{poll.pk}/", {**POLL, "name": "Your mornings", "publish": "1"})
    listed = owner.get("/program/questions/").content.decode()
    assert "Your mornings" in listed
    sheet = owner.get(f"/program/questions/{poll.pk}/sheet/").content.decode()
    assert f"/questions/{poll.pk}/" in sheet
    owner.post(f"/program/questions/{poll.pk}/ending/")
    assert "Over" in owner.get(f"/program/questions/{poll.pk}/").content.decode()
    copy = owner.post(f"/program/questions/{poll.pk}/copy/").headers["Location"]
    assert "What do you drink?" in owner.get(copy).content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"questions-0-text": ""}, "Ask at least one question."),
        ({"questions-0-choices": "Coffee"}, "Write from 2 to 12 choices"),
        ({"kind": "quiz"}, "Mark what is right with a star in front."),
        ({"first_day": "2026-12-02", "last_day": "2026-12-01"}, "The last day comes before the first."),
        ({"gives": "amount_off"}, "Say how much it takes off."),
        ({"name": ""}, "Please fill this in."),
    ],
)
def test_what_makes_no_sense_is_said_where_it_is(cast: Cast, owner: Client, typed: dict[str, str], said: str) -> None:
    answered = owner.post("/program/questions/new/", {**POLL, **typed, "publish": "1"})
    assert (answered.status_code, said in answered.content.decode()) == (422, True)


def test_a_quiz_keeps_what_is_right(cast: Cast, owner: Client) -> None:
    quiz = {**POLL, "kind": "quiz", "questions-0-choices": "Peru\n* Kenya", "pass_at": "1", "pass_points": "5"}
    owner.post("/program/questions/new/", {**quiz, "publish": "1"})
    with tenant_context(cast.business):
        (question,) = Poll.objects.get().definition["questions"]
    assert (question["choices"], question["right"]) == (["Peru", "Kenya"], ["Kenya"])


def test_results_the_export_and_taking_an_answer_back(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        poll, member = make_poll(points_program(), name="=Mornings"), make_member(given_name="Ada")
        answer(member, poll, drink="Tea", how=4, words="=1+1")
    page = owner.get(f"/program/questions/{poll.pk}/").content.decode()
    assert "100 %" in page
    assert "Ada" in page
    exported = owner.get(f"/program/questions/{poll.pk}/export/").content.decode()
    assert "Tea" in exported
    assert "\n=1" not in exported.replace(",", "\n")
    with tenant_context(cast.business):
        given = PollAnswer.objects.get()
    owner.post(f"/program/questions/answers/{given.pk}/withdrawal/", {"reason": "Twice"})
    with tenant_context(cast.business):
        assert balance(member) == (0, 0, 0)
    assert "Nobody has answered yet." in owner.get(f"/program/questions/{poll.pk}/").content.decode()


def test_without_names_nobody_is_named_anywhere(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        poll = make_poll(points_program(), anonymous=True)
        for number in range(5):
            answer(make_member(given_name=f"Zoe{number}"), poll)
    page = owner.get(f"/program/questions/{poll.pk}/").content.decode()
    assert "Lovely" in page
    exported = owner.get(f"/program/questions/{poll.pk}/export/").content.decode()
    assert "Zoe" not in page + exported
    assert "Answered “About you”" not in owner.get("/members/").content.decode()


def test_one_more_question_must_be_answered_unless_somebody_says_otherwise(cast: Cast, owner: Client) -> None:
    page = owner.post("/program/questions/new/", {**POLL, "more": "1"}).content.decode()
    (tick,) = [line for line in page.split("<input") if 'name="questions-1-required"' in line]
    assert "checked" in tick
