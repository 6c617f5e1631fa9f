"""Families: how one joins and leaves, whose points pay for a reward, and what undoing gives back to whom."""

import pytest

from customers.domain.members import leave_program, pause_member
from customers.domain.merging import merge_members, undo_merge
from customers.enums import Source
from customers.models import Merge
from loyalty_saas.lib.errors import Forbidden
from programs.domain.adjustments import adjust_points
from programs.domain.expiry import expire_due
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward, use_voucher, void_redemption
from programs.domain.sharing.families import (
    accept_invitation,
    dissolve_family,
    found_family,
    invite,
    join_family,
    leave_family,
    pass_headship,
    remove_member,
    withdraw_invitation,
)
from programs.domain.sharing.pool import pool_of
from programs.enums import FamilyEnd, FamilyWay, RewardKind
from programs.errors import (
    FamiliesOff,
    FamilyFull,
    FamilyTooSoon,
    InFamilyAlready,
    InvitationGone,
    NotEnoughPoints,
    NotTheHead,
    OwesForFamily,
    OwnAccount,
)
from programs.models import Family, FamilyMember, PointTransfer, Redemption
from programs.queries import account_of, rewards_for, standing_of
from tenants.actors import Actor
from tenants.enums import Role
from tenants.isolation import tenant_context
from tests.cast import make_business, make_membership
from tests.programs.sharing import allow, make_family
from tests.programs.shop import (
    SYSTEM,
    at,
    balance,
    bring_back,
    buy,
    earn,
    key,
    make_member,
    make_program,
    make_reward,
)
from tests.threads import at_once


@pytest.fixture
def shop():
    business = make_business()
    with tenant_context(business):
        yield business


def _people(**program):
    """Ana, the head, her son Ben and her daughter Cleo."""
    made = make_program(**program)
    allow()
    return made, *(make_member(given_name=name) for name in ("Ana", "Ben", "Cleo"))


def _redeem(member, program, cost, **fields):
    return redeem_reward(member, reward=make_reward(program, cost), **{"by": SYSTEM, "key": key(), **fields})


def _agrees():
    assert reconcile().differences == []


# --- joining and leaving ---------------------------------------------------------------------------


def test_nobody_joins_without_an_invitation_that_is_still_good(shop):
    _program, ana, ben, cleo = _people()
    family = found_family(ana, name="Gruber", by=Actor.member(ana.pk))
    invitation = invite(family, by=Actor.member(ana.pk))
    assert account_of(ben) is None or account_of(ben).family_id is None
    accept_invitation(invitation.code.lower(), member=ben, by=Actor.member(ben.pk))
    accept_invitation(invitation.code, member=ben, by=Actor.member(ben.pk))
    with pytest.raises(InvitationGone):
        accept_invitation(invitation.code, member=cleo, by=Actor.member(cleo.pk))
    again = invite(family, by=Actor.member(ana.pk))
    withdraw_invitation(again, by=Actor.member(ana.pk))
    with pytest.raises(InvitationGone):
        accept_invitation(again.code, member=cleo, by=Actor.member(cleo.pk))
    assert [one.account.member.given_name for one in FamilyMember.objects.order_by("pk")] == ["Ana", "Ben"]
    _agrees()


def test_an_invitation_is_over_after_its_days(shop):
    with at("2026-03-01 10:00"):
        _program, ana, ben, _cleo = _people()
        invitation = invite(found_family(ana, name="Gruber", by=SYSTEM), by=SYSTEM)
    with at("2026-03-15 10:01"), pytest.raises(InvitationGone):
        accept_invitation(invitation.code, member=ben, by=SYSTEM)


def test_nobody_says_yes_for_somebody_else(shop):
    _program, ana, ben, _cleo = _people()
    invitation = invite(found_family(ana, name="Gruber", by=SYSTEM), by=SYSTEM)
    with pytest.raises(Forbidden):
        accept_invitation(invitation.code, member=ben, by=Actor.member(ana.pk))


