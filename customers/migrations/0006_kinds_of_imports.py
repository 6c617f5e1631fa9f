"""More kinds of files that an import takes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0005_credit_held"),
    ]

    operations = [
        migrations.AlterField(
            model_name="import",
            name="kind",
            field=models.CharField(
                choices=[
                    ("members", "Members"),
                    ("purchases", "Purchases"),
                    ("balances", "Points and tiers"),
                    ("credit", "Store credit"),
                    ("records", "Notes, consents and vouchers"),
                    ("memberships", "Paid memberships"),
                    ("families", "Families"),
                    ("history", "What happened between members"),
                ],
                max_length=15,
            ),
        ),
    ]
