"""Production: every secret and address from the environment, none with a default.

What is missing, empty or unsafe stops the start with its name; all of it at once, so that
nobody has to start five times to learn five names.
"""

from django.core.exceptions import ImproperlyConfigured

from .base import *
from .base import env, mariadb

SECRET_MIN_LENGTH = 50  # what `manage.py check --deploy` asks of SECRET_KEY
SECRET_MIN_CHARACTERS = 5  # different ones
TOKEN_MIN_LENGTH = 16
_problems: dict[str, str] = {}


def _required(name: str) -> str:
    value = env.str(name, default="").strip()
    if not value:
        _problems[name] = "is missing or empty"
    return value


def _secret(name: str, min_length: int) -> str:
    value = _required(name)
    if value and (len(value) < min_length or len(set(value)) < SECRET_MIN_CHARACTERS):
        _problems[name] = (
            f"is too easy to guess: {min_length} characters or more, as "
            "`python -c 'import secrets; print(secrets.token_urlsafe(50))'` writes them"
        )
    return value


SECRET_KEY = _secret("SECRET_KEY", SECRET_MIN_LENGTH)
if SECRET_KEY.startswith(("django-insecure-", "demo-only-")):
    _problems["SECRET_KEY"] = "is one that everybody can read"

ALLOWED_HOSTS = [host.strip() for host in _required("ALLOWED_HOSTS").split(",") if host.strip()]
if "*" in ALLOWED_HOSTS:
    _problems["ALLOWED_HOSTS"] = "must name the hosts: with * anybody may name theirs in our mails"
if ALLOWED_HOSTS:
    SITE_URL = env.str("SITE_URL", default=f"https://{ALLOWED_HOSTS[0].lstrip('.')}")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# mysql://user:password@host:3306/ssammu
_address = _required("DATABASE_URL")
if _address.startswith(("mysql://", "mysql2://")):
    DATABASES = {"default": mariadb(env.db("DATABASE_URL"))}
    if not DATABASES["default"]["NAME"]:
        _problems["DATABASE_URL"] = "names no database: mysql://user:password@host:3306/name"
elif _address:
    _problems["DATABASE_URL"] = "must be mysql://user:password@host:3306/name"

# base reads these, with defaults that only one machine's demo can live with.
for _name in ("REDIS_URL", "INFERENCE_URL", "S3_BUCKET", "S3_ACCESS_KEY", "S3_SECRET_KEY"):
    _required(_name)
_secret("INFERENCE_TOKEN", TOKEN_MIN_LENGTH)

# Mail goes out through a task (apps.common.mail), which uses what EMAIL_URL names.
if _required("EMAIL_URL"):
    _mail = env.email_url("EMAIL_URL")
    MAIL_DELIVERY_BACKEND = _mail.pop("EMAIL_BACKEND")
    vars().update(_mail)
EMAIL_BACKEND = "apps.common.mail.TaskBackend"
DEFAULT_FROM_EMAIL = _required("DEFAULT_FROM_EMAIL")

if _problems:
    raise ImproperlyConfigured(
        "Set these before starting (deploy/README.md says what each means): "
        + "; ".join(f"{name} {problem}" for name, problem in sorted(_problems.items()))
    )

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
DEMO = False
# Neither is ours to promise: other hosts of the domain belong to others.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
