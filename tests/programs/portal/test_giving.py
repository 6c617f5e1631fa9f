"""Presents, places and paper, as members see them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from programs.domain.catalog import RewardDetails, create_reward
from programs.domain.own_codes import add_codes
from programs.domain.prizes import PrizeDetails
from programs.domain.redemptions import redeem_reward, void_redemption
from programs.enums import RewardKind, WaitingStatus
from programs.models import Gift, Program, Reward, Voucher, WaitingPlace
from programs.queries import account_of
from programs.voucher_errors import CannotGiveBack
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.customers.portal.visitor import Visitor, an_address
from tests.programs.portal.guests import a_guest, a_shop
from tests.programs.portal.test_points import redeem, text, the_reward, voucher_of
from tests.programs.shop import SYSTEM, key


@pytest.fixture
def shop():
    return a_shop()


def guest(shop, **details):
    email = an_address()
    member = a_guest(shop, email, **details)
    visitor = Visitor(shop)
    visitor.sign_in(email)
    visitor.member = member
    return visitor


def offer(shop, kind, cost=10, **fields):
    with tenant_context(shop):
        details = RewardDetails(name=f"A {kind}", kind=kind, cost=cost, **fields)
        return create_reward(Program.objects.get(), details, by=SYSTEM)


def test_a_present_goes_from_one_phone_to_another(shop):
    giver, taker = guest(shop), guest(shop)
    voucher = voucher_of(redeem(giver, the_reward(shop, 80)))
    giver.post(f"vouchers/{voucher}/wrapping/", message="Happy birthday")
    with tenant_context(shop):
        code = Gift.objects.get().code
    assert f"presents/{code}/" in giver.get(f"vouchers/{voucher}/").content.decode()
    stranger = Visitor(shop)
    assert "A present from Ines" in text(stranger.get(f"presents/{code}/"))
    assert "Happy birthday" in text(taker.get(f"presents/{code}/"))
    opened = taker.post(f"presents/{code}/opening/")
    assert voucher_of(opened) == voucher
    assert giver.get(f"vouchers/{voucher}/").status_code == 404
    page = taker.get(f"vouchers/{voucher}/")
    assert "A present from somebody who thought of you." in text(page)
    # It cost somebody else's points.
    assert "give it back" not in text(page)
    assert taker.post(f"vouchers/{voucher}/give-back/", key=uuid4().hex).status_code == 404
    assert "not here any more" in text(stranger.get(f"presents/{code}/"))


def test_who_has_no_card_joins_and_finds_the_present_waiting(shop):
    giver, stranger = guest(shop), Visitor(shop)
    voucher = voucher_of(redeem(giver, the_reward(shop, 80)))
    giver.post(f"vouchers/{voucher}/wrapping/")
    with tenant_context(shop):
        here = f"{stranger.at}presents/{Gift.objects.get().code}/"
    assert f"join/?next={here}" in stranger.browser.get(here).text
    assert f'name="next" value="{here}"' in stranger.get("join/", next=here).text
    assert stranger.join(an_address(), next=here)["Location"] == here
    # Whoever is in already goes straight on, and never to somebody else's site.
    assert stranger.get("join/", next=here)["Location"] == here
    assert stranger.get("sign-in/", next="https://evil.example/")["Location"] == stranger.at
    assert stranger.get("sign-in/", next="//evil.example")["Location"] == stranger.at


def test_a_present_is_taken_back(shop):
    giver = guest(shop)
    voucher = voucher_of(redeem(giver, the_reward(shop, 80)))
    giver.post(f"vouchers/{voucher}/wrapping/")
    giver.post(f"vouchers/{voucher}/unwrapping/")
    assert "Give it to somebody" in text(giver.get(f"vouchers/{voucher}/"))


def test_what_only_they_may_read_is_read_by_them_only(shop):
    secret = "Six sour apples"
    reward = offer(shop, RewardKind.CONTENT, content=secret, link="https://example.com/strudel")
    visitor, other = guest(shop), guest(shop)
    assert secret not in text(visitor.get(f"rewards/{reward.pk}/"))
    voucher = voucher_of(redeem(visitor, reward))
    page = visitor.get(f"vouchers/{voucher}/")
    assert secret in text(page)
    assert "https://example.com/strudel" in page.content.decode()
    assert other.get(f"vouchers/{voucher}/").status_code == 404


def test_a_member_waits_is_asked_and_takes_the_place(shop):
    when = timezone.now() + timedelta(days=9)
    reward = offer(shop, RewardKind.EXPERIENCE, happens_at=when, stock=1, has_waiting_list=True)
    first, waits = guest(shop), guest(shop)
    with tenant_context(shop):
        redemption = redeem_reward(first.member, reward=reward, by=SYSTEM, key=key())
    page = text(waits.get(f"rewards/{reward.pk}/"))
    assert "All places are taken." in page
    assert "Put me on the waiting list" in page
    waits.post(f"rewards/{reward.pk}/waiting/")
    assert "You are on the waiting list." in text(waits.get(f"rewards/{reward.pk}/"))
    with tenant_context(shop):
        void_redemption(redemption, by=SYSTEM, reason="Ill", key=key())
    assert "A place for you: A experience" in text(waits.get())
    redeem(waits, reward)
    with tenant_context(shop):
        assert WaitingPlace.objects.get().status == WaitingStatus.TAKEN
        assert Voucher.objects.filter(account=account_of(waits.member)).count() == 1


def test_leaving_the_list_twice_is_not_found(shop):
    when = timezone.now() + timedelta(days=9)
    reward = offer(shop, RewardKind.EXPERIENCE, happens_at=when, stock=0, has_waiting_list=True)
    visitor = guest(shop)
    visitor.post(f"rewards/{reward.pk}/waiting/")
    assert visitor.post(f"rewards/{reward.pk}/waiting/end/").status_code == 302
    assert visitor.post(f"rewards/{reward.pk}/waiting/end/").status_code == 404


def test_the_printed_voucher_shows_the_code_of_the_business(shop):
    visitor = guest(shop)
    reward = offer(shop, RewardKind.AMOUNT_OFF, value=500, minimum=2000)
    voucher = voucher_of(redeem(visitor, reward))
    with tenant_context(shop):
        Voucher.objects.filter(pk=voucher).update(own_code="SHOP-77")
    page = text(visitor.get(f"vouchers/{voucher}/print/"))
    assert "SHOP-77" in page
    assert "On purchases from €20.00" in page


def test_what_a_surprise_showed_is_not_given_back_for_another_try(shop):
    prizes = (PrizeDetails("Tea", RewardKind.UPGRADE), PrizeDetails("Cake", RewardKind.UPGRADE))
    reward = offer(shop, RewardKind.MYSTERY, prizes=prizes)
    visitor = guest(shop)
    assert "cannot be given back" in text(visitor.get(f"rewards/{reward.pk}/"))
    voucher = voucher_of(redeem(visitor, reward))
    assert "give it back" not in text(visitor.get(f"vouchers/{voucher}/"))
    assert visitor.post(f"vouchers/{voucher}/give-back/", key=uuid4().hex).status_code == 404
    assert_kept(shop, visitor, voucher)


def test_a_code_for_another_till_is_not_given_back_once_it_was_seen(shop):
    reward = offer(shop, RewardKind.AMOUNT_OFF, value=500, uses_own_codes=True)
    with tenant_context(shop):
        add_codes(reward, ["SHOP-1", "SHOP-2"], by=SYSTEM)
    visitor = guest(shop)
    assert "cannot be given back" in text(visitor.get(f"rewards/{reward.pk}/"))
    voucher = voucher_of(redeem(visitor, reward))
    page = text(visitor.get(f"vouchers/{voucher}/"))
    assert "SHOP-1" in page
    assert "give it back" not in page
    assert visitor.post(f"vouchers/{voucher}/give-back/", key=uuid4().hex).status_code == 404
    assert_kept(shop, visitor, voucher)


def assert_kept(shop, visitor, voucher):
    """Not by a member, whatever way they take; a manager still can."""
    with tenant_context(shop):
        redemption = Voucher.objects.get(pk=voucher).redemption
        with pytest.raises(CannotGiveBack):
            void_redemption(redemption, by=Actor.member(visitor.member.pk), reason="No", key=key())
        assert void_redemption(redemption, by=SYSTEM, reason="A mistake", key=key()).status == "voided"


def test_a_donation_says_that_it_cannot_be_taken_back(shop):
    from programs.domain.charities import add_charity

    with tenant_context(shop):
        charity = add_charity(name="Animal shelter", about="Dogs and cats of the city", by=SYSTEM)
    reward = offer(shop, RewardKind.DONATION, value=150, charity=charity)
    visitor = guest(shop)
    page = text(visitor.get(f"rewards/{reward.pk}/"))
    assert "€1.50 for Animal shelter, in your name" in page
    assert "Dogs and cats of the city" in page
    voucher = voucher_of(redeem(visitor, reward))
    assert "Given on" in text(visitor.get(f"vouchers/{voucher}/"))
    with tenant_context(shop):
        assert Reward.objects.get(pk=reward.pk).redemptions.get().status == "used"


def test_a_member_takes_along_what_they_hold_wait_for_and_gave(shop):
    visitor = guest(shop)
    voucher = voucher_of(redeem(visitor, the_reward(shop, 80)))
    visitor.post(f"vouchers/{voucher}/wrapping/", message="For you")
    reward = offer(
        shop, RewardKind.EXPERIENCE, happens_at=timezone.now() + timedelta(days=9), stock=0, has_waiting_list=True
    )
    visitor.post(f"rewards/{reward.pk}/waiting/")
    points = visitor.get("me/data/").json()["points"]
    assert [(one["name"], one["status"]) for one in points["vouchers"]] == [("A coffee of your choice", "open")]
    assert [(one["name"], one["status"]) for one in points["waits_for"]] == [("A experience", "waiting")]
    assert [(one["message"], one["status"]) for one in points["presents_given"]] == [("For you", "open")]
