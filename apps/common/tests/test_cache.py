"""The cache while Redis is there, and while it is away."""

from __future__ import annotations

import pytest
from django.conf import settings as django_settings

from apps.common.cache import FailOpenRedisCache


@pytest.fixture
def away():
    return FailOpenRedisCache("redis://127.0.0.1:1/1", {})


def test_it_is_the_cache_of_the_site():
    from config.settings import base

    assert base.CACHES["default"]["BACKEND"] == "apps.common.cache.FailOpenRedisCache"


def test_with_redis_it_keeps_what_it_is_given(valkey):
    cache = FailOpenRedisCache(django_settings.LIVE_STREAM_URL, {})

    cache.set("a", [1, 2], 30)

    assert cache.get("a") == [1, 2]
    assert cache.add("a", 3) is False
    assert cache.delete("a") is True
    assert cache.get("a", "none") == "none"


def test_without_redis_it_is_empty(away):
    away.set("a", 1)

    assert away.get("a") is None
    assert away.get("a", 5) == 5
    assert away.add("a", 1) is True
    assert away.delete("a") is False


@pytest.mark.django_db
def test_without_redis_the_api_and_the_login_page_go_on(client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "apps.common.cache.FailOpenRedisCache",
            "LOCATION": "redis://127.0.0.1:1/1",
        }
    }

    token = client.post(
        "/api/v1/auth/token",
        {"email": "nobody@example.org", "password": "x"},
        content_type="application/json",
    )
    login = client.post("/accounts/login/", {"login": "nobody@example.org", "password": "x"})

    assert token.status_code == 401
    assert login.status_code == 200
