import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programs", "0005_vouchers_know_their_account")]

    operations = [
        migrations.AlterField(
            model_name="voucher",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="vouchers", to="programs.account"
            ),
        ),
    ]
