"""The ledger is written once, and a change made past every guard is found."""

import os

import psycopg2
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connections, transaction

from programs.domain.adjustments import adjust_points
from programs.domain.reconcile import reconcile
from programs.domain.redemptions import redeem_reward
from programs.models import Account, Entry, Lot
from tenants.isolation import tenant_context
from tests.programs.shop import SYSTEM, buy, key, make_member, make_program, make_reward

TABLES = ("programs_entry", "programs_lotuse", "programs_qualification")
CHANGES = {
    "UPDATE": "UPDATE {table} SET key = key WHERE tenant_id = %s",
    "DELETE": "DELETE FROM {table} WHERE tenant_id = %s",
    "TRUNCATE": "TRUNCATE {table} CASCADE",
}


@pytest.fixture
def books(business):
    """A business with a little of everything in its books, committed."""
    with tenant_context(business):
        program = make_program()
        member = make_member()
        buy(member, 5_050)
        redeem_reward(member, reward=make_reward(program, cost=10), by=SYSTEM, key=key())
        adjust_points(member, points=7, reason="Sorry", by=SYSTEM, key=key())
    return business


def superuser(statement, *values):
    """What somebody does who is stopped by nothing: not by row security, not by triggers."""
    name = connections["default"].settings_dict["NAME"]
    connection = psycopg2.connect(os.environ["TEST_POSTGRES_ADMIN"].replace("/postgres?", f"/{name}?"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        for table in (*TABLES, "programs_lot", "programs_account"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        changed = cursor.rowcount
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only")
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only_truncate")
    connection.close()
    return changed


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("role", ["default", "owner"])
def test_a_change_is_refused(books, role, table, change):
    statement = CHANGES[change].format(table=table)
    if table == "programs_lotuse":
        statement = statement.replace("key = key", "amount = amount")
    with transaction.atomic(using=role), connections[role].cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant_id', %s, true)", [str(books.pk)])
        with pytest.raises(DatabaseError, match=r"append-only|permission denied"), transaction.atomic(using=role):
            cursor.execute(statement, [books.pk] if "%s" in statement else None)


def test_untouched_books_agree(books, capsys):
    with tenant_context(books):
        report = reconcile()
    assert report.differences == []
    assert report.figures | {"lots": 2} == report.figures
    assert (report.figures["entries"], report.figures["balance"], report.figures["redeemed"]) == (3, 47, 10)
    call_command("reconcile", business=books.slug)
    assert f"{books.slug}: agrees" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("statement", "rules"),
    [
        ("UPDATE programs_entry SET reason = 'Nothing to see' WHERE seq = 3 AND tenant_id = %s", {"chain of hashes"}),
        ("UPDATE programs_entry SET snapshot = '{}' WHERE seq = 1 AND tenant_id = %s", {"chain of hashes"}),
        (
            "UPDATE programs_entry SET actor_label = 'Somebody else' WHERE seq = 2 AND tenant_id = %s",
            {"chain of hashes"},
        ),
        ("UPDATE programs_entry SET amount = amount + 1 WHERE seq = 1 AND tenant_id = %s", {"chain of hashes"}),
        (
            "UPDATE programs_account SET balance = balance + 1 WHERE tenant_id = %s",
            {"an account is the sum of its entries", "an account holds what its lots hold"},
        ),
        (
            "UPDATE programs_lot SET remaining = remaining - 1 WHERE remaining > 7 AND tenant_id = %s",
            {"an account holds what its lots hold", "a lot holds what was not used of it"},
        ),
        (
            "UPDATE programs_lotuse SET amount = amount + 1 WHERE tenant_id = %s",
            {"a lot holds what was not used of it", "an entry names its lots"},
        ),
        (
            "UPDATE programs_account SET carry_numerator = 0 WHERE tenant_id = %s",
            {"the carry is that of the last entry that moved it"},
        ),
        ("UPDATE programs_redemption SET points = 9 WHERE tenant_id = %s", {"a redemption is paid by its entry"}),
        (
            "UPDATE programs_voucher SET status = 'used' WHERE tenant_id = %s",
            {"a voucher stands as its redemption does"},
        ),
        (
            "UPDATE programs_entry SET cause_id = gen_random_uuid() WHERE cause = 'purchase' AND tenant_id = %s",
            {"an entry has its cause", "chain of hashes"},
        ),
        (
            "UPDATE programs_account SET version = version + 1 WHERE tenant_id = %s",
            {"an account stands at its last entry"},
        ),
    ],
)
def test_what_a_superuser_changes_is_found(books, statement, rules):
    assert superuser(statement, books.pk) == 1
    with tenant_context(books):
        found = {difference.rule for difference in reconcile().differences}
    assert rules <= found


def test_the_chain_is_found_broken_when_an_entry_and_all_its_sums_are_removed(books):
    """Even a careful hand that puts every figure right leaves the hash of the missing entry behind."""
    with tenant_context(books):
        account = Account.objects.get()
        last = Entry.objects.get(seq=3)
        lot = Lot.objects.get(entry=last)
    superuser("DELETE FROM programs_lot WHERE id = %s", lot.pk)
    superuser("DELETE FROM programs_entry WHERE id = %s", last.pk)
    superuser("UPDATE programs_account SET balance = balance - 7, version = 2 WHERE id = %s", account.pk)
    with tenant_context(books):
        found = {difference.rule for difference in reconcile().differences}
    assert found == {"an account stands at its last entry"}


def test_the_command_ends_with_1_when_the_books_differ(books, capsys):
    superuser("UPDATE programs_account SET balance = balance + 1 WHERE tenant_id = %s", books.pk)
    with pytest.raises(SystemExit) as ended:
        call_command("reconcile", business=books.slug, json=True)
    assert ended.value.code == 1
    assert '"agrees": false' in capsys.readouterr().out
