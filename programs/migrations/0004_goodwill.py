import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.db import migrations, models

import loyalty_saas.lib.ids
import tenants.isolation


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0007_goodwill"),
        ("programs", "0003_earning_rules"),
        ("tenants", "0003_portal_addresses"),
    ]

    operations = [
        migrations.AddField(
            model_name="program",
            name="gesture_days",
            field=models.PositiveSmallIntegerField(default=30),
        ),
        migrations.AddField(
            model_name="program",
            name="gesture_limit",
            field=models.PositiveBigIntegerField(blank=True, default=0, null=True),
        ),
        migrations.AddField(
            model_name="program",
            name="gesture_location_budget",
            field=models.PositiveBigIntegerField(blank=True, default=0, null=True),
        ),
        migrations.AddField(
            model_name="program",
            name="gesture_staff_budget",
            field=models.PositiveBigIntegerField(blank=True, default=0, null=True),
        ),
        migrations.AlterField(
            model_name="entry",
            name="cause",
            field=models.CharField(
                choices=[
                    ("purchase", "Purchase"),
                    ("return", "Return"),
                    ("redemption", "Redemption"),
                    ("joining", "Joining"),
                    ("adjustment", "Adjustment"),
                    ("opening", "Opening balance"),
                    ("clock", "Date"),
                    ("goodwill", "Goodwill"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="GoodwillReason",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("position", models.PositiveIntegerField(default=0)),
                ("archived_at", models.DateTimeField(null=True)),
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
                "ordering": ["position", "name"],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        models.F("tenant"), django.db.models.functions.text.Lower("name"), name="goodwill_reason_name"
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
                    "kind",
                    models.CharField(
                        choices=[("points", "Points"), ("amount_off", "Money off"), ("free_product", "On the house")],
                        max_length=15,
                    ),
                ),
                ("amount", models.PositiveBigIntegerField()),
                ("cost", models.PositiveBigIntegerField()),
                ("said", models.CharField(max_length=160)),
                ("reason_said", models.CharField(max_length=60)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("handed_over", models.BooleanField(default=False)),
                ("key", models.CharField(max_length=120)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "product",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.product"
                    ),
                ),
                (
                    "reason",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gestures",
                        to="programs.goodwillreason",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.membership",
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
                "ordering": ["-id"],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "key"), name="gesture_key"),
                    models.UniqueConstraint(fields=("tenant", "entry"), name="gesture_of_entry"),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 1)), name="gesture_gives_something"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("entry__isnull", False), ("kind", "points"), ("product__isnull", True)),
                            models.Q(("entry__isnull", True), ("kind", "amount_off"), ("product__isnull", True)),
                            models.Q(("entry__isnull", True), ("kind", "free_product"), ("product__isnull", False)),
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
                "indexes": [
                    models.Index(fields=["tenant", "account", "created_at"], name="gesture_of_account"),
                    models.Index(fields=["tenant", "created_at"], name="gesture_by_day"),
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
                (
                    "gesture",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undos",
                        to="programs.gesture",
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
                "constraints": [models.UniqueConstraint(fields=("tenant", "gesture"), name="gesture_undone_once")],
            },
        ),
        migrations.AddField(
            model_name="voucher",
            name="account",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="vouchers", to="programs.account"
            ),
        ),
        migrations.AlterField(
            model_name="voucher",
            name="redemption",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="vouchers",
                to="programs.redemption",
            ),
        ),
        migrations.AddField(
            model_name="voucher",
            name="gesture",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="vouchers",
                to="programs.gesture",
            ),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.UniqueConstraint(fields=("tenant", "gesture"), name="voucher_of_gesture"),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("gesture__isnull", True), ("redemption__isnull", False)),
                    models.Q(("gesture__isnull", False), ("redemption__isnull", True)),
                    _connector="OR",
                ),
                name="voucher_comes_from_one_thing",
            ),
        ),
    ]
