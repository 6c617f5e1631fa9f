"""Polls and quizzes on the portal: one page, nothing lost, once, and what came of it."""

from typing import Any

from programs.domain.accounts import points_program
from programs.enums import PollKind
from programs.models import Poll, PollAnswer
from tenants.isolation import tenant_context
from tests.customers.portal.visitor import Visitor, an_address
from tests.programs.polls import make_poll
from tests.programs.portal.guests import a_guest, a_shop
from tests.programs.shop import balance

ANSWERS = {"drink": "Tea", "cakes": ["Torte", "Bread"], "how": "4", "words": "So good"}


def begun(**poll: Any) -> tuple[Any, Visitor, Any, Poll]:
    shop, email = a_shop(), an_address()
    member = a_guest(shop, email)
    visitor = Visitor(shop)
    visitor.sign_in(email)
    with tenant_context(shop):
        return shop, visitor, member, make_poll(points_program(), "Your mornings", **poll)


def test_the_home_asks_and_the_page_takes_the_answers_once() -> None:
    shop, visitor, member, poll = begun()
    assert "Your mornings" in visitor.get().content.decode()
    page = visitor.get(f"questions/{poll.pk}/").content.decode()
    assert page.count("<fieldset") == 3
    with tenant_context(shop):
        before = balance(member)[0]
    visitor.post(f"questions/{poll.pk}/", **ANSWERS)
    visitor.post(f"questions/{poll.pk}/", **{**ANSWERS, "drink": "Coffee"})
    with tenant_context(shop):
        assert PollAnswer.objects.get().answers == {
            "drink": "Tea", "cakes": ["Torte", "Bread"], "how": 4, "words": "So good",
        }  # fmt: skip
        assert balance(member)[0] == before + 10
    thanks = visitor.get(f"questions/{poll.pk}/").content.decode()
    assert "10 points for you." in thanks
    assert "What everybody says" in thanks


def test_nothing_that_was_written_is_lost_and_every_mistake_is_named() -> None:
    _shop, visitor, _member, poll = begun()
    answered = visitor.post(f"questions/{poll.pk}/", drink="Tea", words="<b>So good</b>")
    page = answered.content.decode()
    assert answered.status_code == 422
    assert 'value="Tea" class="dot" checked' in page
    assert "&lt;b&gt;So good&lt;/b&gt;" in page
    assert page.count("Please answer this.") == 1
    assert 'aria-describedby="how-wrong"' in page


def test_answers_are_changed_and_taken_back() -> None:
    shop, visitor, member, poll = begun()
    visitor.post(f"questions/{poll.pk}/", **ANSWERS)
    changing = visitor.get(f"questions/{poll.pk}/?change=1").content.decode()
    assert "Change my answers" in changing
    visitor.post(f"questions/{poll.pk}/", **{**ANSWERS, "drink": "Coffee", "change": "1"})
    with tenant_context(shop):
        assert PollAnswer.objects.get().answers["drink"] == "Coffee"
        given = balance(member)[0]
    visitor.post(f"questions/{poll.pk}/withdrawal/")
    with tenant_context(shop):
        assert balance(member)[0] == given - 10
    assert "Your mornings" in visitor.get().content.decode()


def test_a_quiz_says_what_was_right_and_is_not_tried_again() -> None:
    shop, visitor, _member, poll = begun(kind=PollKind.QUIZ, pass_points=5, pass_at=2, shows="never")
    assert "Kenya" in visitor.get(f"questions/{poll.pk}/").content.decode()
    visitor.post(f"questions/{poll.pk}/", bean="Peru", oat=["Oat", "Soy"])
    page = visitor.get(f"questions/{poll.pk}/?change=1").content.decode()
    assert "Not this time. 1 of 2 is right." in page
    assert "right: Kenya" in page
    assert "What everybody says" not in page
    visitor.post(f"questions/{poll.pk}/", bean="Kenya", oat=["Oat", "Soy"], change="1")
    with tenant_context(shop):
        assert PollAnswer.objects.get().passed is False


def test_a_stranger_is_asked_to_sign_in_and_a_draft_is_not_there() -> None:
    shop, visitor, _member, poll = begun()
    stranger = Visitor(shop)
    assert "sign-in" in stranger.get(f"questions/{poll.pk}/").url
    with tenant_context(shop):
        type(poll).objects.filter(pk=poll.pk).update(published_at=None)
    assert visitor.get(f"questions/{poll.pk}/").status_code == 404
