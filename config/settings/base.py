"""Settings that hold everywhere. demo.py, production.py and test.py add the rest.

Values that differ by machine come from the environment through django-environ,
typed, so a wrong one stops the start with its name.
"""

from pathlib import Path
from typing import Any

import environ
import structlog
from celery.schedules import schedule
from csp.constants import NONE, SELF

from apps.common.logs import without_keys

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = BASE_DIR / "var"
env = environ.Env()

DEBUG = False
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "modeltranslation",  # before admin, so that its admin classes see translated fields
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.github",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.kakao",
    "axes",
    "csp",
    "django_celery_beat",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "rest_framework",
    "apps.common",
    "apps.accounts",
    "apps.sheets",
    "apps.interview",
    "apps.reviews",
    "apps.practice",
    "apps.progress",
    "apps.resume",
    "apps.companies",
    "apps.home",
]

# No GZipMiddleware: it holds a stream back to its end.
MIDDLEWARE = [
    "apps.common.health.probes_middleware",  # first: a probe has no Host and no session
    "apps.common.connections.give_back_middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "apps.common.composed.composed_middleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.accounts.middleware.interface_language_middleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "apps.accounts.middleware.known_browser_middleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.common.context_processors.site",
            ],
        },
    },
]

# Languages. Content has a column for each (django-modeltranslation); where one is
# empty the other shows.
LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", "한국어"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Seoul"
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
MODELTRANSLATION_DEFAULT_LANGUAGE = "ko"
MODELTRANSLATION_FALLBACK_LANGUAGES = {"default": ("ko", "en")}

# Accounts
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation." + name}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "interview:question_list"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "apps.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# With a mandatory link sign-up tells nobody whether an address has an account.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
# Failed logins are counted by axes, in the database, for every way in.
# Mail goes to whom a stranger names: few an hour for each address, and from each.
ACCOUNT_RATE_LIMITS = {
    "login_failed": None,
    "reset_password": "5/m/ip,20/h/ip,3/h/key",
    "signup": "20/m/ip,60/h/ip",
    "manage_email": "10/m/user,20/h/user",
}
# The way in for somebody whose account a stranger keeps locked.
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Ssammu] "
ACCOUNT_FORMS = {"signup": "apps.accounts.forms.SignupForm"}
ACCOUNT_SESSION_REMEMBER = True
SOCIALACCOUNT_ADAPTER = "apps.accounts.adapters.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_LOGIN_ON_GET = False


def _social_provider(name: str, scope: list[str]) -> dict[str, Any]:
    """A provider exists only where its keys are configured, so its button does too."""
    client_id = env.str(f"{name.upper()}_CLIENT_ID", default="")
    if not client_id:
        return {"APPS": []}
    return {
        "APPS": [{"client_id": client_id, "secret": env.str(f"{name.upper()}_CLIENT_SECRET")}],
        "SCOPE": scope,
    }


SOCIALACCOUNT_PROVIDERS = {
    "kakao": _social_provider("kakao", ["account_email", "profile_nickname"]),
    "google": _social_provider("google", ["profile", "email"]),
    "github": _social_provider("github", ["user:email"]),
}

# Ten wrong passwords for one e-mail from one address lock that pair for ten minutes; how
# many lock the account itself, and for whom, is in apps.accounts.locks.
AXES_HANDLER = "apps.accounts.locks.LockHandler"
AXES_CLIENT_IP_CALLABLE = "apps.common.addresses.client_address"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 1 / 6  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "apps.accounts.services.login_name"
AXES_DISABLE_ACCESS_LOG = True  # who logged in when is nobody's business
AXES_RESET_ON_SUCCESS = True
# A try that is refused unheard neither counts nor makes the lock longer.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"

# How many connections to the database one process may have open at a time; what needs one
# more waits, and is told to come back after ten seconds. All processes together stay below
# the server's max_connections: deploy/README.md counts them.
DATABASE_CONNECTIONS = env.int("DATABASE_CONNECTIONS", default=20)
# Seconds until a database that does not answer is an error. Migrations need longer.
DATABASE_CONNECT_TIMEOUT = 2
DATABASE_READ_TIMEOUT = env.int("DATABASE_READ_TIMEOUT", default=10)


def mariadb(address: dict[str, Any], read_timeout: int = DATABASE_READ_TIMEOUT) -> dict[str, Any]:
    """Django's settings for MariaDB or MySQL at ``address``, as env.db reads it.

    No connection outlives its request (CONN_MAX_AGE): under ASGI each has a thread of its
    own, so that a kept connection would stay open and never be used again.
    """
    return address | {
        "ENGINE": "apps.common.mariadb",
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "charset": "utf8mb4",
            "isolation_level": "read committed",
            "init_command": "SET sql_mode='STRICT_TRANS_TABLES'",
            "connect_timeout": DATABASE_CONNECT_TIMEOUT,
            "read_timeout": read_timeout,
            "write_timeout": read_timeout,
        },
    }


