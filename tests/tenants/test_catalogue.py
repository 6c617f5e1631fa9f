"""The walls as the database has them: what the catalogue says, compared with what the models say."""

import pytest
from django.apps import apps
from django.db import connections
from django.db.utils import DatabaseError

from loyalty_saas.postgres.roles import append_only_tables, refuse_unsafe_role
from loyalty_saas.postgres.schema import WALL
from tenants import platform
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.isolation import IsolationError, tenant_context
from tenants.models import Invitation, Location, Membership, Tenant, TenantModel, TenantPart

# Tables that belong to no business: people, sign-in, sessions, and Django's own.
GLOBAL = {
    "account_emailaddress",
    "account_emailconfirmation",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_migrations",
    "django_session",
    "mfa_authenticator",
    "tenants_user",
    "tenants_user_groups",
    "tenants_user_user_permissions",
    "usersessions_usersession",
}
# What a constraint asks for, or another order.
MEANT_TWICE = {"tenants_auditevent_pkey", "audit_newest"}
PLATFORM_SEES = {
    "tenants_apikey",
    "tenants_domain",
    "tenants_invitation",
    "tenants_membership",
    "tenants_networkinvitation",
    "tenants_networkseat",
    "tenants_portaladdress",
    "tenants_tenant",
}


def ask(question: str, alias: str = "owner") -> list[tuple]:
    with connections[alias].cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchall()


def business_tables() -> set[str]:
    return {model._meta.db_table for model in apps.get_models() if issubclass(model, TenantModel)}


