"""Programs, their tiers, and the accounts of members."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import loyalty_saas.lib.ids
import tenants.isolation
from loyalty_saas.postgres.operations import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0003_purchases"),
        ("tenants", "0006_scopes"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="Program",
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
                        ("name", models.CharField(max_length=80, verbose_name="Name")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("points", "Points"), ("stamps", "Stamps"), ("credit", "Store credit")],
                                default="points",
                                max_length=10,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[("draft", "Draft"), ("live", "Live"), ("paused", "Paused")],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        ("unit_one", models.CharField(default="point", max_length=20)),
                        ("unit_many", models.CharField(default="points", max_length=20)),
                        ("earn_points", models.PositiveIntegerField(default=1)),
                        ("earn_amount", models.PositiveBigIntegerField(default=100)),
                        (
                            "rounding",
                            models.CharField(
                                choices=[
                                    ("carry", "Down, and keep the rest for the next purchase"),
                                    ("down", "Down"),
                                    ("nearest", "To the nearest"),
                                    ("up", "Up"),
                                ],
                                default="carry",
                                max_length=10,
                            ),
                        ),
                        ("earn_on_tax", models.BooleanField(default=False)),
                        ("minimum_purchase", models.PositiveBigIntegerField(default=0)),
                        (
                            "stacking",
                            models.CharField(
                                choices=[
                                    ("best", "the highest one counts"),
                                    ("all", "all of them count, one on top of the other"),
                                ],
                                default="best",
                                max_length=10,
                            ),
                        ),
                        ("joining_bonus", models.PositiveIntegerField(default=0)),
                        ("pending_days", models.PositiveSmallIntegerField(default=0)),
                        ("expiry_months", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("expires_at_month_end", models.BooleanField(default=True)),
                        (
                            "tier_basis",
                            models.CharField(
                                choices=[
                                    ("spend", "What they spend"),
                                    ("points", "Points they earn"),
                                    ("visits", "Days they visit"),
                                ],
                                default="spend",
                                max_length=10,
                            ),
                        ),
                        (
                            "tier_window",
                            models.CharField(
                                choices=[
                                    ("calendar_year", "Calendar year"),
                                    ("rolling_year", "Last 12 months"),
                                    ("joining_year", "Each member’s own year, from the day they joined"),
                                    ("ever", "For ever"),
                                ],
                                default="rolling_year",
                                max_length=15,
                            ),
                        ),
                        ("tier_grace_days", models.PositiveSmallIntegerField(default=0)),
                        ("tier_notice_days", models.PositiveSmallIntegerField(default=30)),
                        ("voucher_days", models.PositiveSmallIntegerField(default=30)),
                        (
                            "voucher_rule",
                            models.CharField(
                                choices=[
                                    ("all", "as many as they have"),
                                    ("one_discount", "one that takes something off, and as many things as they have"),
                                    ("one", "only one"),
                                ],
                                default="all",
                                max_length=15,
                            ),
                        ),
                        ("undo_minutes", models.PositiveSmallIntegerField(default=30)),
                        ("adjustment_limit", models.PositiveIntegerField(default=100)),
                        ("member_day_limit", models.PositiveBigIntegerField(blank=True, null=True)),
                        ("staff_day_limit", models.PositiveBigIntegerField(blank=True, null=True)),
                        ("gesture_limit", models.PositiveBigIntegerField(blank=True, default=0, null=True)),
                        ("gesture_staff_budget", models.PositiveBigIntegerField(blank=True, default=0, null=True)),
                        ("gesture_location_budget", models.PositiveBigIntegerField(blank=True, default=0, null=True)),
                        ("gesture_days", models.PositiveSmallIntegerField(default=30)),
                        ("device_day_limit", models.PositiveBigIntegerField(blank=True, null=True)),
                        ("watch_often", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("watch_away_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("watch_from", models.TimeField(blank=True, null=True)),
                        ("watch_until", models.TimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("kind", "stamps"), _negated=True),
                                fields=("tenant", "kind"),
                                name="program_one_of_a_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("watch_from__isnull", True), ("watch_until__isnull", True)),
                                    models.Q(("watch_from__isnull", False), ("watch_until__isnull", False)),
                                    _connector="OR",
                                ),
                                name="program_watched_hours",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("earn_amount__gte", 1), ("earn_points__gte", 1)),
                                name="program_earning_rate",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("expiry_months__isnull", True), ("expiry_months__range", (1, 120)), _connector="OR"
                                ),
                                name="program_expiry_months",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProgramExclusion",
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="exclusions",
                                to="programs.program",
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customers.product",
                            ),
                        ),
                        (
                            "category",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customers.category",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("category__isnull", True), ("product__isnull", False)),
                                    models.Q(("category__isnull", False), ("product__isnull", True)),
                                    _connector="OR",
                                ),
                                name="exclusion_is_one_thing",
                            ),
                            models.UniqueConstraint(
                                fields=("tenant", "program", "product", "category"),
                                name="exclusion_once",
                                nulls_distinct=False,
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Bookkeeping",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bookkeeping",
                                to="programs.program",
                            ),
                        ),
                        ("cost_of_hundred", models.PositiveBigIntegerField(blank=True, null=True)),
                        ("liability_account", models.CharField(blank=True, max_length=60)),
                        ("expense_account", models.CharField(blank=True, max_length=60)),
                        ("redeemed_account", models.CharField(blank=True, max_length=60)),
                        ("breakage_account", models.CharField(blank=True, max_length=60)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "program"), name="bookkeeping_of_program"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("cost_of_hundred__isnull", True), ("cost_of_hundred__gte", 1), _connector="OR"
                                ),
                                name="bookkeeping_cost",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Tier",
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
                                on_delete=django.db.models.deletion.CASCADE, related_name="tiers", to="programs.program"
                            ),
                        ),
                        ("name", models.CharField(max_length=40, verbose_name="Name")),
                        ("threshold", models.PositiveBigIntegerField()),
                        ("multiplier", models.PositiveSmallIntegerField(default=100)),
                        (
                            "benefits",
                            models.TextField(blank=True, max_length=1000, verbose_name="Benefits, one on each line"),
                        ),
                        ("by_invitation", models.BooleanField(default=False)),
                    ],
                    options={
                        "ordering": ["threshold"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "program", "threshold"), name="tier_threshold"),
                            models.UniqueConstraint(fields=("tenant", "program", "name"), name="tier_name"),
                            models.CheckConstraint(
                                condition=models.Q(("multiplier__range", (100, 1000))), name="tier_multiplier_range"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TierBenefit",
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
                            "tier",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="works",
                                to="programs.tier",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("birthday", "A gift for the birthday"),
                                    ("anniversary", "A gift for the day they joined"),
                                    ("delivery", "A code for free delivery"),
                                    ("early", "Rewards before others"),
                                    ("invitation", "An invitation"),
                                    ("priority", "Served first"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "gift_kind",
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
                        ("value", models.PositiveBigIntegerField(default=0)),
                        (
                            "product",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customers.product",
                            ),
                        ),
                        ("days", models.PositiveSmallIntegerField(default=0)),
                        ("text", models.CharField(blank=True, max_length=160)),
                        ("on_day", models.DateField(null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "ordering": ["kind"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "tier", "kind"), name="tier_benefit_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind__in", ("birthday", "anniversary")), _negated=True),
                                    models.Q(("gift_kind", "amount_off"), ("value__gte", 1)),
                                    models.Q(("gift_kind", "percent_off"), ("value__range", (1, 100))),
                                    models.Q(("gift_kind", "free_product"), ("product__isnull", False)),
                                    _connector="OR",
                                ),
                                name="tier_benefit_has_its_worth",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Account",
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
                                related_name="accounts",
                                to="customers.member",
                            ),
                        ),
                        (
                            "program",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="accounts",
                                to="programs.program",
                            ),
                        ),
                        ("balance", models.BigIntegerField(default=0)),
                        ("pending", models.BigIntegerField(default=0)),
                        ("owed", models.BigIntegerField(default=0)),
                        ("lifetime", models.BigIntegerField(default=0)),
                        ("carry_numerator", models.BigIntegerField(default=0)),
                        ("carry_denominator", models.BigIntegerField(default=1)),
                        ("version", models.PositiveBigIntegerField(default=0)),
                        ("head", models.CharField(blank=True, max_length=64)),
                        (
                            "tier",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="accounts",
                                to="programs.tier",
                            ),
                        ),
                        ("tier_since", models.DateTimeField(null=True)),
                        ("tier_until", models.DateField(null=True)),
                        ("tier_told_of", models.DateField(null=True)),
                        ("opened_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "merged_into",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="absorbed",
                                to="programs.account",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [models.Index(fields=["tenant", "program", "-balance"], name="account_balance")],
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "member", "program"), name="account_once"),
                            models.CheckConstraint(
                                condition=models.Q(("balance__gte", 0), ("owed__gte", 0), ("pending__gte", 0)),
                                name="account_not_overdrawn",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("owed", 0), ("balance", 0), _connector="OR"),
                                name="account_owes_only_when_empty",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("carry_denominator__gte", 1),
                                    ("carry_numerator__gte", 0),
                                    ("carry_numerator__lt", models.F("carry_denominator")),
                                ),
                                name="account_carry_is_a_fraction",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TierPlacement",
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
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="placements",
                                to="programs.account",
                            ),
                        ),
                        (
                            "tier",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="placements",
                                to="programs.tier",
                            ),
                        ),
                        ("said", models.CharField(max_length=40)),
                        ("reason", models.CharField(max_length=300)),
                        ("until", models.DateField(null=True)),
                        ("before", models.JSONField(default=dict)),
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
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("ended_by", models.CharField(blank=True, max_length=80)),
                        (
                            "end",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("over", "Its last day was over"),
                                    ("undone", "Taken back"),
                                    ("outgrown", "The member earned more"),
                                    ("replaced", "Another one was given"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("key", models.CharField(max_length=120)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [models.UniqueConstraint(fields=("tenant", "key"), name="tier_placement_key")],
                    },
                ),
                migrations.CreateModel(
                    name="Family",
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
                        (
                            "head",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.account"
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("dissolved_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "verbose_name_plural": "families",
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("dissolved_at__isnull", True)),
                                fields=("tenant", "head"),
                                name="family_of_head",
                            )
                        ],
                    },
                ),
            ],
        ),
        migrations.AddField(
            model_name="account",
            name="tier_placement",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.tierplacement"
            ),
        ),
        migrations.AddField(
            model_name="account",
            name="family",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accounts",
                to="programs.family",
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                condition=models.Q(("family__isnull", False)), fields=["tenant", "family"], name="account_of_family"
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into__isnull", True),
                    models.Q(("balance", 0), ("family__isnull", True), ("owed", 0), ("pending", 0)),
                    _connector="OR",
                ),
                name="account_empty_when_merged",
            ),
        ),
    ]
