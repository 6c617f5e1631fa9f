"""What keys may be allowed by now."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0005_networks"),
    ]

    operations = [
        migrations.AlterField(
            model_name="apikey",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("members:read", "Read members"),
                        ("members:write", "Create and change members"),
                        ("purchases:read", "Read purchases"),
                        ("purchases:write", "Record purchases and returns"),
                        ("points:read", "Read balances and entries"),
                        ("points:write", "Adjust points"),
                        ("events:read", "Read events and rules"),
                        ("events:write", "Record events"),
                        ("reviews:read", "Read what is to be looked at, and recommendations"),
                        ("reviews:write", "Decide what is to be looked at, and recommendations"),
                        ("rewards:read", "Read rewards"),
                        ("rewards:write", "Redeem rewards and use vouchers"),
                    ],
                    max_length=30,
                ),
                size=None,
            ),
        ),
    ]