def test_only_the_head_invites_and_parts_with_people(shop):
    _program, ana, ben, cleo = _people()
    family = make_family(ana, ben, cleo)
    with pytest.raises(NotTheHead):
        invite(family, by=Actor.member(ben.pk))
    with pytest.raises(NotTheHead):
        remove_member(family, cleo, by=Actor.member(ben.pk))
    remove_member(family, cleo, by=Actor.member(ana.pk))
    assert account_of(cleo).family_id is None
    _agrees()


def test_a_family_is_as_large_as_the_owner_allows(shop):
    _program, ana, ben, cleo = _people()
    allow(most_members=2)
    family = found_family(ana, name="Gruber", by=SYSTEM)
    first, second = invite(family, by=SYSTEM), invite(family, by=SYSTEM)
    accept_invitation(first.code, member=ben, by=SYSTEM)
    with pytest.raises(FamilyFull):
        accept_invitation(second.code, member=cleo, by=SYSTEM)


def test_two_who_say_yes_at_once_take_the_last_place_once():
    business = make_business()
    with tenant_context(business):
        _program, ana, ben, cleo = _people()
        allow(most_members=2)
        family = found_family(ana, name="Gruber", by=SYSTEM)
        codes = [invite(family, by=SYSTEM).code for _one in range(2)]

    def join(pair):
        with tenant_context(business):
            return accept_invitation(pair[0], member=pair[1], by=SYSTEM)

    outcomes = at_once(join, zip(codes, [ben, cleo], strict=True))
    assert sorted(type(one).__name__ for one in outcomes) == ["Family", "FamilyFull"]
    with tenant_context(business):
        _agrees()


def test_one_family_at_a_time_and_not_another_every_day(shop):
    with at("2026-03-01 10:00"):
        _program, ana, ben, cleo = _people()
        allow(change_days=30)
        make_family(ana, ben)
        with pytest.raises(InFamilyAlready):
            found_family(ben, name="Other", by=SYSTEM)
        other = found_family(cleo, name="Other", by=SYSTEM)
        leave_family(ben, by=SYSTEM)
        with pytest.raises(FamilyTooSoon):
            accept_invitation(invite(other, by=SYSTEM).code, member=ben, by=SYSTEM)
    with at("2026-03-31 10:00"):
        accept_invitation(invite(other, by=SYSTEM).code, member=ben, by=SYSTEM)


def test_switched_off_nothing_begins(shop):
    _program, ana, _ben, _cleo = _people()
    allow(has_families=False)
    with pytest.raises(FamiliesOff):
        found_family(ana, name="Gruber", by=SYSTEM)


def test_who_leaves_takes_their_own_points_along(shop):
    _program, ana, ben, _cleo = _people()
    make_family(ana, ben)
    earn(ana, 3_000)
    earn(ben, 2_000)
    assert pool_of(account_of(ana)).points == 50
    leave_family(ben, by=Actor.member(ben.pk))
    leave_family(ben, by=Actor.member(ben.pk))
    assert (pool_of(account_of(ana)).points, balance(ben)) == (30, (20, 0, 0))
    _agrees()


def test_after_the_head_the_one_who_has_been_in_it_longest(shop):
    _program, ana, ben, cleo = _people()
    family = make_family(ana, ben, cleo)
    leave_family(ana, by=SYSTEM)
    family.refresh_from_db()
    assert family.head.member_id == ben.pk
    pass_headship(family, cleo, by=Actor.member(ben.pk))
    leave_family(ben, by=SYSTEM)
    leave_family(cleo, by=SYSTEM)
    family.refresh_from_db()
    assert family.dissolved_at is not None
    _agrees()


def test_a_head_may_end_it_for_everybody(shop):
    _program, ana, ben, cleo = _people()
    family = make_family(ana, ben, cleo)
    with pytest.raises(NotTheHead):
        dissolve_family(family, by=Actor.member(ben.pk))
    dissolve_family(family, by=Actor.member(ana.pk))
    dissolve_family(family, by=Actor.member(ana.pk))
    assert [account_of(one).family_id for one in (ana, ben, cleo)] == [None] * 3
    assert {one.why_left for one in FamilyMember.objects.all()} == {FamilyEnd.DISSOLVED}
    _agrees()


