"""A business that has some of everything a business can take along, and a fresh one that is set up for it."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from customers.domain.consents import record_consent
from customers.domain.members import leave_program, pause_member
from customers.domain.notes import add_note
from customers.domain.purchases import LineDetails, ReturnLineDetails
from customers.domain.tags import set_tags
from customers.enums import Source
from customers.models import Member, Product
from loyalty_saas.lib.days import end_of_day, local_day, start_of_day
from programs.domain.accounts import lock_account_of
from programs.domain.credit.by_hand import adjust_credit
from programs.domain.expiry import expire_vouchers
from programs.domain.gifts import open_gift, wrap_voucher
from programs.domain.memberships.ending import cancel, refund, settle_memberships
from programs.domain.memberships.plans import PlanDetails, add_plan
from programs.domain.memberships.selling import renew, subscribe, wish_for
from programs.domain.presents import Worth, write_present
from programs.domain.redemptions import redeem_reward, use_voucher, void_redemption
from programs.domain.reviews.deciding import hold_review
from programs.domain.reviews.opening import Seen, open_review
from programs.domain.sharing.families import invite
from programs.domain.sharing.transfers import undo_transfer
from programs.domain.surprises.definition import SurpriseTerms
from programs.domain.surprises.publishing import compose_surprise, end_surprise, publish_surprise
from programs.domain.vouchers import Using
from programs.enums import PresentOccasion, ReviewKind, ReviewSubject, RewardKind, Suspicion
from programs.models import Charity, MembershipPlan, Prize, Program, Reward, Voucher
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.models import Location, Tenant
from tests.cast import Cast
from tests.programs.credit import make_credit
from tests.programs.sharing import allow, give_points, make_family
from tests.programs.shop import (
    SYSTEM,
    at,
    bring_back,
    buy,
    earn,
    key,
    make_member,
    make_program,
    make_reward,
    make_tier,
)

EVENT = "Latte art"


def set_up(tenant: Tenant, *, rewards: bool = True) -> None:
    """What an owner makes before anything can be brought: a program, tiers, a club, credit, sharing, two places."""
    with tenant_context(tenant):
        program = make_program(expiry_months=12, expires_at_month_end=False)
        make_tier(program, "Gold", 20_000)
        club = make_tier(program, "Club", 900_000, by_invitation=True)
        add_plan(
            PlanDetails(name="House club", tier=club, price=950, welcome_kind="amount_off", welcome_value=300),
            by=SYSTEM,
        )
        make_credit(rate=1, minimum=10**9, expiry_months=12)
        allow(head_spends=True)
        for name in ("Main street", "Harbour"):
            Location.objects.get_or_create(name=name)
        if rewards:
            make_reward(program, 20, name=EVENT, kind=RewardKind.EXPERIENCE, happens_at=event_day(tenant), stock=8)


def event_day(tenant: Tenant) -> datetime:
    day = local_day(timezone.now(), tenant.zone) + timedelta(days=40)
    return start_of_day(day, tenant.zone) + timedelta(hours=18)


def fill(cast: Cast) -> Tenant:
    """Members with odd names and everything that can have happened to them."""
    tenant = cast.business
    set_up(tenant)
    with tenant_context(tenant):
        program, plan = Program.objects.get(kind="points"), MembershipPlan.objects.get()
        main, cake, tea = _goods()
        ida = make_member(
            given_name="Ida", family_name="=cmd|'calc'", email="ida@example.com", phone="+436641234567", language="de",
            external_id="C-1", birth_month=2, birth_day=29, location=main,
            preferences="oat milk, \"extra\" hot\nalways",
        )  # fmt: skip
        otto = make_member(given_name="Øtto", birth_month=12, birth_day=31, birth_year=1980)
        ada = make_member(given_name="Ada", email="ada@example.com")
        pause_member(make_member(given_name="Pia"), by=SYSTEM, source=Source.DASHBOARD)
        leave_program(make_member(given_name="Leo"), by=SYSTEM, source=Source.DASHBOARD)
        set_tags(ida, ["regular"])
        now = timezone.now()
        with at(now - timedelta(days=80)):
            subscribe(ida, plan, by=SYSTEM, key=key(), reference="R-7")
            subscribe(ada, plan, by=SYSTEM, key=key())
            cancel(ada, by=SYSTEM)
        with at(now - timedelta(days=50)):
            second = renew(ida, by=SYSTEM, key=key())
            refund(second, by=SYSTEM, reason="Closed for a week", amount=200, key=key())
        with at(now - timedelta(days=20)):
            renew(ida, by=SYSTEM, key=key())
        settle_memberships(local_day(now, tenant.zone))
        wish_for(otto, plan, by=SYSTEM)
        purchases_of_all_kinds(ida, otto, cake, tea, plain=(60_000, 30_000))
        adjust_credit(ida, amount=1_250, reason="Gift card", by=SYSTEM, key=key())
        add_note(ida, text="=Sits by the window", by=Actor.staff(cast.owner), source=Source.DASHBOARD)
        for given in (True, False):
            record_consent(
                ada, purpose="marketing", channel="email", given=given, text="News\nby e-mail", by=SYSTEM,
                source=Source.COUNTER,
            )  # fmt: skip
        _waiting(program, otto)
        held_for_a_look(program, ada, by=Actor.staff(cast.owner))
        _between(program, ida, otto)
        _vouchers(tenant, program, ada, cake, tea)
        handed_on(program, ada, otto)
        invite(make_family(ida, otto), note="=for Opa", by=SYSTEM)
        expire_vouchers(timezone.now())
        redeem_reward(ida, reward=make_reward(program, 700, name="Big one"), by=SYSTEM, key=key())
    return tenant


def _goods() -> tuple[Location, Product, Product]:
    cake, tea = Product.objects.create(name="Cake", sku="K"), Product.objects.create(name="Tea", sku="T", price=320)
    return Location.objects.get(name="Main street"), cake, tea


def purchases_of_all_kinds(ida: Member, otto: Member, cake: Product, tea: Product, *, plain: tuple[int, int]) -> None:
    """By line and by total (`plain`, minor units of the two), of a guest, discounted, returned in part and whole."""
    lines = (
        LineDetails(product=cake, quantity=Decimal(2), unit_price=450, discount=100, tax=73),
        LineDetails(product=tea, quantity=Decimal("0.125"), unit_price=3_200, tax=20),
    )
    big = buy(ida, lines=lines, receipt_number="A-1")
    buy(ida, plain[0])
    buy(otto, plain[1])
    whole = buy(otto, 990, receipt_number="A-2")
    buy(None, 500)  # type: ignore[arg-type]
    first = big.lines.order_by("position").first()
    bring_back(big, lines=(ReturnLineDetails(line=first, quantity=Decimal(1)),), reason="cold")
    bring_back(whole, 990)


def _waiting(program: Program, member: Member) -> None:
    """Points that can be spent in two weeks."""
    Program.objects.filter(pk=program.pk).update(pending_days=14)
    buy(member, 4_000)
    Program.objects.filter(pk=program.pk).update(pending_days=0)


def held_for_a_look(program: Program, member: Member, *, by: Actor) -> None:
    """Points that were given out of the ordinary: some that could be spent, and some that wait besides."""
    for days, reason in ((0, Suspicion.TOO_OFTEN), (14, Suspicion.SAME_CARD)):
        Program.objects.filter(pk=program.pk).update(pending_days=days)
        entry = earn(member, 1_100 + days * 100)
        seen = Seen(
            kind=ReviewKind.STAFF, subject_kind=ReviewSubject.ENTRY, subject_id=entry.pk, reasons=[reason],
            key=f"entry:{entry.pk}", member=member, points=entry.amount + entry.pending_amount,
        )  # fmt: skip
        hold_review(open_review(seen), by=by)
    Program.objects.filter(pk=program.pk).update(pending_days=0)


def _between(program: Program, ida: Member, otto: Member) -> None:
    give_points(ida, otto, 10, message="=for you")
    undo_transfer(give_points(ida, otto, 5), by=SYSTEM, reason="Slip", key=key())
    for name in ("Over", "Runs"):
        terms = SurpriseTerms("visit", one_in=1, points=7, budget_points=100)
        surprise = publish_surprise(compose_surprise(program, name=name, terms=terms, by=SYSTEM), by=SYSTEM)
        buy(ida, 500)
        if name == "Over":
            end_surprise(surprise, by=SYSTEM)


def _vouchers(tenant: Tenant, program: Program, ada: Member, cake: Product, tea: Product) -> None:
    """One of every kind and of every end."""
    buy(ada, 100_000)
    main = Location.objects.get(name="Main street")
    day = local_day(timezone.now(), tenant.zone)
    blackout = [[str(day + timedelta(days=days)) for days in pair] for pair in ((12, 14), (20, 20))]
    here = {"locations": [str(main.pk)], "blackout": blackout}
    charity = Charity.objects.create(name="Food bank")
    mystery = _reward(program, "Lucky bag", RewardKind.MYSTERY)
    for weight in (1, 2):
        Prize.objects.create(reward=mystery, name="Upgrade", kind=RewardKind.UPGRADE, weight=weight)
    rewards = {
        "money": _reward(program, "Five off", RewardKind.AMOUNT_OFF, value=500, minimum=1_000, terms=here),
        "parts": _reward(program, "Ten off", RewardKind.AMOUNT_OFF, value=1_000, is_partial=True),
        "percent": _reward(program, "A fifth", RewardKind.PERCENT_OFF, value=20, cap=900),
        "tea": _reward(program, "Tea", RewardKind.FREE_PRODUCT, product=tea),
        "house": _reward(program, "On the house", RewardKind.FREE_PRODUCT, usable_from=day + timedelta(days=3)),
        "choice": _reward(program, "Pick", RewardKind.CHOICE, terms={"products": [str(cake.pk), str(tea.pk)]}),
        "upgrade": _reward(program, "Larger", RewardKind.UPGRADE, value=80),
        "event": Reward.objects.get(name=EVENT),
        "early": _reward(
            program, "New blend", RewardKind.EARLY_ACCESS, content="Ring twice", link="https://example.com/blend",
            public_at=end_of_day(day, tenant.zone) + timedelta(days=5, hours=9),
        ),
        "read": _reward(program, "Recipe", RewardKind.CONTENT, content="=Flour,\nwater \"and\" time"),
        "give": _reward(program, "For others", RewardKind.DONATION, value=200, charity=charity),
        "bag": mystery,
    }  # fmt: skip
    had = {name: _have(ada, reward) for name, reward in rewards.items()}
    use_voucher(had["parts"], by=SYSTEM, using=Using(basket=300))
    use_voucher(_have(ada, rewards["tea"]), by=SYSTEM)
    use_voucher(_have(ada, rewards["choice"]), by=SYSTEM, using=Using(product=cake))
    undone = _have(ada, rewards["percent"])
    assert undone.redemption is not None
    void_redemption(undone.redemption, by=SYSTEM, reason="Slip", key=key())
    wrap_voucher(had["upgrade"], message="For you", by=SYSTEM)
    worth = Worth("percent_off", 10, None, "10% off", 30)
    write_present(
        lock_account_of(ada, by=SYSTEM), worth, occasion=PresentOccasion.BIRTHDAY, day=day, because="Gold", key=key()
    )


def handed_on(program: Program, giver: Member, taker: Member) -> None:
    """A voucher that somebody gave to somebody else, who holds it."""
    gift = wrap_voucher(_have(giver, _reward(program, "Passed on", RewardKind.AMOUNT_OFF, value=700)), by=SYSTEM)
    open_gift(gift, member=taker, by=SYSTEM)


def _reward(program: Program, name: str, kind: str, **fields: Any) -> Reward:
    return make_reward(program, 10, name=name, kind=kind, **fields)


def _have(member: Member, reward: Reward) -> Voucher:
    voucher: Voucher = redeem_reward(member, reward=reward, by=SYSTEM, key=key()).vouchers.get()
    return voucher
