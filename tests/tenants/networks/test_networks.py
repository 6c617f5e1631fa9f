"""Founding, inviting, joining and leaving."""

from datetime import UTC, date, datetime

import pytest

from tenants.actors import Actor
from tenants.domain.networks.founding import change_rules, found_network
from tenants.domain.networks.inviting import (
    accept_network_invitation,
    invite_business,
    offer_of,
    open_invitations,
    withdraw_network_invitation,
)
from tenants.domain.networks.leaving import give_notice, last_day_after, leave_if_due, take_notice_back
from tenants.domain.networks.reading import open_partners, own_seat, partners_of
from tenants.domain.networks.terms import Terms
from tenants.enums import Role, SeatState
from tenants.errors import (
    InNetworkAlready,
    NetworkInvitationGone,
    NotInNetwork,
    OtherCurrency,
    RulesAgreed,
    RulesNotAgreed,
)
from tenants.isolation import tenant_context
from tenants.models import AuditEvent, NetworkInvitation, NetworkSeat
from tests.cast import make_business, make_membership
from tests.programs.shop import at
from tests.tenants.networks.circle import TERMS, make_circle
from tests.threads import at_once

SYSTEM = Actor.system()


def invited():
    """A founder, and a token of theirs."""
    circle = make_circle(1)
    with tenant_context(circle.businesses[0]):
        invitation, token = invite_business(email="Ida@example.com", by=circle.owners[0])
    return circle, invitation, token


def accept(business, token, terms=TERMS):
    with tenant_context(business):
        return accept_network_invitation(token, agreed_to=terms.as_json(), by=SYSTEM)


def test_whoever_joins_has_the_rules_of_the_founder_and_both_find_each_other():
    circle = make_circle(3)
    first, second, third = circle.businesses
    for business, others in ((first, [second, third]), (second, [first, third]), (third, [first, second])):
        with tenant_context(business):
            seat = own_seat()
            assert (seat.name, seat.currency, seat.terms) == ("Good Street", "EUR", TERMS.as_json())
            assert [one.pk for one in open_partners(seat)] == [one.pk for one in others]
            assert [one.name for one in partners_of(seat)] == [one.name for one in others]


def test_joining_stands_in_both_audit_logs_and_names_no_person_to_the_other():
    circle = make_circle(2)
    first, second = circle.businesses
    with tenant_context(first):
        event = AuditEvent.objects.get(action="network.partner_joined")
        assert (event.actor_label, event.actor_id, event.details) == (
            second.name,
            None,
            {"business": str(second.pk), "why": "join"},
        )
        assert NetworkInvitation.objects.get().accepted_by == second.pk
    with tenant_context(second):
        assert AuditEvent.objects.filter(action="network.joined").count() == 1


def test_a_business_that_counts_in_another_currency_is_told_why_it_cannot_join():
    _circle, _invitation, token = invited()
    swiss = make_business(currency="CHF", country="CH")
    with pytest.raises(OtherCurrency, match="This network counts in EUR, and your business in CHF"):
        accept(swiss, token)


def test_an_invitation_is_used_once_however_many_press_at_once():
    _circle, _invitation, token = invited()
    businesses = [make_business() for _number in range(4)]
    outcomes = at_once(lambda one: accept(one, token), businesses)
    assert sorted(type(one).__name__ for one in outcomes) == ["NetworkInvitationGone"] * 3 + ["NetworkSeat"]
    taken = 0
    for business in businesses:
        with tenant_context(business):
            taken += NetworkSeat.objects.count()
    assert taken == 1


def test_a_business_takes_one_seat_of_two_that_are_offered_at_once():
    tokens = [invited()[2] for _number in range(2)]
    business = make_business()
    outcomes = at_once(lambda token: accept(business, token), tokens)
    assert sorted(type(one).__name__ for one in outcomes) == ["InNetworkAlready", "NetworkSeat"]


def test_nobody_agrees_to_rules_they_have_not_seen():
    circle, _invitation, token = invited()
    with tenant_context(circle.businesses[0]):
        change_rules(name="Good Street", terms=Terms(value=900), by=SYSTEM)
    with pytest.raises(RulesNotAgreed):
        accept(make_business(), token)
    with tenant_context(make_business()), pytest.raises(RulesNotAgreed):
        accept_network_invitation(token, agreed_to=None, by=SYSTEM)


