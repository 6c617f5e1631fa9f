"""Activities and consents are written once."""

from django.db import migrations

from loyalty_saas.postgres.operations import append_only


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_purchases_and_imports")]

    operations = [append_only("customers_activity"), append_only("customers_consent")]
