import json
import os
import random
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection, transaction

from customers.consumers import Consumer, has_pending, run_pending
from customers.consumers.runner import run_batch
from customers.domain.activity import record_activity
from customers.enums import ActivityKind
from customers.errors import Conflict
from customers.models import Activity, ConsumerPosition, Note
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.customers.people import a_member
from tests.customers.settled import settle

ROOT = Path(__file__).resolve().parents[3]
BY = Actor.system()


def tell(number, **more):
    return record_activity(ActivityKind.MEMBER_CHANGED, by=BY, source="system", payload={"number": number}, **more)


def reader(seen, name="test", **more):
    return Consumer(name=name, handle=lambda batch: seen.extend(one.payload.get("number") for one in batch), **more)


def test_reads_in_order_once_and_goes_on_where_it_stopped(business):
    with tenant_context(business):
        for number in range(7):
            tell(number)
    seen = []
    settle()
    assert run_pending(business, consumers=[reader(seen, batch=3)]) == 7
    assert seen == list(range(7))
    with tenant_context(business):
        tell(7)
    settle()
    assert run_pending(business, consumers=[reader(seen, batch=3)]) == 1
    assert run_pending(business, consumers=[reader(seen)]) == 0
    assert seen == list(range(8))


def test_only_the_kinds_it_wants_and_the_position_moves_past_the_others(business):
    with tenant_context(business):
        tell(1)
        record_activity(ActivityKind.MEMBER_NOTED, by=BY, source="system", payload={"number": 2})
        tell(3)
    seen = []
    consumer = reader(seen, kinds=frozenset({ActivityKind.MEMBER_NOTED}))
    settle()
    assert run_pending(business, consumers=[consumer]) == 3
    assert seen == [2]


def test_pending_says_whether_there_is_something_to_read(business):
    consumer = reader([])
    with tenant_context(business):
        assert not has_pending([consumer])
        tell(1)
    settle()
    with tenant_context(business):
        assert has_pending([consumer])
    run_pending(business, consumers=[consumer])
    with tenant_context(business):
        assert not has_pending([consumer])


def test_a_transaction_that_commits_late_is_waited_for(business):
    """It began first, so its rows come first: nothing behind it is read until it is over."""
    seen = []
    wrote, finish = threading.Event(), threading.Event()

    def slow_writer():
        try:
            with tenant_context(business):
                tell("slow")
                wrote.set()
                finish.wait(60)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(slow_writer)
        wrote.wait(60)
        with tenant_context(business):
            tell("quick")
        run_pending(business, consumers=[reader(seen)])
        assert seen == []
        finish.set()
        writing.result()
    settle()
    run_pending(business, consumers=[reader(seen)])
    assert seen == ["slow", "quick"]


def test_writers_at_once_with_rollbacks_and_readers_at_once_lose_and_double_nothing(business):
    committed, seen = [], []
    done = threading.Event()
    consumer = Consumer(name="test", handle=lambda batch: _leave_notes(batch), batch=7)

    def writer(number):
        chance = random.Random(number)
        try:
            for turn in range(25):
                mine = [f"{number}-{turn}-{step}" for step in range(chance.randint(1, 3))]
                try:
                    with tenant_context(business):
                        for one in mine:
                            tell(one)
                            done.wait(chance.random() / 200)
                        if chance.random() < 0.2:
                            raise LookupError
                except LookupError:
                    continue
                committed.extend(mine)
        finally:
            connection.close()

    def read():
        try:
            while not done.is_set():
                run_pending(business, consumers=[consumer])
                done.wait(0.01)
        finally:
            connection.close()

    with tenant_context(business):
        member_id.append(a_member().pk)
    with ThreadPoolExecutor(8) as pool:
        readers = [pool.submit(read) for _which in range(2)]
        list(pool.map(writer, range(6)))
        done.set()
        for one in readers:
            one.result()
    settle()
    run_pending(business, consumers=[consumer])
    with tenant_context(business):
        seen = list(Note.objects.order_by("id").values_list("text", flat=True))
        in_order = Activity.objects.filter(payload__has_key="number").order_by("transaction", "id")
        assert seen == [one.payload["number"] for one in in_order]
    assert sorted(seen) == sorted(committed)


