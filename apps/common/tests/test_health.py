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


class TestWhoMayAsk:
    """Probes know an address and no name; /metrics is not for the public."""

    @pytest.fixture(autouse=True)
    def _public_name(self, settings):
        settings.ALLOWED_HOSTS = ["ssammu.example.org"]

    @pytest.mark.parametrize("host", ["10.0.3.7:8000", "web:8000", "[fd00::7]:8000"])
    @pytest.mark.django_db
    def test_an_address_that_no_setting_names(self, client, valkey, host):
        for path in ("/livez", "/readyz", "/metrics"):
            assert client.get(path, headers={"host": host}).status_code == 200
        assert client.get("/questions/", headers={"host": host}).status_code == 400

    @pytest.mark.parametrize(
        "headers",
        [
            {"host": "ssammu.example.org"},
            {"host": "10.0.3.7", "x-forwarded-for": "203.0.113.7"},
            {"host": "10.0.3.7", "x-forwarded-proto": "https"},
        ],
    )
    def test_metrics_are_not_there_for_who_comes_through_the_proxy(self, client, headers):
        assert client.get("/metrics", headers=headers).status_code == 404
        assert client.get("/livez", headers=headers).status_code == 200

    def test_nothing_is_sent_to_them(self, client):
        assert client.post("/livez").status_code == 405
