"""Which language a page is in, and how a reader changes it."""

from __future__ import annotations

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as django_settings
from django.http import HttpResponse
from django.test import AsyncClient
from django.urls import path, reverse
from django.utils import translation

pytestmark = pytest.mark.django_db
COOKIE = django_settings.LANGUAGE_COOKIE_NAME


def _language(client, **headers):
    return client.get("/questions/", headers=headers)["Content-Language"]


class TestChoice:
    @pytest.mark.parametrize(
        ("accepted", "expected"),
        [
            ("ko-KR,ko;q=0.9", "ko"),
            ("en-GB", "en"),
            ("fr", "ko"),
            ("", "ko"),
            ("de,en;q=0.5", "en"),
        ],
    )
    def test_the_browser_is_the_first_guess(self, client, accepted, expected):
        assert _language(client, accept_language=accepted) == expected

    def test_a_cookie_beats_the_browser(self, client):
        client.cookies[COOKIE] = "ko"

        assert _language(client) == "ko"

    def test_a_strange_cookie_is_ignored(self, client):
        client.cookies[COOKIE] = "xx"

        assert _language(client) == "en"

    def test_the_persons_setting_beats_the_cookie(self, client_for, candidate):
        candidate.interface_language = "ko"
        candidate.save()
        client = client_for(candidate)
        client.cookies[COOKIE] = "en"

        assert _language(client) == "ko"

    def test_a_person_without_a_setting_is_as_a_visitor(self, client_for, candidate):
        assert _language(client_for(candidate)) == "en"

    def test_caches_are_told(self, client):
        vary = client.get("/questions/")["Vary"]

        assert "Accept-Language" in vary
        assert "Cookie" in vary

    def test_an_async_view_gets_the_same(self, candidate, settings):
        settings.ROOT_URLCONF = __name__
        candidate.interface_language = "ko"
        candidate.save()
        client = AsyncClient()
        english = {"accept-language": "en"}

        async def ask():
            visitor = await client.get("/language", headers=english)
            await client.aforce_login(
                candidate, backend="django.contrib.auth.backends.ModelBackend"
            )
            return visitor, await client.get("/language", headers=english)

        visitor, person = async_to_sync(ask)()

        assert (visitor.text, visitor["Content-Language"]) == ("en", "en")
        assert (person.text, person["Content-Language"]) == ("ko", "ko")


async def _tell(request):
    return HttpResponse(translation.get_language())


urlpatterns = [path("language", _tell)]


class TestSwitch:
    url = "/account/language"

    def test_it_works(self, client):
        response = client.post(self.url, {"language": "ko", "next": "/questions/?q=tcp"})

        assert (response.status_code, response.url) == (302, "/questions/?q=tcp")
        cookie = response.cookies[COOKIE]
        assert (cookie.value, cookie["samesite"]) == ("ko", "Lax")
        assert cookie["max-age"] == 60 * 60 * 24 * 365
        assert _language(client) == "ko"

    def test_it_becomes_the_persons_setting(self, client_for, candidate):
        client_for(candidate).post(self.url, {"language": "ko", "next": "/"})

        candidate.refresh_from_db()
        assert candidate.interface_language == "ko"

    @pytest.mark.parametrize(
        "away",
        ["https://evil.example/", "//evil.example", "javascript:alert(1)", "", "/\\evil.example"],
    )
    def test_it_leads_nowhere_else(self, client, away):
        assert client.post(self.url, {"language": "ko", "next": away}).url == "/"

    @pytest.mark.parametrize("language", ["fr", "", "ko-KR"])
    def test_an_unknown_language(self, client, language):
        response = client.post(self.url, {"language": language, "next": "/"})

        assert response.status_code == 400
        assert COOKIE not in response.cookies

    def test_it_rejects_get(self, client):
        assert client.get(self.url).status_code == 405

    def test_it_is_where_the_pages_look_for_it(self):
        assert reverse("account_language") == self.url
