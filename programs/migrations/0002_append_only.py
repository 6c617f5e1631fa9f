"""The ledger is written once."""

from django.db import migrations

from loyalty_saas.postgres.operations import append_only


class Migration(migrations.Migration):
    dependencies = [("programs", "0001_initial")]

    operations = [
        append_only("programs_entry"),
        append_only("programs_lotuse"),
        append_only("programs_qualification"),
    ]
