"""Members, what they agreed to, and how they sign in."""

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.db import migrations, models

import loyalty_saas.lib.ids
import tenants.isolation
from loyalty_saas.postgres.operations import CreateModels, append_only


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0006_scopes"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="Member",
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
                        ("number", models.CharField(max_length=24, verbose_name="Card number")),
                        ("given_name", models.CharField(blank=True, max_length=80, verbose_name="First name")),
                        ("family_name", models.CharField(blank=True, max_length=80, verbose_name="Last name")),
                        ("email", models.EmailField(blank=True, max_length=254, verbose_name="E-mail")),
                        ("phone", models.CharField(blank=True, max_length=16, verbose_name="Phone")),
                        ("claimed_phone", models.CharField(blank=True, default="", max_length=16)),
                        ("birth_month", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("birth_day", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("birth_year", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("language", models.CharField(blank=True, max_length=10, verbose_name="Language")),
                        (
                            "location",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.location",
                                verbose_name="Joined at",
                            ),
                        ),
                        (
                            "preferences",
                            models.CharField(
                                blank=True,
                                help_text="Such as “oat milk” or “size 40”.",
                                max_length=300,
                                verbose_name="Preferences",
                            ),
                        ),
                        ("custom", models.JSONField(blank=True, default=dict)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("active", "Active"),
                                    ("paused", "Paused"),
                                    ("left", "Left"),
                                    ("merged", "Merged"),
                                ],
                                default="active",
                                max_length=10,
                            ),
                        ),
                        (
                            "merged_into",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="absorbed",
                                to="customers.member",
                            ),
                        ),
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
                        ("external_id", models.CharField(blank=True, max_length=80)),
                        ("card_secret", models.CharField(blank=True, max_length=200)),
                        ("joined_at", models.DateTimeField()),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(fields=["tenant", "-joined_at", "-id"], name="member_newest"),
                            models.Index(
                                condition=models.Q(("claimed_phone", ""), _negated=True),
                                fields=["tenant", "claimed_phone"],
                                name="member_claimed",
                            ),
                            models.Index(fields=["tenant", "birth_month", "birth_day"], name="member_birthday"),
                            models.Index(fields=["tenant", "updated_at", "id"], name="member_changed"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "number"), name="member_number"),
                            models.UniqueConstraint(
                                condition=models.Q(("email", ""), _negated=True),
                                fields=("tenant", "email"),
                                name="member_email",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("phone", ""), _negated=True),
                                fields=("tenant", "phone"),
                                name="member_phone",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("tenant", "external_id"),
                                name="member_external_id",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("merged_into__isnull", False), ("status", "merged")),
                                    models.Q(
                                        models.Q(("status", "merged"), _negated=True), ("merged_into__isnull", True)
                                    ),
                                    _connector="OR",
                                ),
                                name="member_merged_somewhere",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                                name="member_email_lower",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("phone", ""), ("phone__regex", "^\\+[1-9]\\d{5,14}$"), _connector="OR"
                                ),
                                name="member_phone_e164",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("claimed_phone", ""),
                                    models.Q(("claimed_phone__regex", "^\\+[1-9]\\d{5,14}$"), ("phone", "")),
                                    _connector="OR",
                                ),
                                name="member_claimed_phone",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("birth_day__isnull", True),
                                        ("birth_month__isnull", True),
                                        ("birth_year__isnull", True),
                                    ),
                                    models.Q(("birth_day__range", (1, 31)), ("birth_month__range", (1, 12))),
                                    _connector="OR",
                                ),
                                name="member_birthday_whole",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SearchKey",
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
                            "kind",
                            models.CharField(
                                choices=[
                                    ("name", "Name"),
                                    ("email", "E-mail"),
                                    ("phone", "Phone, from its end"),
                                    ("card", "Card number"),
                                ],
                                max_length=5,
                            ),
                        ),
                        ("token", models.CharField(db_collation="C", max_length=120)),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="search_keys",
                                to="customers.member",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(fields=["tenant", "kind", "token", "member"], name="search_key_token")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("tenant", "member", "kind", "token"), name="search_key_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Tag",
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
                        ("name", models.CharField(max_length=40)),
                    ],
                    options={
                        "ordering": ["name"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("tenant"), django.db.models.functions.text.Lower("name"), name="tag_name"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MemberTag",
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="member_tags",
                                to="customers.member",
                            ),
                        ),
                        (
                            "tag",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="member_tags",
                                to="customers.tag",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "member", "tag"), name="member_tag_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Note",
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
                                on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="customers.member"
                            ),
                        ),
                        ("text", models.TextField(max_length=2000)),
                        (
                            "author",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenants.membership",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("removed_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                    },
                ),
                migrations.CreateModel(
                    name="CustomField",
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
                        ("key", models.SlugField(db_index=False, max_length=40)),
                        ("label", models.CharField(max_length=60)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("text", "Text"),
                                    ("number", "Number"),
                                    ("date", "Date"),
                                    ("choice", "One of a list"),
                                    ("flag", "Yes or no"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("choices", models.JSONField(blank=True, default=list)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ["position", "label"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [models.UniqueConstraint(fields=("tenant", "key"), name="custom_field_key")],
                    },
                ),
                migrations.CreateModel(
                    name="MemberSummary",
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="summaries",
                                to="customers.member",
                            ),
                        ),
                        ("purchases", models.PositiveIntegerField(default=0)),
                        ("visits", models.PositiveIntegerField(default=0)),
                        ("spent", models.BigIntegerField(default=0)),
                        ("first_purchase_at", models.DateTimeField(null=True)),
                        ("last_purchase_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(fields=["tenant", "-last_purchase_at"], name="member_summary_last"),
                            models.Index(fields=["tenant", "-spent"], name="member_summary_spent"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "member"), name="member_summary_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Consent",
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
                                related_name="consents",
                                to="customers.member",
                            ),
                        ),
                        (
                            "purpose",
                            models.CharField(
                                choices=[
                                    ("program", "Taking part in the program"),
                                    ("marketing", "News and offers"),
                                    ("profiling", "Offers chosen from purchases"),
                                    ("network", "Points that count in the network"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "channel",
                            models.CharField(
                                choices=[("any", "Any"), ("email", "E-mail"), ("sms", "Text message")], max_length=10
                            ),
                        ),
                        ("given", models.BooleanField()),
                        ("text", models.TextField()),
                        ("text_hash", models.CharField(max_length=64)),
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
                        ("actor_id", models.UUIDField(null=True)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(
                                fields=["tenant", "member", "purpose", "channel", "-id"], name="consent_latest"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SignInCode",
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
                            "purpose",
                            models.CharField(
                                choices=[("sign_in", "Sign in"), ("join", "Join"), ("email", "Change of e-mail")],
                                default="sign_in",
                                max_length=10,
                            ),
                        ),
                        ("destination_hash", models.CharField(max_length=64)),
                        ("asker_hash", models.CharField(max_length=64)),
                        ("is_mailed", models.BooleanField(default=False)),
                        ("flow_hash", models.CharField(max_length=64)),
                        (
                            "member",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customers.member",
                            ),
                        ),
                        ("code_hash", models.CharField(max_length=64)),
                        ("details", models.TextField(blank=True)),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("expires_at", models.DateTimeField()),
                        ("used_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "indexes": [
                            models.Index(
                                fields=["tenant", "destination_hash", "-created_at"], name="sign_in_code_newest"
                            ),
                            models.Index(fields=["tenant", "created_at"], name="sign_in_code_oldest"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "flow_hash"), name="sign_in_code_flow")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PortalSession",
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="portal_sessions",
                                to="customers.member",
                            ),
                        ),
                        ("token_hash", models.CharField(max_length=64)),
                        ("device", models.CharField(blank=True, max_length=80)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("seen_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "token_hash"), name="portal_session_token")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CardStep",
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
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.member"
                            ),
                        ),
                        ("step", models.BigIntegerField()),
                        ("used_at", models.DateTimeField(auto_now_add=True)),
                        ("proved", models.CharField(blank=True, max_length=120)),
                    ],
                    options={
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(fields=("tenant", "member", "step"), name="card_step_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Segment",
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
                        ("name", models.CharField(max_length=60)),
                        ("filters", models.JSONField()),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "ordering": ["name"],
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("tenant"), django.db.models.functions.text.Lower("name"), name="segment_name"
                            )
                        ],
                    },
                ),
            ],
        ),
        append_only("customers_consent"),
    ]
