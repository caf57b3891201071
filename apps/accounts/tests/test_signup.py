"""Sign-up, verification, login, logout and password reset through allauth."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse

from apps.accounts.models import User

pytestmark = pytest.mark.django_db
NEW = {"email": "New@Example.org", "password1": "tulip-canal-77", "name": "Jiwoo Park"}


def _link(message):
    [link] = re.findall(r"http://testserver(/\S+)", message.body)
    return link


def _signed_in(client):
    return "_auth_user_id" in client.session


class TestSignup:
    def test_it_works(self, client):
        response = client.post(reverse("account_signup"), NEW)

        assert response.status_code == 302
        user = User.objects.get()
        assert (user.email, user.name) == ("new@example.org", "Jiwoo Park")
        assert user.check_password("tulip-canal-77")
        assert user.interface_language == "en"
        assert not user.is_staff

    def test_the_language_of_the_page_is_the_guess(self, client):
        client.post(reverse("account_signup"), NEW, headers={"accept-language": "ko-KR"})

        assert User.objects.get().interface_language == "ko"

    def test_the_name_is_optional(self, client):
        client.post(reverse("account_signup"), {**NEW, "name": ""})

        assert User.objects.get().name == ""

    def test_the_link_in_the_mail_verifies_and_logs_in(self, client):
        client.post(reverse("account_signup"), NEW)
        assert not _signed_in(client)
        [message] = mail.outbox
        assert message.to == ["new@example.org"]

        page = client.get(_link(message))
        assert page.status_code == 200
        assert not EmailAddress.objects.get().verified
        client.post(_link(message))

        assert EmailAddress.objects.get().verified
        assert _signed_in(client)

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"email": ""}, "email"),
            ({"email": "not an address"}, "email"),
            ({"password1": "short"}, "password1"),
            ({"password1": "12345678901"}, "password1"),
            ({"name": "x" * 81}, "name"),
        ],
    )
    def test_bad_input_is_said_next_to_the_field(self, client, wrong, field):
        response = client.post(reverse("account_signup"), {**NEW, **wrong})

        assert list(response.context["form"].errors) == [field]
        assert User.objects.count() == 0

    def test_it_tells_nobody_who_has_an_account(self, client, candidate):
        taken = client.post(reverse("account_signup"), {**NEW, "email": "ALICE@example.org"})
        fresh = client.post(reverse("account_signup"), NEW)

        assert (taken.status_code, taken.url) == (fresh.status_code, fresh.url)
        assert User.objects.filter(email__iexact="alice@example.org").count() == 1
        candidate.refresh_from_db()
        assert candidate.name == "Alice Kim"
        assert [message.to for message in mail.outbox] == [
            ["alice@example.org"],
            ["new@example.org"],
        ]

    def test_the_demo_lets_a_person_in_at_once(self, client, settings):
        settings.ACCOUNT_EMAIL_VERIFICATION = "optional"

        client.post(reverse("account_signup"), NEW)

        assert _signed_in(client)


class TestPasswordReset:
    def test_it_works(self, client, candidate):
        client.post(reverse("account_reset_password"), {"email": "alice@example.org"})
        [message] = mail.outbox

        page = client.get(_link(message), follow=True)
        client.post(
            page.request["PATH_INFO"],
            {"password1": "tulip-canal-78", "password2": "tulip-canal-78"},
        )

        candidate.refresh_from_db()
        assert candidate.check_password("tulip-canal-78")

    def test_it_tells_nobody_who_has_an_account(self, client, candidate):
        known = client.post(reverse("account_reset_password"), {"email": "alice@example.org"})
        unknown = client.post(reverse("account_reset_password"), {"email": "who@example.org"})

        assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


class TestSocialButtons:
    def test_none_without_keys(self, client):
        response = client.get(reverse("account_login"))

        for provider in ("kakao", "google", "github"):
            assert f"/accounts/{provider}/login/" not in response.text

    def test_one_for_each_configured_provider(self, client, settings):
        app = {"client_id": "id", "secret": "secret"}
        settings.SOCIALACCOUNT_PROVIDERS = {
            "kakao": {"APPS": [app]},
            "github": {"APPS": [app]},
            "google": {"APPS": []},
        }

        response = client.get(reverse("account_login"))

        assert "/accounts/kakao/login/" in response.text
        assert "/accounts/github/login/" in response.text
        assert "/accounts/google/login/" not in response.text

    def test_settings_read_the_keys_from_the_environment(self, monkeypatch):
        from config.settings import base

        monkeypatch.setenv("KAKAO_CLIENT_ID", "abc")
        monkeypatch.setenv("KAKAO_CLIENT_SECRET", "def")

        assert base._social_provider("kakao", ["account_email"]) == {
            "APPS": [{"client_id": "abc", "secret": "def"}],
            "SCOPE": ["account_email"],
        }
        assert base._social_provider("github", []) == {"APPS": []}

    @pytest.mark.parametrize(
        ("told", "name"),
        [
            ({"email": "j@example.org", "name": "박지우"}, "박지우"),
            ({"email": "j@example.org", "first_name": "Jiwoo", "last_name": "Park"}, "Jiwoo Park"),
            ({"email": "j@example.org", "username": "jiwoo"}, "jiwoo"),
            ({"email": "j@example.org", "name": "n" * 200}, "n" * 80),
            ({}, ""),
        ],
    )
    def test_a_provider_brings_the_name(self, rf, told, name):
        from allauth.socialaccount.models import SocialAccount, SocialLogin

        from apps.accounts.adapters import SocialAccountAdapter

        request = rf.get("/")
        adapter = SocialAccountAdapter(request)
        login = SocialLogin(account=SocialAccount(provider="kakao", uid="1"))
        login.user = adapter.new_user(request, login)

        user = adapter.populate_user(request, login, told)

        assert user.name == name
        assert user.email == told.get("email", "")
        assert user.interface_language == "ko"
