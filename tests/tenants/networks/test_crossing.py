"""The one way from one business into another: what opens it, what it leaves, and that nothing else does."""

import ast
import random
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection

from tenants.actors import Actor
from tenants.crossing import cross_into
from tenants.domain.networks.leaving import give_notice
from tenants.errors import NotInNetwork
from tenants.isolation import IsolationError, afterwards, current_tenant, tenant_context
from tenants.models import AuditEvent, Location, NetworkInvitation, NetworkSeat, Tenant
from tests.cast import Cast, make_business
from tests.tenants.networks.circle import make_circle

ROOT = Path(__file__).parents[3]
# Who may cross, and who may step: a new one is looked at here before it is one.
MAY_STEP = {"tenants/crossing.py"}
MAY_CROSS = {
    "programs/domain/networks/balance.py",
    "programs/domain/networks/closing.py",
    "programs/domain/networks/homecoming.py",
    "programs/domain/networks/mirrors.py",
    "programs/domain/networks/payments.py",
    "programs/domain/networks/people.py",
    "programs/domain/networks/proofs.py",
    "programs/domain/networks/spending.py",
    "tenants/domain/networks/changing.py",
    "tenants/domain/networks/excluding.py",
    "tenants/domain/networks/inviting.py",
    "tenants/domain/networks/leaving.py",
    "tenants/domain/networks/letters.py",
}


def setting() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.tenant_id')")
        return cursor.fetchone()[0]


def importers(name: str) -> set[str]:
    found = set()
    for app in ("tenants", "customers", "programs", "loyalty_saas"):
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ImportFrom | ast.Import) and any(one.name == name for one in node.names):
                    found.add(str(path.relative_to(ROOT)))
                if isinstance(node, ast.Attribute) and node.attr == name:
                    found.add(str(path.relative_to(ROOT)))
    return found


def test_only_the_crossing_steps_into_another_business_and_only_the_named_cross():
    assert importers("stepping_into") == MAY_STEP
    assert importers("cross_into") == MAY_CROSS


def test_inside_stand_the_walls_of_the_other_business_and_afterwards_ones_own():
    circle = make_circle(2)
    first, second = circle.businesses
    with tenant_context(first):
        with cross_into(second.pk, network=circle.network, why="test") as other:
            assert (other.pk, current_tenant().pk, setting()) == (second.pk, second.pk, str(second.pk))
            assert set(Location.objects.values_list("tenant_id", flat=True)) == {second.pk}
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM tenants_location WHERE tenant_id = %s", [first.pk])
                assert cursor.fetchone() == (0,)
        assert (current_tenant().pk, setting()) == (first.pk, str(first.pk))
        assert set(Location.objects.values_list("tenant_id", flat=True)) == {first.pk}


def _break_off(circle):
    with cross_into(circle.businesses[1].pk, network=circle.network, why="test", audit="network.test"):
        Location.objects.create(name="There")
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")


def _write_both(circle):
    with tenant_context(circle.businesses[0]):
        Location.objects.create(name="Here")
        with cross_into(circle.businesses[1].pk, network=circle.network, why="test", audit="network.test"):
            Location.objects.create(name="There")
        raise ZeroDivisionError


def _write_back(circle):
    first, second = circle.businesses
    with tenant_context(first), cross_into(second.pk, network=circle.network, why="test"):
        Location.objects.create(name="Mine", tenant_id=first.pk)


def test_what_goes_wrong_inside_is_undone_and_leads_back():
    circle = make_circle(2)
    first, second = circle.businesses
    with tenant_context(first):
        with pytest.raises(DatabaseError):
            _break_off(circle)
        assert (current_tenant().pk, setting()) == (first.pk, str(first.pk))
        Location.objects.create(name="Ours")
    with tenant_context(second):
        assert not Location.objects.filter(name="There").exists()


