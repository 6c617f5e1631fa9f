"""Activities and consents are written once."""

from django.db import migrations

from loyalty_saas.postgres.operations import append_only


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [append_only("customers_activity"), append_only("customers_consent")]
