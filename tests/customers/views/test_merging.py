from urllib.parse import urlencode

import pytest
from django.urls import reverse

from customers.models import KnownApart, Member, Merge
from programs.domain.redemptions import redeem_reward
from tenants.isolation import tenant_context
from tests.cast import sign_in
from tests.customers.people import a_member, a_purchase
from tests.programs.shop import SYSTEM, bring_back, buy, earn, key, make_member, make_program, make_reward


@pytest.fixture
def owner(cast):
    return sign_in(cast.owner)


@pytest.fixture
def pair(business):
    with tenant_context(business):
        make_program()
        kept = a_member(email="mara.weber@example.com", preferences="Oat milk")
        other = a_member(given_name="Maria", email="maraweber+1@example.com", phone="0660 1111111", preferences="Sugar")
        a_purchase(kept, 2000)
        a_purchase(kept, 1000)
        a_purchase(other, 500)
        return kept, other


def compare(kept, other):
    return f"{reverse('customers:member_merge', args=[kept.pk])}?{urlencode({'with': other.pk})}"


def test_an_empty_list_teaches(owner):
    assert "Nobody is here twice" in owner.get(reverse("customers:merging")).text


def test_the_sum_of_a_merge_says_what_was_repaid_and_what_parts_of_points_made(owner, business):
    with tenant_context(business):
        program = make_program()
        kept, other = make_member(), make_member()
        purchase = buy(other, 1000)
        redeem_reward(other, reward=make_reward(program, 8), by=SYSTEM, key=key())
        bring_back(purchase)
        earn(kept, 570)
        earn(other, 60)
    page = owner.get(compare(kept, other)).text
    assert "5 + 0 − 6 + 1 = 0 points" in page
    assert "make a whole one" in page


def test_the_members_page_counts_the_pairs(owner, pair):
    assert "tab-count" in owner.get(reverse("customers:members")).text


def test_the_page_proposes_to_keep_who_bought_more_and_says_what_happens(owner, pair):
    kept, other = pair
    [found] = owner.get(reverse("customers:merging")).context["pairs"]
    assert (found.kept, found.other) == pair
    page = owner.get(compare(kept, other))
    assert "30 + 5 = 35 points" in page.text
    assert "Taken along" not in page.text or "0660" in page.text
    with tenant_context(kept.tenant_id):
        assert not Merge.objects.exists()


def test_merging_takes_the_choices_and_the_message_undoes_it(owner, business, pair):
    kept, other = pair
    answer = owner.post(compare(kept, other), {"take-preferences": "absorbed", "take-email": "kept"}, follow=True)
    assert answer.redirect_chain == [(reverse("customers:member", args=[kept.pk]), 302)]
    with tenant_context(business):
        one = Merge.objects.get()
        now = Member.objects.get(pk=kept.pk)
    assert (now.preferences, now.email, now.phone) == ("Sugar", "mara.weber@example.com", "+436601111111")
    undo = reverse("customers:merge_undoing", args=[one.pk])
    assert f'data-undo="{undo}"' in answer.text
    assert "Merged with the record of card" in answer.text
    assert "Also found by" in answer.text
    assert owner.post(undo).status_code == 302
    with tenant_context(business):
        assert Member.objects.get(pk=other.pk).merged_into is None


def test_the_absorbed_record_opens_the_kept_one_and_stands_in_no_list(owner, pair):
    kept, other = pair
    owner.post(compare(kept, other))
    url = reverse("customers:member", args=[other.pk])
    assert owner.get(url, follow=True).redirect_chain == [(reverse("customers:member", args=[kept.pk]), 302)]
    assert list(owner.get(reverse("customers:members")).context["page"]) == [kept]


def test_the_record_of_a_merge_shows_what_undoing_does(owner, business, pair):
    kept, other = pair
    owner.post(compare(kept, other))
    with tenant_context(business):
        url = reverse("customers:merge", args=[Merge.objects.get().pk])
    assert "5 points" in owner.get(url).text
    owner.post(f"{url}undoing/")
    assert "two records again" in owner.get(url).text


def test_two_people_are_not_proposed_again_until_that_is_undone(owner, business, pair):
    kept, other = pair
    url = reverse("customers:member_apart", args=[kept.pk])
    page = owner.post(url, {"with": other.pk}, follow=True)
    assert page.context["pairs"] == []
    owner.post(f"{url}?{urlencode({'with': other.pk, 'again': 1})}")
    with tenant_context(business):
        assert not KnownApart.objects.exists()


def test_a_member_page_leads_to_a_search_for_the_other_record(owner, pair):
    kept, other = pair
    search = reverse("customers:member_merge", args=[kept.pk])
    assert search in owner.get(reverse("customers:member", args=[kept.pk])).text
    assert list(owner.get(search, {"q": "Maria"}).context["found"]) == [other]


def test_a_manager_does_not_merge_their_own_card(cast, pair):
    kept, other = pair
    manager = sign_in(cast.manager)
    with tenant_context(cast.business):
        Member.objects.filter(pk=other.pk).update(email=cast.manager.user.email.lower())
    answer = manager.post(compare(kept, other))
    assert answer.status_code == 409
    with tenant_context(cast.business):
        assert not Merge.objects.exists()
