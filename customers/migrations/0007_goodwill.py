from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0006_claimed_phones"),
    ]

    operations = [
        migrations.AlterField(
            model_name="activity",
            name="kind",
            field=models.CharField(
                choices=[
                    ("member.joined", "Joined"),
                    ("member.changed", "Details changed"),
                    ("member.noted", "Note added"),
                    ("consent.given", "Agreed"),
                    ("consent.withdrawn", "Took back an agreement"),
                    ("purchase.completed", "Purchase"),
                    ("purchase.returned", "Return"),
                    ("points.awarded", "Points earned"),
                    ("points.confirmed", "Points became available"),
                    ("points.adjusted", "Points adjusted"),
                    ("points.reversed", "Points taken back"),
                    ("points.expired", "Points expired"),
                    ("reward.redeemed", "Reward redeemed"),
                    ("redemption.voided", "Redemption undone"),
                    ("voucher.used", "Voucher used"),
                    ("voucher.expired", "Voucher expired"),
                    ("goodwill.given", "Made right"),
                    ("goodwill.undone", "A gesture was undone"),
                    ("tier.reached", "Tier reached"),
                    ("tier.lost", "Tier changed"),
                ],
                max_length=30,
            ),
        ),
    ]
