"""A person's settings."""

from __future__ import annotations

import pytest
from django.conf import settings as django_settings
from django.urls import reverse

pytestmark = pytest.mark.django_db
COOKIE = django_settings.LANGUAGE_COOKIE_NAME
GIVEN = {"name": "Alice K.", "interface_language": "ko", "feedback_language": "en"}


@pytest.fixture
def url():
    return reverse("account_settings")


def test_it_shows_what_is_set(client_for, candidate, url):
    response = client_for(candidate).get(url)

    assert response.status_code == 200
    assert response.context["form"]["name"].value() == "Alice Kim"
    assert reverse("account_export") in response.text
    assert reverse("account_delete") in response.text


def test_it_works(client_for, candidate, url):
    client = client_for(candidate)

    response = client.post(url, GIVEN)

    assert (response.status_code, response.url) == (302, url)
    candidate.refresh_from_db()
    assert candidate.name == "Alice K."
    assert (candidate.interface_language, candidate.feedback_language) == ("ko", "en")
    assert response.cookies[COOKIE].value == "ko"
    assert client.get(url)["Content-Language"] == "ko"


def test_following_the_browser_forgets_the_cookie(client_for, candidate, url):
    candidate.interface_language = "ko"
    candidate.save()
    client = client_for(candidate)
    client.cookies[COOKIE] = "ko"

    client.post(url, {**GIVEN, "interface_language": ""})

    assert client.get(url)["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "x" * 81}, "name"),
        ({"interface_language": "fr"}, "interface_language"),
        ({"feedback_language": "fr"}, "feedback_language"),
    ],
)
def test_bad_input(client_for, candidate, url, wrong, field):
    response = client_for(candidate).post(url, {**GIVEN, **wrong})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    candidate.refresh_from_db()
    assert candidate.name == "Alice Kim"
    assert response.context["user"].name == "Alice Kim"


def test_nobody_becomes_staff_by_a_form(client_for, candidate, url):
    client_for(candidate).post(url, {**GIVEN, "is_staff": "on", "email": "x@example.org"})

    candidate.refresh_from_db()
    assert not candidate.is_staff
    assert candidate.email == "alice@example.org"


def test_a_visitor_is_asked_to_log_in(client, url):
    assert client.get(url).url == f"/accounts/login/?next={url}"
