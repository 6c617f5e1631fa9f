from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0005_codes_that_stay"),
        ("tenants", "0003_portal_addresses"),
    ]

    operations = [
        migrations.AddField(
            model_name="member",
            name="claimed_phone",
            field=models.CharField(blank=True, default="", max_length=16),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                condition=models.Q(("claimed_phone", ""), _negated=True),
                fields=["tenant", "claimed_phone"],
                name="member_claimed",
            ),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("claimed_phone", ""),
                    models.Q(("claimed_phone__regex", "^\\+[1-9]\\d{5,14}$"), ("phone", "")),
                    _connector="OR",
                ),
                name="member_claimed_phone",
            ),
        ),
    ]
