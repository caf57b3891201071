"""API tokens: what ends them, and where their owner sees them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from apps.accounts import tasks, tokens
from apps.accounts.models import ApiToken, User
from apps.accounts.tokens import token_create
from conftest import PASSWORD

pytestmark = pytest.mark.django_db
SETTINGS = "/account/settings"
NEW = {"password1": "another horse 2", "password2": "another horse 2"}


def _status(client, key):
    return client.get("/api/v1/attempts", headers={"authorization": f"Token {key}"}).status_code


def test_only_a_digest_is_kept(candidate):
    key = token_create(user=candidate)

    assert len(key) == 43
    assert key not in str(list(ApiToken.objects.values()))


def test_it_ends_by_itself(client, candidate):
    key = token_create(user=candidate)
    token = ApiToken.objects.get()
    assert (token.expires_at - token.created_at).days == 90
    assert _status(client, key) == 200

    ApiToken.objects.update(expires_at=timezone.now())

    assert _status(client, key) == 401


def test_it_ends_with_a_password_change_by_the_page(client, client_for, candidate):
    key = token_create(user=candidate)
    given = {
        "oldpassword": PASSWORD,
        "password1": "another horse 2",
        "password2": "another horse 2",
    }

    response = client_for(candidate).post(reverse("account_change_password"), given)

    assert response.status_code == 302
    assert _status(client, key) == 401
    assert _status(client, token_create(user=User.objects.get(pk=candidate.pk))) == 200


def test_it_ends_with_a_password_that_staff_set(client, client_for, candidate, staff):
    key = token_create(user=candidate)
    given = {
        "password1": "another horse 2",
        "password2": "another horse 2",
        "usable_password": "true",
    }

    client_for(staff).post(reverse("admin:auth_user_password_change", args=[candidate.pk]), given)

    assert not User.objects.get(pk=candidate.pk).check_password(PASSWORD)
    assert _status(client, key) == 401


def test_it_lives_through_a_new_secret_key_whose_old_one_is_named(client, candidate, settings):
    key = token_create(user=candidate)

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the new one"

    assert _status(client, key) == 200


def test_it_ends_with_its_person(client, candidate):
    key = token_create(user=candidate)

    User.objects.update(is_active=False)
    assert _status(client, key) == 401
    User.objects.all().delete()
    assert _status(client, key) == 401
    assert ApiToken.objects.count() == 0


def test_log_out_everywhere_ends_sessions_and_tokens(
    client, client_for, candidate, other_candidate
):
    here, there, bobs = (client_for(one) for one in (candidate, candidate, other_candidate))
    key, bobs_key = token_create(user=candidate), token_create(user=other_candidate)

    response = here.post(reverse("account_logout_everywhere"))

    assert (response.status_code, response.url) == (302, "/accounts/login/")
    for browser in (here, there):
        assert browser.get(SETTINGS).status_code == 302
    assert bobs.get(SETTINGS).status_code == 200
    assert (_status(client, key), _status(client, bobs_key)) == (401, 200)


def test_logging_out_everywhere_needs_a_post(client_for, candidate):
    assert client_for(candidate).get(reverse("account_logout_everywhere")).status_code == 405


def test_the_settings_list_them_and_end_one(client, client_for, candidate, other_candidate):
    first, second = (token_create(user=candidate, name=name) for name in ("curl/8", "<b>bot"))
    token_create(user=other_candidate, name="bobs-program")
    ApiToken.objects.create(
        user=candidate, name="old-program", digest="0", expires_at=timezone.now()
    )
    _status(client, first)
    browser = client_for(candidate)

    page = browser.get(SETTINGS)

    assert [token.name for token in page.context["tokens"]] == ["<b>bot", "curl/8"]
    assert "&lt;b&gt;bot" in page.text and "Never used." in page.text
    assert "Last used on " in page.text
    assert "bobs-program" not in page.text and "old-program" not in page.text
    assert first not in page.text and second not in page.text

    ended = next(token for token in page.context["tokens"] if token.name == "curl/8")
    response = browser.post(reverse("account_token_end", args=[ended.pk]))

    assert (response.status_code, response.url) == (302, SETTINGS)
    assert (_status(client, first), _status(client, second)) == (401, 200)


def test_nobody_ends_another_persons(client, client_for, candidate, other_candidate):
    key = token_create(user=other_candidate)
    url = reverse("account_token_end", args=[ApiToken.objects.get().pk])

    assert client_for(candidate).post(url).status_code == 404
    assert _status(client, key) == 200


def test_one_that_the_password_ended_is_not_listed(client_for, candidate):
    token_create(user=candidate)
    candidate.set_password("another horse 2")
    candidate.save()

    assert client_for(candidate).get(SETTINGS).context["tokens"] == []


def test_a_person_has_twenty_at_most_and_the_oldest_goes(client, candidate):
    keys = [token_create(user=candidate) for _number in range(tokens.TOKENS_EACH + 1)]

    assert ApiToken.objects.count() == 20
    assert (_status(client, keys[0]), _status(client, keys[1])) == (401, 200)


def test_the_last_use_is_known_to_the_hour(client, candidate):
    key = token_create(user=candidate)
    _status(client, key)
    first = ApiToken.objects.get().last_used_at
    _status(client, key)
    assert ApiToken.objects.get().last_used_at == first

    ApiToken.objects.update(last_used_at=timezone.now() - timedelta(hours=1, seconds=1))
    _status(client, key)

    used = ApiToken.objects.get().last_used_at
    assert used and timezone.now() - used < timedelta(minutes=1)


def test_what_has_expired_is_cleared_once_a_day(client_for, candidate, settings):
    client_for(candidate)
    past = timezone.now() - timedelta(days=1)
    Session.objects.update(expire_date=past)
    client_for(candidate)
    token_create(user=candidate)
    ApiToken.objects.create(user=candidate, digest="0", password_mark="", expires_at=past)

    tasks.clear_expired()

    assert (Session.objects.count(), ApiToken.objects.count()) == (1, 1)
    entry = settings.CELERY_BEAT_SCHEDULE["clear what has expired"]
    assert entry["task"] == "apps.accounts.tasks.clear_expired"
    assert entry["schedule"].run_every == timedelta(days=1)


def test_tokens_of_before_are_gone_with_their_table(candidate):
    """A row there would keep its person from being deleted."""
    assert "authtoken_token" not in connection.introspection.table_names()
