"""Every slug a business has or had, unique to all: written and guarded by the database itself."""

import django.db.models.deletion
from django.db import migrations, models

import loyalty_saas.lib.ids
import tenants.isolation
from loyalty_saas.postgres.operations import append_only, platform_reads


class Migration(migrations.Migration):
    dependencies = [("tenants", "0002_walls")]

    operations = [
        migrations.CreateModel(
            name="PortalAddress",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("slug", models.SlugField(db_index=False, max_length=40)),
                ("since", models.DateTimeField(auto_now_add=True)),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        default=tenants.isolation.current_tenant_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "slug"), name="portal_address_own"),
                    models.UniqueConstraint(fields=("slug",), name="portal_address_slug"),
                ],
            },
        ),
        platform_reads("tenants_portaladdress"),
        append_only("tenants_portaladdress"),
        # What the business has had itself it may have again; what another has had violates portal_address_slug.
        migrations.RunSQL(
            """
            CREATE FUNCTION keep_address() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO tenants_portaladdress (id, tenant_id, slug, since)
                VALUES (gen_random_uuid(), NEW.id, NEW.slug, now()) ON CONFLICT (tenant_id, slug) DO NOTHING;
                RETURN NULL;
            END $$;
            CREATE TRIGGER keep_address AFTER INSERT OR UPDATE OF slug ON tenants_tenant
                FOR EACH ROW EXECUTE FUNCTION keep_address();
            """,
            "DROP TRIGGER keep_address ON tenants_tenant; DROP FUNCTION keep_address();",
        ),
    ]
