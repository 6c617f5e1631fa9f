import django.utils.timezone
from django.db import migrations, models

import loyalty_saas.lib.secrets


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0005_one_time_pins"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="domain",
            options={
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "ordering": ["-is_primary", "created_at"],
            },
        ),
        migrations.AddField(
            model_name="domain",
            name="checked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="domain",
            name="created_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name="domain",
            name="failures",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="domain",
            name="found",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="domain",
            name="is_primary",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="domain",
            name="token",
            field=models.CharField(default=loyalty_saas.lib.secrets.new_token, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="domain",
            name="trouble",
            field=models.CharField(
                blank=True,
                choices=[
                    ("no_proof", "The TXT record is not there yet."),
                    ("other_proof", "The TXT record holds something else."),
                    ("no_address", "The name does not lead anywhere yet."),
                    ("other_address", "The name leads somewhere else."),
                    ("taken", "This name is in use already."),
                    ("silent", "The DNS did not answer. We try again."),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="domain",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_primary", True)), fields=("tenant",), name="domain_one_primary"
            ),
        ),
        migrations.AddConstraint(
            model_name="domain",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_primary", False), ("verified_at__isnull", False), _connector="OR"),
                name="domain_primary_is_proved",
            ),
        ),
    ]
