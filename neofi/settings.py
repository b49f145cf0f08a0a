"""Settings of NeoFi.

Everything that differs between machines comes from the environment, through a typed reader that
stops with a clear message; `docs/operations.md` lists each variable. Importing this module starts
nothing. Without SECRET_KEY it reads the key kept in VAR_DIR, and makes it the first time.
"""

from datetime import timedelta
from pathlib import Path

from django.templatetags.static import static
from environs import Env, EnvValidationError, validate

from neofi.rates import validate_rate
from neofi.secrets import read_or_create

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = env.path("VAR_DIR", BASE_DIR / "var")

# Core
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "") or read_or_create(VAR_DIR / "secret-key")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "neofi",
    "accounts",
    "events",
    "collaboration",
    # Before the admin, whose templates they replace
    "neofi.admin_app.ThemeConfig",
    "neofi.admin_app.HistoryThemeConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "neofi.admin_app.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "django_filters",
    "simple_history",
    "drf_standardized_errors",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "neofi.middleware.request_id",
    "neofi.middleware.access_log",
    "neofi.health.probes",
    "neofi.middleware.api_calls",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "neofi.middleware.content_security_policy",
    "neofi.middleware.one_path_for_both_slashes",
    "neofi.middleware.limit_body",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "neofi.urls"
WSGI_APPLICATION = "neofi.wsgi.application"
APPEND_SLASH = False  # the API has none; the admin's own links carry theirs
CSRF_FAILURE_VIEW = "neofi.problem_views.csrf_failure"
SESSION_ENGINE = "neofi.sessions"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database: DATABASE_URL, or else the embedded server, which starts on the first connection
only_postgres = validate.Regexp(r"(postgres(ql)?://|$)", error="Give a postgres:// URL.")
if env.str("DATABASE_URL", "", validate=only_postgres):
    database = env.dj_db_url("DATABASE_URL")
else:
    database = {"ENGINE": "neofi.db", "NAME": "neofi"}
DATABASES = {
    "default": {
        **database,
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", 60),
        "CONN_HEALTH_CHECKS": True,
    }
}
# PostgreSQL plans a prepared statement once (neofi.statements), which most of the time takes longer
# than to run it. A pooler that hands each transaction another connection may know none of them.
if env.bool("DATABASE_PREPARED_STATEMENTS", True):
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("prepare_threshold", 0)
# How long the web server waits, in seconds (0: for ever), and its pool of connections (0: none).
# Commands wait as long as it takes: neofi/web_database.py is what gives a worker its limits.
seconds = validate.Range(min=0, max=3600)
DATABASE_CONNECT_TIMEOUT = env.int("DATABASE_CONNECT_TIMEOUT", 4, validate=validate.Range(min=1))
DATABASE_LOCK_TIMEOUT = env.float("DATABASE_LOCK_TIMEOUT", 5.0, validate=seconds)
DATABASE_STATEMENT_TIMEOUT = env.float("DATABASE_STATEMENT_TIMEOUT", 7.0, validate=seconds)
DATABASE_IDLE_TIMEOUT = env.float("DATABASE_IDLE_TIMEOUT", 10.0, validate=seconds)
DATABASE_POOL_SIZE = env.int("DATABASE_POOL_SIZE", 0, validate=validate.Range(min=0))
DATABASE_POOL_TIMEOUT = env.float("DATABASE_POOL_TIMEOUT", 3.0, validate=seconds)
if DATABASE_POOL_SIZE and database["ENGINE"] == "neofi.db":
    # It is started again by whoever opens a connection, and a pool opens them unseen.
    raise EnvValidationError(
        "DATABASE_POOL_SIZE needs a DATABASE_URL: the embedded server has no pool.", []
    )
EMBEDDED_POSTGRES_DIR = VAR_DIR / "postgres"
EMBEDDED_POSTGRES_DURABLE = env.bool("EMBEDDED_POSTGRES_DURABLE", True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": env.dj_cache_url("CACHE_URL", "locmem://")}
if CACHES["default"]["BACKEND"].endswith(".LocMemCache"):
    # At Django's 300 entries the oldest third is thrown out: by trying many names, anybody could
    # make the throttles forget.
    CACHES["default"].setdefault("OPTIONS", {}).setdefault("MAX_ENTRIES", 100_000)
if CACHES["default"]["BACKEND"].endswith(".RedisCache"):
    # Seconds. The client would wait for ever for one that is silent.
    CACHES["default"].setdefault("OPTIONS", {}).update(socket_connect_timeout=1, socket_timeout=1)

# Accounts
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.NameOrEmailBackend"]
# The user name is unique without regard to case, by a constraint that auth.W004 cannot see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
# OWASP's least for Argon2id (Password Storage Cheat Sheet); whoever has memory to spare takes more.
PASSWORD_TIME_COST = env.int("PASSWORD_TIME_COST", 2, validate=validate.Range(min=1, max=100))
PASSWORD_MEMORY_KIB = env.int(
    "PASSWORD_MEMORY_KIB", 19 * 1024, validate=validate.Range(min=8, max=4 * 1024 * 1024)
)
PASSWORD_HASHERS = [
    "accounts.hashers.PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator"},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]