def test_both_sides_are_written_or_none():
    circle = make_circle(2)
    with pytest.raises(ZeroDivisionError):
        _write_both(circle)
    for business in circle.businesses:
        with tenant_context(business):
            assert Location.objects.count() == 1
            assert not AuditEvent.objects.filter(action="network.test").exists()


def test_what_waits_is_done_for_the_business_that_asked():
    circle = make_circle(2)
    first, second = circle.businesses
    done = []
    with tenant_context(first):
        afterwards(lambda: done.append(current_tenant().pk))
        with cross_into(second.pk, network=circle.network, why="test"):
            afterwards(lambda: done.append(current_tenant().pk))
    assert done == [first.pk, second.pk]


def test_nobody_crosses_outside_of_a_business_or_into_oneself():
    circle = make_circle(2)
    with pytest.raises(IsolationError), cross_into(circle.businesses[0].pk, network=circle.network, why="test"):
        pass
    with (
        tenant_context(circle.businesses[0]),
        pytest.raises(NotInNetwork),
        cross_into(circle.businesses[0].pk, network=circle.network, why="test"),
    ):
        pass


def test_a_row_written_inside_cannot_point_back():
    circle = make_circle(2)
    with pytest.raises(DatabaseError, match="row-level security"):
        _write_back(circle)


def test_whoever_left_is_entered_only_to_settle():
    circle = make_circle(2)
    first, second = circle.businesses
    with tenant_context(second):
        give_notice(by=Actor.system())
        NetworkSeat.objects.update(state="left", left_at="2026-01-01T00:00:00Z")
    with tenant_context(first):
        with pytest.raises(NotInNetwork), cross_into(second.pk, network=circle.network, why="test"):
            pass
        with cross_into(second.pk, network=circle.network, why="test", settling=True):
            assert current_tenant().pk == second.pk


@pytest.mark.parametrize("seed", range(4))
def test_two_hundred_tries_to_cross_where_no_seat_is(seed):
    """Of networks, businesses in them, in another one, and in none: whatever is not one network is refused."""
    chance = random.Random(seed)
    circles = [make_circle(2), make_circle(3)]
    lone = [make_business(), make_business()]
    everybody = [*(one for circle in circles for one in circle.businesses), *lone]
    networks = [*(circle.network for circle in circles), uuid4()]
    home = {one.pk: circle.network for circle in circles for one in circle.businesses}
    entered = 0
    for _number in range(200):
        own, other = chance.choice(everybody), chance.choice(everybody)
        network = chance.choice(networks)
        together = own != other and home.get(own.pk) == home.get(other.pk) == network
        with tenant_context(own):
            if together:
                with cross_into(other.pk, network=network, why="probe") as found:
                    entered += found.pk == other.pk
            else:
                with pytest.raises(NotInNetwork), cross_into(other.pk, network=network, why="probe"):
                    pass
            assert setting() == str(own.pk)
    assert entered


def test_a_partner_reads_nothing_of_the_others_with_sql_of_its_own():
    """Each member of a network, asked for everybody's rows, is given its own seat and letters and nobody else's."""
    circle = make_circle(3)
    cast = Cast.make()
    for own, other in [*pairwise(circle.businesses), (cast.business, circle.businesses[0])]:
        with tenant_context(own), connection.cursor() as cursor:
            for model in (NetworkSeat, NetworkInvitation, AuditEvent, Tenant):
                table, column = model._meta.db_table, "id" if model is Tenant else "tenant_id"
                cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} <> %s", [own.pk])
                assert cursor.fetchone() == (0,), table
            for model in (NetworkSeat, NetworkInvitation):
                cursor.execute(f"UPDATE {model._meta.db_table} SET id = id WHERE tenant_id = %s", [other.pk])
                assert cursor.rowcount == 0
        with pytest.raises(DatabaseError, match="row-level security"), tenant_context(own):
            NetworkSeat.objects.create(
                tenant_id=other.pk, network_id=circle.network, name="x", currency="EUR", time_zone="UTC", terms={}
            )
