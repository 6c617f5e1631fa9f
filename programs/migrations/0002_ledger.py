"""The ledger: entries, lots, and what counts towards a tier."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import loyalty_saas.lib.ids
import tenants.isolation
from loyalty_saas.postgres.operations import CreateModels, append_only


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0001_initial"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="Qualification",
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
                                db_constraint=False,
                                db_index=False,
                                default=tenants.isolation.current_tenant_id,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.tenant",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="qualifications",
                                to="programs.account",
                            ),
                        ),
                        ("spend", models.BigIntegerField(default=0)),
                        ("points", models.BigIntegerField(default=0)),
                        ("visits", models.SmallIntegerField(default=0)),
                        ("occurred_at", models.DateTimeField()),
                        ("recorded_at", models.DateTimeField(auto_now_add=True)),
                        ("cause_id", models.UUIDField()),
                        ("key", models.CharField(max_length=120)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(fields=["tenant", "account", "occurred_at"], name="qualification_window")
                        ],
                        "constraints": [models.UniqueConstraint(fields=("tenant", "key"), name="qualification_key")],
                    },
                ),
                migrations.CreateModel(
                    name="Entry",
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
                                db_constraint=False,
                                db_index=False,
                                default=tenants.isolation.current_tenant_id,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.tenant",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="programs.account",
                            ),
                        ),
                        ("seq", models.PositiveBigIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("accrue", "Earned"),
                                    ("confirm", "Became available"),
                                    ("redeem", "Redeemed"),
                                    ("expire", "Expired"),
                                    ("reverse", "Taken back"),
                                    ("adjust", "Adjusted"),
                                    ("transfer", "Transferred"),
                                    ("restore", "Given back"),
                                    ("hold", "Held for a look"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("amount", models.BigIntegerField()),
                        ("pending_amount", models.BigIntegerField(default=0)),
                        ("balance_after", models.BigIntegerField()),
                        ("pending_after", models.BigIntegerField()),
                        ("owed_after", models.BigIntegerField()),
                        ("counts_from", models.DateTimeField()),
                        ("occurred_at", models.DateTimeField()),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "cause",
                            models.CharField(
                                choices=[
                                    ("purchase", "Purchase"),
                                    ("return", "Return"),
                                    ("redemption", "Redemption"),
                                    ("joining", "Joining"),
                                    ("adjustment", "Adjustment"),
                                    ("opening", "Opening balance"),
                                    ("clock", "Date"),
                                    ("goodwill", "Goodwill"),
                                    ("challenge", "Challenge"),
                                    ("merge", "Merged records"),
                                    ("review", "Review"),
                                    ("referral", "Bringing a friend"),
                                    ("advocacy", "Recommending us"),
                                    ("event", "Event"),
                                    ("poll", "Answers to questions"),
                                    ("stamped", "Stamps for a purchase"),
                                    ("unstamped", "Stamps of a return"),
                                    ("stamp", "Stamp by hand"),
                                    ("credited", "Cash-back for a purchase"),
                                    ("uncredited", "Cash-back of a return"),
                                    ("tender", "Paid from credit"),
                                    ("refund", "Refund to credit"),
                                    ("by_hand", "Credit by hand"),
                                    ("transfer", "Points given to a member"),
                                    ("family", "Family"),
                                    ("surprise", "Surprise"),
                                    ("network", "Network"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("cause_id", models.UUIDField(null=True)),
                        (
                            "reverses",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversed_by",
                                to="programs.entry",
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
                        ("reason", models.CharField(blank=True, max_length=300)),
                        ("snapshot", models.JSONField(default=dict)),
                        ("key", models.CharField(max_length=120)),
                        ("request_hash", models.CharField(max_length=64)),
                        ("previous", models.CharField(blank=True, max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                    ],
                    options={
                        "verbose_name_plural": "entries",
                        "ordering": ["seq"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(fields=["tenant", "cause", "cause_id"], name="entry_by_cause"),
                            models.Index(fields=["tenant", "-recorded_at"], name="entry_newest"),
                            models.Index(
                                condition=models.Q(("reverses__isnull", False)),
                                fields=["tenant", "reverses"],
                                name="entry_reversing",
                            ),
                            models.Index(
                                fields=["tenant", "occurred_at", "id"],
                                include=("kind", "amount", "pending_amount"),
                                name="entry_by_day",
                            ),
                            models.Index(
                                condition=models.Q(("actor_kind", "staff")),
                                fields=["tenant", "actor_id", "recorded_at"],
                                name="entry_by_staff",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "key"), name="entry_key"),
                            models.UniqueConstraint(fields=("tenant", "account", "seq"), name="entry_seq"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("amount", 0), _negated=True),
                                    models.Q(("pending_amount", 0), _negated=True),
                                    models.Q(
                                        ("cause__in", ("purchase", "return")), ("kind__in", ("accrue", "reverse"))
                                    ),
                                    models.Q(
                                        ("cause__in", ("stamped", "unstamped")), ("kind__in", ("accrue", "reverse"))
                                    ),
                                    models.Q(
                                        ("cause__in", ("credited", "uncredited")), ("kind__in", ("accrue", "reverse"))
                                    ),
                                    models.Q(("cause", "merge"), ("kind", "transfer")),
                                    _connector="OR",
                                ),
                                name="entry_moves_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("balance_after__gte", 0), ("owed_after__gte", 0), ("pending_after__gte", 0)
                                ),
                                name="entry_not_overdrawn",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Lot",
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
                                db_constraint=False,
                                db_index=False,
                                default=tenants.isolation.current_tenant_id,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.tenant",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lots",
                                to="programs.account",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="lots", to="programs.entry"
                            ),
                        ),
                        ("amount", models.BigIntegerField()),
                        ("remaining", models.BigIntegerField()),
                        ("is_pending", models.BooleanField(default=False)),
                        ("is_held", models.BooleanField(db_default=False, default=False)),
                        ("available_from", models.DateTimeField()),
                        ("expires_at", models.DateTimeField(null=True)),
                        (
                            "moved_from",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="moved_to",
                                to="programs.lot",
                            ),
                        ),
                        (
                            "origin",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="programs.entry",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("remaining__gt", 0)),
                                fields=["tenant", "account", "expires_at"],
                                name="lot_first_to_expire",
                            ),
                            models.Index(
                                condition=models.Q(("is_pending", False), ("remaining__gt", 0)),
                                fields=["tenant", "expires_at"],
                                name="lot_to_expire",
                            ),
                            models.Index(
                                condition=models.Q(("is_pending", True)),
                                fields=["tenant", "available_from"],
                                name="lot_to_confirm",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("remaining__gte", 0), ("remaining__lte", models.F("amount"))),
                                name="lot_holds_its_part",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("is_held", False), ("is_pending", True), _connector="OR"),
                                name="lot_held_waits",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LotUse",
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
                                db_constraint=False,
                                db_index=False,
                                default=tenants.isolation.current_tenant_id,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.tenant",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lot_uses",
                                to="programs.entry",
                            ),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="programs.lot"
                            ),
                        ),
                        ("amount", models.BigIntegerField()),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "entry", "lot"), name="lot_use_once"),
                            models.CheckConstraint(
                                condition=models.Q(("amount", 0), _negated=True), name="lot_use_moves_something"
                            ),
                        ],
                    },
                ),
            ],
        ),
        append_only("programs_entry"),
        append_only("programs_lotuse"),
        append_only("programs_qualification"),
    ]
