"""What comes along from elsewhere: what was paid for memberships there, rewards behind vouchers, history."""

import django.db.models.deletion
from django.db import migrations, models

import loyalty_saas.lib.ids
import tenants.isolation
from loyalty_saas.postgres.operations import CreateModels, append_only


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0006_kinds_of_imports"),
        ("programs", "0009_sharing"),
        ("tenants", "0006_scopes"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="BroughtFact",
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
                            "what",
                            models.CharField(
                                choices=[
                                    ("transfer", "Points between members"),
                                    ("draw", "Draw of a surprise"),
                                    ("crossing", "Crossing of a network"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("key", models.CharField(max_length=120)),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="brought_facts",
                                to="customers.member",
                            ),
                        ),
                        (
                            "other",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customers.member",
                            ),
                        ),
                        ("occurred_at", models.DateTimeField()),
                        ("cells", models.JSONField(default=dict)),
                    ],
                    options={
                        "ordering": ["id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "what", "key"), name="brought_fact_once")
                        ],
                    },
                ),
            ]
        ),
        migrations.AddField(
            model_name="paidmembership",
            name="brought_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="paidmembership",
            name="brought_periods",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="present",
            name="reward",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="brought", to="programs.reward"
            ),
        ),
        migrations.AddConstraint(
            model_name="paidmembership",
            constraint=models.CheckConstraint(
                condition=models.Q(("brought_periods__lte", models.F("periods"))),
                name="membership_brought_some_of_its_periods",
            ),
        ),
        append_only("programs_broughtfact"),
    ]
