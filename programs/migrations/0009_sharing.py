"""Families, points between members, and networks of businesses."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import loyalty_saas.lib.ids
import tenants.isolation
from loyalty_saas.postgres.operations import CreateModels, append_only


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0008_credit_and_memberships"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="SharingTerms",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
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
                        (
                            "program",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sharing_terms",
                                to="programs.program",
                            ),
                        ),
                        ("may_give", models.BooleanField(default=False)),
                        ("minimum", models.PositiveIntegerField(default=10)),
                        ("month_most", models.PositiveIntegerField(default=500, null=True)),
                        ("only_family", models.BooleanField(default=False)),
                        ("wait_days", models.PositiveSmallIntegerField(default=14)),
                        ("watch_feeders", models.PositiveSmallIntegerField(default=3, null=True)),
                        ("has_families", models.BooleanField(default=False)),
                        ("most_members", models.PositiveSmallIntegerField(default=6)),
                        ("head_spends", models.BooleanField(default=False)),
                        ("change_days", models.PositiveSmallIntegerField(default=30)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                    ],
                    options={
                        "verbose_name_plural": "sharing terms",
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "program"), name="sharing_terms_of_program"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("minimum__gte", 1), ("most_members__gte", 2), ("most_members__lte", 20)
                                ),
                                name="sharing_terms_sensible",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FamilyMember",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
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
                        (
                            "family",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="members",
                                to="programs.family",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="memberships",
                                to="programs.account",
                            ),
                        ),
                        (
                            "way",
                            models.CharField(
                                choices=[
                                    ("founded", "Began it"),
                                    ("portal", "Portal"),
                                    ("counter", "Counter"),
                                    ("api", "API"),
                                    ("merged", "Merged records"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("joined_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("left_at", models.DateTimeField(null=True)),
                        (
                            "why_left",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("left", "Left"),
                                    ("removed", "Removed by the head"),
                                    ("dissolved", "The family was dissolved"),
                                    ("gone", "Left the program"),
                                    ("merged", "Merged records"),
                                ],
                                max_length=10,
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(fields=["tenant", "account", "-joined_at"], name="family_member_of_account")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("left_at__isnull", True)),
                                fields=("tenant", "account"),
                                name="family_member_of_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("left_at__isnull", True), ("why_left", "")),
                                    models.Q(("left_at__isnull", False), models.Q(("why_left", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="family_member_left_for_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FamilyInvitation",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
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
                        (
                            "family",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invitations",
                                to="programs.family",
                            ),
                        ),
                        ("code", models.CharField(max_length=16)),
                        ("note", models.CharField(blank=True, max_length=60)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("until", models.DateTimeField()),
                        (
                            "taken_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="programs.account",
                            ),
                        ),
                        ("closed_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "code"), name="family_invitation_code")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PointTransfer",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
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
                        (
                            "kind",
                            models.CharField(
                                choices=[("gift", "Given"), ("family", "From the family’s pool")], max_length=10
                            ),
                        ),
                        (
                            "giver",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="given",
                                to="programs.account",
                            ),
                        ),
                        (
                            "receiver",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="received",
                                to="programs.account",
                            ),
                        ),
                        ("points", models.PositiveBigIntegerField()),
                        ("message", models.CharField(blank=True, max_length=120)),
                        (
                            "redemption",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="drawn_from",
                                to="programs.redemption",
                            ),
                        ),
                        ("key", models.CharField(max_length=160)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("undone_at", models.DateTimeField(null=True)),
                        ("undone_why", models.CharField(blank=True, max_length=300)),
                        ("back_points", models.PositiveBigIntegerField(default=0)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(fields=["tenant", "giver", "-created_at"], name="point_transfer_by_giver"),
                            models.Index(
                                fields=["tenant", "receiver", "-created_at"], name="point_transfer_by_receiver"
                            ),
                            models.Index(fields=["tenant", "-created_at"], name="point_transfer_newest"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "key"), name="point_transfer_key"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("back_points__lte", models.F("points")),
                                    ("points__gte", 1),
                                    models.Q(("giver", models.F("receiver")), _negated=True),
                                ),
                                name="point_transfer_of_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "gift"), ("redemption__isnull", True)),
                                    models.Q(("kind", "family"), ("redemption__isnull", False)),
                                    _connector="OR",
                                ),
                                name="point_transfer_drawn_for_a_redemption",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NetworkPerson",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
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
                        ("network_id", models.UUIDField()),
                        ("person_id", models.UUIDField()),
                        (
                            "member",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="network_persons",
                                to="customers.member",
                            ),
                        ),
                        (
                            "consent",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customers.consent",
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("counter", "Counter"),
                                    ("portal", "Portal"),
                                    ("dashboard", "Dashboard"),
                                    ("api", "Connected system"),
                                    ("import", "Import"),
                                    ("demo", "Sample data"),
                                    ("system", "Regulars"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "staff",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.membership",
                            ),
                        ),
                        ("joined_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "ended_by",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("member", "The member took it back"),
                                    ("left", "The member left the program"),
                                    ("merged", "Merged with another record"),
                                    ("network", "The business left the network"),
                                ],
                                max_length=10,
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [models.Index(fields=["tenant", "member", "-id"], name="network_person_of")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)),
                                fields=("tenant", "member"),
                                name="network_person_one",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)),
                                fields=("tenant", "person_id"),
                                name="network_person_here",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at__isnull", True), ("ended_by", "")),
                                    models.Q(("ended_at__isnull", False), models.Q(("ended_by", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="network_person_ends",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NetworkCrossing",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
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
                        ("crossing_id", models.UUIDField()),
                        ("network_id", models.UUIDField()),
                        ("partner_id", models.UUIDField()),
                        ("person_id", models.UUIDField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[("spent", "Spent on a reward"), ("home", "Reward undone, points went home")],
                                max_length=10,
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="crossings",
                                to="programs.account",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="crossings",
                                to="programs.entry",
                            ),
                        ),
                        ("points", models.BigIntegerField()),
                        ("amount", models.BigIntegerField()),
                        ("reverses", models.UUIDField(null=True)),
                        (
                            "redemption",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="crossings",
                                to="programs.redemption",
                            ),
                        ),
                        ("occurred_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(
                                fields=["tenant", "network_id", "occurred_at"], name="network_crossing_by_day"
                            ),
                            models.Index(fields=["tenant", "person_id", "occurred_at"], name="network_crossing_person"),
                            models.Index(
                                condition=models.Q(("redemption__isnull", False)),
                                fields=["tenant", "redemption"],
                                name="network_crossing_reward",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "crossing_id"), name="network_crossing_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("reverses__isnull", False)),
                                fields=("tenant", "reverses"),
                                name="network_reversed_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("amount__gte", 0), ("points__gte", 0)),
                                    models.Q(("amount__lte", 0), ("points__lte", 0)),
                                    _connector="OR",
                                ),
                                name="network_crossing_signs",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("points", 0), _negated=True),
                                    models.Q(("entry__isnull", True), ("kind", "home")),
                                    _connector="OR",
                                ),
                                name="network_crossing_moves",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NetworkStatement",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
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
                        ("network_id", models.UUIDField()),
                        ("network_name", models.CharField(max_length=80)),
                        ("currency", models.CharField(max_length=3)),
                        ("time_zone", models.CharField(max_length=64)),
                        ("month", models.DateField()),
                        ("owed_to_us", models.PositiveBigIntegerField()),
                        ("owed_by_us", models.PositiveBigIntegerField()),
                        ("entries", models.PositiveIntegerField()),
                        ("closed_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["-month", "-id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("tenant", "network_id", "month"), name="network_statement_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("month__day", 1)), name="network_statement_month"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NetworkStatementLine",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
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
                        (
                            "statement",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="programs.networkstatement",
                            ),
                        ),
                        ("partner_id", models.UUIDField()),
                        ("partner_name", models.CharField(max_length=80)),
                        ("points_in", models.BigIntegerField()),
                        ("points_out", models.BigIntegerField()),
                        ("owed_to_us", models.PositiveBigIntegerField()),
                        ("owed_by_us", models.PositiveBigIntegerField()),
                        ("entries", models.PositiveIntegerField()),
                    ],
                    options={
                        "ordering": ["partner_name", "id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("tenant", "statement", "partner_id"), name="network_line_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NetworkPayment",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
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
                        ("payment_id", models.UUIDField()),
                        (
                            "line",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payments",
                                to="programs.networkstatementline",
                            ),
                        ),
                        ("received_on", models.DateField()),
                        ("note", models.CharField(blank=True, max_length=120)),
                        ("marked_at", models.DateTimeField()),
                        ("undone_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "payment_id"), name="network_payment_mirror"),
                            models.UniqueConstraint(
                                condition=models.Q(("undone_at", None)),
                                fields=("tenant", "line"),
                                name="network_payment_one",
                            ),
                        ],
                    },
                ),
            ],
        ),
        append_only("programs_networkcrossing"),
        append_only("programs_networkstatement"),
        append_only("programs_networkstatementline"),
    ]
