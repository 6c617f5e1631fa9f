"""Polls and quizzes: what may be answered, once, what it gives, and what is shown of it."""

from dataclasses import replace

import pytest

from customers.domain.merging import merge_members
from customers.domain.segments import keep_segment
from customers.models import Activity, Member
from loyalty_saas.lib.errors import Forbidden, Invalid
from programs.domain.polls.answering import answer_poll, correct_answer, withdraw_answer
from programs.domain.polls.answers import read_answers
from programs.domain.polls.definition import Definition, Question, check
from programs.domain.polls.publishing import end_poll, redraft_poll
from programs.domain.polls.reading import counted_answers, polls_for, results_of
from programs.domain.reconcile import reconcile
from programs.domain.rules.conditions import Condition
from programs.domain.undo import undo_entry
from programs.enums import Comparison, FieldKind, LimitPeriod, PollKind, QuestionKind, RedemptionStatus, RuleEffect
from programs.errors import NothingToCorrect, PollClosed, PollNotForYou, PollPublished
from programs.models import Entry, PollAnswer, RuleAward, Voucher
from programs.queries import account_of
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.programs.polls import GOOD, QUESTIONS, QUIZ, answer, make_poll
from tests.programs.rules import make_rule
from tests.programs.shop import SYSTEM, at, balance, buy, make_member, make_program, make_tier
from tests.threads import at_once


@pytest.fixture
def program(inside):
    return make_program()


def member_with_account(**fields) -> Member:
    member = make_member(**fields)
    buy(member, 100)
    return member


def test_an_answer_is_kept_once_and_gives_what_was_promised(program):
    poll, member = make_poll(program), make_member()
    first = answer(member, poll)
    again = answer_poll(member, poll=poll, answers={**GOOD, "drink": "Tea"}, by=Actor.member(member.pk))
    assert (again.pk, again.answers["drink"]) == (first.pk, "Coffee")
    assert balance(member) == (10, 0, 0)
    assert Entry.objects.get(cause="poll").cause_id == first.pk
    activity = Activity.objects.get(kind="poll.answered")
    assert (activity.payload["points"], "Lovely" in str(activity.payload)) == (10, False)
    assert reconcile().agrees


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({**GOOD, "drink": "Beer"}, "drink", "invalid_choice"),
        ({**GOOD, "drink": None}, "drink", "required"),
        ({**GOOD, "cakes": ["Torte", "Pie"]}, "cakes", "invalid_choice"),
        ({**GOOD, "how": 6}, "how", "invalid_choice"),
        ({**GOOD, "how": True}, "how", "invalid_choice"),
        ({**GOOD, "words": "x" * 1001}, "words", "too_long"),
        ({**GOOD, "more": 1}, "more", "unknown_field"),
    ],
)
def test_what_cannot_be_an_answer_is_named(given, field, code):
    with pytest.raises(Invalid) as refused:
        read_answers(Definition(QUESTIONS), given)
    assert (refused.value.field, refused.value.code) == (f"answers.{field}", code)


def test_answers_are_kept_in_one_way_of_writing():
    given = {"drink": "Tea", "cakes": ["Bread", "Torte"], "how": "4", "words": " so so "}
    kept = {"drink": "Tea", "cakes": ["Torte", "Bread"], "how": 4, "words": "so so"}
    assert read_answers(Definition(QUESTIONS), given) == kept


def test_a_quiz_counts_what_is_right_and_gives_more_for_passing(program):
    poll = make_poll(program, "Beans", kind=PollKind.QUIZ, pass_points=20, pass_at=2)
    good, bad = make_member(), make_member()
    passed = answer(good, poll)
    failed = answer(bad, poll, bean="Kenya", oat=["Oat"])
    assert (passed.right, passed.passed, balance(good)[0]) == (2, True, 30)
    assert (failed.right, failed.passed, balance(bad)[0]) == (1, False, 10)
    with pytest.raises(NothingToCorrect):
        correct_answer(failed, answers={"bean": "Kenya", "oat": ["Oat", "Soy"]}, by=Actor.member(bad.pk))


