"""Events of a business's own, polls and quizzes, surprises."""

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.db import migrations, models

import loyalty_saas.lib.ids
import tenants.isolation
from loyalty_saas.postgres.operations import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0006_earning"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="EventType",
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
                        ("name", models.CharField(max_length=60, verbose_name="Name")),
                        ("key", models.SlugField(db_index=False, max_length=40)),
                        ("fields", models.JSONField(default=list)),
                        ("most", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "period",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("day", "a day"),
                                    ("week", "a week"),
                                    ("month", "a month"),
                                    ("year", "a year"),
                                ],
                                max_length=6,
                            ),
                        ),
                        ("by_staff", models.BooleanField(default=False)),
                        ("archived_at", models.DateTimeField(null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "ordering": ["id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "key"), name="event_type_key"),
                            models.UniqueConstraint(
                                models.F("tenant"),
                                django.db.models.functions.text.Lower("name"),
                                name="event_type_name",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("most__isnull", True), ("most__gte", 1), _connector="OR"),
                                name="event_type_most",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Event",
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
                            "type",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="programs.eventtype",
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="customers.member",
                            ),
                        ),
                        ("payload", models.JSONField(default=dict)),
                        ("occurred_at", models.DateTimeField()),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("counts", models.BooleanField(default=True)),
                        ("reasons", models.JSONField(default=list)),
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
                        ("undone_at", models.DateTimeField(null=True)),
                        ("undone_by", models.CharField(blank=True, max_length=80)),
                        ("undone_because", models.CharField(blank=True, max_length=300)),
                        ("key", models.CharField(max_length=120)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(fields=["tenant", "member", "type", "occurred_at"], name="event_of_member"),
                            models.Index(fields=["tenant", "type", "-id"], name="event_of_type"),
                            models.Index(fields=["tenant", "-occurred_at"], name="event_newest"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "key"), name="event_key"),
                            models.UniqueConstraint(fields=("tenant", "entry"), name="event_of_entry"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Poll",
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
                                on_delete=django.db.models.deletion.PROTECT, related_name="polls", to="programs.program"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("poll", "Poll: what do you think?"), ("quiz", "Quiz: what do you know?")],
                                max_length=5,
                            ),
                        ),
                        ("name", models.CharField(max_length=80, verbose_name="Name")),
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
                    name="PollAnswer",
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
                            "poll",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="programs.poll",
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="poll_answers",
                                to="customers.member",
                            ),
                        ),
                        ("period", models.CharField(blank=True, max_length=10)),
                        ("answers", models.JSONField()),
                        ("right", models.PositiveSmallIntegerField(null=True)),
                        ("passed", models.BooleanField(null=True)),
                        ("points", models.PositiveIntegerField(default=0)),
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
                        ("reasons", models.JSONField(default=list)),
                        ("answered_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("corrected_at", models.DateTimeField(null=True)),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        ("withdrawn_because", models.CharField(blank=True, max_length=300)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(fields=["tenant", "poll", "answered_at"], name="poll_answer_by_day"),
                            models.Index(fields=["tenant", "member"], name="poll_answer_of_member"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("withdrawn_at__isnull", True)),
                                fields=("tenant", "poll", "member", "period"),
                                name="poll_answered_once",
                            ),
                            models.UniqueConstraint(fields=("tenant", "entry"), name="poll_answer_of_entry"),
                            models.UniqueConstraint(fields=("tenant", "present"), name="poll_answer_of_present"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Surprise",
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
                                related_name="surprises",
                                to="programs.program",
                            ),
                        ),
                        ("name", models.CharField(max_length=60)),
                        ("definition", models.JSONField(default=dict)),
                        ("seed", models.CharField(blank=True, max_length=64)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("published_at", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("published_at__isnull", True), ("seed", "")),
                                    models.Q(("published_at__isnull", False), models.Q(("seed", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="surprise_published_with_a_seed",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SurpriseDraw",
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
                            "surprise",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="draws",
                                to="programs.surprise",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="surprises",
                                to="programs.account",
                            ),
                        ),
                        (
                            "purchase",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="surprises",
                                to="customers.purchase",
                            ),
                        ),
                        ("day", models.DateField()),
                        ("place", models.PositiveSmallIntegerField(default=0)),
                        ("roll", models.BigIntegerField()),
                        ("among", models.PositiveIntegerField()),
                        ("listed", models.JSONField(default=list)),
                        ("is_won", models.BooleanField()),
                        (
                            "refusal",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("budget", "The budget of the month was spent"),
                                    ("lately", "Surprised a short while ago"),
                                    ("over", "It had ended"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("said", models.CharField(blank=True, max_length=160)),
                        ("points", models.PositiveIntegerField(default=0)),
                        ("cost", models.PositiveBigIntegerField(default=0)),
                        (
                            "entry",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="programs.entry",
                            ),
                        ),
                        (
                            "present",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="programs.present",
                            ),
                        ),
                        ("drawn_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("taken_back_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(fields=["tenant", "account", "-day"], name="surprise_draw_of_account"),
                            models.Index(fields=["tenant", "surprise", "-day"], name="surprise_draw_newest"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("place", 0)),
                                fields=("tenant", "surprise", "purchase"),
                                name="surprise_draw_of_purchase",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("place__gt", 0)),
                                fields=("tenant", "surprise", "day", "place"),
                                name="surprise_draw_of_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("entry__isnull", True),
                                        ("is_won", False),
                                        ("present__isnull", True),
                                        ("refusal", ""),
                                    ),
                                    models.Q(
                                        ("entry__isnull", True),
                                        ("is_won", True),
                                        ("present__isnull", True),
                                        models.Q(("refusal", ""), _negated=True),
                                    ),
                                    models.Q(
                                        ("entry__isnull", False),
                                        ("is_won", True),
                                        ("present__isnull", True),
                                        ("refusal", ""),
                                    ),
                                    models.Q(
                                        ("entry__isnull", True),
                                        ("is_won", True),
                                        ("present__isnull", False),
                                        ("refusal", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="surprise_draw_gives_what_it_won",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