def test_a_child_without_an_address_joins_at_the_counter(shop):
    _program, ana, _ben, _cleo = _people()
    family = found_family(ana, name="Gruber", by=SYSTEM)
    child = make_member(given_name="Mia", email="", phone="")
    staff = make_membership(shop, Role.STAFF)
    join_family(child, family, way=FamilyWay.COUNTER, by=Actor.staff(staff))
    assert FamilyMember.objects.get(account=account_of(child)).way == FamilyWay.COUNTER


def test_staff_join_no_family_with_a_card_of_their_own(shop):
    _program, ana, _ben, _cleo = _people()
    family = found_family(ana, name="Gruber", by=SYSTEM)
    staff = make_membership(shop, Role.STAFF)
    own = make_member(given_name="Tom", email=staff.user.email)
    with pytest.raises(OwnAccount):
        join_family(own, family, way=FamilyWay.COUNTER, by=Actor.staff(staff))


def test_who_leaves_the_program_leaves_the_family_and_who_rests_does_not(shop):
    _program, ana, ben, cleo = _people()
    make_family(ana, ben, cleo)
    earn(ben, 2_000)
    pause_member(ben, by=SYSTEM, source=Source.DASHBOARD)
    leave_program(cleo, by=SYSTEM, source=Source.DASHBOARD)
    assert account_of(ben).family_id is not None
    assert account_of(cleo).family_id is None
    assert pool_of(account_of(ana)).points == 0
    _agrees()


# --- the pool --------------------------------------------------------------------------------------


def test_a_reward_is_paid_with_what_expires_first_whoever_earned_it(shop):
    with at("2026-01-10 10:00"):
        program, ana, ben, cleo = _people(expiry_months=6, expires_at_month_end=False)
        make_family(ana, ben, cleo)
        earn(ben, 2_000)
    with at("2026-02-10 10:00"):
        earn(ana, 2_000)
    with at("2026-03-10 10:00"):
        earn(cleo, 2_000)
    with at("2026-03-20 10:00"):
        done = _redeem(cleo, program, 30)
        assert [balance(one) for one in (ana, ben, cleo)] == [(10, 0, 0), (0, 0, 0), (20, 0, 0)]
        drawn = PointTransfer.objects.filter(redemption=done).order_by("points")
        assert [(one.giver.member.given_name, one.points) for one in drawn] == [("Ana", 10), ("Ben", 20)]
        assert done.entry.snapshot["family"] == 30
        _agrees()
    with at("2026-03-21 10:00"):
        void_redemption(done, by=SYSTEM, reason="Oops", key=key())
        assert [balance(one) for one in (ana, ben, cleo)] == [(20, 0, 0), (20, 0, 0), (20, 0, 0)]
        _agrees()


def test_what_has_lapsed_meanwhile_does_not_come_back_to_its_giver(shop):
    with at("2026-01-10 10:00"):
        program, ana, ben, _cleo = _people(expiry_months=1, expires_at_month_end=False)
        make_family(ana, ben)
        earn(ben, 2_000)
    with at("2026-01-20 10:00"):
        earn(ana, 2_000)
        done = _redeem(ana, program, 30)
    with at("2026-02-15 10:00") as moment:
        expire_due(moment)
        void_redemption(done, by=SYSTEM, reason="Oops", key=key())
        assert (balance(ana), balance(ben)) == ((20, 0, 0), (0, 0, 0))
        _agrees()


def test_everybody_s_tier_counts_only_what_they_earned(shop):
    program, ana, ben, _cleo = _people()
    make_family(ana, ben)
    earn(ben, 2_000)
    before = standing_of(account_of(ben)).progress, account_of(ben).lifetime
    _redeem(ana, program, 20)
    assert (standing_of(account_of(ben)).progress, account_of(ben).lifetime) == before
    assert account_of(ana).lifetime == 0


def test_the_head_alone_spends_where_the_owner_says_so(shop):
    program, ana, ben, _cleo = _people()
    allow(head_spends=True)
    make_family(ana, ben)
    earn(ana, 3_000)
    earn(ben, 1_000)
    with pytest.raises(NotEnoughPoints) as refused:
        _redeem(ben, program, 20)
    assert refused.value.missing == 10
    _redeem(ben, program, 10)
    _redeem(ana, program, 30)
    assert (balance(ana), balance(ben)) == ((0, 0, 0), (0, 0, 0))
    _agrees()


