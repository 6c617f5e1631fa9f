"""Other rules for several: proposed, agreed to by everybody, and never in the past; and a business that is excluded."""

from datetime import date

import pytest

from loyalty_saas.lib.errors import Invalid
from tenants.actors import Actor
from tenants.domain.networks.changing import (
    adopt_rules_if_due,
    agree_to_rules,
    drop_proposal,
    missing_yes,
    propose_rules,
)
from tenants.domain.networks.excluding import exclude_business, readmit_business
from tenants.domain.networks.inviting import accept_network_invitation, invite_business, offer_of
from tenants.domain.networks.leaving import give_notice, leave_if_due, take_notice_back
from tenants.domain.networks.reading import coming_of, own_seat, partners_of, proposed_of, terms_of
from tenants.domain.networks.terms import Terms
from tenants.enums import Role, SeatState
from tenants.errors import (
    ChangeComing,
    Excluded,
    LeavingAlready,
    NothingProposed,
    NotInNetwork,
    RulesNotAgreed,
)
from tenants.isolation import tenant_context
from tenants.models import AuditEvent, NetworkSeat, OwnerLetter
from tests.cast import make_business, make_membership
from tests.programs.shop import at
from tests.tenants.networks.circle import TERMS, make_circle
from tests.threads import at_once

SYSTEM = Actor.system()
OTHER = Terms(value=900, share=50, day_limit=40)
APRIL = date(2026, 4, 1)


@pytest.fixture(autouse=True)
def march():
    with at("2026-03-10 10:00"):
        yield


def propose(circle, terms=OTHER, first_day=APRIL, number=0):
    with tenant_context(circle.businesses[number]):
        return propose_rules(terms=terms, first_day=first_day, by=SYSTEM)


def agree(circle, number):
    with tenant_context(circle.businesses[number]):
        return agree_to_rules(agreed_to=own_seat().proposed_at, by=SYSTEM)


def rules(circle):
    found = []
    for business in circle.businesses:
        with tenant_context(business):
            found.append(terms_of(own_seat()))
    return found


def seats(circle):
    found = []
    for business in circle.businesses:
        with tenant_context(business):
            found.append(NetworkSeat.objects.get())
    return found


def test_rules_count_from_their_day_on_once_everybody_has_agreed():
    circle = make_circle(3)
    propose(circle)
    with tenant_context(circle.businesses[1]):
        assert proposed_of(own_seat()).terms == OTHER
        assert missing_yes(own_seat()) == [one.name for one in circle.businesses[1:]]
    agree(circle, 1)
    assert [coming_of(seat) for seat in seats(circle)] == [None] * 3
    agree(circle, 2)
    assert [coming_of(seat).first_day for seat in seats(circle)] == [APRIL] * 3
    assert [seat.proposed_at for seat in seats(circle)] == [None] * 3
    assert rules(circle) == [TERMS] * 3
    # Midnight in Vienna, where the network is.
    with at("2026-03-31 21:59"):
        assert rules(circle) == [TERMS] * 3
    with at("2026-03-31 22:00"):
        assert rules(circle) == [OTHER] * 3
        with tenant_context(circle.businesses[1]):
            assert adopt_rules_if_due()
            assert not adopt_rules_if_due()
            assert own_seat().terms == OTHER.as_json()
        # One has written it down and the others not yet: it is the same for all of them.
        assert rules(circle) == [OTHER] * 3


def test_a_proposal_and_every_yes_stand_in_the_audit_logs():
    circle = make_circle(2)
    propose(circle)
    agree(circle, 1)
    found = []
    for business in circle.businesses:
        with tenant_context(business):
            logged = AuditEvent.objects.filter(action__startswith="network.rules").order_by("pk")
            found.append(list(logged.values_list("action", flat=True)))
    assert found == [
        ["network.rules_proposed", "network.rules_settled"],
        ["network.rules_proposed", "network.rules_agreed", "network.rules_settled"],
    ]


