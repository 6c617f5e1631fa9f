from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_refresh_statistics")]

    operations = [
        migrations.AddField(
            "signincode", "asker_hash", models.CharField(default="", max_length=64), preserve_default=False
        ),
        migrations.AddField("signincode", "is_mailed", models.BooleanField(default=False)),
    ]
