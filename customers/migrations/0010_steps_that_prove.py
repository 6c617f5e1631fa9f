from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0009_lines_checked_once")]

    operations = [
        migrations.AddField("cardstep", "proved", models.CharField(blank=True, default="", max_length=120)),
        migrations.AlterField("cardstep", "proved", models.CharField(blank=True, max_length=120)),
    ]
