"""The addresses that businesses have already. The owner looks behind the walls for the length of this transaction."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tenants", "0007_portal_addresses")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE tenants_tenant NO FORCE ROW LEVEL SECURITY;
            ALTER TABLE tenants_portaladdress NO FORCE ROW LEVEL SECURITY;
            INSERT INTO tenants_portaladdress (id, tenant_id, slug, since)
                SELECT gen_random_uuid(), id, slug, created_at FROM tenants_tenant ON CONFLICT DO NOTHING;
            SET CONSTRAINTS ALL IMMEDIATE;
            ALTER TABLE tenants_tenant FORCE ROW LEVEL SECURITY;
            ALTER TABLE tenants_portaladdress FORCE ROW LEVEL SECURITY;
            """,
            migrations.RunSQL.noop,
        ),
    ]
