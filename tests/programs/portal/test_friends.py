"""A link that is followed, a code that is typed, and what the member sees of it."""

import re

from customers.models import Member
from programs.domain.referrals.advocacy import add_action
from programs.domain.referrals.advocates import advocate_for
from programs.enums import ArrivalWay, Suspicion
from programs.models import AdvocacyClaim, Referral
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.customers.portal.visitor import Visitor, an_address
from tests.programs.portal.guests import a_guest, a_shop
from tests.programs.referrals import referral_program
from tests.programs.shop import balance, buy


def begun():
    """A shop where members can bring friends, one signed in, and their code."""
    from programs.models import Program

    shop = a_shop()
    with tenant_context(shop):
        referral_program(Program.objects.get())
    email = an_address()
    member = a_guest(shop, email)
    advocate = Visitor(shop)
    advocate.sign_in(email)
    with tenant_context(shop):
        code = advocate_for(member).code
    return shop, advocate, member, code


def test_the_page_has_link_code_and_how_it_works():
    shop, advocate, _member, code = begun()
    page = advocate.get("friends/").content.decode()
    assert f"/{shop.slug}/r/{code}/" in page
    assert f"{code[:4]}-{code[4:]}" in page
    assert "100 points for you, 50 points for your friend." in page
    assert "Bring a friend" in advocate.get().content.decode()


def test_a_friend_follows_the_link_joins_and_both_are_rewarded():
    shop, advocate, member, code = begun()
    advocate.get("friends/")
    friend, email = Visitor(shop), an_address()
    followed = friend.get(f"r/{code}/")
    assert (followed.status_code, followed.url) == (302, friend.at)
    assert "recommends us." in friend.get().content.decode()
    assert f'value="{code}"' in friend.get("join/").content.decode()
    friend.join(email)
    with tenant_context(shop):
        joined = Member.objects.get(email=email)
        referral = Referral.objects.get(friend=joined)
        assert (referral.advocate.member, referral.way) == (member, ArrivalWay.PORTAL)
        # Both sit in one room here: the tests have one network.
        assert referral.reasons == [Suspicion.SAME_NETWORK]
        before = balance(member)
        buy(joined, 2_000)
    with tenant_context(shop):
        assert balance(member) == (before[0], before[1] + 100, 0)
    assert "Our team takes a look first" in advocate.get("friends/").content.decode()


def test_a_code_is_typed_with_its_dash_and_one_of_nobody_is_said():
    shop, _advocate, member, code = begun()
    friend, email = Visitor(shop), an_address()
    wrong = friend.post("join/", email=email, given_name="Ines", agree_program="on", friend_code="ZZZZ-ZZZZ")
    assert wrong.status_code == 422
    assert "We know no member with this code." in wrong.content.decode()
    friend.join(email, friend_code=f"{code[:4]}-{code[4:]}".lower())
    with tenant_context(shop):
        assert Referral.objects.get().advocate.member == member


def test_the_browser_of_the_advocate_is_known_again():
    shop, advocate, _member, code = begun()
    advocate.get("friends/")
    advocate.post("sign-out/")
    advocate.get(f"r/{code}/")
    advocate.join(an_address())
    with tenant_context(shop):
        assert Suspicion.SAME_DEVICE in Referral.objects.get().reasons


def test_nobodys_link_and_a_members_own_lead_home():
    _shop, advocate, _member, code = begun()
    assert advocate.get(f"r/{code}/").url == advocate.at
    stranger = Visitor(advocate.business)
    assert stranger.get("r/ZZZZZZZZ/").url == stranger.at
    assert "recommends us" not in stranger.get().content.decode()


def test_a_recommendation_is_claimed_and_stands_on_the_page():
    shop, advocate, member, _code = begun()
    with tenant_context(shop):
        action = add_action(values={"name": "Write a review", "points": 30}, by=Actor.system())
    page = advocate.get("friends/").content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    empty = advocate.post(f"friends/recommendations/{action.pk}/", key=key, proof="")
    assert empty.status_code == 422
    for _twice in range(2):
        assert advocate.post(f"friends/recommendations/{action.pk}/", key=key, proof="As Ines").status_code == 302
    with tenant_context(shop):
        assert AdvocacyClaim.objects.get(member=member).proof == "As Ines"
    assert "Our team takes a look" in advocate.get("friends/").content.decode()


def test_ones_own_data_holds_the_code_and_of_friends_no_name():
    shop, advocate, _member, code = begun()
    friend = Visitor(shop)
    friend.get(f"r/{code}/")
    friend.join(an_address())
    data = advocate.get("me/data/").json()["friends"]
    assert (data["code"], len(data["friends"])) == (code, 1)
    assert set(data["friends"][0]) == {"joined_at", "state"}
