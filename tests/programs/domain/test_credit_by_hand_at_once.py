"""Store credit by hand at two tills at once, and what is written down of what was refused."""

from typing import Any

import pytest

from programs.domain.credit.by_hand import adjust_credit
from programs.domain.credit.publishing import cash_back_of_business, limit_credit_by_hand
from programs.domain.reconcile import reconcile
from programs.errors import AdjustmentTooLarge, StaffDayLimit
from programs.models import Entry, Review
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.programs.credit import credit, make_credit
from tests.programs.shop import SYSTEM, key, make_member
from tests.threads import at_once


def _open(cast: Any, **limits: int | None) -> list[Any]:
    with tenant_context(cast.business):
        make_credit()
        found = cash_back_of_business()
        assert found is not None
        limit_credit_by_hand(found, limits, by=SYSTEM)
        return [make_member() for _number in range(4)]


def _give(cast: Any, member: Any, amount: int, by: Actor, act: str) -> Entry:
    with tenant_context(cast.business):
        return adjust_credit(member, amount=amount, reason="Sorry", by=by, key=act)


def test_one_person_at_four_tills_stays_within_the_day(cast: Any) -> None:
    members = _open(cast, adjustment_limit=1_000, staff_day_limit=1_000)
    staff = Actor.staff(cast.staff)
    done = at_once(lambda member: _give(cast, member, 600, staff, key()), members)
    assert sorted(type(one).__name__ for one in done) == ["Entry", *["StaffDayLimit"] * 3]
    assert isinstance(next(one for one in done if not isinstance(one, Entry)), StaffDayLimit)


def test_one_act_sent_four_times_gives_once(cast: Any) -> None:
    member = _open(cast)[0]
    done = at_once(lambda _turn: _give(cast, member, 700, SYSTEM, "same"), range(4))
    assert len({one.pk for one in done}) == 1
    with tenant_context(cast.business):
        assert credit(member) == (700, 0, 0)
        assert reconcile().agrees


def test_two_tills_never_take_more_than_there_is(cast: Any) -> None:
    member = _open(cast)[0]
    _give(cast, member, 1_000, SYSTEM, key())
    at_once(lambda _turn: _give(cast, member, -600, SYSTEM, key()), range(4))
    with tenant_context(cast.business):
        assert credit(member) == (400, 0, 0)
        assert reconcile().agrees


def test_what_was_refused_is_in_the_list_to_look_at(cast: Any) -> None:
    member = _open(cast, adjustment_limit=100)[0]
    with pytest.raises(AdjustmentTooLarge):
        _give(cast, member, 101, Actor.staff(cast.staff), key())
    with tenant_context(cast.business):
        review = Review.objects.get()
        assert (review.reasons, review.staff_id) == (["by_hand"], cast.staff.pk)
