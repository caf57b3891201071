"""The database's clock: what several machines compare, one of them tells.

A worker's own clock may be minutes off. Were leases to compare with it, a sweeper that is
fast would take living workers' jobs from them.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection

_QUESTIONS = {
    "mysql": "SELECT UTC_TIMESTAMP(6)",
    "sqlite": "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')",
}


def now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute(_QUESTIONS[connection.vendor])
        told = cursor.fetchone()[0]
    moment = told if isinstance(told, datetime) else datetime.fromisoformat(told)
    return moment.replace(tzinfo=UTC)
