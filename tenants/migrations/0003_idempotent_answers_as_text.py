from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0002_walls")]

    operations = [
        migrations.RemoveField("idempotentcall", "body"),
        migrations.AddField("idempotentcall", "body", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddIndex(
            "idempotentcall", models.Index(fields=["tenant", "created_at"], name="idempotent_call_age")
        ),
    ]
