"""Rewards and what becomes of them: vouchers and gestures of goodwill."""

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.db import migrations, models

import loyalty_saas.lib.ids
import tenants.isolation
from loyalty_saas.postgres.operations import CreateModels, append_only


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0003_presents_and_rests"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="GoodwillReason",
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
                        ("position", models.PositiveIntegerField(default=0)),
                        ("archived_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["position", "name"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("tenant"),
                                django.db.models.functions.text.Lower("name"),
                                name="goodwill_reason_name",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Gesture",
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
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="gestures",
                                to="programs.account",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("points", "Points"),
                                    ("amount_off", "Money off"),
                                    ("free_product", "On the house"),
                                ],
                                max_length=15,
                            ),
                        ),
                        ("amount", models.PositiveBigIntegerField()),
                        ("cost", models.PositiveBigIntegerField()),
                        (
                            "product",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customers.product",
                            ),
                        ),
                        ("said", models.CharField(max_length=160)),
                        (
                            "reason",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="gestures",
                                to="programs.goodwillreason",
                            ),
                        ),
                        ("reason_said", models.CharField(max_length=60)),
                        ("note", models.CharField(blank=True, max_length=300)),
                        ("handed_over", models.BooleanField(default=False)),
                        (
                            "staff",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.membership"
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
                            "approved_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.membership",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="gestures",
                                to="programs.entry",
                            ),
                        ),
                        ("key", models.CharField(max_length=120)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(fields=["tenant", "account", "created_at"], name="gesture_of_account"),
                            models.Index(fields=["tenant", "created_at"], name="gesture_by_day"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "key"), name="gesture_key"),
                            models.UniqueConstraint(fields=("tenant", "entry"), name="gesture_of_entry"),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gte", 1)), name="gesture_gives_something"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("entry__isnull", False), ("kind", "points"), ("product__isnull", True)),
                                    models.Q(
                                        ("entry__isnull", True), ("kind", "amount_off"), ("product__isnull", True)
                                    ),
                                    models.Q(
                                        ("entry__isnull", True), ("kind", "free_product"), ("product__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="gesture_has_its_means",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approved_by__isnull", True),
                                    models.Q(("approved_by", models.F("staff")), _negated=True),
                                    _connector="OR",
                                ),
                                name="gesture_approved_by_another",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GestureUndo",
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
                            "gesture",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="undos",
                                to="programs.gesture",
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=300)),
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
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "gesture"), name="gesture_undone_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Charity",
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
                        ("name", models.CharField(max_length=80)),
                        ("about", models.CharField(blank=True, max_length=300)),
                        ("archived_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["name"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("tenant"), django.db.models.functions.text.Lower("name"), name="charity_name"
                            )
                        ],
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
                                related_name="rewards",
                                to="programs.program",
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
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customers.product",
                            ),
                        ),
                        (
                            "charity",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rewards",
                                to="programs.charity",
                            ),
                        ),
                        ("cost", models.PositiveIntegerField()),
                        ("cap", models.PositiveBigIntegerField(blank=True, null=True)),
                        ("minimum", models.PositiveBigIntegerField(default=0)),
                        ("unit_cost", models.PositiveBigIntegerField(blank=True, null=True)),
                        ("stock", models.PositiveIntegerField(blank=True, null=True)),
                        ("limit_per_member", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("limit_in_period", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "limit_period",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("day", "a day"),
                                    ("week", "a week"),
                                    ("month", "a month"),
                                    ("year", "a year"),
                                ],
                                max_length=10,
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
                        ("starts_on", models.DateField(blank=True, null=True)),
                        ("ends_on", models.DateField(blank=True, null=True)),
                        ("terms", models.JSONField(default=dict)),
                        ("happens_at", models.DateTimeField(blank=True, null=True)),
                        ("public_at", models.DateTimeField(blank=True, null=True)),
                        ("content", models.TextField(blank=True, max_length=4000)),
                        ("link", models.URLField(blank=True, max_length=500)),
                        ("has_waiting_list", models.BooleanField(default=False)),
                        ("take_hours", models.PositiveSmallIntegerField(default=24)),
                        ("uses_own_codes", models.BooleanField(default=False)),
                        ("is_partial", models.BooleanField(default=False)),
                        ("usable_from", models.DateField(blank=True, null=True)),
                        ("usable_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("is_active", models.BooleanField(default=True)),
                        ("position", models.PositiveIntegerField(default=0)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
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
                                    models.Q(("charity__isnull", False), ("kind", "donation"), ("value__gte", 1)),
                                    models.Q(("happens_at__isnull", False), ("kind", "experience")),
                                    (
                                        "kind__in",
                                        ["free_product", "choice", "upgrade", "early_access", "content", "mystery"],
                                    ),
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
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("limit_in_period__isnull", True),
                                    models.Q(("limit_period", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="reward_limit_has_its_period",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("is_partial", False), ("kind", "amount_off"), _connector="OR"),
                                name="reward_parts_of_money",
                            ),
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
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="redemptions",
                                to="programs.account",
                            ),
                        ),
                        (
                            "reward",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="redemptions",
                                to="programs.reward",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="redemptions",
                                to="programs.entry",
                            ),
                        ),
                        ("points", models.PositiveIntegerField()),
                        ("cost", models.PositiveBigIntegerField(null=True)),
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
                    name="Voucher",
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
                                related_name="vouchers",
                                to="programs.account",
                            ),
                        ),
                        (
                            "redemption",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="vouchers",
                                to="programs.redemption",
                            ),
                        ),
                        (
                            "gesture",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="vouchers",
                                to="programs.gesture",
                            ),
                        ),
                        (
                            "present",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="vouchers",
                                to="programs.present",
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
                        (
                            "charity",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="vouchers",
                                to="programs.charity",
                            ),
                        ),
                        ("own_code", models.CharField(blank=True, max_length=60)),
                        ("cap", models.PositiveBigIntegerField(null=True)),
                        ("minimum", models.PositiveBigIntegerField(default=0)),
                        ("left", models.PositiveBigIntegerField(null=True)),
                        ("terms", models.JSONField(default=dict)),
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
                        ("valid_from", models.DateTimeField(null=True)),
                        ("valid_until", models.DateTimeField()),
                        ("used_at", models.DateTimeField(null=True)),
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
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.location",
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
                            ),
                            models.Index(
                                condition=models.Q(("charity__isnull", False)),
                                fields=["tenant", "charity", "used_at"],
                                name="voucher_of_charity",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "code"), name="voucher_code"),
                            models.UniqueConstraint(fields=("tenant", "redemption"), name="voucher_of_redemption"),
                            models.UniqueConstraint(fields=("tenant", "gesture"), name="voucher_of_gesture"),
                            models.UniqueConstraint(
                                condition=models.Q(("own_code", ""), _negated=True),
                                fields=("tenant", "own_code"),
                                name="voucher_own_code",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("left__isnull", True),
                                    models.Q(("kind", "amount_off"), ("left__lte", models.F("value"))),
                                    _connector="OR",
                                ),
                                name="voucher_holds_no_more_than_its_worth",
                            ),
                            models.UniqueConstraint(fields=("tenant", "present"), name="voucher_of_present"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("gesture__isnull", True),
                                        ("present__isnull", True),
                                        ("redemption__isnull", False),
                                    ),
                                    models.Q(
                                        ("gesture__isnull", False),
                                        ("present__isnull", True),
                                        ("redemption__isnull", True),
                                    ),
                                    models.Q(
                                        ("gesture__isnull", True),
                                        ("present__isnull", False),
                                        ("redemption__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="voucher_comes_from_one_thing",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="VoucherUse",
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
                            "voucher",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="programs.voucher"
                            ),
                        ),
                        ("amount", models.PositiveBigIntegerField(null=True)),
                        (
                            "purchase",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="voucher_uses",
                                to="customers.purchase",
                            ),
                        ),
                        (
                            "staff",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.membership",
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
                        ("reference", models.CharField(blank=True, max_length=80)),
                        ("used_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("undone_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                    },
                ),
                migrations.CreateModel(
                    name="VoucherHold",
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
                            "voucher",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="programs.voucher"
                            ),
                        ),
                        ("amount", models.PositiveBigIntegerField(null=True)),
                        ("reference", models.CharField(blank=True, max_length=80)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("held", "Held"),
                                    ("used", "Used"),
                                    ("released", "Released"),
                                    ("expired", "Ran out"),
                                ],
                                default="held",
                                max_length=10,
                            ),
                        ),
                        ("expires_at", models.DateTimeField()),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("closed_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status", "held")),
                                fields=["tenant", "expires_at"],
                                name="hold_to_run_out",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Gift",
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
                            "voucher",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="gifts",
                                to="programs.voucher",
                            ),
                        ),
                        (
                            "giver",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="gifts_given",
                                to="programs.account",
                            ),
                        ),
                        (
                            "taker",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="gifts_taken",
                                to="programs.account",
                            ),
                        ),
                        ("code", models.CharField(max_length=16)),
                        ("message", models.CharField(blank=True, max_length=200)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("open", "Waits to be opened"),
                                    ("taken", "Opened"),
                                    ("withdrawn", "Taken back"),
                                ],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("closed_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [models.Index(fields=["tenant", "voucher", "status"], name="gift_of_voucher")],
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "code"), name="gift_code"),
                            models.UniqueConstraint(
                                condition=models.Q(("status", "open")),
                                fields=("tenant", "voucher"),
                                name="gift_wrapped_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "taken"), ("taker__isnull", False)),
                                    models.Q(("status__in", ["open", "withdrawn"]), ("taker__isnull", True)),
                                    _connector="OR",
                                ),
                                name="gift_taken_by_somebody",
                            ),
                        ],
                    },
                ),
            ],
        ),
        append_only("programs_gesture"),
        append_only("programs_gestureundo"),
    ]
