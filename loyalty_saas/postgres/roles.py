"""The four roles of one database and what each may do.

Rights and policies hang on three group roles that cannot sign in; the roles that do are members that
inherit from them and cannot become them:

- `regulars_app`: the web and the workers. Reads and writes rows, owns nothing, cannot bypass row
  security, cannot TRUNCATE, and only reads and appends where a model says `append_only`.
- `regulars_platform`: looks across businesses in the few tables that say so (`platform_reads`).
- `regulars_readonly`: reads, behind the same walls.
"""

from typing import Any

from django.apps import apps
from django.db import connections
from django.db.backends.utils import CursorWrapper
from psycopg2 import sql

GROUPS = {"default": "regulars_app", "platform": "regulars_platform", "readonly": "regulars_readonly"}
# Tables the platform's role reads besides the walled ones that let it in (`platform_reads`).
OPEN_TO_PLATFORM = ("tenants_tenant", "tenants_user", "django_migrations")


def prepare_roles() -> None:
    """Create the group roles and the roles that sign in, with the passwords of the settings. Idempotent.

    Runs as the database's owner, who needs CREATEROLE (or the roles must exist already).
    """
    with connections["owner"].cursor() as cursor:
        for alias, group in GROUPS.items():
            _create_group(cursor, group)
            _create_login(cursor, group, connections[alias].settings_dict)


def _create_group(cursor: CursorWrapper, group: str) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [group])
    if not cursor.fetchone():
        cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(group)))


def _create_login(cursor: CursorWrapper, group: str, settings: dict[str, Any]) -> None:
    """A role is born without any right of its own; only its password is set again."""
    role = sql.Identifier(settings["USER"])
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [settings["USER"]])
    verb = sql.SQL("ALTER ROLE" if cursor.fetchone() else "CREATE ROLE")
    cursor.execute(sql.SQL("{} {} LOGIN PASSWORD {}").format(verb, role, sql.Literal(settings["PASSWORD"])))
    cursor.execute(sql.SQL("GRANT {} TO {} WITH INHERIT TRUE, SET FALSE").format(sql.Identifier(group), role))


def grant_rights() -> None:
    """Give each group its rights on every table there is now. Idempotent; run after migrating."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("GRANT USAGE ON SCHEMA public TO regulars_app, regulars_platform, regulars_readonly")
        cursor.execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM regulars_app, regulars_platform")
        cursor.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO regulars_app")
        cursor.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO regulars_app")
        cursor.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO regulars_readonly")
        cursor.execute("REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM regulars_app")
        for table in append_only_tables():
            cursor.execute(sql.SQL("REVOKE UPDATE, DELETE ON {} FROM regulars_app").format(sql.Identifier(table)))
        for table in (*OPEN_TO_PLATFORM, *_tables_with_platform_policy(cursor)):
            cursor.execute(sql.SQL("GRANT SELECT ON {} TO regulars_platform").format(sql.Identifier(table)))


def append_only_tables() -> list[str]:
    return [model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False)]


def _tables_with_platform_policy(cursor: CursorWrapper) -> list[str]:
    cursor.execute("SELECT tablename FROM pg_policies WHERE policyname = 'platform' AND schemaname = 'public'")
    return [table for (table,) in cursor.fetchall()]


class UnsafeRoleError(RuntimeError):
    """The application was started as a role that walks through the walls."""


def refuse_unsafe_role(alias: str = "default") -> None:
    """Raise UnsafeRoleError when the role of this connection is a superuser, bypasses row security or owns tables."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper OR rolbypassrls OR EXISTS ("
            "  SELECT 1 FROM pg_class WHERE relowner = pg_roles.oid AND relkind = 'r')"
            " FROM pg_roles WHERE rolname = current_user"
        )
        role, unsafe = cursor.fetchone()
    if unsafe:
        raise UnsafeRoleError(
            f"The database role {role!r} is a superuser, bypasses row security or owns tables. "
            "Serve with a role made by `manage.py prepare_database`."
        )
