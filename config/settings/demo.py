"""One machine, nothing to install by hand: SQLite, Valkey, SeaweedFS, vLLM on CPU.

Everything it writes lies in var/. Its key and logins are public: never serve it
to strangers.
"""

import os
from pathlib import Path

import environ

# The ports that `make demo` chose, so that `manage.py` beside it finds its servers.
# What the environment names already wins. Read before base, whose defaults it replaces.
environ.Env.read_env(Path(__file__).resolve().parent.parent.parent / "var" / "addresses.env")
for _name, _value in {
    "S3_ENDPOINT_URL": "http://127.0.0.1:8333",
    "S3_ACCESS_KEY": "demo",
    "S3_SECRET_KEY": "demo-secret",
    "S3_ADDRESSING_STYLE": "path",
}.items():
    os.environ.setdefault(_name, _value)

from .base import *
from .base import VAR_DIR, env, mariadb

SECRET_KEY = "demo-only-key-that-everyone-can-read-in-the-repository"
ALLOWED_HOSTS = ["*"]
DEMO = True

VAR_DIR.mkdir(exist_ok=True)
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": env.str("SQLITE_PATH", default=str(VAR_DIR / "db.sqlite3")),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}
# Mail goes to the console, so nobody need open a link in it to try the site.
ACCOUNT_EMAIL_VERIFICATION = "optional"
if "DATABASE_URL" in env:
    # The service suites run the demo's processes on MariaDB.
    DATABASES = {
        "default": mariadb(env.db("DATABASE_URL"), read_timeout=600)
    }  # tables are made here
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
