"""Segments: kept from the list of members, asked anew each time, and named by rules."""

import pytest
from django.test import Client

from customers.domain.segments import keep_segment, remove_segment
from customers.domain.tags import find_or_make_tags, set_tags, tag_members
from customers.errors import SegmentInUse
from customers.models import MemberTag, Segment, Tag
from customers.segments import is_in, members_in, read_filters
from programs.domain.rules.publishing import end_rule
from tenants.isolation import tenant_context
from tests.cast import Cast, sign_in
from tests.programs.rules import make_rule
from tests.programs.shop import SYSTEM, earn, make_member, make_program


@pytest.fixture
def owner(cast: Cast) -> Client:
    return sign_in(cast.owner)


def test_the_list_as_it_is_narrowed_is_kept_and_opened_again(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        ines, jonas = make_member(), make_member(given_name="Jonas")
        tag = tag_members([ines], name="Choir", by=SYSTEM)
    listed = owner.get(f"/members/?tag={tag.pk}").content.decode()
    assert f"/members/segments/new/?tag={tag.pk}" in listed
    page = owner.get(f"/members/segments/new/?tag={tag.pk}&q=Ines&sort=name").content.decode()
    assert "Tag: Choir" in page
    assert "1 member fits now" in page
    kept = owner.post(f"/members/segments/new/?tag={tag.pk}", {"name": "The choir"})
    with tenant_context(cast.business):
        segment = Segment.objects.get()
    opened = owner.get(kept.headers["Location"]).content.decode()
    assert "Ines" in opened
    assert "Jonas" not in opened
    assert "Remove this segment" in opened
    with tenant_context(cast.business):
        set_tags(jonas, ["Choir"])
        assert set(members_in(segment)) == {ines, jonas}
    owner.post(f"/members/segments/{segment.pk}/removal/")
    with tenant_context(cast.business):
        assert not Segment.objects.exists()


@pytest.mark.parametrize(
    ("query", "name", "said"),
    [
        ("", "Everybody", "Choose at least one filter"),
        ("?seen=nonsense", "Everybody", "Choose at least one filter"),
        ("?seen=30", "", "Please fill this in."),
        ("?seen=30", "lately", "There is a segment of this name."),
    ],
)
def test_what_cannot_be_kept_is_said(cast: Cast, owner: Client, query: str, name: str, said: str) -> None:
    with tenant_context(cast.business):
        keep_segment(name="Lately", filters={"seen": "90"}, by=SYSTEM)
    answer = owner.post(f"/members/segments/new/{query}", {"name": name})
    assert answer.status_code == 422
    assert said in answer.content.decode()


@pytest.mark.usefixtures("inside")
def test_a_filter_that_means_nothing_any_more_lets_nobody_in() -> None:
    member = make_member()
    (tag,) = find_or_make_tags(["Choir"])
    set_tags(member, ["Choir"])
    segment = keep_segment(name="The choir", filters={"tag": str(tag.pk), "status": "active"}, by=SYSTEM)
    assert is_in(member, segment)
    MemberTag.objects.all().delete()
    Tag.objects.all().delete()
    assert not is_in(member, segment)
    Segment.objects.update(filters={"status": "active", "expiring": "1999-01"})
    assert not is_in(member, Segment.objects.get())
    assert read_filters({"q": "Ines", "sort": "name", "page": "2"}) == {}


@pytest.mark.usefixtures("inside")
def test_a_rule_counts_for_who_is_in_its_segment_and_keeps_it() -> None:
    program = make_program()
    (tag,) = find_or_make_tags(["Choir"])
    segment = keep_segment(name="The choir", filters={"tag": str(tag.pk)}, by=SYSTEM)
    rule = make_rule(program, "For the choir", segments=(segment,))
    ines, jonas = make_member(), make_member(given_name="Jonas")
    set_tags(ines, ["Choir"])
    entry = earn(jonas, 1000)
    assert (earn(ines, 1000).amount, entry.amount) == (20, 10)
    (reason,) = [one for one in entry.snapshot["reasons"] if one["what"] == "rule"]
    assert reason["missing"] == [{"what": "segment", "names": ["The choir"]}]
    with pytest.raises(SegmentInUse, match="For the choir"):
        remove_segment(segment, by=SYSTEM)
    end_rule(rule, by=SYSTEM)
    remove_segment(segment, by=SYSTEM)


def test_another_business_has_its_own(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.stranger.tenant_id):
        theirs = keep_segment(name="Lately", filters={"seen": "90"}, by=SYSTEM)
    assert owner.post(f"/members/segments/{theirs.pk}/removal/").status_code == 404
    assert "Lately" not in owner.get("/members/").content.decode()
