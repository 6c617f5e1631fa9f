"""Migration operations for what Django's models cannot say."""

from django.db import migrations

REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""


def append_only(table: str) -> migrations.RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE on a table to everybody, replication included.

    The application's role has no right to them either (see `grants`); the trigger stands behind it
    for the owner. ENABLE ALWAYS: `session_replication_role` does not switch it off.
    """
    return migrations.RunSQL(
        f"""{REFUSE_CHANGE}
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change();
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only;
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only_truncate;
        """,
        f"DROP TRIGGER append_only ON {table}; DROP TRIGGER append_only_truncate ON {table};",
    )


def platform_reads(table: str) -> migrations.RunSQL:
    """Let the platform's role read a table across businesses: for sign-in, lookups and the scheduler alone."""
    return migrations.RunSQL(
        f"CREATE POLICY platform ON {table} FOR SELECT TO regulars_platform USING (true)",
        f"DROP POLICY platform ON {table}",
    )
