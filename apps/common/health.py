"""/livez: the process answers. /readyz: it can serve. /metrics: what the jobs do.

The sidecar is not part of readiness: without it pages, answers and uploads go
on, and feedback arrives later.
"""

from __future__ import annotations

from collections.abc import Iterator

import redis
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from .jobs import Job


def livez(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    checks = {"database": _database(), "broker": _broker()}
    ready = all(state == "ok" for state in checks.values())
    return JsonResponse(checks, status=200 if ready else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return "ok"


def _broker() -> str:
    try:
        with redis.Redis.from_url(
            settings.LIVE_STREAM_URL, socket_connect_timeout=1, socket_timeout=1
        ) as client:
            client.ping()
    except redis.RedisError:
        return "unreachable"
    return "ok"


class JobCollector(Collector):
    """Unfinished and failed jobs by kind, and the age of the oldest that waits."""

    def collect(self) -> Iterator[Metric]:
        count = GaugeMetricFamily(
            "ssammu_jobs", "Jobs by kind and status", labels=["kind", "status"]
        )
        age = GaugeMetricFamily(
            "ssammu_jobs_oldest_queued_seconds", "Age of the oldest queued job", labels=["kind"]
        )
        for model in apps.get_models():
            if not issubclass(model, Job):
                continue
            statuses = [Job.Status.QUEUED, Job.Status.RUNNING, Job.Status.FAILED]
            totals = model._default_manager.aggregate(
                **{str(s): Count("pk", filter=Q(status=s)) for s in statuses},
                oldest=Min("queued_at", filter=Q(status=Job.Status.QUEUED)),
            )
            for status in statuses:
                count.add_metric([model.KIND, status], totals[status])
            oldest = totals["oldest"]
            seconds = (timezone.now() - oldest).total_seconds() if oldest else 0.0
            age.add_metric([model.KIND], seconds)
        yield count
        yield age


def metrics(request: HttpRequest) -> HttpResponse:
    registry = CollectorRegistry()
    registry.register(JobCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
