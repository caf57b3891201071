"""The API of documents: templates, making, looking, downloading, deleting."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import requests
from rest_framework.test import APIClient

from apps.resume.models import Document, DocumentTemplate, Profile
from apps.resume.rendering.sample import FULL_PROFILE
from apps.resume.tasks import run_render

from .word import Read

pytestmark = pytest.mark.django_db
URL = "/api/v1/documents"
NOBODYS = "00000000-0000-4000-8000-000000000000"
NEW = {"template": "english", "language": "en"}


@pytest.fixture
def api(candidate) -> APIClient:
    return api_for(candidate)


def api_for(user) -> APIClient:
    client = APIClient(headers={"accept-language": "en"})
    client.force_authenticate(user)
    return client


@pytest.fixture
def profile(candidate) -> Profile:
    return Profile.objects.create(user=candidate, data=FULL_PROFILE, revision=4)


def post(api: APIClient, **fields: Any):
    return api.post(URL, NEW | fields, format="json")


def test_from_the_request_to_the_bytes(s3, api, profile, sent_tasks):
    reply = post(api)

    assert reply.status_code == 201
    document = Document.objects.get()
    body = reply.json()
    assert body == {
        "id": str(document.pk), "template": "english", "language": "en", "version": 1,
        "profile_revision": 4, "filename": "", "size": None, "download_url": None,
        "created_at": body["created_at"],
        "job": {
            "status": "queued", "error_code": "", "error_message": "",
            "created_at": body["created_at"], "started_at": None,
        },
    }  # fmt: skip

    run_render(str(document.pk))

    made = api.get(f"{URL}/{document.pk}").json()
    assert made["job"]["status"] == "succeeded"
    assert made["filename"] == "Resume_윤가람_v1.docx"
    content = requests.get(made["download_url"], timeout=10).content
    assert len(content) == made["size"]
    assert "윤가람" in Read(content).text


def test_nothing_changed_gives_the_latest(api, profile, sent_tasks):
    first, again = post(api), post(api)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]


def test_a_failure_is_told(api, profile, sent_tasks):
    post(api)
    Document.objects.update(status="failed", error_code="template_gone")

    job = api.get(f"{URL}/{Document.objects.get().pk}").json()["job"]

    assert (job["status"], job["error_code"]) == ("failed", "template_gone")
    assert job["error_message"] == "This template is no longer offered. Please choose another."


@pytest.mark.parametrize(
    "fields, field",
    [
        ({"template": "none"}, "template"),
        ({"template": ""}, "template"),
        ({"template": None}, "template"),
        ({"template": ["english"]}, "template"),
        ({"language": "fr"}, "language"),
        ({"language": None}, "language"),
    ],
)
def test_bad_input(api, profile, fields, field):
    reply = post(api, **fields)

    assert reply.status_code == 422
    assert list(reply.json()["error"]["fields"]) == [field]
    assert not Document.objects.exists()


def test_an_empty_profile(api):
    reply = post(api)

    assert reply.status_code == 409
    assert reply.json()["error"] == {
        "code": "profile_empty",
        "message": "Your profile is empty, so there is nothing to write yet.",
    }


def test_a_store_that_is_down(api, profile):
    Profile.objects.update(photo_key="photos/a.jpg")

    reply = post(api, template="korean-form")

    assert (reply.status_code, reply.json()["error"]["code"]) == (503, "storage_down")
    assert not Document.objects.exists()


def test_the_list_is_ones_own(api, profile, other_candidate, sent_tasks):
    post(api)
    post(api, language="ko")

    results = api.get(URL).json()["results"]

    assert [one["language"] for one in results] == ["ko", "en"]
    assert api_for(other_candidate).get(URL).json()["results"] == []


def test_deleting(s3, api, profile, sent_tasks):
    post(api)
    path = f"{URL}/{Document.objects.get().pk}"

    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert api.delete(path).status_code == 404


def test_anothers_document_is_not_there(api, profile, other_candidate, sent_tasks):
    post(api)
    path = f"{URL}/{Document.objects.get().pk}"
    other = api_for(other_candidate)

    assert other.get(path).status_code == other.delete(path).status_code == 404
    assert api.get(f"{URL}/{uuid.uuid4()}").status_code == 404
    assert Document.objects.exists()


def test_templates(api):
    DocumentTemplate.objects.create(slug="plain", name_ko="간단", name_en="Plain", content=b"x")

    templates = api.get("/api/v1/document-templates").json()

    assert templates[0] == {
        "slug": "korean-form",
        "name": {"ko": "이력서 (표 양식)", "en": "Korean form"},
        "languages": ["ko", "en"],
    }
    assert templates[-1] == {
        "slug": "plain",
        "name": {"ko": "간단", "en": "Plain"},
        "languages": ["ko", "en"],
    }
    assert len(templates) == 4


@pytest.mark.parametrize("path", [URL, f"{URL}/{NOBODYS}", "/api/v1/document-templates"])
def test_a_token_is_needed(path):
    assert APIClient().get(path).status_code == 401


def test_wrong_methods(api):
    assert api.put(URL, NEW, format="json").status_code == 405
    assert api.post(f"{URL}/{uuid.uuid4()}").status_code == 405
    assert api.post("/api/v1/document-templates").status_code == 405


def test_asking_for_what_is_there_makes_nothing_and_has_no_limit(api, profile, sent_tasks):
    statuses = [post(api).status_code for _ in range(31)]

    assert statuses == [201] + [200] * 30
