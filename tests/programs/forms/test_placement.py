"""The form that places a member in a tier."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programs.forms.tiers import PlacementForm
from programs.models import Program, Tier


@pytest.fixture
def program(inside: object) -> Program:
    return Program.objects.create(name="Regulars")


def test_the_tiers_are_read_once_however_often_they_are_looked_at(program: Program) -> None:
    for name, threshold in (("Gold", 500), ("Silver", 100)):
        Tier.objects.create(program=program, name=name, threshold=threshold)
    with CaptureQueriesContext(connection) as captured:
        form = PlacementForm(program=program)
        shown = [str(form["tier"]) for _time in range(2)]
    assert form.has_tiers
    assert shown[0] == shown[1]
    assert shown[0].index("Gold") < shown[0].index("Silver")
    assert len(captured) == 1


def test_without_tiers_there_is_nothing_to_place_anybody_in(program: Program) -> None:
    assert not PlacementForm(program=program).has_tiers