def test_once_in_each_period(program):
    poll, member = make_poll(program, period=LimitPeriod.WEEK), make_member()
    with at("2026-11-29 22:30"):
        answer(member, poll)
        answer(member, poll)
    with at("2026-11-29 23:30"):
        answer(member, poll)
    assert balance(member) == (20, 0, 0)


def test_its_days_and_its_end(program):
    member = make_member()
    with at("2026-11-20 10:00"):
        poll = make_poll(program, last_day=replace_day("2026-11-21"))
    with at("2026-11-21 22:59"):
        answer(member, poll)
    with at("2026-11-21 23:01"), pytest.raises(PollClosed):
        answer(make_member(), poll)
    open_ended = make_poll(program, "Other")
    end_poll(open_ended, by=SYSTEM)
    with pytest.raises(PollClosed):
        answer(make_member(), open_ended)


def replace_day(text):
    from datetime import date

    return date.fromisoformat(text)


def test_it_is_for_those_who_are_asked(program):
    gold = make_tier(program, "Gold", 100_000)
    segment = keep_segment(name="Comes", filters={"seen": "never"}, by=SYSTEM)
    tiered = make_poll(program, "Gold only", tiers=(str(gold.pk),))
    narrowed = make_poll(program, "New", segments=(str(segment.pk),))
    member = member_with_account()
    with pytest.raises(PollNotForYou):
        answer(member, tiered)
    assert [one.poll.name for one in polls_for(account_of(member))] == ["New"]
    assert answer(member, narrowed).points == 10


def test_a_budget_is_never_exceeded_by_two_at_once(business):
    with tenant_context(business):
        poll = make_poll(make_program(), budget=25)
        members = [make_member() for _each in range(5)]

    def act(member):
        with tenant_context(business):
            return answer(member, poll)

    at_once(act, [*members, members[0], members[0]])
    with tenant_context(business):
        assert PollAnswer.objects.count() == 5
        assert sorted(PollAnswer.objects.values_list("points", flat=True)) == [0, 0, 5, 10, 10]
        assert reconcile().agrees


def test_a_voucher_for_so_many_and_taken_back_with_the_answer(program):
    gift = {"gift_kind": "amount_off", "value": 500, "gifts": 1, "points": 5}
    poll, first, second = make_poll(program, **gift), make_member(), make_member()
    one, other = answer(first, poll), answer(second, poll)
    assert (one.present is not None, other.present) == (True, None)
    withdraw_answer(one, by=Actor.member(first.pk))
    assert Voucher.objects.get().status == RedemptionStatus.VOIDED
    assert balance(first) == (0, 0, 0)
    assert answer(first, poll).present is not None, "there is room for one again"
    assert reconcile().agrees


def test_a_poll_is_corrected_by_whoever_answered(program):
    poll, member = make_poll(program), make_member()
    given = answer(member, poll)
    corrected = correct_answer(given, answers={**GOOD, "drink": "Tea"}, by=Actor.member(member.pk))
    assert (corrected.answers["drink"], balance(member)) == ("Tea", (10, 0, 0))
    with pytest.raises(Forbidden):
        correct_answer(given, answers=GOOD, by=Actor.member(make_member().pk))
    with pytest.raises(Forbidden):
        withdraw_answer(given, by=Actor.member(make_member().pk))


def test_results_are_shares_of_those_who_answered_a_question(program):
    poll = make_poll(program)
    for drink, how in (("Coffee", 5), ("Coffee", 4), ("Tea", 3)):
        answer(make_member(), poll, drink=drink, how=how)
    results = results_of(poll)
    drinks, cakes, how, _words = results.questions
    assert [(one.choice, one.count, one.percent) for one in drinks.shares] == [("Coffee", 2, 67), ("Tea", 1, 33)]
    assert (cakes.answered, how.average) == (0, 4.0)


def test_without_names_a_few_answers_show_nothing(program):
    poll = make_poll(program, anonymous=True)
    for _each in range(4):
        answer(make_member(), poll)
    assert (results_of(poll).is_hidden, results_of(poll).questions) == (True, [])
    answer(make_member(), poll)
    assert results_of(poll).questions[0].answered == 5


