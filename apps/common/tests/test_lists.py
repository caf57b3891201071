"""What every list of the API does with a nonsensical limit or cursor."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, urlsplit

import pytest

from apps.accounts.tokens import token_create
from apps.companies.tests.cast import make_company, make_summary
from apps.resume.models import Document, Upload

pytestmark = pytest.mark.django_db
LISTS = ["questions", "attempts", "progress/points", "companies", "resumes", "documents"]


def _cursor(text):
    return base64.b64encode(text.encode()).decode()


@pytest.fixture
def get(client, candidate):
    key = token_create(user=candidate)

    def ask(name, **query):
        return client.get(f"/api/v1/{name}", query, headers={"authorization": f"Token {key}"})

    return ask


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "한글",
        _cursor("p=abc"),
        _cursor("p=2026-13-45"),
        _cursor("p=9" + "9" * 40),
        _cursor("p=-1e999"),
        _cursor("p=\u0000"),
        _cursor("o=abc"),
        _cursor("o=-3"),
        _cursor("r=x&p=abc"),
    ],
)
def test_a_cursor_that_is_none_is_told_and_breaks_nothing(get, name, cursor):
    response = get(name, cursor=cursor)

    if response.status_code == 200:  # a number far past the last row is one, to a database
        assert response.json()["results"] == []
        assert cursor in (_cursor("p=9" + "9" * 40),)
        return
    assert response.status_code == 422
    assert response.json()["error"]["fields"] == {
        "cursor": ["This is no cursor of ours. Take it from “next” or “previous”, or leave it out."]
    }


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("limit", ["abc", "0", "-1", "1.5", "", "٣", "000"])
def test_a_limit_that_is_none_is_told(get, name, limit):
    response = get(name, limit=limit)

    assert response.status_code == 422
    assert response.json()["error"]["fields"] == {"limit": ["Write a whole number from 1 to 100."]}


@pytest.mark.parametrize(("limit", "given"), [("1", 1), ("3", 3), ("100000", 3), ("9" * 5000, 3)])
def test_a_limit_is_held_to_and_a_large_one_is_the_largest(get, candidate, limit, given):
    for number in range(3):
        Upload.objects.create(user=candidate, filename="a", size=1, key=str(number))

    response = get("resumes", limit=limit)

    assert len(response.json()["results"]) == given


@pytest.mark.parametrize("name", ["companies", "resumes", "documents"])
def test_the_cursors_that_it_gives_work(get, candidate, name):
    for number in range(3):
        make_summary(make_company(f"company-{number}"))
        Upload.objects.create(user=candidate, filename="a", size=1, key=str(number))
        Document.objects.create(
            user=candidate, template="english", language="en", version=number + 1,
            profile={}, profile_revision=0,
        )  # fmt: skip

    first = get(name, limit=2).json()
    query = parse_qs(urlsplit(first["next"]).query)
    second = get(name, limit=2, cursor=query["cursor"][0]).json()

    assert (len(first["results"]), len(second["results"])) == (2, 1)
