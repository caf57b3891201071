"""GET /api/v1/companies, a company, and following it."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from apps.accounts.services import account_export
from apps.companies.models import CompanyFollow, Summary

from .cast import IR, make_company, make_summary, sections

pytestmark = pytest.mark.django_db
LIST = "/api/v1/companies"
ONE = f"{LIST}/cloud-bakery"


@pytest.fixture
def api(candidate):
    client = APIClient(headers={"accept-language": "en"})
    client.force_authenticate(candidate)
    return client


@pytest.fixture
def company(topic):
    company = make_company()
    make_summary(company).topics.add(topic)
    make_summary(company, "ko", sections=sections("구름에서 빵을 구워요."))
    return company


def test_the_list(api, company):
    make_summary(make_company("draft"), status=Summary.Status.DRAFT)

    body = api.get(LIST).json()

    assert body["results"] == [
        {
            "slug": "cloud-bakery",
            "name": {"ko": "구름빵집", "en": "Cloud Bakery"},
            "aliases": ["cloud-bakery bakers"],
            "industry": "commerce",
            "homepage": "",
            "topics": ["systems"],
            "as_of": "2026-08-12",
            "sentence": {"en": "It bakes bread in the cloud.", "ko": "구름에서 빵을 구워요."},
        }
    ]


@pytest.mark.parametrize(
    ("query", "count"),
    [("q=구름", 1), ("q=tide", 0), ("topic=systems", 1), ("industry=cloud", 0), ("followed=1", 0)],
)
def test_it_is_filtered(api, company, query, count):
    assert len(api.get(f"{LIST}?{query}").json()["results"]) == count


def test_it_is_paged_as_every_list(api, company):
    make_summary(make_company("tide-games"))

    first = api.get(f"{LIST}?limit=1").json()
    second = api.get(first["next"]).json()

    assert [[row["slug"] for row in page["results"]] for page in (first, second)] == [
        ["cloud-bakery"],
        ["tide-games"],
    ]


def test_a_wrong_filter_is_told(api, company):
    response = api.get(f"{LIST}?industry=steel")

    assert response.status_code == 422
    assert list(response.json()["error"]["fields"]) == ["industry"]


def test_one_company(api, company):
    body = api.get(ONE).json()

    english = next(summary for summary in body["summaries"] if summary["language"] == "en")
    assert body["is_followed"] is False
    assert english["sections"][0]["sentences"][0] == {
        "text": "It bakes bread in the cloud.",
        "origin": "quoted",
        "citations": [
            {"source_id": IR, "start": 10, "end": 38, "text": "It bakes bread in the cloud."}
        ],
    }
    assert english["sources"][0]["title"] == "Letter of 2026"
    assert english["topics"] == ["systems"]


def test_an_unpublished_one_is_not_there(api, company):
    Summary.objects.update(status=Summary.Status.REJECTED)

    assert api.get(ONE).status_code == 404
    assert api.put(f"{ONE}/follow").status_code == 404
    assert api.get(f"{LIST}/nobody").status_code == 404


def test_following(api, candidate, company):
    for _twice in range(2):
        assert api.put(f"{ONE}/follow").status_code == 204
    assert api.get(ONE).json()["is_followed"] is True
    assert [row["company"] for row in account_export(user=candidate)["companies"]] == [
        "cloud-bakery"
    ]

    for _twice in range(2):
        assert api.delete(f"{ONE}/follow").status_code == 204
    assert not CompanyFollow.objects.exists()


def test_nobody_is_asked_to_log_in(client, company):
    assert client.get(LIST).status_code == 401
    assert client.get(ONE).status_code == 401


def test_it_rejects_post(api, company):
    assert api.post(LIST, {}).status_code == 405
    assert api.post(ONE, {}).status_code == 405
    assert api.post(f"{ONE}/follow", {}).status_code == 405
