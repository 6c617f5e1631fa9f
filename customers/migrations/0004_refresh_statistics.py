"""Let an import refresh the planner's statistics of tables that it has just filled.

The application's role owns nothing and so may not ANALYZE. This function does it for a fixed list, and only while a
table is known as small: autovacuum looks after the others.
"""

from django.db import migrations

CREATE = """
CREATE OR REPLACE FUNCTION refresh_statistics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE known regclass;
BEGIN
    FOR known IN
        SELECT oid FROM pg_class
        WHERE relkind = 'r' AND reltuples < 100000 AND relnamespace = 'public'::regnamespace
          AND (relname LIKE 'customers\\_%' OR relname LIKE 'programs\\_%' OR relname LIKE 'tenants\\_%')
          AND pg_relation_size(oid) > 0
    LOOP
        EXECUTE format('ANALYZE %s', known);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION refresh_statistics() FROM PUBLIC;
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'regulars_app') THEN
        GRANT EXECUTE ON FUNCTION refresh_statistics() TO regulars_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_purchases")]

    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION refresh_statistics()")]