LOGIN_URL = "/api-auth/login/"
LOGIN_REDIRECT_URL = "/api/"
LOGOUT_REDIRECT_URL = "/"

# Mail: printed, unless EMAIL_URL says how to send it. Django would wait for ever for a mail server
# that is silent.
_email = env.dj_email_url("EMAIL_URL", "console://")
if "EMAIL_BACKEND" not in _email:
    raise EnvValidationError(
        "EMAIL_URL: give a smtp://, submission://, file:// or console:// URL.", []
    )
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = _email["EMAIL_HOST"], _email["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_USER"], _email["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _email["EMAIL_USE_TLS"], _email["EMAIL_USE_SSL"]
EMAIL_FILE_PATH = _email["EMAIL_FILE_PATH"]
EMAIL_TIMEOUT = _email["EMAIL_TIMEOUT"] or 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "NeoFi <no-reply@localhost>")

# Language and time: the API speaks UTC, whatever the machine's clock says
LANGUAGE_CODE = "en"
USE_I18N = False
TIME_ZONE = "UTC"
USE_TZ = True

# Static files
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}

# Transport: HTTPS is the operator's proxy's; one variable says that it is there
HTTPS = env.bool("HTTPS", False)
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# How many proxies stand before the server: that many entries of X-Forwarded-For count.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0, validate=validate.Range(min=0))

# What is left of the middlewares for a call of the API with a token (neofi.middleware.api_calls)
API_MIDDLEWARE = [
    # Redirects to HTTPS, and says that it is there to stay.
    *(["django.middleware.security.SecurityMiddleware"] if HTTPS else []),
    "neofi.middleware.api_headers",
    "neofi.middleware.one_path_for_both_slashes",
    "neofi.middleware.limit_body",
]

# Limits on what is sent, and on how long that and what waits for a thread may take, in seconds
MAX_BODY_BYTES = 10 * 1024 * 1024
BODY_TIMEOUT = env.float("BODY_TIMEOUT", 60.0, validate=validate.Range(min=0.1))
QUEUE_TIMEOUT = env.float("QUEUE_TIMEOUT", 3.0, validate=validate.Range(min=0.1))
BLOCKING_THREADS = env.int("BLOCKING_THREADS", 4, validate=validate.Range(min=1))
# The beginnings of paths where passwords are hashed: what is sent there has one more thread to
# itself, for all that try to sign in at once must not take those of everybody else.
PASSWORD_PATHS = (
    "/api/auth/register",
    "/api/auth/login",
    "/api/auth/password",
    "/api/auth/email",
    "/api-auth/login",
    "/admin/login",
    "/admin/password_change",
    "/admin/accounts/user/",
    "/password/reset/",
)
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES
FILE_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES

# Django REST framework
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.BearerAuthentication",
        "accounts.authentication.BrowserSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": [
        "neofi.renderers.JSONRenderer",
        "neofi.renderers.MessagePackRenderer",
        "neofi.renderers.BrowsableAPIRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": [
        "neofi.parsers.JSONParser",
        "neofi.parsers.MessagePackParser",
        "neofi.parsers.SessionFormParser",
        "neofi.parsers.SessionMultiPartParser",
    ],
    "DEFAULT_PAGINATION_CLASS": "neofi.pagination.KeysetPagination",
    "DEFAULT_THROTTLE_CLASSES": ["neofi.throttling.UserThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "register": env.str("THROTTLE_REGISTER", "20/hour", validate=validate_rate),
        "login": env.str("THROTTLE_LOGIN", "30/min", validate=validate_rate),
        "refresh": env.str("THROTTLE_REFRESH", "60/min", validate=validate_rate),
        "reset": env.str("THROTTLE_RESET", "10/hour", validate=validate_rate),
        "share": env.str("THROTTLE_SHARE", "300/hour", validate=validate_rate),
        "user": env.str("THROTTLE_USER", "none", validate=validate_rate),
    },
    "DEFAULT_SCHEMA_CLASS": "neofi.schema.ProblemAutoSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "neofi.problem_handler.ProblemHandler",
    "EXCEPTION_FORMATTER_CLASS": "neofi.problem_handler.ProblemFormatter",
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
}