# One Redis or Valkey: database 0 is the broker and the live streams, 1 the cache.
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379")
CACHES = {
    "default": {
        "BACKEND": "apps.common.cache.FailOpenRedisCache",
        "LOCATION": f"{REDIS_URL}/1",
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
}
LIVE_STREAM_URL = f"{REDIS_URL}/0"

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=f"{REDIS_URL}/0")
CELERY_TASK_IGNORE_RESULT = True  # results are rows; see apps.common.jobs
CELERY_RESULT_EXPIRES = None  # so beat adds no schedule that cleans up results
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "maintenance"
CELERY_TASK_ROUTES = {
    "apps.interview.tasks.run_feedback": {"queue": "interactive"},
    "apps.reviews.tasks.run_review": {"queue": "interactive"},
    "apps.resume.tasks.*": {"queue": "documents"},
    "apps.sheets.tasks.run_sheet_import": {"queue": "documents"},
    # A mail server that hangs holds its own worker's threads only.
    "apps.common.tasks.send_mail": {"queue": "mail"},
    # Moments of work that must not stand behind minutes of it.
    "apps.companies.tasks.run_summaries": {"queue": "maintenance"},
    "apps.companies.tasks.send_summary_jobs": {"queue": "maintenance"},
    "apps.companies.tasks.close_summary_runs": {"queue": "maintenance"},
    "apps.companies.tasks.*": {"queue": "bulk"},
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 2,
    "socket_timeout": 30,
    # A message whose worker died comes back after this; the sweeper is faster.
    "visibility_timeout": 600,
}
# A submit must not hang on a broker that is down: the row is safe, the sweeper enqueues it.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1, "interval_max": 0.2}
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
# Written into the database whenever beat starts, over what staff made of them in admin:
# only what must run as it stands here. Schedules that are staff's to set are rows that a
# migration made once (apps/companies/migrations/0002_schedules.py).
CELERY_BEAT_SCHEDULE = {
    "sweep lost jobs": {
        "task": "apps.common.tasks.sweep_jobs",
        "schedule": schedule(run_every=30),
    },
    "close summary runs": {
        "task": "apps.companies.tasks.close_summary_runs",
        "schedule": schedule(run_every=60),
    },
    "sweep leftover files": {
        "task": "apps.common.tasks.sweep_leftovers",
        "schedule": schedule(run_every=600),
    },
    "clear what has expired": {
        "task": "apps.accounts.tasks.clear_expired",
        "schedule": schedule(run_every=24 * 60 * 60),
    },
    "send the question of the day": {
        "task": "apps.reviews.tasks.send_daily_mail",
        "schedule": schedule(run_every=600),
    },
    "close sessions whose time is up": {
        "task": "apps.practice.tasks.close_sessions",
        "schedule": schedule(run_every=30),
    },
    "forget sessions never begun": {
        "task": "apps.practice.tasks.forget_sessions",
        "schedule": schedule(run_every=24 * 60 * 60),
    },
    "sweep unfinished uploads": {
        "task": "apps.resume.tasks.sweep_uploads",
        "schedule": schedule(run_every=24 * 60 * 60),
    },
    "sweep old sheet imports": {
        "task": "apps.sheets.tasks.sweep_sheet_imports",
        "schedule": schedule(run_every=24 * 60 * 60),
    },
}

# Inference: the sidecar, reached only through apps.common.inference.
INFERENCE_URL = env.str("INFERENCE_URL", default="http://127.0.0.1:8100")
INFERENCE_TOKEN = env.str("INFERENCE_TOKEN", default="")

# Files, through apps.common.storage.
S3: dict[str, Any] = {
    "bucket": env.str("S3_BUCKET", default="ssammu"),
    "endpoint_url": env.str("S3_ENDPOINT_URL", default=None),
    # Where browsers reach the store, if that is another address than ours.
    "public_endpoint_url": env.str("S3_PUBLIC_ENDPOINT_URL", default=None),
    "access_key": env.str("S3_ACCESS_KEY", default=None),
    "secret_key": env.str("S3_SECRET_KEY", default=None),
    "region": env.str("S3_REGION", default="us-east-1"),
    "addressing_style": env.str("S3_ADDRESSING_STYLE", default="auto"),
    # Whose pages may send files to the store; what they may send is signed in any case.
    "cors_origins": env.list("S3_CORS_ORIGINS", default=["*"]),
}