def test_one_person_with_two_records_is_counted_once(program):
    poll, one, other = make_poll(program), make_member(), make_member()
    answer(one, poll)
    answer(other, poll, drink="Tea", how=1)
    merge_members(one, other, by=SYSTEM, source="dashboard")
    assert len(counted_answers(poll)) == 1
    assert [share.count for share in results_of(poll).questions[0].shares] == [1, 0]
    assert answer(one, poll).pk == counted_answers(poll)[0].pk
    assert PollAnswer.objects.count() == 2
    withdraw_answer(PollAnswer.objects.get(member=other), by=Actor.member(one.pk))
    assert balance(one) == (10, 0, 0)
    assert reconcile().agrees


def test_rules_look_at_what_was_answered(program):
    poll = make_poll(program, points=0)
    tea = Condition("drink", "What do you drink?", FieldKind.CHOICE, Comparison.ONE_OF, ("Tea",))
    rule = make_rule(
        program, "For tea", effect=RuleEffect.FIXED, amount=7, occasion="poll", subject=str(poll.pk), conditions=(tea,)
    )
    drinker, other = make_member(), make_member()
    given = answer(drinker, poll, drink="Tea", how=3)
    refused = answer(other, poll)
    assert (balance(drinker)[0], refused.entry) == (7, None)
    assert refused.reasons[0]["missing"][0]["what"] == "payload"
    withdraw_answer(given, by=SYSTEM)
    assert sum(RuleAward.objects.filter(rule=rule).values_list("points", flat=True)) == 0
    assert reconcile().agrees


def test_a_segment_of_those_who_answered_so(program):
    from customers.segments import is_in

    poll, tea, coffee = make_poll(program), make_member(), make_member()
    answer(tea, poll, drink="Tea", how=3, cakes=["Torte"])
    answer(coffee, poll)
    drinkers = keep_segment(name="Tea", filters={"answer": f"{poll.pk}:drink:1"}, by=SYSTEM)
    torte = keep_segment(name="Torte", filters={"answer": f"{poll.pk}:cakes:0"}, by=SYSTEM)
    anybody = keep_segment(name="Anybody", filters={"answer": f"{poll.pk}"}, by=SYSTEM)
    assert [is_in(one, drinkers) for one in (tea, coffee)] == [True, False]
    assert [is_in(one, torte) for one in (tea, coffee)] == [True, False]
    assert [is_in(one, anybody) for one in (tea, coffee, make_member())] == [True, True, False]
    kept = make_member()
    merge_members(kept, tea, by=SYSTEM, source="dashboard")
    assert is_in(kept, drinkers)


def test_a_published_poll_is_a_promise(program):
    poll = make_poll(program)
    with pytest.raises(PollPublished):
        redraft_poll(poll, name="Other", definition=Definition(QUESTIONS), by=SYSTEM)


@pytest.mark.parametrize(
    ("kind", "question", "field"),
    [
        ("poll", Question("q", QuestionKind.SINGLE, " ", ("A", "B")), "questions.0.text"),
        ("poll", Question("q", QuestionKind.SINGLE, "Q", ("A",)), "questions.0.choices"),
        ("poll", Question("q", QuestionKind.SCALE, "Q", steps=2), "questions.0.steps"),
        ("quiz", Question("q", QuestionKind.TEXT, "Q"), "questions.0.kind"),
        ("quiz", Question("q", QuestionKind.SINGLE, "Q", ("A", "B")), "questions.0.choices"),
        ("quiz", Question("q", QuestionKind.SINGLE, "Q", ("A", "B"), ("A", "B")), "questions.0.choices"),
    ],
)
def test_a_question_that_makes_no_sense_is_named(kind, question, field):
    with pytest.raises(Invalid) as refused:
        check(kind, Definition((question,)))
    assert refused.value.field == field
    check("quiz", replace(Definition(QUIZ), pass_at=2))


def test_undoing_the_points_takes_the_answer_back(program):
    poll, member = make_poll(program), make_member()
    undo_entry(answer(member, poll).entry, by=SYSTEM, key="undone")
    assert PollAnswer.objects.get().withdrawn_at is not None
    assert balance(member) == (0, 0, 0)
    assert reconcile().agrees
