"""Settings. Everything that differs between machines is read from the environment (see .env.example)."""

import hashlib
import hmac
import logging
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from loyalty_saas.embedded.paths import SUPERUSER, postgres_url, valkey_url
from loyalty_saas.lib.env import Env, mail_from_url, postgres_from_url
from loyalty_saas.logs import logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

# --- this machine ------------------------------------------------------------------------------

DEBUG = env.flag("DEBUG", False)
DATA_DIR = env.path("DATA_DIR", BASE_DIR / ".data")
SITE_URL = env.text("SITE_URL", "http://localhost:8000").rstrip("/")
SECURE = SITE_URL.startswith("https://")


def secret_key() -> str:
    """SECRET_KEY from the environment, or one made once and kept in the data directory of this machine."""
    if given := env.text("SECRET_KEY"):
        return given
    kept = DATA_DIR / "secret_key"
    if not kept.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(50))
    return kept.read_text()


SECRET_KEY = secret_key()
# Sensitive fields (authenticator secrets, card secrets) are encrypted with the first key and read with any.
FIELD_KEYS = env.words("FIELD_KEYS") or [SECRET_KEY]
# Our own names; a business may answer at its own (`tenants.middleware` refuses every other host).
OUR_HOSTS = env.words("ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]", ".localhost"))
ALLOWED_HOSTS = ["*"]
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", (SITE_URL,))
# Where a business points a domain of its own: a name for CNAME, and addresses for a domain without a name in front.
DOMAIN_TARGET = env.text("DOMAIN_TARGET", urlsplit(SITE_URL).hostname or "localhost").lower()
DOMAIN_ADDRESSES = env.addresses("DOMAIN_ADDRESSES")
# Who is asked for the records of such domains; without any, the servers this machine uses.
DNS_SERVERS = env.servers("DNS_SERVERS", port=53)
# How many proxies of ours stand in front: the client's address is that many steps from the right.
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 0, most=5)

# --- the application ---------------------------------------------------------------------------

INSTALLED_APPS = [
    "tenants",
    "customers",
    "programs",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "django_filters",
    "django_structlog",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "loyalty_saas.health.middleware.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "loyalty_saas.static_files.StaticFilesMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "tenants.middleware.BusinessHostMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tenants.middleware.OwnSessionsMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tenants.middleware.SeenSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "loyalty_saas.request_log.RequestLogMiddleware",
    "tenants.middleware.PersonalPagesMiddleware",
    "programs.counter.middleware.SharedDeviceMiddleware",
]

ROOT_URLCONF = "loyalty_saas.urls"
WSGI_APPLICATION = "loyalty_saas.wsgi.application"

_LOADERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": _LOADERS if DEBUG else [("django.template.loaders.cached.Loader", _LOADERS)],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tenants.context_processors.shell",
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "django.templatetags.i18n",
                "loyalty_saas.templatetags.look",
                "tenants.templatetags.show",
            ],
        },
    }
]
# Components are `<c-button>` in a page and stand once in templates/elements/.
COTTON_DIR = "elements"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# --- database: one server, four roles (docs/operator.md) -----------------------------------------


def database(role: str, variable: str) -> dict[str, object]:
    """The connection of one role.

    `DATABASE_URL` is the owner's, used to migrate; the other roles' addresses are given on their own
    (production) or derived from it with a password made from SECRET_KEY (one machine).
    """
    given = env.text(variable)
    settings = postgres_from_url(variable if given else "DATABASE_URL", given or DATABASE_URL)
    if not given:
        settings["USER"] = f"{settings['NAME']}_{role}_login"
        settings["PASSWORD"] = hmac.new(SECRET_KEY.encode(), role.encode(), hashlib.sha256).hexdigest()
    return {
        "ENGINE": "loyalty_saas.postgres",
        "CONN_MAX_AGE": env.integer("DATABASE_KEEP_SECONDS", 600),
        "CONN_HEALTH_CHECKS": True,
        # Transaction pooling (PgBouncer) has no place for a cursor that outlives its transaction.
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "TEST": {"MIGRATE": False},
        **settings,
    }


