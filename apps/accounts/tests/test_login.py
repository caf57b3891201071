"""Logging in and out, and the lock after ten wrong passwords on every way in."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth import SESSION_KEY
from django.urls import reverse
from django.utils import timezone

from conftest import PASSWORD

pytestmark = pytest.mark.django_db


def _page(client, password, email="alice@example.org", **extra):
    data = {"login": email, "password": password}
    return client.post(reverse("account_login"), data, **extra)


def _token(client, password, email="alice@example.org", **extra):
    body = {"email": email, "password": password}
    return client.post("/api/v1/auth/token", body, content_type="application/json", **extra)


def _admin(client, password, email="alice@example.org", **extra):
    data = {"username": email, "password": password}
    return client.post(reverse("admin:login"), data, **extra)


WAYS = [_page, _token, _admin]


@pytest.fixture(autouse=True)
def _no_throttle(monkeypatch):
    """The lock is what counts here; throttles have tests of their own."""
    monkeypatch.setattr(
        "rest_framework.throttling.SimpleRateThrottle.allow_request", lambda *_: True
    )


def test_it_works(client, candidate):
    response = _page(client, PASSWORD, email=" Alice@Example.org ")

    assert (response.status_code, response.url) == (302, "/questions/")
    assert client.session[SESSION_KEY] == str(candidate.pk)


def test_it_goes_back_where_the_person_was(client, candidate):
    response = client.post(
        reverse("account_login") + "?next=/questions/x/",
        {"login": candidate.email, "password": PASSWORD, "next": "/questions/x/"},
    )

    assert response.url == "/questions/x/"


def test_logout_needs_a_post(client_for, candidate):
    client = client_for(candidate)

    client.get(reverse("account_logout"))
    assert SESSION_KEY in client.session
    client.post(reverse("account_logout"))

    assert SESSION_KEY not in client.session


def test_a_wrong_password_and_a_wrong_address_look_alike(client, candidate):
    wrong = _page(client, "wrong")
    unknown = _page(client, "wrong", email="who@example.org")

    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert SESSION_KEY not in client.session


@pytest.mark.parametrize("last", WAYS)
@pytest.mark.parametrize("way", WAYS)
def test_ten_wrong_passwords_lock_every_way_in(client, staff, way, last):
    for _time in range(9):
        assert way(client, "wrong", email="Staff@example.org").status_code in (200, 401)
    assert way(client, "wrong", email="staff@example.org").status_code == 429

    response = last(client, PASSWORD, email="staff@example.org")

    assert response.status_code == 429
    assert SESSION_KEY not in client.session
    if last is _token:
        assert response.json()["error"]["code"] == "locked_out"
        assert "token" not in response.json()


def test_the_lock_is_for_that_address_from_that_place(client, candidate, other_candidate):
    for _time in range(10):
        _page(client, "wrong")

    assert _page(client, PASSWORD, email=other_candidate.email).status_code == 302
    assert _page(client, PASSWORD, REMOTE_ADDR="203.0.113.9").status_code == 302


def test_a_right_password_forgets_the_wrong_ones(client, candidate):
    for _time in range(9):
        _page(client, "wrong")
    assert _page(client, PASSWORD).status_code == 302

    assert AccessAttempt.objects.count() == 0


def test_the_lock_opens_after_ten_minutes(client, candidate):
    for _time in range(10):
        _page(client, "wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=10, seconds=1))

    assert _page(client, PASSWORD).status_code == 302


def test_the_locked_page_says_what_to_do(client, candidate):
    for _time in range(9):
        _page(client, "wrong")

    response = _page(client, "wrong")

    assert response.status_code == 429
    assert "account/locked_out.html" in [template.name for template in response.templates]


def test_no_diary_of_logins_is_kept(client, candidate):
    _page(client, PASSWORD)
    client.post(reverse("account_logout"))

    assert AccessLog.objects.count() == 0


def test_the_password_is_not_written_down(client, candidate):
    _page(client, "my-secret-typo")
    _token(client, "my-secret-typo")

    written = json.dumps(list(AccessAttempt.objects.values()), default=str)
    assert "my-secret-typo" not in written
