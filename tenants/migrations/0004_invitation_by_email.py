"""Invitations to an address are looked up across businesses, for somebody who came without the letter."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_portal_addresses")]

    operations = [
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(
                fields=["email"],
                condition=models.Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_by_email",
            ),
        ),
    ]