DATABASE_URL = env.text("DATABASE_URL", postgres_url(DATA_DIR, "regulars"))
DATABASES = {
    "default": database("app", "DATABASE_APP_URL"),
    "platform": database("platform", "DATABASE_PLATFORM_URL"),
    "readonly": database("readonly", "DATABASE_READONLY_URL"),
    "owner": {"ENGINE": "loyalty_saas.postgres", **postgres_from_url("DATABASE_URL", DATABASE_URL)},
}
# Whoever copies every business's rows has to see through the walls: a superuser, or a role that may bypass them.
BACKUP_DATABASE_URL = env.text("BACKUP_DATABASE_URL") or (
    DATABASE_URL if env.text("DATABASE_URL") else postgres_url(DATA_DIR, "regulars", user=SUPERUSER)
)
DATABASE_ROUTERS = ["loyalty_saas.postgres.routing.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: cache, rate limits, and the nudge for workers ----------------------------------------

REDIS_URL = env.text("REDIS_URL", valkey_url(DATA_DIR))
CACHES = {
    "default": {
        "BACKEND": "loyalty_saas.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "regulars",
    }
}
# Celery writes the address of a socket, and of a database behind it, its own way.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TIME_LIMIT = 1800
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "loyalty_saas.health.scheduler.Scheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "run" / "schedule")
CELERY_BEAT_SCHEDULE = {
    "due-work": {"task": "tenants.tasks.start_due_work", "schedule": 60.0},
    "activity": {"task": "customers.tasks.nudge_consumers", "schedule": 15.0},
    "letters": {"task": "customers.tasks.send_owed_letters", "schedule": 60.0},
    "owner_letters": {"task": "tenants.tasks.send_owed_owner_letters", "schedule": 60.0},
    "imports": {"task": "customers.imports.tasks.resume_imports", "schedule": 60.0},
}

# --- people ------------------------------------------------------------------------------------

AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "tenants.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
# A letter that does not come, and an address with a slip in it, must not end somebody's first minute here.
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
# Whoever finds a device signed in does not make the account their own by giving it another address.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Whoever's password, address or second step was changed is told by mail.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_ADAPTER = "tenants.accounts.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Regulars"
# Browsers themselves allow passkeys without TLS on localhost alone.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
# How long owners and managers have to set up a second step of signing in (`tenants.domain.second_step`).
SECOND_STEP_GRACE_DAYS = env.integer("SECOND_STEP_GRACE_DAYS", 7, most=90)
USERSESSIONS_TRACK_ACTIVITY = True
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30

# --- pages: what a browser may do ----------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "media-src": [SELF, "blob:"],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, str | list[str]] = {
    "camera": "self",
    "geolocation": [],
    "microphone": [],
    "payment": [],
    "usb": [],
    "publickey-credentials-get": "self",
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "loyalty_saas.views.csrf_failure"
if SECURE:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
    SECURE_SSL_REDIRECT = True
    # The proxy asks this of us by an inside address.
    SECURE_REDIRECT_EXEMPT = [r"^\.well-known/regulars/domain$"]
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- static files and uploads ----------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "build" / "static"
# The built stylesheet has the name of its source, so it must be found first.
STATICFILES_DIRS = [BASE_DIR / "build" / "assets", BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "loyalty_saas.static_files.FingerprintedStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- language, time, mail --------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", "Regulars <hello@regulars.localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 10
_mail = mail_from_url("EMAIL_URL", env.text("EMAIL_URL", "smtp://127.0.0.1:8025"))
EMAIL_HOST = _mail["EMAIL_HOST"]
EMAIL_PORT = _mail["EMAIL_PORT"]
EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_SSL = _mail["EMAIL_USE_SSL"]
EMAIL_USE_TLS = _mail["EMAIL_USE_TLS"]

# --- the API -----------------------------------------------------------------------------------------

# Calls of one key in one minute, over all processes.
API_CALLS_PER_MINUTE = env.integer("API_CALLS_PER_MINUTE", 600, least=1)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
    "LIST_SERIALIZER_ERRORS_AS_DICT": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Regulars API",
    "VERSION": "1",
    "DESCRIPTION": "What a shop's systems can do with Regulars.",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "MemberStatus": "customers.enums.MemberStatus.choices",
        "OwnMemberStatus": "customers.enums.OWN_STATUS_CHOICES",
        "Source": "customers.enums.Source.choices",
        "Purpose": "customers.enums.Purpose.choices",
        "ConsentChannel": "customers.enums.ConsentChannel.choices",
        "ActorKind": "tenants.enums.ActorKind.choices",
        "EntryKind": "programs.enums.EntryKind.choices",
        "Cause": "programs.enums.Cause.choices",
        "PlanPeriod": "programs.enums.PlanPeriod.choices",
        "MembershipState": "programs.enums.MembershipState.choices",
        "LimitPeriod": "programs.enums.LimitPeriod.choices",
        "TierBasis": "programs.enums.TierBasis.choices",
        "RewardKind": "programs.enums.RewardKind.choices",
        "RedemptionStatus": "programs.enums.RedemptionStatus.choices",
    },
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "key": {"type": "http", "scheme": "bearer", "description": "The key of a business: `Bearer reg_…`."}
        }
    },
}

# --- logs ----------------------------------------------------------------------------------------------

# Who may read /metrics; without it, only this machine.
METRICS_TOKEN = env.text("METRICS_TOKEN")
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
# A request is logged when it is answered; a refusal is no warning to the operator.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO
LOG_FORMAT = env.one_of("LOG_FORMAT", ("json", "console"), "console" if DEBUG else "json")
LOGGING = logging_settings(LOG_FORMAT, env.one_of("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"))

if SECURE and len(SECRET_KEY) < 40:
    raise ImproperlyConfigured("SECRET_KEY is too short: use 50 random characters")
