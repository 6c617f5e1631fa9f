"""Segments: filters of the list of members, kept under a name."""

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import loyalty_saas.lib.ids
import tenants.isolation


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0008_merging"),
        ("tenants", "0004_invitation_by_email"),
    ]

    operations = [
        migrations.CreateModel(
            name="Segment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("filters", models.JSONField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
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
                "ordering": ["name"],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        models.F("tenant"), django.db.models.functions.text.Lower("name"), name="segment_name"
                    )
                ],
            },
        ),
    ]
