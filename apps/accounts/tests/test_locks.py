"""Wrong passwords counted for an account, and whom that does not lock out."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from axes.models import AccessAttempt
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from apps.accounts.locks import ACCOUNT_FAILURE_LIMIT, COOKIE
from apps.common.addresses import client_address
from conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_other_limit(settings, monkeypatch):
    settings.ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}


def _log_in(client, password, email="alice@example.org", **extra):
    return client.post(reverse("account_login"), {"login": email, "password": password}, **extra)


def _wrong_from_many(count):
    for number in range(count):
        address = f"198.51.100.{number // 9}"
        _log_in(Client(), "wrong", REMOTE_ADDR=address)


def test_many_addresses_together_lock_an_account(candidate):
    _wrong_from_many(ACCOUNT_FAILURE_LIMIT)

    assert _log_in(Client(), PASSWORD, REMOTE_ADDR="203.0.113.7").status_code == 429


def test_one_fewer_does_not(candidate):
    _wrong_from_many(ACCOUNT_FAILURE_LIMIT - 1)

    assert _log_in(Client(), PASSWORD, REMOTE_ADDR="203.0.113.7").status_code == 302


def test_a_stranger_locks_nobody_out_of_a_browser_they_use(candidate, other_candidate):
    known = Client()
    assert _log_in(known, PASSWORD).status_code == 302
    known.post(reverse("account_logout"))
    _wrong_from_many(ACCOUNT_FAILURE_LIMIT)

    assert _log_in(known, PASSWORD, REMOTE_ADDR="203.0.113.7").status_code == 302
    # It is known for that person alone.
    bobs = Client()
    _log_in(bobs, PASSWORD, email=other_candidate.email)
    bobs.post(reverse("account_logout"))
    assert _log_in(bobs, PASSWORD, REMOTE_ADDR="203.0.113.8").status_code == 429


def test_a_known_browser_is_counted_as_any_other_at_its_address(candidate):
    known = Client()
    _log_in(known, PASSWORD)
    known.post(reverse("account_logout"))
    for _time in range(10):
        _log_in(known, "wrong")

    assert _log_in(known, PASSWORD).status_code == 429


def test_the_mark_is_set_by_admins_login_too_and_ends_with_the_password(staff):
    client = Client()
    given = {"username": staff.email, "password": PASSWORD}
    response = client.post(reverse("admin:login"), given)
    cookie = response.cookies[COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    client.post(reverse("account_logout"))
    for number in range(ACCOUNT_FAILURE_LIMIT):
        wrong = {"username": staff.email, "password": "wrong"}
        Client().post(reverse("admin:login"), wrong, REMOTE_ADDR=f"198.51.100.{number // 9}")
    assert client.post(reverse("admin:login"), given).status_code == 302
    client.post(reverse("account_logout"))

    staff.set_password("another horse 2")
    staff.save()

    changed = {**given, "password": "another horse 2"}
    assert client.post(reverse("admin:login"), changed).status_code == 429


def test_a_forged_mark_is_worth_nothing(candidate):
    _wrong_from_many(ACCOUNT_FAILURE_LIMIT)
    client = Client()
    client.cookies[COOKIE] = f"{candidate.pk}:forged"

    assert _log_in(client, PASSWORD, REMOTE_ADDR="203.0.113.7").status_code == 429


def test_refused_tries_do_not_keep_the_lock_closed(candidate):
    for _time in range(30):
        _log_in(Client(), "wrong")

    assert AccessAttempt.objects.get().failures_since_start == 10


def test_a_new_password_by_mail_is_a_way_in_while_locked(candidate):
    _wrong_from_many(ACCOUNT_FAILURE_LIMIT)
    client = Client(headers={"accept-language": "en"})
    client.post(reverse("account_reset_password"), {"email": candidate.email})
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    form = client.get(link, follow=True)

    new = {"password1": "another horse 2", "password2": "another horse 2"}
    client.post(form.redirect_chain[-1][0], new)

    assert client.session["_auth_user_id"] == str(candidate.pk)


@pytest.mark.parametrize(
    ("socket", "forwarded", "counted"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("203.0.113.9", "1.2.3.4", "203.0.113.9"),
        ("10.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_the_address_is_the_right_most_that_is_no_proxy_of_ours(socket, forwarded, counted):
    """uvicorn's part and ours together, as FORWARDED_ALLOW_IPS=10.0.0.0/8 makes it."""
    seen = []

    async def application(scope, receive, send):
        seen.append(client_address(RequestFactory().get("/", REMOTE_ADDR=scope["client"][0])))

    nothing: Any = None
    scope: Any = {
        "type": "http",
        "client": (socket, 5000),
        "headers": [(b"x-forwarded-for", forwarded.encode())],
    }
    trusting = ProxyHeadersMiddleware(application, trusted_hosts="10.0.0.0/8")
    async_to_sync(trusting.__call__)(scope, nothing, nothing)

    assert seen == [counted]


def test_a_header_that_a_client_wrote_changes_no_count(candidate):
    """40 of 40 wrong passwords went unlocked this way."""
    statuses = [
        _log_in(Client(), "wrong", headers={"x-forwarded-for": f"203.0.113.{n}"}).status_code
        for n in range(40)
    ]

    assert statuses == [200] * 9 + [429] * 31


def test_few_reset_mails_go_out_for_one_address_and_from_one(candidate, settings):
    del settings.ACCOUNT_RATE_LIMITS
    from config.settings import base

    settings.ACCOUNT_RATE_LIMITS = base.ACCOUNT_RATE_LIMITS

    def ask(email, address):
        url = reverse("account_reset_password")
        return Client().post(url, {"email": email}, REMOTE_ADDR=address)

    for number in range(9):
        ask(candidate.email, f"203.0.113.{number}")
    assert len(mail.outbox) == 3

    mail.outbox.clear()
    for number in range(30):
        ask(f"stranger-{number}@example.org", "203.0.113.99")
    assert len(mail.outbox) == 5


def test_the_proxies_that_are_trusted_are_named_and_never_all(request):
    root = request.config.rootpath
    for name in ("Dockerfile", "Procfile", "deploy/compose.yaml"):
        text = (root / name).read_text(encoding="utf-8")
        assert "forwarded-allow-ips" not in text
        assert 'FORWARDED_ALLOW_IPS: "*"' not in text
