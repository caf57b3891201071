"""No key that opens an account stands in a log."""

from __future__ import annotations

import importlib
import logging

import pytest

from apps.common.logs import WithoutKeys, mask, without_keys


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/accounts/password/reset/key/1-d7k2-abc/", "/accounts/password/reset/key/…/"),
        ("/accounts/password/reset/key/1-set-password/", "/accounts/password/reset/key/…/"),
        ("/accounts/confirm-email/MQ:1x:abc/", "/accounts/confirm-email/…/"),
        (
            "/accounts/kakao/login/callback/?code=abc&state=x",
            "/accounts/kakao/login/callback/?…",
        ),
        ("/questions/?q=tcp", "/questions/?q=tcp"),
        ("/accounts/login/", "/accounts/login/"),
    ],
)
def test_keys_are_left_out(path, logged):
    assert mask(path) == logged
    # As uvicorn logs a request, and as Django does.
    record = logging.LogRecord(
        "uvicorn.access", logging.INFO, "", 0, '%s - "%s %s HTTP/%s" %d',
        ("127.0.0.1:5", "GET", path, "1.1", 200), None,
    )  # fmt: skip
    assert WithoutKeys().filter(record)
    assert record.getMessage() == f'127.0.0.1:5 - "GET {logged} HTTP/1.1" 200'
    event = without_keys(None, "warning", {"event": f"Not Found: {path}", "status": 404})
    assert event == {"event": f"Not Found: {logged}", "status": 404}


def test_the_servers_log_goes_through_it(settings):
    importlib.import_module("config.asgi")  # as uvicorn does
    filters = logging.getLogger("uvicorn.access").filters
    assert any(isinstance(one, WithoutKeys) for one in filters)
    assert without_keys in settings.LOGGING["formatters"]["line"]["processors"]
