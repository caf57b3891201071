"""/livez: the process answers. /readyz: it can serve. /metrics: what the jobs do.

The sidecar is not part of readiness: without it pages, answers and uploads go
on, and feedback arrives later.

They are answered before anything looks at the Host: probes come by the address of a
machine or a pod, which no ALLOWED_HOSTS can name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import redis
from asgiref.sync import iscoroutinefunction, sync_to_async
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import split_domain_port, validate_host
from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from .connections import PATIENCE_FOR_A_PLACE, ConnectionsTaken, connection_given_back
from .jobs import Job

PROBE_PATIENCE = 0.5
"""Seconds: whoever probes gives up after one or so."""
FORWARDED = ("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST")
"""What a proxy in front of the public host adds, and its client cannot take away."""


def livez(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    checks = {"database": _database(), "broker": _broker()}
    ready = all(state in ("ok", "busy") for state in checks.values())
    return JsonResponse(checks, status=200 if ready else 503)


def _database() -> str:
    """``busy``: this process uses all its connections. It serves, and others are no less busy."""
    patience = PATIENCE_FOR_A_PLACE.set(PROBE_PATIENCE)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except ConnectionsTaken:
        return "busy"
    except DatabaseError:
        return "unreachable"
    finally:
        PATIENCE_FOR_A_PLACE.reset(patience)
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
    if not is_from_inside(request):
        return HttpResponse(status=404)
    registry = CollectorRegistry()
    registry.register(JobCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def is_from_inside(request: HttpRequest) -> bool:
    """Whether it came straight to this process, not through the site's public name."""
    host, _port = split_domain_port(request.META.get("HTTP_HOST", ""))
    public = [name for name in settings.ALLOWED_HOSTS if name != "*"]
    return not any(name in request.META for name in FORWARDED) and not validate_host(host, public)


PROBES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/livez": livez,
    "/readyz": readyz,
    "/metrics": metrics,
}


def _probe(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    with connection_given_back():
        return PROBES[request.path](request)


@sync_and_async_middleware
def probes_middleware(get_response: Callable[[HttpRequest], Any]) -> Any:
    """Answers the three addresses; everything else goes on."""
    if iscoroutinefunction(get_response):
        respond: Callable[[HttpRequest], Awaitable[HttpResponse]] = get_response

        async def async_middleware(request: HttpRequest) -> HttpResponse:
            if request.path in PROBES:
                return await sync_to_async(_probe)(request)
            return await respond(request)

        return async_middleware

    def middleware(request: HttpRequest) -> HttpResponse:
        return _probe(request) if request.path in PROBES else get_response(request)

    return middleware
