"""What rules with a budget have given to everybody, kept as one number."""

from django.db import migrations, models

# The walls are between businesses; this is the same sum for each of them.
KEEP = """
ALTER TABLE programs_earningrule NO FORCE ROW LEVEL SECURITY;
ALTER TABLE programs_earningruleversion NO FORCE ROW LEVEL SECURITY;
ALTER TABLE programs_ruleaward NO FORCE ROW LEVEL SECURITY;
UPDATE programs_earningrule r SET given_to_all = coalesce((SELECT sum(a.points) FROM programs_ruleaward a
 WHERE a.tenant_id = r.tenant_id AND a.rule_id = r.id), 0)
WHERE EXISTS (SELECT 1 FROM programs_earningruleversion v
 WHERE v.tenant_id = r.tenant_id AND v.rule_id = r.id AND v.definition ->> 'budget' IS NOT NULL);
ALTER TABLE programs_earningrule FORCE ROW LEVEL SECURITY;
ALTER TABLE programs_earningruleversion FORCE ROW LEVEL SECURITY;
ALTER TABLE programs_ruleaward FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0010_brought_along"),
        ("tenants", "0007_owner_letters"),
    ]

    operations = [
        migrations.AddField(
            model_name="earningrule",
            name="given_to_all",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="ruleaward", name="rule_award_once"),
        migrations.RemoveIndex(model_name="ruleaward", name="rule_award_of_rule"),
        migrations.RemoveIndex(model_name="ruleaward", name="rule_award_of_cause"),
        migrations.AddIndex(
            model_name="ruleaward",
            index=models.Index(fields=["tenant", "occurred_at"], name="rule_award_of_day"),
        ),
        migrations.AddConstraint(
            model_name="ruleaward",
            constraint=models.UniqueConstraint(fields=("tenant", "cause_id", "entry", "rule"), name="rule_award_once"),
        ),
    ]
