from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programs", "0004_entries_by_day")]

    operations = [
        migrations.AddField("program", "member_day_limit", models.PositiveBigIntegerField(blank=True, null=True)),
        migrations.AddField("program", "staff_day_limit", models.PositiveBigIntegerField(blank=True, null=True)),
        migrations.AddIndex(
            "entry",
            models.Index(
                fields=["tenant", "actor_id", "recorded_at"],
                condition=models.Q(actor_kind="staff"),
                name="entry_by_staff",
            ),
        ),
    ]
