"""The business's own row is behind the wall; the platform's role reads what sign-in and look-ups need."""

from django.db import migrations

from loyalty_saas.postgres.operations import append_only, platform_reads

OWN_ROW = "id = current_setting('app.tenant_id')::uuid"


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [
        migrations.RunSQL(
            f"""
            ALTER TABLE tenants_tenant ENABLE ROW LEVEL SECURITY;
            ALTER TABLE tenants_tenant FORCE ROW LEVEL SECURITY;
            CREATE POLICY wall ON tenants_tenant USING ({OWN_ROW}) WITH CHECK ({OWN_ROW});
            """,
            """
            DROP POLICY wall ON tenants_tenant;
            ALTER TABLE tenants_tenant NO FORCE ROW LEVEL SECURITY;
            ALTER TABLE tenants_tenant DISABLE ROW LEVEL SECURITY;
            """,
        ),
        append_only("tenants_auditevent"),
        platform_reads("tenants_tenant"),
        platform_reads("tenants_membership"),
        platform_reads("tenants_invitation"),
        platform_reads("tenants_apikey"),
        platform_reads("tenants_domain"),
    ]