def test_lists_of_rewards_know_the_pool(shop):
    program, ana, ben, _cleo = _people()
    make_family(ana, ben)
    earn(ana, 3_000)
    make_reward(program, 25)
    [offer] = rewards_for(account_of(ben))
    assert (offer.available, offer.missing, standing_of(account_of(ben)).spendable) == (True, 0, 30)


def test_the_family_does_not_pay_what_one_of_them_owes(shop):
    program, ana, ben, _cleo = _people()
    make_family(ana, ben)
    earn(ana, 3_000)
    purchase = buy(ben, 1_000)
    adjust_points(ben, points=-10, reason="x", by=SYSTEM, key=key())
    bring_back(purchase)
    assert balance(ben) == (0, 0, 10)
    with pytest.raises(OwesForFamily):
        _redeem(ben, program, 20)
    _redeem(ana, program, 20)
    assert (balance(ana), balance(ben)) == ((10, 0, 0), (0, 0, 10))
    _agrees()


def test_a_return_is_owed_by_the_one_who_earned_though_the_family_spent_it(shop):
    program, ana, ben, _cleo = _people()
    make_family(ana, ben)
    purchase = buy(ben, 2_000)
    _redeem(ana, program, 20)
    bring_back(purchase)
    assert (balance(ana), balance(ben)) == ((0, 0, 0), (0, 0, 20))
    _agrees()


def test_a_retried_redemption_draws_once(shop):
    program, ana, ben, _cleo = _people()
    make_family(ana, ben)
    earn(ben, 5_000)
    reward = make_reward(program, 20)
    first = redeem_reward(ana, reward=reward, by=SYSTEM, key="same")
    assert redeem_reward(ana, reward=reward, by=SYSTEM, key="same").pk == first.pk
    assert balance(ben) == (30, 0, 0)


def test_all_of_a_family_who_redeem_at_once_never_overspend():
    business = make_business()
    with tenant_context(business):
        program, ana, ben, cleo = _people()
        make_family(ana, ben, cleo)
        for member in (ana, ben, cleo):
            earn(member, 3_000)
        reward = make_reward(program, 20)

    def redeem(member):
        with tenant_context(business):
            return redeem_reward(member, reward=reward, by=SYSTEM, key=key())

    outcomes = at_once(redeem, [ana, ben, cleo] * 3)
    kinds = sorted(type(one).__name__ for one in outcomes)
    assert kinds == ["NotEnoughPoints"] * 5 + ["Redemption"] * 4
    with tenant_context(business):
        assert sum(balance(one)[0] for one in (ana, ben, cleo)) == 10
        _agrees()


def test_redeeming_and_leaving_and_undoing_at_once_blocks_nobody():
    business = make_business()
    with tenant_context(business):
        program, ana, ben, cleo = _people()
        family = make_family(ana, ben, cleo)
        for member in (ana, ben, cleo):
            earn(member, 3_000)
        reward = make_reward(program, 5)
        done = [redeem_reward(ana, reward=reward, by=SYSTEM, key=key()) for _one in range(3)]

    def act(job):
        with tenant_context(business):
            return job()

    jobs = [lambda one=one: void_redemption(one, by=SYSTEM, reason="Oops", key=key()) for one in done]
    jobs += [lambda who=who: redeem_reward(who, reward=reward, by=SYSTEM, key=key()) for who in (ana, ben, cleo)]
    jobs += [lambda: leave_family(cleo, by=SYSTEM), lambda: dissolve_family(family, by=SYSTEM)]
    outcomes = at_once(act, jobs)
    assert [one for one in outcomes if isinstance(one, Exception) and type(one).__name__ != "NoFamily"] == []
    with tenant_context(business):
        _agrees()
        assert sum(balance(one)[0] for one in (ana, ben, cleo)) == 90 - 5 * 3


