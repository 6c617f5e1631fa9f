import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import loyalty_saas.lib.ids
import loyalty_saas.lib.secrets
import tenants.isolation


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="E-mail")),
                ("name", models.CharField(blank=True, max_length=80, verbose_name="Name")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(django.db.models.functions.text.Lower("email"), name="user_email_any_case")
                ],
            },
        ),
        migrations.CreateModel(
            name="Tenant",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("slug", models.SlugField(help_text="The address of your portal.", max_length=40, unique=True)),
                ("name", models.CharField(max_length=80)),
                (
                    "trade",
                    models.CharField(
                        choices=[
                            ("cafe", "Café"),
                            ("bakery", "Bakery"),
                            ("restaurant", "Restaurant"),
                            ("boutique", "Boutique"),
                            ("salon", "Hair or beauty salon"),
                            ("fitness", "Fitness studio"),
                            ("online", "Online shop"),
                            ("service", "Another service"),
                            ("shop", "Another shop"),
                        ],
                        max_length=20,
                    ),
                ),
                ("country", models.CharField(max_length=2)),
                ("currency", models.CharField(max_length=3)),
                ("language", models.CharField(max_length=10)),
                ("time_zone", models.CharField(max_length=64)),
                ("logo", models.ImageField(blank=True, upload_to="logos/")),
                (
                    "brand_color",
                    models.CharField(
                        default="#7a4a2b",
                        max_length=7,
                        validators=[django.core.validators.RegexValidator("^#[0-9a-f]{6}$", "Write it like #7a4a2b.")],
                    ),
                ),
                ("tagline", models.CharField(blank=True, max_length=120)),
                ("story", models.TextField(blank=True, max_length=2000)),
                ("values", models.TextField(blank=True, max_length=1000)),
                ("is_demo", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("slug__regex", "^[a-z0-9][a-z0-9-]{1,39}$")), name="tenant_slug_shape"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="tenant_currency_shape"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("manager", "Manager"),
                            ("staff", "Staff"),
                            ("analyst", "Analyst"),
                        ],
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(help_text="What colleagues and receipts call them.", max_length=80)),
                ("pin_hash", models.CharField(blank=True, max_length=200)),
                ("pin_once_until", models.DateTimeField(blank=True, null=True)),
                ("joined_at", models.DateTimeField(auto_now_add=True)),
                ("leads_since", models.DateTimeField(blank=True, null=True)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
            ],
            options={
                "ordering": ["name"],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("tenant", "user"), name="membership_once")],
            },
        ),
        migrations.CreateModel(
            name="Location",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("address", models.CharField(blank=True, max_length=200)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
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
            ],
            options={
                "ordering": ["name"],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("tenant", "name"), name="location_name")],
            },
        ),
        migrations.CreateModel(
            name="JobRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("job", models.CharField(max_length=60)),
                ("scheduled_for", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[("due", "Due"), ("done", "Done"), ("failed", "Failed")], default="due", max_length=10
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
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
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "job", "scheduled_for"), name="job_run_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("manager", "Manager"),
                            ("staff", "Staff"),
                            ("analyst", "Analyst"),
                        ],
                        max_length=10,
                    ),
                ),
                ("token_hash", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.membership"
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
            ],
            options={
                "ordering": ["-created_at"],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["token_hash"], name="invitation_by_token")],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "token_hash"), name="invitation_token"),
                    models.UniqueConstraint(
                        models.F("tenant"),
                        django.db.models.functions.text.Lower("email"),
                        condition=models.Q(("accepted_at__isnull", True), ("withdrawn_at__isnull", True)),
                        name="invitation_open_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IdempotentCall",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.CharField(max_length=120)),
                ("request_hash", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("body", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
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
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["tenant", "created_at"], name="idempotent_call_age")],
                "constraints": [models.UniqueConstraint(fields=("tenant", "key"), name="idempotent_call_key")],
            },
        ),
        migrations.CreateModel(
            name="Domain",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("host", models.CharField(max_length=253)),
                ("token", models.CharField(default=loyalty_saas.lib.secrets.new_token, editable=False, max_length=64)),
                ("is_primary", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "trouble",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_proof", "The TXT record is not there yet."),
                            ("other_proof", "The TXT record holds something else."),
                            ("no_address", "The name does not lead anywhere yet."),
                            ("other_address", "The name leads somewhere else."),
                            ("taken", "This name is in use already."),
                            ("silent", "The DNS did not answer. We try again."),
                        ],
                        max_length=20,
                    ),
                ),
                ("found", models.CharField(blank=True, max_length=200)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
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
            ],
            options={
                "ordering": ["-is_primary", "created_at"],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "host"), name="domain_host"),
                    models.UniqueConstraint(
                        condition=models.Q(("verified_at__isnull", False)), fields=("host",), name="domain_host_proved"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_primary", True)), fields=("tenant",), name="domain_one_primary"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_primary", False), ("verified_at__isnull", False), _connector="OR"),
                        name="domain_primary_is_proved",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("action", models.CharField(max_length=60)),
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
                ("subject", models.CharField(blank=True, max_length=120)),
                ("subject_id", models.UUIDField(null=True)),
                ("details", models.JSONField(default=dict)),
                ("at", models.DateTimeField(auto_now_add=True)),
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
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["tenant", "-id"], name="audit_newest")],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=loyalty_saas.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("prefix", models.CharField(max_length=12)),
                ("token_hash", models.CharField(max_length=64)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("members:read", "Read members"),
                                ("members:write", "Create and change members"),
                                ("purchases:read", "Read purchases"),
                                ("purchases:write", "Record purchases and returns"),
                                ("points:read", "Read balances and entries"),
                                ("points:write", "Adjust points"),
                                ("rewards:read", "Read rewards"),
                                ("rewards:write", "Redeem rewards and use vouchers"),
                            ],
                            max_length=30,
                        ),
                        size=None,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.membership",
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
            ],
            options={
                "ordering": ["-created_at"],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["token_hash"], name="api_key_by_token")],
                "constraints": [models.UniqueConstraint(fields=("tenant", "token_hash"), name="api_key_token")],
            },
        ),
    ]
