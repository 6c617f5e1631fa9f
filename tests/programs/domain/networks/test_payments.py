"""What was paid of a statement: said by whoever receives it, on both sides, and taken back by nobody else."""

from datetime import date

import pytest

from loyalty_saas.lib.errors import Invalid
from programs.domain.networks.payments import mark_received, payment_of, take_mark_back
from programs.domain.reconcile import reconcile
from programs.models import NetworkPayment, NetworkStatement, NetworkStatementLine
from programs.network_errors import NothingOwedToUs
from tenants.domain.networks.leaving import give_notice, leave_if_due
from tenants.isolation import tenant_context
from tenants.models import AuditEvent
from tests.programs.domain.networks.street import make_street
from tests.programs.domain.networks.test_settling import close
from tests.programs.shop import SYSTEM, at
from tests.threads import at_once

FIFTH = date(2026, 4, 5)


@pytest.fixture
def street():
    """Of March the first shop owes 4.00 to the second."""
    street = make_street(3)
    with at("2026-03-10 10:00"):
        street.earn(0, 300)
        street.redeem(1)
    with at("2026-04-06 09:00"):
        close(street)
        yield street


def line_of(street, number, partner):
    with tenant_context(street.shops[number].business):
        lines = NetworkStatementLine.objects.select_related("statement")
        return lines.get(partner_id=street.shops[partner].business.pk)


def mark(street, number=1, partner=0, day=FIFTH):
    line = line_of(street, number, partner)
    with tenant_context(street.shops[number].business):
        return mark_received(line, received_on=day, note="4711", by=SYSTEM)


def take_back(street, number=1, partner=0):
    line = line_of(street, number, partner)
    with tenant_context(street.shops[number].business):
        take_mark_back(line, by=SYSTEM)


def marks(street):
    found = []
    for shop in street.shops:
        with tenant_context(shop.business):
            found.append(list(NetworkPayment.objects.filter(undone_at=None).values_list("received_on", "note")))
    return found


def test_what_arrived_is_read_on_both_sides_and_by_nobody_else(street):
    mark(street)
    assert marks(street) == [[(FIFTH, "4711")], [(FIFTH, "4711")], []]
    street.check()
    audited = []
    for shop in street.shops:
        with tenant_context(shop.business):
            audited.append(AuditEvent.objects.filter(action__startswith="network.payment").count())
    assert audited == [1, 1, 0]


def test_marked_twice_or_at_once_is_marked_once(street):
    at_once(lambda _number: mark(street), range(4))
    assert [len(one) for one in marks(street)] == [1, 1, 0]
    street.check()


def test_it_can_be_taken_back_and_marked_again(street):
    mark(street)
    take_back(street)
    take_back(street)
    assert marks(street) == [[], [], []]
    street.check()
    mark(street, day=date(2026, 4, 6))
    assert marks(street)[0] == [(date(2026, 4, 6), "4711")]
    street.check()


def test_whoever_pays_can_neither_say_that_it_arrived_nor_take_it_back(street):
    with pytest.raises(NothingOwedToUs):
        mark(street, 0, 1)
    mark(street)
    with pytest.raises(NothingOwedToUs):
        take_back(street, 0, 1)
    assert [len(one) for one in marks(street)] == [1, 1, 0]


@pytest.mark.parametrize("day", [date(2026, 3, 31), date(2026, 4, 7)])
def test_it_arrived_after_the_month_and_not_tomorrow(street, day):
    with pytest.raises(Invalid, match="since the month was over"):
        mark(street, day=day)
    assert marks(street) == [[], [], []]


def test_who_has_left_is_still_settled_with(street):
    with tenant_context(street.shops[0].business):
        give_notice(by=SYSTEM)
    with at("2026-06-01 09:00"):
        with tenant_context(street.shops[0].business):
            leave_if_due()
        mark(street, day=date(2026, 5, 30))
        assert marks(street)[0] == [(date(2026, 5, 30), "4711")]
        street.check()


def test_a_mark_that_one_side_made_up_is_found(street):
    payment = mark(street)
    with tenant_context(street.shops[1].business):
        NetworkPayment.objects.filter(pk=payment.pk).update(undone_at="2026-04-06T10:00:00Z")
    for shop in street.shops[:2]:
        with tenant_context(shop.business):
            found = {one.rule for one in reconcile().differences}
            assert found == {"both sides of a network know what is paid"}


def test_a_mark_changes_no_statement(street):
    with tenant_context(street.shops[1].business):
        before = NetworkStatement.objects.values().get(month=date(2026, 3, 1))
    mark(street)
    with tenant_context(street.shops[1].business):
        assert NetworkStatement.objects.values().get(month=date(2026, 3, 1)) == before
        assert payment_of(NetworkStatementLine.objects.get()) is not None
