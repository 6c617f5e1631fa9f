"""Closed days and the rest of a member make points keep longer, and every change of a date is on the record."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from customers.domain.members import pause_member, reactivate_member
from customers.domain.merging import merge_members, undo_merge
from customers.enums import Source
from customers.models import Member
from loyalty_saas.lib.errors import Invalid
from programs.domain.expiry import expire_due
from programs.domain.extending import announce_closure, extend_due, rest_of, withdraw_closure
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward, void_redemption
from programs.errors import ClosureIsOver, ClosuresOverlap
from programs.models import Lot, LotExtension, Program, Rest
from programs.queries import account_of, standing_of
from tenants.isolation import tenant_context
from tenants.models import AuditEvent
from tests.cast import make_business
from tests.programs.domain.test_append_only import superuser
from tests.programs.shop import SYSTEM, at, balance, buy, key, make_member, make_program, make_reward

AUGUST = date(2026, 8, 1), date(2026, 8, 14)


@pytest.fixture
def shop(business) -> Iterator[Program]:
    """Points keep a month, to its day: what is earned on 5 July has its last day on 5 August."""
    with tenant_context(business):
        yield make_program(expiry_months=1, expires_at_month_end=False)
        assert reconcile().differences == []


def last_days() -> list[str]:
    """The ends of all lots in the order in which they were earned, as days of Vienna in summer."""
    return [
        f"{ends:%m-%d %H}" if ends else "never"
        for ends in Lot.objects.order_by("id").values_list("expires_at", flat=True)
    ]


def night(moment: str) -> None:
    """What the job does at a moment."""
    with at(moment) as now:
        extend_due(now)
        expire_due(now)


def pause(member: Member) -> None:
    pause_member(member, by=SYSTEM, source=Source.DASHBOARD)


def reactivate(member: Member) -> None:
    reactivate_member(member, by=SYSTEM, source=Source.DASHBOARD)


# Closed days


def test_what_would_expire_on_a_closed_day_keeps_as_many_days_longer(shop):
    for moment in ("2026-06-30 10:00", "2026-07-01 10:00", "2026-07-14 10:00", "2026-07-15 10:00"):
        with at(moment):
            buy(make_member(), 1000)
    with at("2026-07-20 10:00"):
        announce_closure(*AUGUST, reason="Summer holidays", by=SYSTEM)
    # A day ends at 22:00 UTC: the first and the last are not closed days.
    assert last_days() == ["07-30 22", "08-15 22", "08-28 22", "08-15 22"]
    assert LotExtension.objects.count() == 2
    event = AuditEvent.objects.get(action="closure.announced")
    assert (event.subject, event.details["lots"]) == ("Summer holidays", 2)


def test_what_is_earned_after_the_announcement_is_extended_in_the_night(shop):
    member = make_member()
    with at("2026-07-01 10:00"):
        announce_closure(*AUGUST, reason="Holidays", by=SYSTEM)
    with at("2026-07-10 10:00"):
        buy(member, 1000)
    night("2026-07-10 22:30")
    assert last_days() == ["08-24 22"]
    night("2026-08-14 22:30")
    assert balance(member) == (10, 0, 0)
    night("2026-08-24 22:30")
    assert balance(member) == (0, 0, 0)
    assert LotExtension.objects.count() == 1


def test_an_extension_into_another_closure_is_extended_once_more(shop):
    with at("2026-07-01 10:00"):
        buy(make_member(), 1000)
        announce_closure(date(2026, 8, 1), date(2026, 8, 2), reason="Wedding", by=SYSTEM)
        assert last_days() == ["08-03 22"]
        announce_closure(date(2026, 8, 3), date(2026, 8, 4), reason="Repairs", by=SYSTEM)
    assert last_days() == ["08-05 22"]


def test_what_has_lapsed_before_the_announcement_stays_lapsed(shop):
    member = make_member()
    with at("2026-07-02 10:00"):
        buy(member, 1000)
    with at("2026-08-05 10:00") as now:
        announce_closure(*AUGUST, reason="Holidays", by=SYSTEM)
        expire_due(now)
    assert balance(member) == (0, 0, 0)
    assert not LotExtension.objects.exists()


def test_points_given_back_after_a_closure_keep_as_long_as_the_others(shop):
    member = make_member()
    with at("2026-07-05 10:00"):
        buy(member, 1000)
        redeemed = redeem_reward(member, reward=make_reward(shop, cost=10), by=SYSTEM, key=key())
        announce_closure(*AUGUST, reason="Holidays", by=SYSTEM)
    with at("2026-08-17 10:00"):
        void_redemption(redeemed, by=SYSTEM, reason="Oops", key=key())
        assert standing_of(account_of(member)).balance == 10


def test_the_end_of_a_day_is_kept_over_a_change_of_clocks():
    with tenant_context(make_business(time_zone="Europe/Vienna")):
        make_program(expiry_months=1, expires_at_month_end=False)
        with at("2026-09-24 10:00"):
            buy(make_member(), 1000)
            announce_closure(date(2026, 10, 24), date(2026, 10, 24), reason="Fair", by=SYSTEM)
        # Clocks go back in the night to 25 October: its end is at 23:00 UTC.
        assert Lot.objects.get().expires_at == datetime(2026, 10, 25, 23, tzinfo=UTC)


def test_a_closure_that_cannot_be_is_refused(shop):
    with at("2026-07-20 10:00"):
        announce_closure(*AUGUST, reason="Holidays", by=SYSTEM)
        for days, refusal in (
            ((date(2026, 8, 14), date(2026, 8, 20)), ClosuresOverlap),
            ((date(2026, 7, 1), date(2026, 7, 19)), ClosureIsOver),
            ((date(2026, 9, 2), date(2026, 9, 1)), Invalid),
            ((date(2026, 9, 1), date(2028, 9, 1)), Invalid),
        ):
            with pytest.raises(refusal):
                announce_closure(*days, reason="Once more", by=SYSTEM)
        with pytest.raises(Invalid):
            announce_closure(date(2026, 9, 1), date(2026, 9, 1), reason="  ", by=SYSTEM)


def test_a_closure_that_is_withdrawn_extends_nothing_more_and_keeps_its_promise(shop):
    with at("2026-07-05 10:00"):
        buy(make_member(), 1000)
        closure = announce_closure(*AUGUST, reason="Holidays", by=SYSTEM)
    with at("2026-07-06 10:00"):
        buy(make_member(), 1000)
        withdraw_closure(closure, by=SYSTEM)
        withdraw_closure(closure, by=SYSTEM)
        announce_closure(date(2026, 8, 14), date(2026, 8, 14), reason="Assumption", by=SYSTEM)
    night("2026-07-06 22:30")
    assert last_days() == ["08-19 22", "08-06 22"]
    assert AuditEvent.objects.filter(action="closure.withdrawn").count() == 1


# The rest of a member


def test_nothing_expires_while_a_member_is_paused_and_all_keeps_as_long_after(shop):
    member, other = make_member(), make_member()
    with at("2026-07-05 10:00"):
        buy(member, 1000)
        buy(other, 1000)
    with at("2026-07-20 10:00"):
        pause(member)
        assert last_days() == ["never", "08-05 22"]
    night("2026-08-10 22:30")
    assert (balance(member), balance(other)) == ((10, 0, 0), (0, 0, 0))
    with at("2026-08-30 10:00"):
        reactivate(member)
    # Paused for 41 days: from 5 August to 15 September.
    assert last_days()[0] == "09-15 22"
    assert [(rest.began_on, rest.ended_on) for rest in Rest.objects.all()] == [(date(2026, 7, 20), date(2026, 8, 30))]
    night("2026-09-15 22:30")
    assert balance(member) == (0, 0, 0)


def test_what_has_lapsed_before_the_rest_is_gone(shop):
    member = make_member()
    with at("2026-07-05 10:00"):
        buy(member, 1000)
    with at("2026-08-05 22:30"):
        pause(member)
    with at("2026-08-20 10:00"):
        reactivate(member)
    assert balance(member) == (0, 0, 0)


def test_a_rest_within_a_day_changes_no_date(shop):
    member = make_member()
    with at("2026-07-05 10:00"):
        buy(member, 1000)
    with at("2026-07-20 10:00"):
        pause(member)
        reactivate(member)
        pause(member)
        reactivate(member)
    assert last_days() == ["08-05 22"]


def test_a_closure_during_a_rest_counts_where_the_points_come_back_into_it(shop):
    member = make_member()
    with at("2026-07-05 10:00"):
        buy(member, 1000)
    with at("2026-07-20 10:00"):
        pause(member)
        announce_closure(*AUGUST, reason="Holidays", by=SYSTEM)
        assert last_days() == ["never"]
    with at("2026-07-23 10:00"):
        reactivate(member)
    assert last_days() == ["08-08 22"]
    night("2026-07-23 22:30")
    assert last_days() == ["08-22 22"]


def test_the_night_notices_a_rest_that_nothing_told_it_of(shop):
    member = make_member()
    with at("2026-07-05 10:00"):
        buy(member, 1000)
    Member.objects.filter(pk=member.pk).update(status="paused")
    night("2026-07-06 22:30")
    assert last_days() == ["never"]
    Member.objects.filter(pk=member.pk).update(status="active")
    night("2026-07-08 22:30")
    assert last_days() == ["08-07 22"]
    night("2026-07-09 22:30")
    assert LotExtension.objects.count() == 2


def test_merging_ends_the_rest_of_the_absorbed_card(shop):
    kept, absorbed = make_member(), make_member()
    with at("2026-07-05 10:00"):
        buy(absorbed, 1000)
    with at("2026-07-10 10:00"):
        pause(absorbed)
    with at("2026-07-20 10:00"):
        merge = merge_members(kept, absorbed, by=SYSTEM, source=Source.DASHBOARD)
        assert rest_of(account_of(absorbed) or account_of(kept)) is None
        held = Lot.objects.get(remaining__gt=0)
        assert f"{held.expires_at:%m-%d %H}" == "08-15 22"
        assert reconcile().differences == []
    night("2026-07-21 22:30")
    with at("2026-07-22 10:00"):
        undo_merge(merge, by=SYSTEM, source=Source.DASHBOARD)
    night("2026-07-22 22:30")
    # Apart again, the card rests as before.
    assert Lot.objects.get(remaining__gt=0).expires_at is None


def test_the_merged_card_rests_when_its_member_does(shop):
    kept, absorbed = make_member(), make_member()
    with at("2026-07-05 10:00"):
        buy(absorbed, 1000)
        pause(kept)
    with at("2026-07-20 10:00"):
        merge_members(kept, absorbed, by=SYSTEM, source=Source.DASHBOARD)
    night("2026-07-20 22:30")
    assert Lot.objects.get(remaining__gt=0).expires_at is None
    with at("2026-07-30 10:00"):
        reactivate(kept)
    night("2026-07-30 22:30")
    assert balance(kept) == (10, 0, 0)


# On the record


def test_a_date_that_was_changed_past_the_record_is_found(business):
    with tenant_context(business):
        make_program(expiry_months=1, expires_at_month_end=False)
        with at("2026-07-05 10:00"):
            buy(make_member(), 1000)
            announce_closure(*AUGUST, reason="Holidays", by=SYSTEM)
    superuser("UPDATE programs_lot SET expires_at = expires_at + interval '1 day' WHERE tenant_id = %s", business.pk)
    with tenant_context(business):
        assert [one.rule for one in reconcile().differences] == ["a lot ends when its extensions say"]