# JSON Web Tokens; what is in them, and how they rotate, is accounts/tokens.py
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=10),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=14),
    "SIGNING_KEY": SECRET_KEY,
}
# Seconds in which a second use of a refresh token is refused without ending its session
REFRESH_GRACE = env.int("REFRESH_GRACE", 0, validate=validate.Range(min=0))

# OpenAPI
SPECTACULAR_SETTINGS = {
    "TITLE": "NeoFi",
    "DESCRIPTION": (BASE_DIR / "neofi" / "api.md").read_text(),
    "VERSION": "0.1.0",
    "OAS_VERSION": "3.1.0",
    "SERVERS": [{"url": "/"}],
    "TAGS": [
        {"name": "accounts", "description": "Who you are: register, sign in and out, profile."},
        {"name": "events", "description": "What happens when, and the trash."},
        {"name": "versions", "description": "Every past state: listed, compared, gone back to."},
        {"name": "collaboration", "description": "Who may see and change an event."},
    ],
    "DEFAULT_GENERATOR_CLASS": "neofi.schema.CachedGenerator",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {
        "deepLinking": True,
        "persistAuthorization": True,
        "tryItOutEnabled": True,
        "displayRequestDuration": True,
        "filter": True,
        "docExpansion": "list",
        "defaultModelsExpandDepth": 0,
    },
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api",
    "SORT_OPERATION_PARAMETERS": "neofi.schema.rank_of_parameter",
    "ENUM_SUFFIX": "",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "Role": "events.roles.Role",
        "ShareableRole": "collaboration.serializers.sharing.SHAREABLE",
        "Action": "events.models.history.Action",
        "ContentAction": "events.serializers.versions.CONTENT_ACTIONS",
    },
}

# The admin's theme; its colours are shades of one blue
_BLUE = [97, 93, 87, 79, 70, 61, 53, 46, 39, 33, 25]
_SHADES = [50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 950]
UNFOLD = {
    "SITE_TITLE": "NeoFi",
    "SITE_HEADER": "NeoFi",
    "SITE_SUBHEADER": "Staff",
    "SITE_ICON": lambda request: static("neofi/icon.svg"),
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("neofi/icon.svg"),
        }
    ],
    "STYLES": [
        lambda request: static("neofi/admin.css"),
        lambda request: static("neofi/dashboard.css"),
    ],
    "COLORS": {
        "primary": {
            str(shade): f"oklch({light}% {0.015 if light > 90 else 0.1} 243)"
            for shade, light in zip(_SHADES, _BLUE, strict=True)
        }
    },
    "DASHBOARD_CALLBACK": "collaboration.admin.dashboard.dashboard",
    "SIDEBAR": {"navigation": "collaboration.admin.navigation.groups"},
}

# History: with a key, the hashes of versions are HMACs, which the database alone cannot make anew
HISTORY_KEY = env.str("HISTORY_KEY", "")
# For manage.py rekey_history alone: the key, or none, that the versions have had so far
HISTORY_KEY_BEFORE = env.str("HISTORY_KEY_BEFORE", "")
# Days in the trash after which manage.py purge_trash removes an event for good
TRASH_DAYS = env.int("TRASH_DAYS", 30, validate=validate.Range(min=0, max=36_500))
# The date's index is ours, with the event in front of it (events/models)
SIMPLE_HISTORY_DATE_INDEX = False

# Logs: one line for each request, on standard error
LOG_LEVEL = env.str(
    "LOG_LEVEL",
    "INFO",
    validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]),
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "neofi.logs.RequestId"},
        "outages": {"()": "neofi.logs.OutagesInOneLine"},
    },
    "formatters": {
        "line": {
            "format": "{asctime} {levelname} {name} id={request_id} {message}",
            "style": "{",
        }
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request_id"],
            "formatter": "line",
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # As the root says, and without the handlers that Django brings.
        "django": {"level": "NOTSET"},
        # The access log has each request already, with its id.
        "django.request": {"level": "ERROR", "filters": ["outages"]},
    },
}
