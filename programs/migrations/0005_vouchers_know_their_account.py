"""Vouchers that were given by redemptions learn whose they are; gestures are written once."""

from django.db import migrations

from loyalty_saas.postgres.operations import append_only

# Across all businesses, which the walls allow nobody: they are let down for the owner within this transaction.
_FILL = """
ALTER TABLE programs_voucher NO FORCE ROW LEVEL SECURITY;
ALTER TABLE programs_redemption NO FORCE ROW LEVEL SECURITY;
UPDATE programs_voucher v SET account_id = r.account_id
FROM programs_redemption r WHERE r.tenant_id = v.tenant_id AND r.id = v.redemption_id;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE programs_voucher FORCE ROW LEVEL SECURITY;
ALTER TABLE programs_redemption FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("programs", "0004_goodwill")]

    operations = [
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        append_only("programs_gesture"),
        append_only("programs_gestureundo"),
    ]