def _s3_origins() -> list[str]:
    """Where browsers send files to and read them from."""
    bucket, region = S3["bucket"], S3["region"]
    address = S3["public_endpoint_url"] or S3["endpoint_url"]
    if not address:
        return [f"https://{bucket}.s3.amazonaws.com", f"https://{bucket}.s3.{region}.amazonaws.com"]
    if S3["addressing_style"] == "path":
        return [address]
    return [address, address.replace("://", f"://{bucket}.", 1)]


# Draws the pages of previews; where there is none they are HTML.
SOFFICE = env.str("SOFFICE", default="soffice")

STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3["bucket"],
            "endpoint_url": S3["endpoint_url"],
            "access_key": S3["access_key"],
            "secret_key": S3["secret_key"],
            "region_name": S3["region"],
            "addressing_style": S3["addressing_style"],
            "default_acl": None,
            "querystring_auth": True,
            "querystring_expire": 300,
            "file_overwrite": False,
        },
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
IMPORT_EXPORT_USE_TRANSACTIONS = True
# Without these two it asks for no permission at all. (apps.sheets asks for more.)
IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "change"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "view"
IMPORT_EXPORT_SKIP_ADMIN_ACTION_EXPORT_UI = True

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.accounts.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["apps.common.api.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "apps.common.api.AddressThrottle",
        "rest_framework.throttling.UserRateThrottle",
        "apps.common.api.ScopedAddressThrottle",
    ],
    # Of requests. What a person may do how often stands in the services (apps.common.limits).
    "DEFAULT_THROTTLE_RATES": {"anon": "120/min", "user": "600/min", "token": "10/min"},
    "EXCEPTION_HANDLER": "apps.common.api.exception_handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Ssammu API",
    "DESCRIPTION": "Interview practice with streamed feedback.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "JobStatus": "apps.common.jobs.Job.Status",
        "Mark": "apps.interview.serializers.MARKS",
        "DisputeStatus": "apps.interview.models.Dispute.Status",
        "ResumeStatus": "apps.resume.api.resumes.STATUSES",
        "Language": "django.conf.settings.LANGUAGES",
    },
}

# Browsers hold the redirects of a form to form-action, too: the login pages of a provider
# are named where its button exists.
_PROVIDER_PAGES = {
    "kakao": ["https://kauth.kakao.com", "https://accounts.kakao.com"],
    "google": ["https://accounts.google.com"],
    "github": ["https://github.com"],
}
_FORM_TARGETS = [
    page
    for name, pages in _PROVIDER_PAGES.items()
    if SOCIALACCOUNT_PROVIDERS[name]["APPS"]
    for page in pages
]

# A strict policy: no inline script or style anywhere on our pages.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", *_s3_origins()],
        "connect-src": [SELF, *_s3_origins()],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF, *_FORM_TARGETS],
    }
}
# Nothing here uses any of these, so nothing that gets in here can.
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        "accelerometer",
        "autoplay",
        "camera",
        "display-capture",
        "fullscreen",
        "geolocation",
        "gyroscope",
        "hid",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "serial",
        "usb",
    )
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "apps.common.views.csrf_failure"

DEFAULT_FROM_EMAIL = "Ssammu <no-reply@ssammu.test>"
# Where the site is, for mails that no request caused.
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{env.str('PORT', default='8000')}")
EMAIL_TIMEOUT = 10  # seconds
# What apps.common.mail's task sends through, where EMAIL_BACKEND is apps.common.mail.TaskBackend.
MAIL_DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
# How long a request may be, by the beginning of its path (apps.common.bodies; deploy/nginx.conf
# says the same). Files get a megabyte more than their form takes, so that the form can say so.
_KILOBYTE, _MEGABYTE = 1024, 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * _MEGABYTE
BODY_MAX_BYTES = [
    (r"/(accounts|api/v1/auth|admin/login)/", 64 * _KILOBYTE),  # whoever may send: anybody
    (r"/resumes/$", 11 * _MEGABYTE),
    (r"/profile/photo$", 9 * _MEGABYTE),
    (r"/admin/companies/sourcetext/upload/$", 11 * _MEGABYTE),
    (r"/admin/resume/documenttemplate/", 6 * _MEGABYTE),
    (r"/admin/\w+/\w+/import/$", 6 * _MEGABYTE),
]
# The review of a long résumé is one form, with a dozen fields for each entry.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# One line an event, key=value, for Django's, Celery's and our own loggers alike.
LOG_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=False),
    structlog.processors.format_exc_info,
]
structlog.configure(
    processors=[*LOG_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                without_keys,
                structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
            ],
            "foreign_pre_chain": LOG_PROCESSORS,
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "axes": {"level": "WARNING"},
        "botocore": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
    },
}