def test_an_over_voucher_of_the_family_goes_back_to_everybody_with_the_return(shop):
    with at("2026-03-01 10:00"):
        program, ana, ben, _cleo = _people(voucher_days=5)
        make_family(ana, ben)
        earn(ben, 3_000)
        reward = make_reward(program, 20, kind=RewardKind.AMOUNT_OFF, value=300)
        voucher = redeem_reward(ana, reward=reward, by=SYSTEM, key=key()).vouchers.get()
        purchase = buy(ana, 1_000)
        use_voucher(voucher, by=SYSTEM, purchase=purchase)
    with at("2026-03-20 10:00"):
        bring_back(purchase)
        assert (balance(ana), balance(ben)) == ((0, 0, 0), (30, 0, 0))
        _agrees()


# --- merging ---------------------------------------------------------------------------------------


def _merge(kept, absorbed):
    merge_members(kept, absorbed, by=SYSTEM, source=Source.DASHBOARD)


def _part():
    undo_merge(Merge.objects.get(), by=SYSTEM, source=Source.DASHBOARD)


def test_the_kept_record_takes_the_place_of_the_head_and_gives_it_back(shop):
    _program, ana, ben, _cleo = _people()
    family = make_family(ana, ben)
    other = make_member(given_name="Anna")
    earn(ana, 2_000)
    _merge(other, ana)
    family.refresh_from_db()
    assert (family.head.member_id, pool_of(account_of(other)).points) == (other.pk, 20)
    _agrees()
    _part()
    family.refresh_from_db()
    assert (family.head.member_id, account_of(other).family_id) == (ana.pk, None)
    assert pool_of(account_of(ana)).points == 20
    _agrees()


def test_two_records_in_one_family_become_one_of_it(shop):
    _program, ana, ben, cleo = _people()
    family = make_family(ana, ben, cleo)
    _merge(ben, ana)
    family.refresh_from_db()
    assert (family.head.member_id, Family.objects.get().accounts.count()) == (ben.pk, 2)
    _agrees()
    _part()
    family.refresh_from_db()
    assert (family.head.member_id, family.accounts.count()) == (ana.pk, 3)
    _agrees()


def test_of_two_families_the_kept_record_stays_in_its_own(shop):
    _program, ana, ben, cleo = _people()
    dora = make_member(given_name="Dora")
    first, second = make_family(ana, ben), make_family(cleo, dora, name="Huber")
    _merge(ana, dora)
    assert (account_of(ana).family_id, second.accounts.count()) == (first.pk, 1)
    _agrees()
    _part()
    assert account_of(dora).family_id == second.pk
    _agrees()


def test_a_gift_between_two_records_stays_one_when_they_are_parted(shop):
    from tests.programs.sharing import give_points

    _program, ana, ben, _cleo = _people()
    earn(ana, 5_000)
    give_points(ana, ben, 20)
    _merge(ben, ana)
    assert balance(ben) == (50, 0, 0)
    _part()
    assert (balance(ana), balance(ben)) == ((30, 0, 0), (20, 0, 0))
    _agrees()


def test_a_redemption_of_the_family_is_undone_after_its_redeemer_was_merged(shop):
    program, ana, ben, _cleo = _people()
    make_family(ana, ben)
    earn(ben, 2_000)
    done = _redeem(ana, program, 20)
    other = make_member(given_name="Anna")
    _merge(other, ana)
    void_redemption(Redemption.objects.get(pk=done.pk), by=SYSTEM, reason="Oops", key=key())
    assert (balance(other), balance(ben)) == ((0, 0, 0), (20, 0, 0))
    _agrees()


def test_a_redemption_of_the_family_is_undone_after_its_giver_was_merged(shop):
    program, ana, ben, _cleo = _people()
    make_family(ana, ben)
    earn(ben, 2_000)
    done = _redeem(ana, program, 20)
    other = make_member(given_name="Benjamin")
    _merge(other, ben)
    void_redemption(Redemption.objects.get(pk=done.pk), by=SYSTEM, reason="Oops", key=key())
    assert (balance(ana), balance(other)) == ((0, 0, 0), (20, 0, 0))
    _agrees()
