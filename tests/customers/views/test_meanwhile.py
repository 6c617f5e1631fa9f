"""A member edited in two tabs, or by two people: nobody's words are lost without a word."""

import pytest
from django.urls import reverse

from customers.models import CustomField, Member
from tenants.isolation import tenant_context
from tenants.models import Location
from tests.cast import sign_in
from tests.customers.people import a_member


@pytest.fixture
def owner(cast):
    return sign_in(cast.owner)


@pytest.fixture
def url(business):
    with tenant_context(business):
        mara = a_member(phone="0664 1234567", tags=("Regular",), preferences="Oat milk")
        CustomField.objects.create(key="vip", label="VIP", kind="flag")
        CustomField.objects.create(key="since", label="Since", kind="date")
    return reverse("customers:member_edit", args=[mara.pk])


def opened(owner, url):
    """What a browser sends back from the page as it is."""
    form = owner.get(url).context["form"]
    data = {one.html_name: one.value() if one.value() not in (None, False) else "" for one in form}
    return {name: value for name, value in data.items() if name != "custom-vip" or value} | {"shown": form.shown_now}


def kept(business):
    with tenant_context(business):
        return Member.objects.get(given_name__startswith="Mara")


def test_two_tabs_that_change_different_things_keep_both(owner, business, url):
    with tenant_context(business):
        place = Location.objects.create(name="Harbour")
    first, second = opened(owner, url), opened(owner, url)
    told = {
        "preferences": "Soya milk",
        "birth_day": "29",
        "birth_month": "2",
        "custom-vip": "on",
        "tags": "Regular, Choir",
    }
    assert owner.post(url, first | told | {"custom-since": "2024-02-29", "location": str(place.pk)}).status_code == 302
    assert owner.post(url, second | {"family_name": "Huber"}).status_code == 302
    member = kept(business)
    assert (member.name, member.preferences, member.birth_day) == ("Mara Huber", "Soya milk", 29)
    assert (member.custom["vip"], member.custom["since"], member.location_id) == (True, "2024-02-29", place.pk)
    with tenant_context(business):
        assert {one.tag.name for one in member.member_tags.all()} == {"Regular", "Choir"}


def test_what_both_changed_is_shown_and_saved_only_when_it_is_sent_again(owner, business, url):
    first, second = opened(owner, url), opened(owner, url)
    owner.post(url, first | {"preferences": "Soya milk"})
    answer = owner.post(url, second | {"preferences": "Rice milk", "family_name": "Huber"})
    assert answer.status_code == 422
    form = answer.context["form"]
    assert form.errors == {
        "preferences": ["This was changed meanwhile, to “Soya milk”. Save again to have it as you typed it."]
    }
    assert form["preferences"].value() == "Rice milk"
    assert kept(business).preferences == "Soya milk"
    again = second | {"preferences": "Rice milk", "family_name": "Huber", "shown": form.shown_now}
    assert owner.post(url, again).status_code == 302
    assert (kept(business).preferences, kept(business).family_name) == ("Rice milk", "Huber")


def test_what_was_emptied_meanwhile_says_so(owner, url):
    first, second = opened(owner, url), opened(owner, url)
    owner.post(url, first | {"preferences": ""})
    errors = owner.post(url, second | {"preferences": "Rice milk"}).context["form"].errors
    assert errors == {"preferences": ["This was emptied meanwhile. Save again to have it as you typed it."]}


def test_both_typing_the_same_agree(owner, business, url):
    first, second = opened(owner, url), opened(owner, url)
    owner.post(url, first | {"preferences": "Soya milk"})
    assert owner.post(url, second | {"preferences": "Soya milk", "family_name": "Huber"}).status_code == 302
    assert (kept(business).preferences, kept(business).family_name) == ("Soya milk", "Huber")


@pytest.mark.parametrize("shown", ["", "no JSON", "[1]", '{"preferences": [1], "location": {}, "birth_month": "x"}'])
def test_a_page_that_does_not_say_what_it_showed_saves_what_was_typed(owner, business, url, shown):
    data = opened(owner, url) | {"shown": shown, "family_name": "Huber"}
    assert owner.post(url, data).status_code == 302
    assert kept(business).family_name == "Huber"
