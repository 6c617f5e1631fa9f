"""The owner's reasons: their words, their order, and what stays when they change."""

import pytest

from loyalty_saas.lib.errors import Invalid
from programs.domain.goodwill.reasons import (
    add_reason,
    archive_reason,
    move_reason,
    reasons_to_choose,
    rename_reason,
    restore_reason,
)
from programs.domain.programs import draft_program
from programs.errors import LastReason, ReasonNameTaken
from programs.models import Gesture, GoodwillReason
from tenants.actors import Actor
from tenants.models import AuditEvent
from tests.programs.gestures import gift, give, goodwill_program, reason
from tests.programs.shop import SYSTEM, make_member

pytestmark = pytest.mark.usefixtures("inside")


def names() -> list[str]:
    return [one.name for one in reasons_to_choose()]


def test_a_business_begins_with_four(cast):
    draft_program(by=Actor.staff(cast.owner))
    assert list(GoodwillReason.objects.values_list("name", flat=True)) == [
        *("Long wait", "Wrong order", "Quality", "Thank you")
    ]


def test_a_business_from_before_gets_them_when_it_asks_and_not_again():
    assert len(names()) == 4
    archive_reason(reason("Quality"), by=SYSTEM)
    assert names() == ["Long wait", "Wrong order", "Thank you"]


def test_they_are_added_renamed_and_ordered(cast):
    by = Actor.staff(cast.owner)
    added = add_reason(name=" Spilt coffee ", by=by) if names() else None
    rename_reason(added, name="Spilt drink", by=by)
    for _step in range(2):
        move_reason(added, up=True, by=by)
    assert names() == ["Long wait", "Wrong order", "Spilt drink", "Quality", "Thank you"]
    move_reason(reason("Long wait"), up=True, by=by)
    assert names()[0] == "Long wait"
    assert AuditEvent.objects.filter(action="goodwill.reason_renamed").get().details == {
        "name": ["Spilt coffee", "Spilt drink"]
    }


def test_a_name_is_there_once_however_it_is_written():
    with pytest.raises(ReasonNameTaken):
        add_reason(name=reason("Long wait").name.upper(), by=SYSTEM)
    with pytest.raises(ReasonNameTaken):
        rename_reason(reason("Quality"), name="long wait", by=SYSTEM)
    for name in ("", "x" * 61, "a\x00b"):
        with pytest.raises(Invalid):
            add_reason(name=name, by=SYSTEM)


def test_what_was_given_keeps_the_words_of_its_day(cast):
    goodwill_program()
    give(make_member(), gift(1), by=Actor.staff(cast.staff))
    rename_reason(reason("Long wait"), name="Slow kitchen", by=SYSTEM)
    assert Gesture.objects.get().reason_said == "Long wait"


def test_an_archived_one_comes_back_by_hand_or_by_its_name():
    gone = archive_reason(reason("Quality"), by=SYSTEM)
    restore_reason(gone, by=SYSTEM)
    archive_reason(gone, by=SYSTEM)
    assert add_reason(name="quality", by=SYSTEM) == gone
    assert "Quality" in names()


def test_the_last_one_stays():
    *others, last = reasons_to_choose()
    for one in others:
        archive_reason(one, by=SYSTEM)
    with pytest.raises(LastReason):
        archive_reason(last, by=SYSTEM)
