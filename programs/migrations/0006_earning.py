"""Ways to earn: rules, challenges, friends; and what is looked at before it counts."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import loyalty_saas.lib.ids
import tenants.isolation
from loyalty_saas.postgres.operations import CreateModels, append_only


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0005_scarce_rewards_and_stamps"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="EarningRule",
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
                            "program",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="earning_rules",
                                to="programs.program",
                            ),
                        ),
                        ("name", models.CharField(max_length=60, verbose_name="Name")),
                        ("draft", models.JSONField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "ordering": ["id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                    },
                ),
                migrations.CreateModel(
                    name="EarningRuleVersion",
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
                            "rule",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="programs.earningrule",
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("name", models.CharField(max_length=60)),
                        ("definition", models.JSONField()),
                        ("starts_at", models.DateTimeField()),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "ordering": ["number"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "rule", "number"), name="rule_version_number")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RuleAward",
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
                            "rule",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="awards",
                                to="programs.earningrule",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="programs.account",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rule_awards",
                                to="programs.entry",
                            ),
                        ),
                        ("version", models.PositiveSmallIntegerField()),
                        ("points", models.BigIntegerField()),
                        ("cause_id", models.UUIDField()),
                        ("occurred_at", models.DateTimeField()),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(
                                fields=["tenant", "rule", "occurred_at"], include=("points",), name="rule_award_of_rule"
                            ),
                            models.Index(fields=["tenant", "account", "rule"], name="rule_award_of_account"),
                            models.Index(fields=["tenant", "cause_id"], name="rule_award_of_cause"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "entry", "rule"), name="rule_award_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Challenge",
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
                            "program",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="challenges",
                                to="programs.program",
                            ),
                        ),
                        ("name", models.CharField(max_length=60, verbose_name="Name")),
                        ("definition", models.JSONField()),
                        ("published_at", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "ordering": ["id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                    },
                ),
                migrations.CreateModel(
                    name="ChallengeResult",
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
                            "challenge",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="results",
                                to="programs.challenge",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="challenge_results",
                                to="programs.account",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="programs.entry",
                            ),
                        ),
                        (
                            "present",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="programs.present",
                            ),
                        ),
                        ("points", models.PositiveIntegerField(default=0)),
                        ("done_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("taken_back_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [models.Index(fields=["tenant", "challenge", "done_at"], name="challenge_by_day")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("taken_back_at__isnull", True)),
                                fields=("tenant", "challenge", "account"),
                                name="challenge_done_once",
                            ),
                            models.UniqueConstraint(fields=("tenant", "entry"), name="challenge_of_entry"),
                            models.UniqueConstraint(fields=("tenant", "present"), name="challenge_of_present"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReferralOffer",
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
                            "program",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="referral_offers",
                                to="programs.program",
                            ),
                        ),
                        ("is_active", models.BooleanField(default=False)),
                        ("advocate_points", models.PositiveIntegerField(default=100)),
                        ("friend_points", models.PositiveIntegerField(default=50)),
                        ("minimum", models.PositiveBigIntegerField(default=1000)),
                        ("within_days", models.PositiveSmallIntegerField(default=60)),
                        ("hold_days", models.PositiveSmallIntegerField(default=14)),
                        ("cap", models.PositiveSmallIntegerField(default=5)),
                        ("cap_days", models.PositiveSmallIntegerField(default=30)),
                        ("counts_imports", models.BooleanField(default=False)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "program"), name="referral_offer_of_program"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_active", False),
                                    ("advocate_points__gte", 1),
                                    ("friend_points__gte", 1),
                                    _connector="OR",
                                ),
                                name="referral_offer_gives_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("cap__gte", 1), ("cap_days__gte", 1), ("within_days__gte", 1)),
                                name="referral_offer_periods",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Advocate",
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
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="advocates",
                                to="customers.member",
                            ),
                        ),
                        ("code", models.CharField(max_length=16)),
                        ("devices", models.JSONField(default=list)),
                        ("networks", models.JSONField(default=list)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "member"), name="advocate_once"),
                            models.UniqueConstraint(fields=("tenant", "code"), name="advocate_code"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Referral",
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
                            "advocate",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="referrals",
                                to="programs.advocate",
                            ),
                        ),
                        (
                            "friend",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="referred_by",
                                to="customers.member",
                            ),
                        ),
                        (
                            "way",
                            models.CharField(
                                choices=[("portal", "Portal"), ("counter", "Counter"), ("api", "API")], max_length=10
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("joined", "Joined, not bought yet"),
                                    ("earned", "Bought, about to be rewarded"),
                                    ("rewarded", "Both rewarded"),
                                    ("returning", "About to be taken back"),
                                    ("refused", "Not rewarded"),
                                ],
                                default="joined",
                                max_length=10,
                            ),
                        ),
                        ("advocate_points", models.PositiveIntegerField()),
                        ("friend_points", models.PositiveIntegerField()),
                        ("minimum", models.PositiveBigIntegerField()),
                        ("hold_days", models.PositiveSmallIntegerField()),
                        ("until", models.DateTimeField()),
                        ("reasons", models.JSONField(default=list)),
                        ("judged", models.JSONField(default=dict)),
                        ("traces", models.JSONField(default=dict)),
                        ("round", models.PositiveSmallIntegerField(default=0)),
                        (
                            "purchase",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="referrals",
                                to="customers.purchase",
                            ),
                        ),
                        (
                            "advocate_entry",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="programs.entry",
                            ),
                        ),
                        (
                            "friend_entry",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="programs.entry",
                            ),
                        ),
                        ("joined_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("earned_at", models.DateTimeField(null=True)),
                        ("available_from", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(fields=["tenant", "advocate", "-earned_at"], name="referral_of_advocate"),
                            models.Index(
                                condition=models.Q(("state__in", ("earned", "returning"))),
                                fields=["tenant", "state"],
                                name="referral_to_settle",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "friend"), name="referral_of_friend_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ("joined", "refused")),
                                    models.Q(("earned_at__isnull", False), ("purchase__isnull", False)),
                                    _connector="OR",
                                ),
                                name="referral_earned_by_a_purchase",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AdvocacyAction",
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
                            "program",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="advocacy_actions",
                                to="programs.program",
                            ),
                        ),
                        ("name", models.CharField(max_length=60)),
                        ("about", models.CharField(blank=True, max_length=300)),
                        ("link", models.URLField(blank=True, max_length=300)),
                        ("points", models.PositiveIntegerField()),
                        ("times", models.PositiveSmallIntegerField(default=1)),
                        ("days", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("archived_at", models.DateTimeField(null=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "ordering": ["created_at"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("points__gte", 1), ("times__gte", 1)), name="advocacy_action_gives"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AdvocacyClaim",
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
                            "action",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="claims",
                                to="programs.advocacyaction",
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="advocacy_claims",
                                to="customers.member",
                            ),
                        ),
                        ("proof", models.CharField(blank=True, max_length=300)),
                        ("points", models.PositiveIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[("open", "To look at"), ("approved", "Thanked"), ("refused", "Not accepted")],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="programs.entry",
                            ),
                        ),
                        ("answer", models.CharField(blank=True, max_length=300)),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.membership",
                            ),
                        ),
                        ("decided_label", models.CharField(blank=True, max_length=80)),
                        ("decided_at", models.DateTimeField(null=True)),
                        ("key", models.CharField(max_length=120)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(fields=["tenant", "member", "action"], name="advocacy_claim_of_member"),
                            models.Index(fields=["tenant", "state", "created_at"], name="advocacy_claim_by_state"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "key"), name="advocacy_claim_key"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_at__isnull", True), ("entry__isnull", True), ("state", "open")),
                                    models.Q(
                                        ("decided_at__isnull", False), ("entry__isnull", False), ("state", "approved")
                                    ),
                                    models.Q(
                                        ("decided_at__isnull", False), ("entry__isnull", True), ("state", "refused")
                                    ),
                                    _connector="OR",
                                ),
                                name="advocacy_claim_decided",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClaimPhoto",
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
                            "claim",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="photos",
                                to="programs.advocacyclaim",
                            ),
                        ),
                        ("image", models.BinaryField()),
                        ("width", models.PositiveSmallIntegerField()),
                        ("height", models.PositiveSmallIntegerField()),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [models.UniqueConstraint(fields=("tenant", "claim"), name="claim_photo_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Review",
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
                                    ("staff", "At the counter"),
                                    ("referral", "Bringing friends"),
                                    ("sharing", "Points between members"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("reasons", models.JSONField(default=list)),
                        ("evidence", models.JSONField(default=dict)),
                        (
                            "subject_kind",
                            models.CharField(
                                choices=[
                                    ("refusal", "Refused at once"),
                                    ("entry", "Points given"),
                                    ("redemption", "Reward redeemed"),
                                    ("referral", "Friend brought along"),
                                    ("transfer", "Points given to a member"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("subject_id", models.UUIDField(null=True)),
                        (
                            "member",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reviews",
                                to="customers.member",
                            ),
                        ),
                        (
                            "staff",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.membership",
                            ),
                        ),
                        (
                            "location",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.location",
                            ),
                        ),
                        ("points", models.PositiveBigIntegerField(default=0)),
                        ("times", models.PositiveIntegerField(default=1)),
                        ("is_held", models.BooleanField(default=False)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "To look at"),
                                    ("released", "Found in order"),
                                    ("reversed", "Taken back"),
                                ],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        ("key", models.CharField(max_length=160)),
                        ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("decided_at", models.DateTimeField(null=True)),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.membership",
                            ),
                        ),
                        ("decided_label", models.CharField(blank=True, max_length=80)),
                        ("note", models.CharField(blank=True, max_length=300)),
                    ],
                    options={
                        "ordering": ["-seen_at"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(fields=["tenant", "state", "-seen_at"], name="review_by_state"),
                            models.Index(fields=["tenant", "subject_id"], name="review_of_subject"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "key"), name="review_key"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_at__isnull", True), ("state", "open")),
                                    models.Q(
                                        models.Q(("state", "open"), _negated=True),
                                        ("decided_at__isnull", False),
                                        ("is_held", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="review_open_or_decided",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("subject_id__isnull", True), ("subject_kind", "refusal")),
                                    models.Q(
                                        models.Q(("subject_kind", "refusal"), _negated=True),
                                        ("subject_id__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="review_of_something",
                            ),
                        ],
                    },
                ),
            ],
        ),
        append_only("programs_earningruleversion"),
        append_only("programs_ruleaward"),
    ]
