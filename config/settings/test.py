"""The fast suite: the scripted sidecar, a private Valkey where a test asks for one.

TEST_DATABASE_URL runs the same suite on MariaDB (the services suite in .ci/run).
"""

import os
import tempfile

from .base import *
from .base import BASE_DIR, S3, STORAGES, VAR_DIR, env, mariadb

SECRET_KEY = "test"
ALLOWED_HOSTS = ["*"]
DEMO = False
DATABASES = {"default": env.db("TEST_DATABASE_URL", default="sqlite://:memory:")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, and the demo's options: two threads race as they do there.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
    }
    TEST_FOLDER = tempfile.TemporaryDirectory(prefix="ssammu-test-")  # gone when Python ends
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(TEST_FOLDER.name, "db.sqlite3")}
if DATABASES["default"]["ENGINE"].endswith("mysql"):
    DATABASES["default"] = mariadb(DATABASES["default"], read_timeout=600)  # tables are made here
    DATABASES["default"]["TEST"] = {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_unicode_ci"}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = MAIL_DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_BROKER_URL = "memory://"
# Nothing listens there: a test that needs one of these asks for its fixture.
LIVE_STREAM_URL = "redis://127.0.0.1:1/0"
INFERENCE_URL = "http://127.0.0.1:1"
SOFFICE = "no-such-program"  # a conversion takes seconds: the tests of it name the real one
S3 |= {
    "endpoint_url": "http://127.0.0.1:1",
    "access_key": "test",
    "secret_key": "test-secret",
    "addressing_style": "path",
}
STORAGES["default"] = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": VAR_DIR / "test-files"},
}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT = BASE_DIR / "static"
