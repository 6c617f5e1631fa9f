from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_idempotent_answers_as_text")]

    operations = [
        migrations.AddField("membership", "leads_since", models.DateTimeField(blank=True, null=True)),
    ]
