"""GET and PUT /api/v1/profile."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from apps.resume.models import Profile
from apps.resume.rendering.sample import FULL_PROFILE

pytestmark = pytest.mark.django_db
URL = "/api/v1/profile"


@pytest.fixture
def api(candidate):
    client = APIClient(headers={"accept-language": "en"})
    client.force_authenticate(candidate)
    return client


def test_it_works(api, candidate):
    assert api.get(URL).json() == {}

    written = api.put(URL, FULL_PROFILE, format="json")

    assert (written.status_code, written.headers["ETag"]) == (200, '"1"')
    assert api.get(URL).json() == written.json() == FULL_PROFILE
    assert Profile.objects.get(user=candidate).data == FULL_PROFILE


def test_a_profile_that_changed_meanwhile_is_not_overwritten(api):
    read = api.get(URL).headers["ETag"]
    api.put(URL, {"basics": {"name": "Elsewhere"}}, format="json")

    response = api.put(URL, {"basics": {"name": "Here"}}, format="json", headers={"If-Match": read})

    assert response.status_code == 412
    assert response.json()["error"]["code"] == "precondition_failed"
    assert api.get(URL).json() == {"basics": {"name": "Elsewhere"}}


@pytest.mark.parametrize(
    "form",
    ['"{}"', 'W/"{}"', '"{}-gzip"', '"{};br"', '"0", W/"{}"', 'W/"7","{}"', " * ", "*"],
)
def test_the_tag_counts_as_a_proxy_gives_it_on(api, form):
    """One that compresses makes it weak, and a profile could never be saved again."""
    read = api.put(URL, {"basics": {"name": "A"}}, format="json")["ETag"].strip('"')
    header = form.replace("{}", read)

    for name in ("B", "C"):
        response = api.put(
            URL, {"basics": {"name": name}}, format="json", headers={"If-Match": header}
        )
        if name == "B":
            assert response.status_code == 200
    assert response.status_code == (200 if "*" in form else 412)


@pytest.mark.parametrize("header", ['W/"99"', '"-1"', "1", "", '"1x"', 'W/"', "nonsense"])
def test_a_tag_that_is_not_the_profiles_overwrites_nothing(api, header):
    assert api.put(URL, {"basics": {"name": "A"}}, format="json")["ETag"] == '"1"'

    response = api.put(URL, {"basics": {"name": "B"}}, format="json", headers={"If-Match": header})

    assert response.status_code == 412
    assert api.get(URL).json() == {"basics": {"name": "A"}}


def test_meta_is_not_kept(api):
    api.put(URL, {"$schema": "x", "meta": {"version": "v1"}, "skills": []}, format="json")

    assert api.get(URL).json() == {"skills": []}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([1], "A profile has to be an object in JSON Resume format."),
        (
            {"work": [{"startDate": "soon"}]},
            "The profile is not valid JSON Resume. "
            "work.0.startDate: a date is YYYY, YYYY-MM or YYYY-MM-DD",
        ),
        ({"basics": {"summary": "x" * (1024 * 1024)}}, "This profile is too long."),
    ],
)
def test_bad_input_changes_nothing(api, candidate, body, message):
    response = api.put(URL, body, format="json")

    assert response.status_code == 422
    assert message in response.json()["error"]["fields"]["body"][0]
    assert Profile.objects.get(user=candidate).data == {}


@pytest.mark.parametrize("value", ["1e999", "[" * 100 + "]" * 100], ids=["infinite", "nested"])
def test_what_no_database_takes_is_told(api, candidate, value):
    response = api.put(URL, f'{{"x": {value}}}', content_type="application/json")

    assert response.status_code == 422
    assert "The profile holds" in response.json()["error"]["fields"]["body"][0]
    assert Profile.objects.get(user=candidate).data == {}


def test_what_python_cannot_read_is_told(api):
    response = api.put(URL, "[" * 100_000, content_type="application/json")

    assert response.status_code == 400
    assert response.json()["error"]["code"] == "parse_error"


def test_nobody_is_asked_to_log_in(client):
    assert client.get(URL).status_code == 401
    assert client.put(URL, {}).status_code == 401


def test_it_rejects_post(api):
    assert api.post(URL, {}, format="json").status_code == 405