@pytest.mark.parametrize("day", [date(2026, 3, 10), date(2026, 3, 9), date(2028, 1, 1)])
def test_rules_never_count_for_a_day_that_has_begun(day):
    circle = make_circle(2)
    with pytest.raises(Invalid, match="a day to come"):
        propose(circle, first_day=day)
    assert [seat.proposed_from for seat in seats(circle)] == [None, None]


def test_a_yes_that_comes_on_the_day_itself_is_too_late():
    circle = make_circle(2)
    propose(circle)
    with at("2026-04-01 09:00"):
        with pytest.raises(NothingProposed):
            agree(circle, 1)
        assert rules(circle) == [TERMS] * 2
        for business in circle.businesses:
            with tenant_context(business):
                assert adopt_rules_if_due()
    assert [seat.proposed_from for seat in seats(circle)] == [None, None]


def test_only_who_leads_proposes():
    circle = make_circle(2)
    with pytest.raises(NotInNetwork):
        propose(circle, number=1)
    with tenant_context(make_business()), pytest.raises(NotInNetwork):
        propose_rules(terms=OTHER, first_day=APRIL, by=SYSTEM)


def test_nobody_agrees_to_something_else_than_they_read():
    circle = make_circle(2)
    read = propose(circle).proposed_at
    with at("2026-03-10 11:00"):
        propose(circle, terms=Terms(value=1))
        with tenant_context(circle.businesses[1]):
            for shown in (read, None):
                with pytest.raises(RulesNotAgreed):
                    agree_to_rules(agreed_to=shown, by=SYSTEM)
    # Nor does a yes to what was proposed before count for what is proposed now.
    circle = make_circle(3)
    propose(circle)
    agree(circle, 1)
    with at("2026-03-10 12:00"):
        propose(circle, terms=Terms(value=2))
        agree(circle, 2)
        assert [coming_of(seat) for seat in seats(circle)] == [None] * 3


def test_one_no_is_a_no_and_the_proposer_may_take_it_back():
    for number, said in ((1, "network.rules_refused"), (0, "network.rules_withdrawn")):
        circle = make_circle(3)
        propose(circle)
        agree(circle, 2)
        with tenant_context(circle.businesses[number]):
            drop_proposal(by=SYSTEM)
            drop_proposal(by=SYSTEM)
        assert [proposed_of(seat) for seat in seats(circle)] == [None] * 3
        with tenant_context(circle.businesses[2]):
            assert AuditEvent.objects.filter(action=said).count() == 1


def test_all_say_yes_at_once_and_it_is_settled_once():
    circle = make_circle(4)
    propose(circle)
    found = at_once(lambda number: agree(circle, number), [1, 2, 3, 1, 2])
    # Whoever comes a second time after the last yes is told that there is nothing left to agree to.
    assert {type(one).__name__ for one in found} <= {"NetworkSeat", "NothingProposed"}
    assert [coming_of(seat).terms for seat in seats(circle)] == [OTHER] * 4
    with tenant_context(circle.businesses[0]):
        assert AuditEvent.objects.filter(action="network.rules_settled").count() == 1


def test_the_next_change_waits_for_the_agreed_one():
    circle = make_circle(2)
    propose(circle)
    agree(circle, 1)
    with pytest.raises(ChangeComing):
        propose(circle, terms=Terms(value=1))
    with at("2026-04-02 10:00"):
        propose(circle, terms=Terms(value=1), first_day=date(2026, 5, 1))
        assert [seat.terms for seat in seats(circle)] == [OTHER.as_json()] * 2


def test_who_is_gone_by_then_is_not_waited_for():
    circle = make_circle(3)
    propose(circle, first_day=date(2026, 5, 2))
    agree(circle, 1)
    with tenant_context(circle.businesses[2]):
        give_notice(by=SYSTEM)
    with tenant_context(circle.businesses[0]):
        assert missing_yes(own_seat()) == []
        # The daily job finds that nobody is missing any more.
        adopt_rules_if_due()
        assert coming_of(own_seat()).terms == OTHER


