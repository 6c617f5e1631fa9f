from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0005_day_limits"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="reward",
            options={
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "ordering": ["position", "cost", "name"],
            },
        ),
        migrations.AddField(
            model_name="reward",
            name="position",
            field=models.PositiveIntegerField(default=0),
        ),
    ]
