from datetime import UTC, datetime
from decimal import Decimal

from customers.consumers import run_pending
from customers.domain.purchases import ReturnDetails, ReturnLineDetails, record_return
from customers.models import MemberSummary
from customers.tasks import consume_activity, nudge_consumers
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.customers.people import a_line, a_member, a_purchase
from tests.customers.settled import settle

BY = Actor.system()


def summary(member):
    one = MemberSummary.objects.get(member=member)
    return one.purchases, one.visits, one.spent, one.first_purchase_at, one.last_purchase_at


def test_summaries_count_purchases_days_and_what_was_kept(business):
    # 22:30 and 23:30 in UTC are two days in Vienna in summer.
    times = [datetime(2024, 7, 1, hour, 30, tzinfo=UTC) for hour in (9, 21, 22)]
    with tenant_context(business):
        member, other = a_member(), a_member(given_name="Jo")
        first, *_others = [a_purchase(member, 1000, occurred_at=when) for when in times]
        a_purchase(None, 5000)
    settle()
    run_pending(business)
    with tenant_context(business):
        assert summary(member) == (3, 2, 3000, times[0], times[2])
        assert summary(other) == (0, 0, 0, None, None)
        record_return(first, ReturnDetails(amount=300), by=BY, source="dashboard")
    settle()
    run_pending(business)
    with tenant_context(business):
        assert summary(member) == (3, 2, 2700, times[0], times[2])
        record_return(first, ReturnDetails(), by=BY, source="dashboard")
        mug = ReturnLineDetails(description="Mug", quantity=Decimal(1), total=500)
        record_return(None, ReturnDetails(lines=(mug,), member=member), by=BY, source="import")
    settle()
    run_pending(business)
    with tenant_context(business):
        assert summary(member) == (2, 2, 1500, times[1], times[2])


def test_free_things_count_as_purchases(business):
    with tenant_context(business):
        member = a_member()
        a_purchase(member, lines=(a_line(0),))
    settle()
    consume_activity(str(business.pk))
    with tenant_context(business):
        assert summary(member)[:3] == (1, 1, 0)


def test_the_schedule_wakes_businesses_with_something_unread(business, monkeypatch):
    from celery import current_app

    with tenant_context(business):
        a_member()
    sent = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **how: sent.append(args[0]))
    from customers.domain.nudge import nudge_taken

    nudge_taken(business.pk)
    nudge_consumers()
    assert str(business.pk) in sent
    settle()
    consume_activity(str(business.pk))
    sent.clear()
    nudge_consumers()
    assert str(business.pk) not in sent
