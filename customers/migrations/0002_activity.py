"""What happened, in the order in which it became true; and records that are one person's."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import customers.models.activity
import loyalty_saas.lib.ids
import tenants.isolation
from loyalty_saas.postgres.operations import CreateModels, append_only


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0001_initial"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="Activity",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "tenant",
                            models.ForeignKey(
                                db_index=False,
                                default=tenants.isolation.current_tenant_id,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.tenant",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("member.joined", "Joined"),
                                    ("member.changed", "Details changed"),
                                    ("member.noted", "Note added"),
                                    ("member.merged", "Merged with another record"),
                                    ("member.parted", "Merging undone"),
                                    ("consent.given", "Agreed"),
                                    ("consent.withdrawn", "Took back an agreement"),
                                    ("purchase.completed", "Purchase"),
                                    ("purchase.returned", "Return"),
                                    ("points.awarded", "Points earned"),
                                    ("points.confirmed", "Points became available"),
                                    ("points.adjusted", "Points adjusted"),
                                    ("points.held", "Points held for a look"),
                                    ("points.reversed", "Points taken back"),
                                    ("points.expired", "Points expired"),
                                    ("points.given", "Points given to a member"),
                                    ("points.received", "Points received from a member"),
                                    ("points.pooled", "Points spent by the family"),
                                    ("points.transfer_undone", "Giving points was undone"),
                                    ("family.joined", "Joined a family"),
                                    ("family.left", "Left a family"),
                                    ("reward.redeemed", "Reward redeemed"),
                                    ("redemption.voided", "Redemption undone"),
                                    ("voucher.used", "Voucher used"),
                                    ("voucher.expired", "Voucher expired"),
                                    ("voucher.returned", "Voucher can be used again"),
                                    ("voucher.handed_on", "Voucher given to somebody"),
                                    ("voucher.received", "Voucher received as a present"),
                                    ("place.awaited", "Waits for a place"),
                                    ("place.offered", "A place became free"),
                                    ("place.lapsed", "A place was not taken in time"),
                                    ("goodwill.given", "Made right"),
                                    ("goodwill.undone", "A gesture was undone"),
                                    ("referral.joined", "A friend joined"),
                                    ("referral.rewarded", "Points for bringing a friend"),
                                    ("referral.taken_back", "Points for bringing a friend taken back"),
                                    ("advocacy.claimed", "Said that they recommended the business"),
                                    ("advocacy.approved", "Thanked for recommending the business"),
                                    ("advocacy.refused", "A recommendation was not accepted"),
                                    ("event.recorded", "Something happened"),
                                    ("event.undone", "An event was undone"),
                                    ("poll.answered", "Answered questions"),
                                    ("poll.withdrawn", "Answers taken back"),
                                    ("stamps.given", "Stamps given"),
                                    ("stamps.reversed", "Stamps taken back"),
                                    ("stamps.expired", "Stamps expired"),
                                    ("credit.earned", "Cash-back earned"),
                                    ("credit.confirmed", "Credit became available"),
                                    ("credit.spent", "Paid from credit"),
                                    ("credit.refunded", "Credit given back"),
                                    ("credit.reversed", "Cash-back taken back"),
                                    ("credit.adjusted", "Credit given or taken by hand"),
                                    ("credit.expired", "Credit expired"),
                                    ("card.finished", "Stamp card finished"),
                                    ("membership.wished", "Wishes for a membership"),
                                    ("membership.begun", "Membership begun"),
                                    ("membership.renewed", "Membership renewed"),
                                    ("membership.due", "Membership about to end"),
                                    ("membership.cancelled", "Membership cancelled"),
                                    ("membership.resumed", "Membership goes on"),
                                    ("membership.ended", "Membership ended"),
                                    ("membership.refunded", "Membership paid back"),
                                    ("tier.reached", "Tier reached"),
                                    ("tier.lost", "Tier changed"),
                                    ("tier.placed", "Placed in a tier"),
                                    ("tier.ending", "Tier about to end"),
                                    ("present.given", "Present"),
                                    ("challenge.done", "Challenge done"),
                                    ("surprise.won", "Surprised"),
                                    ("challenge.undone", "Challenge no longer done"),
                                    ("points.crossed", "Points went to or came from another business"),
                                ],
                                max_length=30,
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="activities",
                                to="customers.member",
                            ),
                        ),
                        ("occurred_at", models.DateTimeField()),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "transaction",
                            models.BigIntegerField(
                                db_default=customers.models.activity.CurrentTransaction(), editable=False
                            ),
                        ),
                        (
                            "actor_kind",
                            models.CharField(
                                choices=[
                                    ("staff", "Staff"),
                                    ("member", "Member"),
                                    ("api", "Connected system"),
                                    ("import", "Import"),
                                    ("system", "Regulars"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("actor_id", models.UUIDField(null=True)),
                        ("actor_label", models.CharField(blank=True, max_length=80)),
                        ("location_id", models.UUIDField(null=True)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("counter", "Counter"),
                                    ("portal", "Portal"),
                                    ("dashboard", "Dashboard"),
                                    ("api", "Connected system"),
                                    ("import", "Import"),
                                    ("demo", "Sample data"),
                                    ("system", "Regulars"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("payload", models.JSONField(default=dict)),
                        ("key", models.CharField(blank=True, max_length=120)),
                        ("silent", models.BooleanField(default=False)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(fields=["tenant", "transaction", "id"], name="activity_order"),
                            models.Index(fields=["tenant", "member", "-occurred_at"], name="activity_timeline"),
                            models.Index(fields=["tenant", "kind", "-occurred_at"], name="activity_by_kind"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("key", ""), _negated=True),
                                fields=("tenant", "key"),
                                name="activity_key",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Letter",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "tenant",
                            models.ForeignKey(
                                db_index=False,
                                default=tenants.isolation.current_tenant_id,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.tenant",
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="letters",
                                to="customers.member",
                            ),
                        ),
                        ("kind", models.CharField(max_length=30)),
                        ("key", models.CharField(max_length=120)),
                        ("payload", models.JSONField(default=dict)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("not_before", models.DateTimeField(default=django.utils.timezone.now)),
                        ("good_until", models.DateTimeField(null=True)),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("sent", "Sent"),
                                    ("no_address", "No e-mail"),
                                    ("too_late", "Too late"),
                                    ("not_wanted", "Not needed any more"),
                                    ("refused", "The address was refused"),
                                    ("failed", "Could not be sent"),
                                ],
                                max_length=15,
                            ),
                        ),
                        ("closed_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("closed_at__isnull", True)),
                                fields=["tenant", "not_before"],
                                name="letter_owed",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "key"), name="letter_key"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_at__isnull", True), ("outcome", "")),
                                    models.Q(("closed_at__isnull", False), models.Q(("outcome", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="letter_closed_with_its_outcome",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ConsumerPosition",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "tenant",
                            models.ForeignKey(
                                db_index=False,
                                default=tenants.isolation.current_tenant_id,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.tenant",
                            ),
                        ),
                        ("consumer", models.CharField(max_length=40)),
                        ("transaction", models.BigIntegerField(default=0)),
                        ("activity_id", models.UUIDField(null=True)),
                        ("moved_at", models.DateTimeField(auto_now=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "consumer"), name="consumer_position_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Merge",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "tenant",
                            models.ForeignKey(
                                db_index=False,
                                default=tenants.isolation.current_tenant_id,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.tenant",
                            ),
                        ),
                        (
                            "kept",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merges",
                                to="customers.member",
                            ),
                        ),
                        (
                            "absorbed",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.member"
                            ),
                        ),
                        ("before", models.JSONField(default=dict)),
                        ("after", models.JSONField(default=dict)),
                        ("moved", models.JSONField(default=dict)),
                        ("effects", models.JSONField(default=dict)),
                        (
                            "actor_kind",
                            models.CharField(
                                choices=[
                                    ("staff", "Staff"),
                                    ("member", "Member"),
                                    ("api", "Connected system"),
                                    ("import", "Import"),
                                    ("system", "Regulars"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("actor_id", models.UUIDField(null=True)),
                        ("actor_label", models.CharField(blank=True, max_length=80)),
                        ("merged_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("undone_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [models.Index(fields=["tenant", "-merged_at"], name="merge_newest")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("undone_at__isnull", True)),
                                fields=("tenant", "absorbed"),
                                name="merge_once_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kept", models.F("absorbed")), _negated=True), name="merge_of_two"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="KnownApart",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "tenant",
                            models.ForeignKey(
                                db_index=False,
                                default=tenants.isolation.current_tenant_id,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.tenant",
                            ),
                        ),
                        (
                            "first",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customers.member",
                            ),
                        ),
                        (
                            "second",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.member"
                            ),
                        ),
                        ("actor_id", models.UUIDField(null=True)),
                        ("said_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "first", "second"), name="known_apart_once"),
                            models.CheckConstraint(
                                condition=models.Q(("first__lt", models.F("second"))), name="known_apart_in_order"
                            ),
                        ],
                    },
                ),
            ],
        ),
        append_only("customers_activity"),
    ]
