from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0004_leads_since")]

    operations = [
        migrations.AddField("membership", "pin_once_until", models.DateTimeField(blank=True, null=True)),
    ]
