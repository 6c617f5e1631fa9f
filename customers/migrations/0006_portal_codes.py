from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_refresh_statistics")]

    operations = [
        migrations.AddField(
            model_name="signincode",
            name="purpose",
            field=models.CharField(
                choices=[("sign_in", "Sign in"), ("join", "Join"), ("email", "Change of e-mail")],
                default="sign_in",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="signincode",
            name="flow_hash",
            # No code lives longer than a quarter of an hour: there is none to give a hash to.
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(model_name="signincode", name="details", field=models.TextField(blank=True)),
        migrations.AddConstraint(
            model_name="signincode",
            constraint=models.UniqueConstraint(fields=("tenant", "flow_hash"), name="sign_in_code_flow"),
        ),
        migrations.AddIndex(
            model_name="signincode",
            index=models.Index(fields=["tenant", "created_at"], name="sign_in_code_oldest"),
        ),
    ]
