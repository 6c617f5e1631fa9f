import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
from django.db import migrations, models

import loyalty_saas.lib.ids
import tenants.isolation


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0001_initial"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Category",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=80)),
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
            name="ConsumerPosition",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("consumer", models.CharField(max_length=40)),
                ("transaction", models.BigIntegerField(default=0)),
                ("activity_id", models.UUIDField(null=True)),
                ("moved_at", models.DateTimeField(auto_now=True)),
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
                "constraints": [models.UniqueConstraint(fields=("tenant", "consumer"), name="consumer_position_once")],
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
                ("kind", models.CharField(choices=[("members", "Members"), ("purchases", "Purchases")], max_length=10)),
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
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("claims", models.PositiveIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
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
                ("row_number", models.PositiveIntegerField()),
                ("cells", models.JSONField()),
                ("column", models.CharField(blank=True, max_length=120)),
                ("reason", models.CharField(max_length=300)),
                (
                    "import_record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="refusals", to="customers.import"
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
                "ordering": ["row_number"],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["tenant", "import_record", "row_number"], name="import_refusal_row")],
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
                ("sku", models.CharField(blank=True, max_length=60)),
                ("name", models.CharField(max_length=160)),
                ("price", models.BigIntegerField(blank=True, null=True)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
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
                "indexes": [
                    models.Index(models.F("tenant"), django.db.models.functions.text.Lower("name"), name="product_name")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("sku", ""), _negated=True), fields=("tenant", "sku"), name="product_sku"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price__isnull", True), ("price__gte", 0), _connector="OR"),
                        name="product_price_positive",
                    ),
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
                ("occurred_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("key", models.CharField(blank=True, max_length=120)),
                (
                    "location",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.location"
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
                    "staff",
                    models.ForeignKey(
                        null=True,
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
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["tenant", "member", "-occurred_at"], name="purchase_of_member"),
                    models.Index(fields=["tenant", "-occurred_at", "-id"], name="purchase_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("receipt_number", ""), _negated=True),
                        fields=("tenant", "source", "receipt_number"),
                        name="purchase_receipt",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True), fields=("tenant", "key"), name="purchase_key"
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
                ("position", models.PositiveIntegerField()),
                ("description", models.CharField(blank=True, max_length=160)),
                ("quantity", models.DecimalField(decimal_places=3, default=1, max_digits=12)),
                ("unit_price", models.BigIntegerField()),
                ("discount", models.BigIntegerField(default=0)),
                ("tax", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField()),
                ("returned_quantity", models.DecimalField(decimal_places=3, default=0, max_digits=12)),
                ("returned_total", models.BigIntegerField(default=0)),
                (
                    "product",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.product"
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
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "purchase", "position"), name="purchase_line_position"),
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
                ("reason", models.CharField(blank=True, max_length=200)),
                ("occurred_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("key", models.CharField(blank=True, max_length=120)),
                (
                    "location",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.location"
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
                    "purchase",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
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
                "indexes": [models.Index(fields=["tenant", "-occurred_at", "-id"], name="return_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("receipt_number", ""), _negated=True),
                        fields=("tenant", "source", "receipt_number"),
                        name="return_receipt",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True), fields=("tenant", "key"), name="return_key"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tax__gte", 0), ("total__gte", 0)), name="return_not_negative"
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
                ("description", models.CharField(blank=True, max_length=160)),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                ("total", models.BigIntegerField()),
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
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.product"
                    ),
                ),
                (
                    "return_record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="customers.return"
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
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0), ("total__gte", 0)), name="return_line_not_negative"
                    )
                ],
            },
        ),
    ]