def test_rules_stay_as_they_are_once_somebody_has_agreed():
    circle = make_circle(2)
    for business in circle.businesses:
        with tenant_context(business), pytest.raises(RulesAgreed):
            change_rules(name="Mine", terms=Terms(value=1), by=SYSTEM)


def test_what_was_withdrawn_opens_nothing():
    circle, invitation, token = invited()
    with tenant_context(circle.businesses[0]):
        withdraw_network_invitation(invitation, by=SYSTEM)
        assert open_invitations(own_seat()) == []
    with pytest.raises(NetworkInvitationGone):
        accept(make_business(), token)


def test_an_invitation_runs_out():
    with at("2026-03-01 10:00"):
        _circle, _invitation, token = invited()
    with at("2026-03-20 10:00"), pytest.raises(NetworkInvitationGone):
        accept(make_business(), token)


def test_only_the_founder_invites():
    circle = make_circle(2)
    with tenant_context(circle.businesses[1]), pytest.raises(NotInNetwork):
        invite_business(by=circle.owners[1])


def test_one_network_at_a_time():
    circle = make_circle(2)
    with tenant_context(circle.businesses[1]), pytest.raises(InNetworkAlready):
        found_network(name="Another", terms=TERMS, by=SYSTEM)
    _other, _invitation, token = invited()
    with tenant_context(circle.businesses[1]), pytest.raises(InNetworkAlready):
        offer_of(token)


@pytest.mark.parametrize(
    ("told", "until"),
    [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 1), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2027, 1, 31)),
    ],
)
def test_notice_is_until_the_end_of_the_next_month(told, until):
    assert last_day_after(told) == until


def test_whoever_gave_notice_takes_part_until_the_last_day_is_over_where_the_network_is():
    circle = make_circle(2)
    first, second = circle.businesses
    with at("2026-03-10 10:00"), tenant_context(second):
        assert give_notice(by=SYSTEM).leaves_on == date(2026, 4, 30)
        assert give_notice(by=SYSTEM).leaves_on == date(2026, 4, 30)
    # The last moment of 30 April in Vienna, and the first of May.
    for moment, is_open in (
        (datetime(2026, 4, 30, 21, 59, tzinfo=UTC), True),
        (datetime(2026, 4, 30, 22, tzinfo=UTC), False),
    ):
        with at(moment), tenant_context(first):
            assert bool(open_partners(own_seat())) is is_open
    with at("2026-05-01 01:00"):
        with tenant_context(second):
            left = leave_if_due()
            assert (left.state, own_seat(), leave_if_due()) == (SeatState.LEFT, None, None)
        with tenant_context(first):
            assert partners_of(own_seat()) == []
            assert [one.pk for one in partners_of(own_seat(), and_left=True)] == [second.pk]


def test_notice_can_be_taken_back():
    circle = make_circle(2)
    with tenant_context(circle.businesses[1]):
        give_notice(by=SYSTEM)
        assert take_notice_back(by=SYSTEM).state == SeatState.ACTIVE
        assert NetworkSeat.objects.get().leaves_on is None


def test_whoever_led_the_network_passes_that_on_to_who_stays():
    circle = make_circle(3)
    first, second, third = circle.businesses
    with at("2026-03-10 10:00"):
        for business in (first, second):
            with tenant_context(business):
                give_notice(by=SYSTEM)
    with at("2026-05-01 10:00"):
        with tenant_context(first):
            assert leave_if_due().left_at
        with tenant_context(second):
            assert own_seat().is_founder is False
        with tenant_context(third):
            assert own_seat().is_founder is True
            assert AuditEvent.objects.filter(action="network.lead_passed_on").count() == 1
            invite_business(by=circle.owners[2])


def test_whoever_is_alone_leaves_at_once():
    circle = make_circle(1)
    with tenant_context(circle.businesses[0]):
        assert give_notice(by=SYSTEM).state == SeatState.LEFT
        found_network(name="Another", terms=TERMS, by=SYSTEM)


def test_a_manager_reads_and_does_not_lead():
    business = make_business()
    from tenants.permissions import Permission

    assert not make_membership(business, Role.MANAGER).may(Permission.MANAGE_NETWORK)
    assert make_membership(business, Role.OWNER).may(Permission.MANAGE_NETWORK)
