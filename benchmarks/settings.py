"""The demo's settings, plus what a measurement needs: an empty view and a query count.

BENCH_DATABASE_URL measures another database than SQLite, for example
mysql://root@127.0.0.1:3306/ssammu_bench.
"""

from config.settings import demo
from config.settings.demo import *  # noqa: F403
from config.settings.demo import MIDDLEWARE, env

ROOT_URLCONF = "benchmarks.urls"
MIDDLEWARE = ["benchmarks.query_count.QueryCountMiddleware", *MIDDLEWARE]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT = demo.VAR_DIR / "bench" / "static"

if url := env.str("BENCH_DATABASE_URL", default=""):
    # As in production.py, which would want every other secret too.
    DATABASES = {
        "default": env.db_url_config(url)
        | {
            "OPTIONS": {
                "charset": "utf8mb4",
                "isolation_level": "read committed",
                "init_command": "SET sql_mode='STRICT_TRANS_TABLES'",
            },
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    }
