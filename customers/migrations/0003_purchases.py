"""What is sold, bought and returned, and what comes in from files."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
from django.db import migrations, models

import loyalty_saas.lib.ids
import tenants.isolation
from loyalty_saas.postgres.operations import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_activity"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="Category",
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
                    ],
                    options={
                        "verbose_name_plural": "categories",
                        "ordering": ["name"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("tenant"), django.db.models.functions.text.Lower("name"), name="category_name"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Product",
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
                        ("sku", models.CharField(blank=True, max_length=60)),
                        ("name", models.CharField(max_length=160)),
                        (
                            "category",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="products",
                                to="customers.category",
                            ),
                        ),
                        ("price", models.BigIntegerField(blank=True, null=True)),
                        ("is_active", models.BooleanField(default=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "ordering": ["name"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(
                                models.F("tenant"), django.db.models.functions.text.Lower("name"), name="product_name"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("sku", ""), _negated=True),
                                fields=("tenant", "sku"),
                                name="product_sku",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("price__isnull", True), ("price__gte", 0), _connector="OR"),
                                name="product_price_positive",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Bill",
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
                        ("total", models.BigIntegerField()),
                        ("given", models.BigIntegerField(default=0)),
                        ("people", models.PositiveSmallIntegerField()),
                        ("receipt_number", models.CharField(blank=True, max_length=60)),
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
                            "staff",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.membership",
                            ),
                        ),
                        ("opened_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("receipt_number", ""), _negated=True),
                                fields=("tenant", "receipt_number"),
                                name="bill_receipt",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("given__gte", 0), ("given__lte", models.F("total")), ("total__gt", 0)
                                ),
                                name="bill_given_within",
                            ),
                            models.CheckConstraint(condition=models.Q(("people__gte", 2)), name="bill_of_several"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Purchase",
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
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="purchases",
                                to="customers.member",
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
                            "staff",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.membership",
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
                        ("receipt_number", models.CharField(blank=True, max_length=60)),
                        ("currency", models.CharField(max_length=3)),
                        ("subtotal", models.BigIntegerField()),
                        ("discount", models.BigIntegerField(default=0)),
                        ("tax", models.BigIntegerField(default=0)),
                        ("total", models.BigIntegerField()),
                        ("returned", models.BigIntegerField(default=0)),
                        ("credit", models.BigIntegerField(db_default=0, default=0)),
                        ("credit_returned", models.BigIntegerField(db_default=0, default=0)),
                        ("occurred_at", models.DateTimeField()),
                        ("recorded_at", models.DateTimeField(auto_now_add=True)),
                        ("key", models.CharField(blank=True, max_length=120)),
                        (
                            "bill",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="parts",
                                to="customers.bill",
                            ),
                        ),
                        ("payment_card", models.CharField(blank=True, db_default="", default="", max_length=32)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(fields=["tenant", "member", "-occurred_at"], name="purchase_of_member"),
                            models.Index(fields=["tenant", "-occurred_at", "-id"], name="purchase_newest"),
                            models.Index(
                                condition=models.Q(("bill__isnull", False)),
                                fields=["tenant", "bill"],
                                name="purchase_of_bill",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("receipt_number", ""), _negated=True),
                                fields=("tenant", "source", "receipt_number"),
                                name="purchase_receipt",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("key", ""), _negated=True),
                                fields=("tenant", "key"),
                                name="purchase_key",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "total",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("subtotal"), "-", models.F("discount")
                                        ),
                                    )
                                ),
                                name="purchase_adds_up",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("discount__gte", 0), ("tax__gte", 0), ("total__gte", 0)),
                                name="purchase_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("returned__gte", 0), ("returned__lte", models.F("total"))),
                                name="purchase_returned_within",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("credit_returned__gte", 0),
                                    ("credit_returned__lte", models.F("credit")),
                                    ("credit__lte", models.F("total")),
                                    models.Q(("credit", 0), ("member__isnull", False), _connector="OR"),
                                ),
                                name="purchase_credit_within",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PurchaseLine",
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
                                db_constraint=False,
                                db_index=False,
                                default=tenants.isolation.current_tenant_id,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.tenant",
                            ),
                        ),
                        (
                            "purchase",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="customers.purchase",
                            ),
                        ),
                        ("position", models.PositiveIntegerField()),
                        (
                            "product",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customers.product",
                            ),
                        ),
                        ("description", models.CharField(blank=True, max_length=160)),
                        ("quantity", models.DecimalField(decimal_places=3, default=1, max_digits=12)),
                        ("unit_price", models.BigIntegerField()),
                        ("discount", models.BigIntegerField(default=0)),
                        ("tax", models.BigIntegerField(default=0)),
                        ("total", models.BigIntegerField()),
                        ("returned_quantity", models.DecimalField(decimal_places=3, default=0, max_digits=12)),
                        ("returned_total", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ["position"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("tenant", "purchase", "position"), name="purchase_line_position"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("returned_total__gte", 0),
                                    ("returned_total__lte", models.F("total")),
                                    ("returned_quantity__gte", 0),
                                    ("returned_quantity__lte", models.F("quantity")),
                                ),
                                name="purchase_line_returned_within",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Return",
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
                            "purchase",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="returns",
                                to="customers.purchase",
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="returns",
                                to="customers.member",
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
                            "staff",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.membership",
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
                        ("receipt_number", models.CharField(blank=True, max_length=60)),
                        ("total", models.BigIntegerField()),
                        ("tax", models.BigIntegerField(default=0)),
                        ("credit", models.BigIntegerField(db_default=0, default=0)),
                        ("reason", models.CharField(blank=True, max_length=200)),
                        ("occurred_at", models.DateTimeField()),
                        ("recorded_at", models.DateTimeField(auto_now_add=True)),
                        ("key", models.CharField(blank=True, max_length=120)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [models.Index(fields=["tenant", "-occurred_at", "-id"], name="return_newest")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("receipt_number", ""), _negated=True),
                                fields=("tenant", "source", "receipt_number"),
                                name="return_receipt",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("key", ""), _negated=True),
                                fields=("tenant", "key"),
                                name="return_key",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("tax__gte", 0), ("total__gte", 0)), name="return_not_negative"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("credit__gte", 0), ("credit__lte", models.F("total"))),
                                name="return_credit_within",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReturnLine",
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
                                db_constraint=False,
                                db_index=False,
                                default=tenants.isolation.current_tenant_id,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.tenant",
                            ),
                        ),
                        (
                            "return_record",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="customers.return"
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="return_lines",
                                to="customers.purchaseline",
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customers.product",
                            ),
                        ),
                        ("description", models.CharField(blank=True, max_length=160)),
                        ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                        ("total", models.BigIntegerField()),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gt", 0), ("total__gte", 0)),
                                name="return_line_not_negative",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Import",
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
                                choices=[
                                    ("members", "Members"),
                                    ("purchases", "Purchases"),
                                    ("balances", "Points and tiers"),
                                    ("credit", "Store credit"),
                                    ("records", "Notes, consents and vouchers"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("mapping", "Match the columns"),
                                    ("previewing", "Being checked"),
                                    ("preview", "Ready to import"),
                                    ("running", "Importing"),
                                    ("done", "Done"),
                                    ("failed", "Stopped"),
                                ],
                                default="mapping",
                                max_length=12,
                            ),
                        ),
                        ("file", models.FileField(upload_to="imports/")),
                        ("file_name", models.CharField(max_length=200)),
                        ("file_hash", models.CharField(max_length=64)),
                        ("table", models.JSONField(default=dict)),
                        ("header", models.JSONField(default=list)),
                        ("samples", models.JSONField(default=list)),
                        ("mapping", models.JSONField(default=dict)),
                        ("options", models.JSONField(default=dict)),
                        (
                            "points",
                            models.CharField(
                                choices=[
                                    ("award", "Award points as if they had been bought here"),
                                    ("opening", "Award the sum as one opening balance"),
                                    ("none", "Award nothing"),
                                ],
                                default="none",
                                max_length=10,
                            ),
                        ),
                        ("silent", models.BooleanField(default=True)),
                        ("preview", models.JSONField(default=dict)),
                        ("counts", models.JSONField(default=dict)),
                        ("lines_total", models.PositiveIntegerField(default=0)),
                        ("lines_done", models.PositiveIntegerField(default=0)),
                        ("position", models.PositiveIntegerField(default=0)),
                        ("error", models.TextField(blank=True)),
                        (
                            "started_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.membership",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("leased_until", models.DateTimeField(null=True)),
                        ("claims", models.PositiveIntegerField(default=0)),
                        ("finished_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status__in", ["previewing", "running"])),
                                fields=["tenant", "status", "leased_until"],
                                name="import_at_work",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ImportRefusal",
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
                            "import_record",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="refusals",
                                to="customers.import",
                            ),
                        ),
                        ("row_number", models.PositiveIntegerField()),
                        ("cells", models.JSONField()),
                        ("column", models.CharField(blank=True, max_length=120)),
                        ("reason", models.CharField(max_length=300)),
                    ],
                    options={
                        "ordering": ["row_number"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(fields=["tenant", "import_record", "row_number"], name="import_refusal_row")
                        ],
                    },
                ),
            ],
        ),
    ]
