"""Polls and quizzes as a shop's system reads them."""

from programs.enums import PollKind
from tenants.isolation import tenant_context
from tests.api import Shop
from tests.programs.polls import answer, make_poll
from tests.programs.shop import make_member


def test_polls_their_results_and_a_members_answers_are_read():
    shop = Shop()
    with tenant_context(shop.business):
        poll = make_poll(shop.program)
        make_poll(shop.program, "Beans", kind=PollKind.QUIZ)
        answer(shop.member, poll, drink="Tea", how=3, words="Hm")
    quiz, shown = shop.till.get("polls/").json()["results"]
    assert "Kenya" not in str([one for one in quiz["questions"] if "right" in one])
    assert (shown["name"], shown["is_open"], shown["gives"]) == ("About you", True, "10 points")
    assert shown["link"].endswith(f"/questions/{poll.pk}/")
    results = shop.till.get(f"polls/{poll.pk}/results/").json()
    drink = results["questions"][0]
    assert (results["people"], drink["shares"][1]) == (1, {"choice": "Tea", "count": 1, "percent": 100})
    (mine,) = shop.till.get(f"members/{shop.member.pk}/answers/").json()["results"]
    assert (mine["answers"], mine["points"]) == ({"drink": "Tea", "how": 3, "words": "Hm"}, 10)


def test_without_names_nobody_is_told():
    shop = Shop()
    with tenant_context(shop.business):
        poll = make_poll(shop.program, anonymous=True)
        for member in (shop.member, make_member()):
            answer(member, poll)
    results = shop.till.get(f"polls/{poll.pk}/results/").json()
    assert (results["is_hidden"], results["questions"]) == (True, [])
    (mine,) = shop.till.get(f"members/{shop.member.pk}/answers/").json()["results"]
    assert mine["answers"] is None