def test_who_joins_agrees_to_what_is_coming_and_is_asked_for_what_is_proposed():
    circle = make_circle(2)
    propose(circle)
    agree(circle, 1)
    with tenant_context(circle.businesses[0]):
        _invitation, token = invite_business(by=circle.owners[0])
    third = make_business()
    with tenant_context(third):
        with pytest.raises(RulesNotAgreed):
            accept_network_invitation(token, agreed_to=TERMS.as_json(), by=SYSTEM)
        accept_network_invitation(token, agreed_to=offer_of(token).shown(), by=SYSTEM)
        assert coming_of(own_seat()).terms == OTHER
    circle = make_circle(2)
    propose(circle)
    with tenant_context(circle.businesses[0]):
        _invitation, token = invite_business(by=circle.owners[0])
    with tenant_context(third := make_business()):
        accept_network_invitation(token, agreed_to=offer_of(token).shown(), by=SYSTEM)
    agree(circle, 1)
    assert [coming_of(seat) for seat in seats(circle)] == [None] * 2
    with tenant_context(third):
        agree_to_rules(agreed_to=own_seat().proposed_at, by=SYSTEM)
    assert [coming_of(seat).terms for seat in seats(circle)] == [OTHER] * 2


def exclude(circle, number=1, by=0):
    with tenant_context(circle.businesses[by]):
        return exclude_business(circle.businesses[number].pk, reason="Closed since May", by=SYSTEM)


def test_an_excluded_business_takes_part_until_the_end_of_the_next_month():
    circle = make_circle(3)
    exclude(circle)
    exclude(circle)
    with tenant_context(circle.businesses[1]):
        assert OwnerLetter.objects.get().membership == circle.owners[1]
        seat = own_seat()
        assert (seat.state, seat.leaves_on, seat.excluded_because) == ("leaving", date(2026, 4, 30), "Closed since May")
        with pytest.raises(Excluded):
            take_notice_back(by=SYSTEM)
        event = AuditEvent.objects.get(action="network.excluded")
        assert (event.actor_label, event.actor_id) == (circle.businesses[0].name, None)
    with at("2026-05-01 09:00"), tenant_context(circle.businesses[1]):
        assert leave_if_due().state == SeatState.LEFT
    with tenant_context(circle.businesses[0]):
        assert [one.pk for one in partners_of(own_seat())] == [circle.businesses[2].pk]


def test_an_exclusion_can_be_taken_back_until_then():
    circle = make_circle(2)
    exclude(circle)
    with tenant_context(circle.businesses[0]):
        readmit_business(circle.businesses[1].pk, by=SYSTEM)
        readmit_business(circle.businesses[1].pk, by=SYSTEM)
    with tenant_context(circle.businesses[1]):
        seat = own_seat()
        assert (seat.state, seat.leaves_on, seat.excluded_at) == ("active", None, None)
        assert AuditEvent.objects.filter(action="network.readmitted").count() == 1


def test_only_who_leads_excludes_and_only_who_is_in_it():
    circle, other, alone = make_circle(3), make_circle(2), make_business()
    with pytest.raises(NotInNetwork):
        exclude(circle, 2, by=1)
    with tenant_context(circle.businesses[0]):
        for stranger in (other.businesses[1].pk, alone.pk, circle.businesses[0].pk):
            with pytest.raises(NotInNetwork):
                exclude_business(stranger, reason="No", by=SYSTEM)
        with pytest.raises(Invalid):
            exclude_business(circle.businesses[1].pk, reason=" ", by=SYSTEM)
    with tenant_context(circle.businesses[2]):
        give_notice(by=SYSTEM)
    with pytest.raises(LeavingAlready):
        exclude(circle, 2)
    with tenant_context(other.businesses[1]):
        assert own_seat().state == SeatState.ACTIVE


def test_only_owners_are_written_to():
    circle = make_circle(2)
    make_membership(circle.businesses[1], Role.MANAGER)
    second = make_membership(circle.businesses[1], Role.OWNER)
    exclude(circle)
    with tenant_context(circle.businesses[1]):
        assert {one.membership_id for one in OwnerLetter.objects.all()} == {circle.owners[1].pk, second.pk}
    with tenant_context(circle.businesses[0]):
        assert not OwnerLetter.objects.exists()
