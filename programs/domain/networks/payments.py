"""What was paid of a statement: said by whoever received it, read by whoever paid, and taken back by the first alone.

Regulars moves no money. A mark changes no statement and no sum; it says on both sides that one line of it is done with.
"""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.days import add_months, local_day
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.ids import uuid7
from loyalty_saas.lib.texts import tidy_text
from programs.models import NetworkPayment, NetworkStatement, NetworkStatementLine
from programs.network_errors import NothingOwedToUs
from tenants.actors import Actor
from tenants.crossing import cross_into, lock_network, visitor
from tenants.domain.audit import record_audit
from tenants.isolation import current_tenant


@transaction.atomic
def mark_received(line: NetworkStatementLine, *, received_on: date, note: str = "", by: Actor) -> NetworkPayment:
    """Write down, here and at the partner, that what it owed for a month has arrived; once, until it is taken back.

    Marked again it gives the first mark. Raises NothingOwedToUs for whoever is to pay or is even, Invalid for a day to
    come or before the month was over. Locks the network alone, so that two marks at once are one.
    """
    statement = line.statement
    tidy = tidy_text(note, field="note", longest=120)
    if line.net <= 0:
        raise NothingOwedToUs
    today = local_day(timezone.now(), ZoneInfo(statement.time_zone))
    if not add_months(statement.month, 1) <= received_on <= today:
        raise Invalid(
            _("Choose a day since the month was over, up to today."), code="network_paid_on", field="received_on"
        )
    lock_network(statement.network_id, alone=True)
    if (there := payment_of(line)) is not None:
        return there
    number, now, here = uuid7(), timezone.now(), current_tenant()
    with cross_into(line.partner_id, network=statement.network_id, why="paid", settling=True):
        theirs = _their_line(statement, of=here.pk)
        _write(theirs, number, received_on, tidy, now)
        record_audit("network.payment_noted", by=visitor(here), subject=theirs.statement, business=str(here.pk))
    payment = _write(line, number, received_on, tidy, now)
    record_audit("network.payment_received", by=by, subject=statement, business=line.partner_name)
    return payment


@transaction.atomic
def take_mark_back(line: NetworkStatementLine, *, by: Actor) -> None:
    """It has not arrived after all; on both sides. Taken back twice is once. Raises NothingOwedToUs.

    Locks the network alone.
    """
    statement = line.statement
    if line.net <= 0:
        raise NothingOwedToUs
    lock_network(statement.network_id, alone=True)
    payment = payment_of(line)
    if payment is None:
        return
    now, here = timezone.now(), current_tenant()
    with cross_into(line.partner_id, network=statement.network_id, why="paid", settling=True):
        theirs = _their_line(statement, of=here.pk)
        NetworkPayment.objects.filter(payment_id=payment.payment_id).update(undone_at=now)
        record_audit("network.payment_taken_back", by=visitor(here), subject=theirs.statement, business=str(here.pk))
    NetworkPayment.objects.filter(pk=payment.pk).update(undone_at=now)
    record_audit("network.payment_undone", by=by, subject=statement, business=line.partner_name)


def payment_of(line: NetworkStatementLine) -> NetworkPayment | None:
    """The mark that stands."""
    found: NetworkPayment | None = NetworkPayment.objects.filter(line=line, undone_at=None).first()
    return found


def marks_of(partner: UUID, network: UUID) -> set[tuple[date, UUID]]:
    """The months with a partner that are marked here, each with the number of its mark."""
    found = NetworkPayment.objects.filter(undone_at=None, line__partner_id=partner, line__statement__network_id=network)
    return set(found.values_list("line__statement__month", "payment_id"))


def _write(line: NetworkStatementLine, number: UUID, received_on: date, note: str, now: datetime) -> NetworkPayment:
    payment: NetworkPayment = NetworkPayment.objects.create(
        payment_id=number, line=line, received_on=received_on, note=note, marked_at=now
    )
    return payment


def _their_line(statement: NetworkStatement, *, of: UUID) -> NetworkStatementLine:
    """The other half of a line, behind the partner's wall. Closed in the same transaction as ours, so it is there."""
    found = NetworkStatementLine.objects.select_related("statement")
    return found.get(statement__network_id=statement.network_id, statement__month=statement.month, partner_id=of)
