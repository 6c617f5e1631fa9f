import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import loyalty_saas.lib.ids
import tenants.isolation


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0002_purchases_and_imports"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Program",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="Name")),
                ("kind", models.CharField(choices=[("points", "Points")], default="points", max_length=10)),
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
                        choices=[("calendar_year", "Calendar year"), ("rolling_year", "Last 12 months")],
                        default="rolling_year",
                        max_length=15,
                    ),
                ),
                ("voucher_days", models.PositiveSmallIntegerField(default=30)),
                ("undo_minutes", models.PositiveSmallIntegerField(default=30)),
                ("adjustment_limit", models.PositiveIntegerField(default=100)),
                ("member_day_limit", models.PositiveBigIntegerField(blank=True, null=True)),
                ("staff_day_limit", models.PositiveBigIntegerField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
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
                    models.UniqueConstraint(fields=("tenant", "kind"), name="program_one_of_a_kind"),
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
                    "category",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.category",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.product"
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="exclusions", to="programs.program"
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
                        fields=("tenant", "program", "product", "category"), name="exclusion_once", nulls_distinct=False
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
                ("name", models.CharField(max_length=40, verbose_name="Name")),
                ("threshold", models.PositiveBigIntegerField()),
                ("multiplier", models.PositiveSmallIntegerField(default=100)),
                ("benefits", models.TextField(blank=True, max_length=1000, verbose_name="Benefits, one on each line")),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tiers", to="programs.program"
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
            name="Account",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
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
                ("tier_since", models.DateTimeField(null=True)),
                ("tier_until", models.DateField(null=True)),
                ("opened_at", models.DateTimeField(auto_now_add=True)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="accounts", to="programs.program"
                    ),
                ),
                (
                    "tier",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="programs.tier",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
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
                    models.UniqueConstraint(fields=("tenant", "member", "program"), name="account_once"),
                ],
                "indexes": [models.Index(fields=["tenant", "program", "-balance"], name="account_balance")],
            },
        ),
        migrations.CreateModel(
            name="Reward",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="Name")),
                ("description", models.CharField(blank=True, max_length=300, verbose_name="Description")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("amount_off", "Money off"),
                            ("percent_off", "Percent off"),
                            ("free_product", "Free product"),
                        ],
                        max_length=15,
                    ),
                ),
                ("value", models.PositiveBigIntegerField(default=0)),
                ("cost", models.PositiveIntegerField()),
                ("stock", models.PositiveIntegerField(blank=True, null=True)),
                ("limit_per_member", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("starts_on", models.DateField(blank=True, null=True)),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("is_active", models.BooleanField(default=True)),
                ("position", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.product",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rewards", to="programs.program"
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rewards",
                        to="programs.tier",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "cost", "name"],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("cost__gte", 1)), name="reward_costs_something"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "amount_off"), ("value__gte", 1)),
                            models.Q(("kind", "percent_off"), ("value__range", (1, 100))),
                            ("kind", "free_product"),
                            _connector="OR",
                        ),
                        name="reward_has_its_value",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_on__isnull", True),
                            ("ends_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="reward_window",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("seq", models.PositiveBigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("accrue", "Earned"),
                            ("confirm", "Became available"),
                            ("redeem", "Redeemed"),
                            ("expire", "Expired"),
                            ("reverse", "Taken back"),
                            ("adjust", "Adjusted"),
                            ("transfer", "Transferred"),
                            ("restore", "Given back"),
                        ],
                        max_length=10,
                    ),
                ),
                ("amount", models.BigIntegerField()),
                ("pending_amount", models.BigIntegerField(default=0)),
                ("balance_after", models.BigIntegerField()),
                ("pending_after", models.BigIntegerField()),
                ("owed_after", models.BigIntegerField()),
                ("counts_from", models.DateTimeField()),
                ("occurred_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("purchase", "Purchase"),
                            ("return", "Return"),
                            ("redemption", "Redemption"),
                            ("joining", "Joining"),
                            ("adjustment", "Adjustment"),
                            ("opening", "Opening balance"),
                            ("clock", "Date"),
                        ],
                        max_length=12,
                    ),
                ),
                ("cause_id", models.UUIDField(null=True)),
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
                ("location_id", models.UUIDField(null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("snapshot", models.JSONField(default=dict)),
                ("key", models.CharField(max_length=120)),
                ("request_hash", models.CharField(max_length=64)),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("hash", models.CharField(max_length=64)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="programs.account",
                    ),
                ),
                (
                    "reverses",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="programs.entry",
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
                "verbose_name_plural": "entries",
                "ordering": ["seq"],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["tenant", "cause", "cause_id"], name="entry_by_cause"),
                    models.Index(fields=["tenant", "-recorded_at"], name="entry_newest"),
                    models.Index(
                        fields=["tenant", "occurred_at", "id"],
                        include=("kind", "amount", "pending_amount"),
                        name="entry_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("actor_kind", "staff")),
                        fields=["tenant", "actor_id", "recorded_at"],
                        name="entry_by_staff",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "key"), name="entry_key"),
                    models.UniqueConstraint(fields=("tenant", "account", "seq"), name="entry_seq"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount", 0), _negated=True),
                            models.Q(("pending_amount", 0), _negated=True),
                            models.Q(("cause__in", ("purchase", "return")), ("kind__in", ("accrue", "reverse"))),
                            _connector="OR",
                        ),
                        name="entry_moves_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("balance_after__gte", 0), ("owed_after__gte", 0), ("pending_after__gte", 0)
                        ),
                        name="entry_not_overdrawn",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Qualification",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("spend", models.BigIntegerField(default=0)),
                ("points", models.BigIntegerField(default=0)),
                ("visits", models.SmallIntegerField(default=0)),
                ("occurred_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("cause_id", models.UUIDField()),
                ("key", models.CharField(max_length=120)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="qualifications",
                        to="programs.account",
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
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["tenant", "account", "occurred_at"], name="qualification_window")],
                "constraints": [models.UniqueConstraint(fields=("tenant", "key"), name="qualification_key")],
            },
        ),
        migrations.CreateModel(
            name="Lot",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("amount", models.BigIntegerField()),
                ("remaining", models.BigIntegerField()),
                ("is_pending", models.BooleanField(default=False)),
                ("available_from", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="programs.account",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lots", to="programs.entry"
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
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("remaining__gt", 0)),
                        fields=["tenant", "account", "expires_at"],
                        name="lot_first_to_expire",
                    ),
                    models.Index(
                        condition=models.Q(("is_pending", False), ("remaining__gt", 0)),
                        fields=["tenant", "expires_at"],
                        name="lot_to_expire",
                    ),
                    models.Index(
                        condition=models.Q(("is_pending", True)),
                        fields=["tenant", "available_from"],
                        name="lot_to_confirm",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("remaining__gte", 0), ("remaining__lte", models.F("amount"))),
                        name="lot_holds_its_part",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Redemption",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("points", models.PositiveIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "To be used"),
                            ("used", "Used"),
                            ("voided", "Undone"),
                            ("expired", "Expired"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("key", models.CharField(max_length=120)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("voided_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="redemptions",
                        to="programs.account",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="redemptions", to="programs.entry"
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
                    "reward",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="redemptions", to="programs.reward"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["tenant", "account", "reward"], name="redemption_of_account")],
                "constraints": [models.UniqueConstraint(fields=("tenant", "key"), name="redemption_key")],
            },
        ),
        migrations.CreateModel(
            name="LotUse",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("amount", models.BigIntegerField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lot_uses", to="programs.entry"
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="programs.lot"
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
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "entry", "lot"), name="lot_use_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount", 0), _negated=True), name="lot_use_moves_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Voucher",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=16)),
                ("name", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("amount_off", "Money off"),
                            ("percent_off", "Percent off"),
                            ("free_product", "Free product"),
                        ],
                        max_length=15,
                    ),
                ),
                ("value", models.PositiveBigIntegerField(default=0)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "To be used"),
                            ("used", "Used"),
                            ("voided", "Undone"),
                            ("expired", "Expired"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("valid_until", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "product",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.product"
                    ),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vouchers",
                        to="customers.purchase",
                    ),
                ),
                (
                    "redemption",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="vouchers", to="programs.redemption"
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
                    "used_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.membership",
                    ),
                ),
                (
                    "used_location",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.location"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "open")),
                        fields=["tenant", "valid_until"],
                        name="voucher_to_expire",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "code"), name="voucher_code"),
                    models.UniqueConstraint(fields=("tenant", "redemption"), name="voucher_of_redemption"),
                ],
            },
        ),
    ]
