"""/livez, /readyz, /metrics."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.utils import timezone

from apps.interview.models import Attempt, Feedback


def test_livez_needs_nothing(client):
    response = client.get("/livez")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_ready(client, valkey):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"database": "ok", "broker": "ok"}


@pytest.mark.django_db
def test_ready_without_the_sidecar(client, valkey, settings):
    settings.INFERENCE_URL = "http://127.0.0.1:1"

    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_not_ready_without_the_broker(client):
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"database": "ok", "broker": "unreachable"}


def test_not_ready_without_the_database(client, valkey, monkeypatch):
    def refuse():
        raise OperationalError("gone")

    monkeypatch.setattr("apps.common.health.connection.cursor", refuse)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"database": "unreachable", "broker": "ok"}


def test_metrics_tell_what_jobs_do(client, candidate, question, monkeypatch):
    now = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    for number, status in enumerate(["queued", "queued", "running", "failed", "succeeded"]):
        attempt = Attempt.objects.create(
            user=candidate,
            question=question,
            number=number,
            language="en",
            answer="a",
            idempotency_key=uuid4().hex,
        )
        queued_at = now - timedelta(seconds=30 * (number + 1))
        Feedback.objects.create(attempt=attempt, status=status, queued_at=queued_at)

    text = client.get("/metrics").text

    assert 'ssammu_jobs{kind="feedback",status="queued"} 2.0' in text
    assert 'ssammu_jobs{kind="feedback",status="running"} 1.0' in text
    assert 'ssammu_jobs{kind="feedback",status="failed"} 1.0' in text
    assert 'ssammu_jobs_oldest_queued_seconds{kind="feedback"} 60.0' in text
