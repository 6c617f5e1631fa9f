"""Places, own codes and draws; cards that are stamped."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import loyalty_saas.lib.ids
import tenants.isolation
from loyalty_saas.postgres.operations import CreateModels, append_only


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0004_rewards"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="WaitingPlace",
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
                            "reward",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="waiting",
                                to="programs.reward",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="waiting",
                                to="programs.account",
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waits"),
                                    ("offered", "Is asked"),
                                    ("taken", "Has a place"),
                                    ("lapsed", "Did not answer"),
                                    ("left", "No longer waits"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("offered_at", models.DateTimeField(null=True)),
                        ("offered_until", models.DateTimeField(null=True)),
                        (
                            "redemption",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="waited",
                                to="programs.redemption",
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "ordering": ["id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [models.Index(fields=["tenant", "reward", "status", "id"], name="waiting_in_line")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("status__in", ["waiting", "offered"])),
                                fields=("tenant", "reward", "account"),
                                name="waits_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "offered"), _negated=True),
                                    ("offered_until__isnull", False),
                                    _connector="OR",
                                ),
                                name="waiting_offer_has_its_end",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OwnCode",
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
                            "reward",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="own_codes",
                                to="programs.reward",
                            ),
                        ),
                        ("code", models.CharField(max_length=60)),
                        (
                            "voucher",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="programs.voucher",
                            ),
                        ),
                        ("given_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [models.Index(fields=["tenant", "reward", "given_at", "id"], name="own_code_next")],
                        "constraints": [models.UniqueConstraint(fields=("tenant", "code"), name="own_code_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Prize",
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
                            "reward",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="prizes", to="programs.reward"
                            ),
                        ),
                        ("name", models.CharField(max_length=80)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("amount_off", "Money off"),
                                    ("percent_off", "Percent off"),
                                    ("free_product", "Free product"),
                                    ("upgrade", "Upgrade"),
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
                        ("weight", models.PositiveIntegerField()),
                        ("stock", models.PositiveIntegerField(null=True)),
                        ("unit_cost", models.PositiveBigIntegerField(null=True)),
                        ("removed_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("weight__range", (1, 1000000))), name="prize_can_come_out"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "amount_off"), ("value__gte", 1)),
                                    models.Q(("kind", "percent_off"), ("value__range", (1, 100))),
                                    ("kind__in", ["free_product", "upgrade"]),
                                    _connector="OR",
                                ),
                                name="prize_has_its_value",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Draw",
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
                            "redemption",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="draws",
                                to="programs.redemption",
                            ),
                        ),
                        (
                            "prize",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="draws", to="programs.prize"
                            ),
                        ),
                        ("seed", models.CharField(max_length=64)),
                        ("roll", models.PositiveBigIntegerField()),
                        ("listed", models.JSONField()),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "redemption"), name="draw_of_redemption")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StampCard",
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
                                related_name="stamp_cards",
                                to="programs.program",
                            ),
                        ),
                        ("draft", models.JSONField(null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "ordering": ["id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "program"), name="stamp_card_of_program")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StampCardVersion",
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
                            "card",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="programs.stampcard",
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("terms", models.JSONField()),
                        (
                            "reward",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="programs.reward",
                            ),
                        ),
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
                                fields=("tenant", "card", "number"), name="stamp_card_version_number"
                            )
                        ],
                    },
                ),
            ],
        ),
        append_only("programs_draw"),
        append_only("programs_stampcardversion"),
    ]
