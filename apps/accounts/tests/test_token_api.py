"""POST /api/v1/auth/token."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress

from apps.accounts.models import ApiToken
from conftest import PASSWORD

pytestmark = pytest.mark.django_db
URL = "/api/v1/auth/token"


def _post(client, body, **extra):
    return client.post(URL, body, content_type="application/json", **extra)


def test_it_works(client, candidate):
    response = _post(client, {"email": "ALICE@example.org", "password": PASSWORD})

    assert response.status_code == 200
    token = response.json()["token"]
    assert ApiToken.objects.get().user == candidate
    listed = client.get("/api/v1/attempts", headers={"authorization": f"Token {token}"})
    assert listed.status_code == 200


def test_each_program_gets_a_token_of_its_own(client, candidate):
    body = {"email": candidate.email, "password": PASSWORD}

    first = _post(client, body, headers={"user-agent": "curl/8.1"}).json()["token"]
    second = _post(client, body, headers={"user-agent": "x" * 300}).json()["token"]

    assert first != second
    names = list(ApiToken.objects.order_by("pk").values_list("name", flat=True))
    assert names == ["curl/8.1", "x" * 80]


@pytest.mark.parametrize(
    ("email", "password"),
    [("alice@example.org", "wrong"), ("who@example.org", PASSWORD)],
)
def test_wrong_credentials_all_look_alike(client, candidate, email, password):
    response = _post(client, {"email": email, "password": password})

    assert response.status_code == 401
    assert response.json() == {
        "error": {
            "code": "invalid_credentials",
            "message": "The e-mail address and the password do not go together.",
        }
    }


def test_an_inactive_person_gets_none(client, candidate):
    candidate.is_active = False
    candidate.save()

    assert _post(client, {"email": candidate.email, "password": PASSWORD}).status_code == 401


def test_an_unverified_address_gets_none(client, candidate):
    EmailAddress.objects.update(verified=False)

    response = _post(client, {"email": candidate.email, "password": PASSWORD})

    assert response.status_code == 403
    assert response.json()["error"]["code"] == "email_unverified"
    assert ApiToken.objects.count() == 0


def test_where_verification_is_optional_it_is_not_asked_for(client, candidate, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "optional"
    EmailAddress.objects.update(verified=False)

    assert _post(client, {"email": candidate.email, "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"email", "password"}),
        ({"email": "nonsense", "password": "x"}, {"email"}),
        ({"email": "a@example.org", "password": ""}, {"password"}),
        ({"email": ["a@example.org"], "password": {}}, {"email", "password"}),
        ({"email": "a\u0000@example.org", "password": "x\u0000"}, {"email", "password"}),
    ],
)
def test_bad_input(client, body, fields):
    response = _post(client, body)

    assert response.status_code == 422
    error = response.json()["error"]
    assert error["code"] == "invalid"
    assert set(error["fields"]) == fields


@pytest.mark.parametrize("body", ["{", "[]", '"x"', "null"])
def test_a_body_that_is_no_object(client, body):
    response = _post(client, body)

    assert response.status_code in (400, 422)
    assert set(response.json()) == {"error"}


def test_other_methods(client):
    response = client.get(URL)

    assert response.status_code == 405
    assert response.json()["error"]["code"] == "method_not_allowed"


def test_throttled(client, candidate):
    body = {"email": "who@example.org", "password": "x"}
    for number in range(10):
        response = _post(client, body, headers={"x-forwarded-for": f"198.51.100.{number}"})
        assert response.status_code == 401 if number < 9 else 429

    response = _post(client, {"email": candidate.email, "password": PASSWORD})

    assert response.status_code == 429
    assert response.json()["error"]["code"] == "throttled"
    assert int(response["Retry-After"]) <= 60
