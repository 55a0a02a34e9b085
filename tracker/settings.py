"""Every setting, read from the environment. docs/settings.md explains each of them."""

import os
import secrets
from pathlib import Path

from tracker import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent

# development: loopback only, a secret key of its own. production: everything must be said.
MODE = env.text("THROUGHLINE_MODE", "development", among=("development", "production"))
PRODUCTION = MODE == "production"
DEBUG = env.boolean("DEBUG", False)
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "var"))).resolve()
# Holds the date that the service works with, for demonstrations. Refused in production.
TODAY = env.day("THROUGHLINE_TODAY")


def _development_key() -> str:
    """A random key kept in the data folder, so that sessions outlive a restart."""
    path = DATA_DIR / "secret-key"
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


SECRET_KEY = env.text("SECRET_KEY") if PRODUCTION else env.text("SECRET_KEY", _development_key())
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", None if PRODUCTION else "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
# For links in messages that no request of a browser has asked for.
SITE_URL = env.site("SITE_URL")

INSTALLED_APPS = [
    "tracker",  # before django.forms, so that our field template is the one found
    "governance",
    "plans",
    "kpis",
    "management",
    "allauth",
    "allauth.account",
    "django_htmx",
    "django_q",
    "drf_spectacular",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "management.middleware.RequestIdMiddleware",
    "management.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "management.middleware.ActorMiddleware",
    "management.middleware.PolicyMiddleware",
]

ROOT_URLCONF = "tracker.urls"
CSRF_FAILURE_VIEW = "tracker.views.not_accepted"
WSGI_APPLICATION = "tracker.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tracker.context.page",
            ],
            "builtins": ["tracker.templatetags.throughline"],
        },
    },
    # For the one table of hundreds of rows; everything else is Django's own.
    {"BACKEND": "django.template.backends.jinja2.Jinja2", "APP_DIRS": True},
]

DATABASES = {"default": env.database("DATABASE_URL", DATA_DIR / "throughline.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if "sqlite" in str(DATABASES["default"]["ENGINE"]):
    Path(str(DATABASES["default"]["NAME"])).parent.mkdir(parents=True, exist_ok=True)
    # A worker process must see the test database, and an in-memory one is invisible to it.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}

# The sign-in limits count in this cache, so every process must share it.
REDIS_URL = env.redis("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        # One that takes the connection and never answers must not take the pages with it.
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache",
        # Past 300 entries, its own number, it would throw sign-in counters away with the rest.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

Q_BROKER = env.text("Q_BROKER", "database", among=("database", "redis"))
Q_CLUSTER = {
    "name": "throughline",
    "label": "Jobs",
    "workers": env.integer("Q_WORKERS", 2, least=1),
    "queue_limit": 2,  # little prefetch: less is held hostage by a worker that dies
    "bulk": 1,
    "timeout": 600,
    "retry": 2400,  # counts from dequeue: more than (ceil(3 / 2) + 1) * 604 seconds
    "max_attempts": 1,  # attempts are counted in PackBuild, which also counts crashes
    "ack_failures": True,
    "catch_up": False,  # what is due is a row of ours, and the sweep catches up
    "save_limit": 50,
    "save_limit_per": "func",
    "recycle": 50,
    "max_rss": 600_000,  # kilobytes
    "poll": 1.0,
    "guard_cycle": 1.0,
    "time_zone": "Europe/London",
}
if Q_BROKER == "redis":
    Q_CLUSTER["redis"] = REDIS_URL
else:
    Q_CLUSTER["orm"] = "default"

AUTH_USER_MODEL = "management.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},  # OWASP ASVS 5.0, 6.2.1
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "management.accounts.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# An address without an account gets no message, and the page says the same to everybody.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Throughline: "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
# The number of proxies in front of the service: with another number, a client could choose its
# own address for the sign-in limits.
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXIES", 0)

# Of one token, or of one person who is signed in.
API_READS_PER_MINUTE = env.integer("API_READS_PER_MINUTE", 600, least=1)
API_WRITES_PER_MINUTE = env.integer("API_WRITES_PER_MINUTE", 120, least=1)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "management.api.authentication.ByToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    # Every door asks for a deed of its own (`management.api.doors`); what is none lets nobody in.
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["management.api.parsing.Json"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "management.api.schema.Described",
    "EXCEPTION_HANDLER": "management.api.errors.handle",
    # Without a number, whoever writes another X-Forwarded-For each time is never counted.
    "NUM_PROXIES": ALLAUTH_TRUSTED_PROXY_COUNT,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Throughline",
    "DESCRIPTION": "What an area's people see and do in Throughline, for programs. A token acts "
    "for one person in one area, and may do at most what that person may. Every refusal is a "
    "problem detail (RFC 9457). What was read is changed with its ETag in If-Match.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "ActionStatus": "plans.statuses.Status",
        "ReportedStatus": "plans.statuses.REPORTED",
        "PlanState": "plans.states.PlanState",
        "InspectionKind": "plans.models.Inspection.Kind",
        "RecommendationKind": "plans.models.Recommendation.Kind",
        "FindingKind": "plans.models.Finding.Kind",
        "ImportState": "plans.models.PlanImport.State",
        "ImportColumn": "plans.api.imports.COLUMNS",
        "TrackerField": "plans.api.trackers.FIELDS",
        "FigureColumnField": "kpis.api.imports.FIELDS",
        "Rule": "plans.words.Rule",
        "SelfEvaluationState": "plans.models.SelfEvaluation.State",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "management.api.schema.finish",
    ],
}

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SILENCED_SYSTEM_CHECKS: list[str] = []
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.boolean("SECURE_SSL_REDIRECT", True)
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    if ALLAUTH_TRUSTED_PROXY_COUNT:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^health$"]

globals().update(env.email("EMAIL_URL"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("DEFAULT_FROM_EMAIL", "throughline@localhost")

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
NODE_MODULES = BASE_DIR / "node_modules"
STATICFILES_DIRS = [("sgds", NODE_MODULES / "@scottish-government" / "design-system" / "dist")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Pack files, by their SHA-256. Never served by URL: a view checks who asks.
STORE_DIR = DATA_DIR / "store"
FONT_DIRS = [
    NODE_MODULES / "@expo-google-fonts" / "noto-sans",
    NODE_MODULES / "@expo-google-fonts" / "noto-emoji",
]

# A form may ask for something of every action of a plan: a home when it closes, reasons for what
# the SMART check says when it is approved. Past Django's own 1,000 fields and 2.5 MB all that was
# typed would be lost to a bare error; this is four reasons for each of 5,000 actions.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# Where the charts' library keeps what it knows of fonts: it may have no home folder to write to.
os.environ.setdefault("MPLCONFIGDIR", str(DATA_DIR / "matplotlib"))

# Seconds for which a worker owns a pack without a sign of life.
PACK_LEASE_SECONDS = env.integer("PACK_LEASE_SECONDS", 60, least=1)

# Days before a date of an inspection on which those who keep the plans are reminded of it.
REMIND_DAYS = env.integers("REMIND_DAYS", "14,3")

LOG_LEVEL = env.text("LOG_LEVEL", "INFO", among=("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "management.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "django-q": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "fontTools": {"level": "WARNING"},
        "matplotlib": {"level": "WARNING"},
    },
}
