"""Plans are kept as long as the connection, serve every business, and hold back nothing when something fails."""

import pytest
from django.db import IntegrityError, connection, transaction

from loyalty_saas.postgres.prepared import execute_prepared
from tenants.isolation import tenant_context
from tenants.models import Location
from tenants.rows import row_by_id
from tests.cast import make_business


def asked(sql: str, *values: object) -> object:
    with connection.cursor() as cursor:
        execute_prepared(cursor, sql, values)
        [value] = cursor.fetchone()
        return value


def plans_of(sql_part: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", [f"%{sql_part}%"])
        return int(cursor.fetchone()[0])


def test_a_statement_is_planned_once_a_connection() -> None:
    for number in range(8):
        assert asked("SELECT %s::int + 41 /* once */", number) == number + 41
    assert plans_of("/* once */") == 1
    connection.close()
    assert asked("SELECT %s::int + 41 /* once */", 1) == 42
    assert plans_of("/* once */") == 1


def test_a_name_is_one_parameter_wherever_it_stands() -> None:
    sql = "SELECT %(b)s::int * 10 + %(a)s::int - %(b)s::int"
    with connection.cursor() as cursor:
        for params in ({"a": 1, "b": 5}, {"b": 5, "a": 1}):
            execute_prepared(cursor, sql, params)
            assert cursor.fetchone() == (46,)


def test_percent_signs_stay_what_they_are() -> None:
    assert asked("SELECT count(*) FROM pg_class WHERE relname LIKE 'tenants%%' AND relkind = %s", "r")
    assert asked("SELECT 7 %% %s::int", 4) == 3
    assert asked("SELECT 'no parameters'") == "no parameters"


def test_one_plan_serves_every_business_and_shows_each_its_own() -> None:
    businesses = [make_business() for _number in range(3)]
    for business in businesses * 4:
        with tenant_context(business):
            mine = Location.objects.get()
            assert row_by_id(Location, mine.pk) == mine
        for other in businesses:
            if other != business:
                with tenant_context(other):
                    assert row_by_id(Location, mine.pk) is None


@pytest.mark.usefixtures("inside")
def test_a_failed_transaction_leaves_nothing_half_prepared() -> None:
    sql = "SELECT %s::int /* after a failure */"
    with pytest.raises(IntegrityError), transaction.atomic():
        Location.objects.create(pk=Location.objects.get().pk, name="Twice")
    with transaction.atomic():
        assert asked(sql, 1) == 1
        transaction.set_rollback(True)
    assert asked(sql, 2) == 2


@pytest.mark.usefixtures("inside")
def test_one_plan_serves_all_values_where_the_statement_wants_it_so() -> None:
    for number in range(8):
        with transaction.atomic(), connection.cursor() as cursor:
            execute_prepared(cursor, "SELECT %s::int + 1 /* whatever */", [number], whatever_the_values=True)
            assert cursor.fetchone() == (number + 1,)
    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%whatev%'")
        assert cursor.fetchone() == (8, 0)