def test_every_table_is_a_business_table_or_named_as_global():
    tables = {name for (name,) in ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert tables == business_tables() | GLOBAL | {"tenants_tenant"}


def test_row_security_is_forced_on_every_business_table_with_one_bare_policy():
    rows = ask(
        "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, p.qual, p.with_check, p.cmd, p.roles::text"
        " FROM pg_class c LEFT JOIN pg_policies p ON p.tablename = c.relname AND p.policyname = 'wall'"
        " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
    )
    walls = {name: rest for name, *rest in rows if name in business_tables()}
    rule = "(tenant_id = (current_setting('app.tenant_id'::text))::uuid)"
    assert walls == {name: [True, True, rule, rule, "ALL", "{public}"] for name in business_tables()}
    assert "current_setting" in WALL


def test_only_the_named_tables_let_the_platform_read():
    rows = ask("SELECT tablename, cmd, roles::text FROM pg_policies WHERE policyname <> 'wall'")
    assert set(rows) == {(name, "SELECT", "{regulars_platform}") for name in PLATFORM_SEES}


def test_every_foreign_key_between_business_tables_carries_the_business():
    rows = ask(
        "SELECT conrelid::regclass::text, conname, confrelid::regclass::text,"
        " (SELECT array_agg(attname::text ORDER BY ord) FROM unnest(conkey) WITH ORDINALITY k(num, ord)"
        "  JOIN pg_attribute ON attrelid = conrelid AND attnum = num),"
        " (SELECT array_agg(attname::text ORDER BY ord) FROM unnest(confkey) WITH ORDINALITY k(num, ord)"
        "  JOIN pg_attribute ON attrelid = confrelid AND attnum = num)"
        " FROM pg_constraint WHERE contype = 'f'"
    )
    between = [row for row in rows if row[0] in business_tables() and row[2] in business_tables()]
    assert len(between) > 20
    assert [row for row in between if row[3][0] != "tenant_id" or row[4] != ["tenant_id", "id"]] == []


def indexes() -> dict[str, dict[str, list[str]]]:
    """The columns of the whole indexes of each business table, by the names of table and index."""
    rows = ask(
        "SELECT indrelid::regclass::text, indexrelid::regclass::text, (SELECT array_agg("
        "  pg_get_indexdef(indexrelid, place, true) ORDER BY place) FROM generate_series(1, indnkeyatts) place)"
        " FROM pg_index WHERE indpred IS NULL"
    )
    found: dict[str, dict[str, list[str]]] = {}
    for table, index, columns in rows:
        if table in business_tables():
            found.setdefault(table, {})[index] = [column.split()[0] for column in columns]
    return found


def test_what_a_business_row_points_at_is_found_by_an_index_and_by_one_only():
    whole = indexes()
    references = [
        (model, ["tenant_id", field.column])
        for model in apps.get_models()
        if issubclass(model, TenantModel)
        for field in model._meta.concrete_fields
        if field.is_relation and field.name != "tenant" and field.db_index
    ]
    assert len(references) > 20
    for model, columns in references:
        assert any(found[:2] == columns for found in whole[model._meta.db_table].values()), (model, columns)
    for table, found in whole.items():
        for index, columns in found.items():
            longer = [one for one, others in found.items() if one != index and others[: len(columns)] == columns]
            assert not longer or index in MEANT_TWICE, (table, index, longer)


def test_every_unique_index_of_a_business_table_starts_with_the_business():
    rows = ask(
        "SELECT indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid, 1, true)"
        " FROM pg_index WHERE indisunique"
    )
    # A host name is public, and proved by one business only; so is the address of a portal.
    strays = {index for table, index, first in rows if table in business_tables() and first != "tenant_id"}
    assert strays == {"domain_host_proved", "portal_address_slug"}


def test_the_roles_that_serve_own_nothing_and_bypass_nothing():
    for alias in ("default", "platform", "readonly"):
        refuse_unsafe_role(alias)
        rights = ask(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,"
            " EXISTS (SELECT 1 FROM pg_class WHERE relowner = r.oid),"
            " EXISTS (SELECT 1 FROM pg_auth_members m WHERE m.member = r.oid AND m.set_option)"
            " FROM pg_roles r WHERE rolname = current_user",
            alias,
        )
        assert rights == [(False,) * 6]


def test_the_application_may_not_truncate_nor_change_what_is_append_only():
    for table in business_tables():
        may = ask(
            f"SELECT has_table_privilege('{table}', 'TRUNCATE'), has_table_privilege('{table}', 'UPDATE'),"
            f" has_table_privilege('{table}', 'DELETE')",
            "default",
        )
        changes = table not in append_only_tables()
        assert (table, may) == (table, [(False, changes, changes)])


def change_as_owner(business, statement: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant_id', %s, false)", [str(business.pk)])
        cursor.execute(statement)


@pytest.mark.parametrize("statement", ["UPDATE tenants_auditevent SET action = 'x'", "DELETE FROM tenants_auditevent"])
def test_what_was_written_is_not_changed_by_the_owner_either(business, statement):
    with tenant_context(business):
        record_audit("test.happened", by=Actor.system())
    with pytest.raises(DatabaseError, match="append-only"):
        change_as_owner(business, statement)


@pytest.mark.parametrize("table", append_only_tables())
def test_an_append_only_table_is_not_emptied_by_the_owner_either(business, table):
    with pytest.raises(DatabaseError, match="append-only"):
        change_as_owner(business, f"TRUNCATE {table} CASCADE")


def test_every_append_only_table_has_its_triggers_always_on():
    rows = ask("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgenabled = 'A'")
    assert set(rows) == {
        (table, name) for table in append_only_tables() for name in ("append_only", "append_only_truncate")
    }


def test_a_query_outside_of_a_business_is_an_error(business):
    with pytest.raises(IsolationError):
        Location.objects.count()
    with pytest.raises(DatabaseError, match=r"app\.tenant_id|type uuid"), connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tenants_location")


def test_one_business_does_not_see_another_even_without_the_orm(cast):
    with tenant_context(cast.business), connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tenants_location WHERE tenant_id = %s", [cast.other_business.pk])
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(DISTINCT tenant_id) FROM tenants_membership")
        assert cursor.fetchone() == (1,)
        assert Tenant.objects.count() == 1


def test_a_row_cannot_be_written_for_another_business(cast):
    with pytest.raises(DatabaseError, match="row-level security"), tenant_context(cast.business):
        Location.objects.create(name="Theirs", tenant_id=cast.other_business.pk)


def test_a_row_cannot_point_at_another_business(cast):
    with pytest.raises(DatabaseError, match="foreign key"), tenant_context(cast.business):
        Invitation.objects.create(
            email="x@example.com",
            role="staff",
            token_hash="0" * 64,
            invited_by_id=cast.stranger.pk,
            expires_at="2030-01-01T00:00:00Z",
        )


def test_a_context_refuses_another_business_inside(cast):
    with tenant_context(cast.business), pytest.raises(IsolationError), tenant_context(cast.other_business):
        pass


def test_the_setting_ends_with_the_transaction(cast):
    with tenant_context(cast.business):
        assert Membership.objects.count() == 4
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT current_setting('app.tenant_id', true)")
        assert cursor.fetchone()[0] in ("", None)


def test_what_was_looked_up_across_businesses_is_written_behind_the_wall(cast):
    [membership] = platform.memberships_of(cast.owner.user)
    with tenant_context(cast.business):
        membership.name = "Mara"
        membership.save(update_fields=["name"])
        invitation = Invitation(email="a@example.com", role="staff", token_hash="1" * 64, invited_by=membership)
        invitation.expires_at = membership.joined_at
        invitation.save()
        assert Invitation.objects.get().invited_by.name == "Mara"


def test_every_row_proves_its_business_itself_or_through_the_whole_that_it_is_a_part_of():
    proven = {
        name
        for (name,) in ask(
            "SELECT conrelid::regclass::text FROM pg_constraint"
            " WHERE contype = 'f' AND confrelid = 'tenants_tenant'::regclass"
        )
    }
    parts = {model._meta.db_table: model for model in apps.get_models() if issubclass(model, TenantPart)}
    assert business_tables() - proven == set(parts)
    wholes = {
        table: {
            field.related_model._meta.db_table
            for field in model._meta.local_fields
            if field.is_relation and not field.null and field.name != "tenant" and field.db_constraint
        }
        for table, model in parts.items()
    }
    # A part may be of a whole that is itself a part, as long as the last one proves it.
    while more := {table for table in wholes if table not in proven and wholes[table] & proven}:
        proven |= more
    assert business_tables() <= proven
