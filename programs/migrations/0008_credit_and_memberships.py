"""Store credit, and memberships that are paid for."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import loyalty_saas.lib.ids
import tenants.isolation
from loyalty_saas.postgres.operations import CreateModels, append_only


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0007_play"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="CashBack",
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
                                related_name="cash_back",
                                to="programs.program",
                            ),
                        ),
                        ("draft", models.JSONField(null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "program"), name="cash_back_of_program")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CashBackVersion",
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
                            "cash_back",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="programs.cashback",
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("terms", models.JSONField()),
                        ("starts_at", models.DateTimeField()),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "ordering": ["number"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("tenant", "cash_back", "number"), name="cash_back_version_number"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MembershipPlan",
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
                        ("name", models.CharField(max_length=60)),
                        ("description", models.CharField(blank=True, max_length=300)),
                        ("period", models.CharField(choices=[("month", "a month"), ("year", "a year")], max_length=10)),
                        ("price", models.PositiveBigIntegerField()),
                        ("tax_words", models.CharField(blank=True, max_length=80)),
                        (
                            "tier",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="programs.tier"
                            ),
                        ),
                        (
                            "welcome_kind",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("amount_off", "Money off"),
                                    ("percent_off", "Percent off"),
                                    ("free_product", "Free product"),
                                    ("choice", "One of several products"),
                                    ("upgrade", "Upgrade"),
                                    ("experience", "Place at an event"),
                                    ("early_access", "Early access"),
                                    ("content", "Something to read, see or hear"),
                                    ("donation", "Donation"),
                                    ("mystery", "Surprise"),
                                ],
                                max_length=15,
                            ),
                        ),
                        ("welcome_value", models.PositiveBigIntegerField(default=0)),
                        (
                            "welcome_product",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customers.product",
                            ),
                        ),
                        ("welcome_days", models.PositiveSmallIntegerField(default=30)),
                        ("reminder_days", models.PositiveSmallIntegerField(default=7)),
                        ("grace_days", models.PositiveSmallIntegerField(default=7)),
                        ("is_offered", models.BooleanField(default=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "ordering": ["price", "id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "name"), name="membership_plan_name"),
                            models.CheckConstraint(condition=models.Q(("price__gte", 1)), name="membership_plan_price"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PaidMembership",
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
                            "member",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="paid_memberships",
                                to="customers.member",
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="memberships",
                                to="programs.membershipplan",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("wished", "Wished for"), ("active", "Running"), ("ended", "Ended")],
                                max_length=10,
                            ),
                        ),
                        ("price", models.PositiveBigIntegerField()),
                        ("period", models.CharField(choices=[("month", "a month"), ("year", "a year")], max_length=10)),
                        ("anchor", models.DateField(null=True)),
                        ("periods", models.PositiveSmallIntegerField(default=0)),
                        ("paid_until", models.DateField(null=True)),
                        ("reminded_of", models.DateField(null=True)),
                        (
                            "placement",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="programs.tierplacement",
                            ),
                        ),
                        ("asked_at", models.DateTimeField(null=True)),
                        ("began_at", models.DateTimeField(null=True)),
                        ("cancelled_at", models.DateTimeField(null=True)),
                        ("cancelled_by", models.CharField(blank=True, max_length=80)),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "end",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("cancelled", "Cancelled"),
                                    ("lapsed", "Not renewed"),
                                    ("refunded", "Paid back"),
                                    ("withdrawn", "No longer wished for"),
                                    ("merged", "Merged with another one"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [models.Index(fields=["tenant", "state", "paid_until"], name="membership_due")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "ended"), _negated=True),
                                fields=("tenant", "member"),
                                name="membership_one_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "active"), _negated=True),
                                    models.Q(("anchor__isnull", False), ("paid_until__isnull", False)),
                                    _connector="OR",
                                ),
                                name="membership_paid_when_it_runs",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ended_at__isnull", True), ("state", "ended"), _connector="OR"),
                                name="membership_ended_when_it_says",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MembershipPayment",
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
                            "membership",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payments",
                                to="programs.paidmembership",
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("amount", models.PositiveBigIntegerField()),
                        ("refunded", models.PositiveBigIntegerField(default=0)),
                        ("first", models.DateField()),
                        ("last", models.DateField()),
                        ("way", models.CharField(choices=[("counter", "At the counter")], max_length=10)),
                        ("reference", models.CharField(blank=True, max_length=80)),
                        (
                            "state",
                            models.CharField(
                                choices=[("paid", "Paid"), ("refunded", "Paid back")], default="paid", max_length=10
                            ),
                        ),
                        (
                            "location",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.location",
                            ),
                        ),
                        (
                            "actor_kind",
                            models.CharField(
                                choices=[
                                    ("staff", "Staff"),
                                    ("member", "Member"),
                                    ("api", "Connected system"),
                                    ("import", "Import"),
                                    ("system", "Regulars"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("actor_id", models.UUIDField(null=True)),
                        ("actor_label", models.CharField(blank=True, max_length=80)),
                        ("paid_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("refunded_at", models.DateTimeField(null=True)),
                        ("refund_reason", models.CharField(blank=True, max_length=300)),
                        ("refunded_by", models.CharField(blank=True, max_length=80)),
                        ("key", models.CharField(max_length=120)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [models.Index(fields=["tenant", "-paid_at"], name="membership_payment_newest")],
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "key"), name="membership_payment_key"),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "paid")),
                                fields=("tenant", "membership", "number"),
                                name="membership_payment_period",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("last__gte", models.F("first")), ("refunded__lte", models.F("amount"))
                                ),
                                name="membership_payment_refund_within",
                            ),
                        ],
                    },
                ),
            ],
        ),
        append_only("programs_cashbackversion"),
    ]
