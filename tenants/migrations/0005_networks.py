"""Networks: a seat for each business behind its own wall, and the letters that offer one."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import loyalty_saas.lib.ids
import tenants.isolation
from loyalty_saas.postgres.operations import platform_reads


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0004_invitation_by_email"),
    ]

    operations = [
        migrations.CreateModel(
            name="NetworkInvitation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("network_id", models.UUIDField()),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("token_hash", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("accepted_by", models.UUIDField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.membership"
                    ),
                ),
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
                "ordering": ["-created_at"],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["token_hash"], name="network_invitation_by_token")],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "token_hash"), name="network_invitation_token")
                ],
            },
        ),
        migrations.CreateModel(
            name="NetworkSeat",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("network_id", models.UUIDField(default=loyalty_saas.lib.ids.uuid7)),
                ("name", models.CharField(max_length=80)),
                ("currency", models.CharField(max_length=3)),
                ("time_zone", models.CharField(max_length=64)),
                ("terms", models.JSONField()),
                ("is_founder", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Takes part"), ("leaving", "Has given notice"), ("left", "Has left")],
                        default="active",
                        max_length=10,
                    ),
                ),
                ("joined_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("leaves_on", models.DateField(null=True)),
                ("left_at", models.DateTimeField(null=True)),
                ("excluded_at", models.DateTimeField(null=True)),
                ("excluded_because", models.CharField(blank=True, max_length=300)),
                ("proposed_terms", models.JSONField(null=True)),
                ("proposed_from", models.DateField(null=True)),
                ("proposed_at", models.DateTimeField(null=True)),
                ("agreed_at", models.DateTimeField(null=True)),
                ("next_terms", models.JSONField(null=True)),
                ("next_from", models.DateField(null=True)),
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
                "ordering": ["id"],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["network_id"], name="network_seats")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "left"), _negated=True),
                        fields=("tenant",),
                        name="network_seat_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("leaves_on__isnull", True), ("left_at__isnull", True), ("state", "active")),
                            models.Q(("leaves_on__isnull", False), ("left_at__isnull", True), ("state", "leaving")),
                            models.Q(("leaves_on__isnull", False), ("left_at__isnull", False), ("state", "left")),
                            _connector="OR",
                        ),
                        name="network_seat_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("agreed_at__isnull", True),
                                ("proposed_at__isnull", True),
                                ("proposed_from__isnull", True),
                            ),
                            models.Q(("proposed_at__isnull", False), ("proposed_from__isnull", False)),
                            _connector="OR",
                        ),
                        name="network_seat_proposal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("excluded_at__isnull", True), models.Q(("state", "active"), _negated=True), _connector="OR"
                        ),
                        name="network_seat_excluded",
                    ),
                ],
            },
        ),
        platform_reads("tenants_networkseat"),
        platform_reads("tenants_networkinvitation"),
    ]