member_id = []


def _leave_notes(batch):
    """An effect that is not idempotent: twice would be seen."""
    for one in batch:
        if "number" in one.payload:
            Note.objects.create(member_id=member_id[0], text=one.payload["number"])


def test_a_position_held_by_another_worker_is_left_to_it(business):
    with tenant_context(business):
        tell(1)
    settle()
    run_pending(business, consumers=[reader([])])
    with tenant_context(business):
        tell(2)
    settle()
    held, release = threading.Event(), threading.Event()

    def hold():
        try:
            with tenant_context(business):
                ConsumerPosition.objects.select_for_update().get(consumer="test")
                held.set()
                release.wait(60)
        finally:
            connection.close()

    seen = []
    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        held.wait(60)
        assert run_batch(business, reader(seen)) == 0
        release.set()
        holding.result()
    assert run_batch(business, reader(seen)) == 1


def test_a_consumer_that_fails_stays_and_holds_nobody_up(business):
    with tenant_context(business):
        tell(1)
    seen = []

    def fail(batch):
        raise ValueError("broken")

    settle()
    run_pending(business, consumers=[Consumer(name="broken", handle=fail), reader(seen, name="well")])
    assert seen == [1]
    with tenant_context(business):
        assert [one.consumer for one in ConsumerPosition.objects.all()] == ["well"]


WORKER = """
import sys, time
import django
django.setup()
from uuid import UUID
from customers.consumers import Consumer, run_pending
from customers.models import Note
die = sys.argv[3] == "die"
def handle(batch):
    for number, one in enumerate(batch):
        Note.objects.create(member_id=UUID(sys.argv[2]), text=one.payload["number"])
        if die and number == 3:
            print("ready", flush=True)
            time.sleep(600)
run_pending(UUID(sys.argv[1]), consumers=[Consumer(name="worker", handle=handle, batch=5,
    kinds=frozenset({"member.changed"}))])
print("done", flush=True)
"""


def worker(business, member, how):
    here = connection.settings_dict
    address = f"postgres://{here['USER']}:{here['PASSWORD']}@/{here['NAME']}?host={here['HOST']}"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "loyalty_saas.settings", "DATABASE_APP_URL": address}
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(business.pk), str(member.pk), how],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment,
    )


def test_a_worker_killed_in_a_batch_does_everything_exactly_once(business):
    with tenant_context(business):
        member = a_member()
        for number in range(12):
            tell(f"{number:02}")
    settle()
    killed = worker(business, member, "die")
    assert killed.stdout.readline() == "ready\n"
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=60)
    with tenant_context(business):
        assert Note.objects.count() == 0
    assert worker(business, member, "live").communicate(timeout=180)[0] == "done\n"
    with tenant_context(business):
        texts = list(Note.objects.order_by("id").values_list("text", flat=True))
    assert texts == [f"{number:02}" for number in range(12)]


def test_a_key_is_one_activity(inside):
    first = tell(1, key="k")
    assert tell(1, key="k") == first
    with pytest.raises(Conflict):
        record_activity(ActivityKind.MEMBER_NOTED, by=BY, source="system", key="k")
    assert Activity.objects.count() == 1


def test_activity_wakes_the_workers_once_when_it_is_committed(business, monkeypatch):
    from celery import current_app

    sent = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **how: sent.append((name, args)))
    with tenant_context(business):
        tell(1)
        tell(2)
        assert sent == []
    assert sent == [("customers.tasks.consume_activity", (str(business.pk),))]
    with pytest.raises(LookupError):
        _tell_and_fail(business)
    assert len(sent) == 1


def _tell_and_fail(business):
    with tenant_context(business):
        tell(3)
        raise LookupError


def test_payloads_are_plain(inside):
    with transaction.atomic():
        activity = tell(1)
    activity.refresh_from_db()
    assert json.loads(json.dumps(activity.payload)) == {"number": 1}
