"""Every kind of reward at the counter: a choice, a part of the money, a place for later, several together."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from customers.models import Product
from programs.domain.catalog import RewardDetails, choose_voucher_rule, create_reward
from programs.domain.charities import add_charity
from programs.domain.conditions import Conditions
from programs.domain.gifts import wrap_voucher
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward
from programs.enums import RedemptionStatus, RewardKind, VoucherRule
from programs.models import Voucher, VoucherUse
from tenants.isolation import tenant_context
from tests.cast import sign_in
from tests.programs.counter_shop import key
from tests.programs.shop import SYSTEM

HTMX = {"HX-Request": "true"}


@pytest.fixture
def boss(shop):
    """A device at which the owner is signed in."""
    return sign_in(shop.cast.owner)


def offer(shop, kind, cost=20, **fields):
    with tenant_context(shop.cast.business):
        details = RewardDetails(name=f"A {kind}", kind=kind, cost=cost, **fields)
        return create_reward(shop.program, details, by=SYSTEM)


def voucher_of(shop, reward):
    with tenant_context(shop.cast.business):
        return redeem_reward(shop.anna, reward=reward, by=SYSTEM, key=uuid4().hex).vouchers.get()


def serve(till, shop, **values):
    return till.post(f"{shop.url}visits/", {"key": key(), **values}, headers=HTMX)


def now(shop, voucher):
    with tenant_context(shop.cast.business):
        return Voucher.objects.get(pk=voucher.pk)


def text(answer):
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


def test_one_of_several_is_chosen_and_handed_over(shop, boss):
    with tenant_context(shop.cast.business):
        tea, cake = (Product.objects.create(name=name, sku=f"{name}{key()}", price=300) for name in ("Tea", "Cake"))
    reward = offer(shop, RewardKind.CHOICE, terms=Conditions(products=(str(tea.pk), str(cake.pk))).as_json())
    assert f'name="product-{reward.pk}"' in text(boss.get(shop.url))
    done = serve(boss, shop, reward=str(reward.pk), **{f"product-{reward.pk}": str(cake.pk)})
    assert "Hand over: <strong>A choice</strong> (Cake)" in text(done)
    with tenant_context(shop.cast.business):
        assert Voucher.objects.get(redemption__reward=reward).product == cake


@pytest.mark.parametrize("chosen", ["x", "01900000-0000-7000-8000-000000000000"])
def test_what_is_no_choice_is_refused(shop, boss, chosen):
    reward = offer(shop, RewardKind.FREE_PRODUCT)
    assert serve(boss, shop, reward=str(reward.pk), **{f"product-{reward.pk}": chosen}).status_code == 422


def test_a_part_of_the_money_is_taken_and_taken_back(shop, boss):
    voucher = voucher_of(shop, offer(shop, RewardKind.AMOUNT_OFF, value=2000, is_partial=True))
    done = serve(boss, shop, amount="12", voucher=str(voucher.pk), **{f"part-{voucher.pk}": "7.50"})
    assert "Take off <strong>€7.50</strong>: A amount_off" in text(done)
    assert "€12.50 stay on it" in text(done)
    assert now(shop, voucher).left == 1250
    undone = boss.post(f"{shop.url}undos/", {"key": key(), "voucher": str(voucher.pk)}, headers=HTMX)
    assert undone.status_code == 200
    with tenant_context(shop.cast.business):
        assert VoucherUse.objects.get(voucher=voucher).undone_at is not None
        assert reconcile().differences == []
    assert now(shop, voucher).left == 2000


def test_a_place_stays_with_the_member_until_its_day(shop, boss):
    reward = offer(shop, RewardKind.EXPERIENCE, happens_at=timezone.now() + timedelta(days=9), stock=3)
    done = serve(boss, shop, reward=str(reward.pk))
    assert "On their phone now: <strong>A experience</strong>" in text(done)
    with tenant_context(shop.cast.business):
        assert Voucher.objects.get(redemption__reward=reward).status == RedemptionStatus.OPEN


def test_a_donation_is_given_at_the_counter_and_undone_there(shop, boss, ledger):
    with tenant_context(shop.cast.business):
        charity = add_charity(name="Animal shelter", by=SYSTEM)
    reward = offer(shop, RewardKind.DONATION, value=150, charity=charity)
    done = serve(boss, shop, reward=str(reward.pk))
    assert "<strong>€1.50</strong> given to Animal shelter in their name" in text(done)
    assert ledger() == 220
    with tenant_context(shop.cast.business):
        entry = Voucher.objects.get(redemption__reward=reward).redemption.entry_id
    boss.post(f"{shop.url}undos/", {"key": key(), "entry": str(entry)}, headers=HTMX)
    assert ledger() == 240
    with tenant_context(shop.cast.business):
        assert Voucher.objects.get(redemption__reward=reward).status == RedemptionStatus.VOIDED


def test_the_smallest_purchase_is_what_it_was_before_the_voucher(shop, boss):
    voucher = voucher_of(shop, offer(shop, RewardKind.AMOUNT_OFF, value=500, minimum=2000))
    # Paid after the voucher: 14.99 were 19.99 before it, 15.00 were 20.00.
    preview = boss.get(f"{shop.url}preview/", {"amount": "14.99", "voucher": str(voucher.pk)}, headers=HTMX)
    assert "This voucher is for purchases from €20.00." in text(preview)
    assert serve(boss, shop, amount="14.99", voucher=str(voucher.pk)).status_code == 409
    assert serve(boss, shop, amount="15", voucher=str(voucher.pk)).status_code == 200


def test_the_rule_about_several_refuses_the_whole_act(shop, boss, ledger):
    vouchers = [voucher_of(shop, offer(shop, RewardKind.AMOUNT_OFF, value=500)) for _twice in range(2)]
    with tenant_context(shop.cast.business):
        choose_voucher_rule(shop.program, VoucherRule.ONE_DISCOUNT, by=SYSTEM)
    before = ledger()
    refused = serve(boss, shop, amount="20", voucher=[str(voucher.pk) for voucher in vouchers])
    assert refused.status_code == 409
    assert ledger() == before
    assert serve(boss, shop, amount="20", voucher=str(vouchers[0].pk)).status_code == 200


def test_what_cannot_be_used_now_is_grey_and_says_why(shop, boss):
    today = timezone.now().date()
    closed = ((today - timedelta(days=1), date(2999, 1, 1)),)
    reward = offer(shop, RewardKind.FREE_PRODUCT, terms=Conditions(blackout=closed).as_json())
    wrapped = voucher_of(shop, offer(shop, RewardKind.AMOUNT_OFF, value=500))
    with tenant_context(shop.cast.business):
        wrap_voucher(wrapped, by=SYSTEM)
    page = text(boss.get(shop.url))
    assert "This cannot be used today." in page
    assert f'value="{reward.pk}"' not in page
    assert "wrapped as a present" in page
    assert f'value="{wrapped.pk}"' not in page
