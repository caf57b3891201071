"""The API of uploaded résumés."""

from __future__ import annotations

from uuid import uuid4

import pytest
import requests
from rest_framework.test import APIClient

from apps.accounts.tokens import token_create
from apps.common import storage
from apps.common.models import Leftover
from apps.common.storage import PresignedPost
from apps.resume.models import PDF_MAX_BYTES, ResumeParse, Upload
from apps.resume.services import uploads as services

from .uploads import PDF, arrived, made, parse_of, send, work

pytestmark = pytest.mark.django_db


def _api(person):
    client = APIClient(headers={"accept-language": "en"})
    client.credentials(HTTP_AUTHORIZATION=f"Token {token_create(user=person)}")
    return client


@pytest.fixture
def api(candidate):
    return _api(candidate)


def _start(api, **body):
    return api.post("/api/v1/resumes", {"filename": "a.pdf", "size": 3, **body}, format="json")


class TestStart:
    def test_it_works(self, s3, api, candidate):
        response = _start(api, filename="이력서.pdf", size=len(PDF))

        upload = Upload.objects.get()
        assert response.status_code == 201
        assert response.json()["id"] == str(upload.pk)
        assert (upload.user, upload.filename, upload.parse) == (candidate, "이력서.pdf", None)
        assert send(PresignedPost(**response.json()["upload"]), PDF).status_code == 204
        assert storage.read(upload.key) == PDF

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"size": 0}, "size"),
            ({"size": PDF_MAX_BYTES + 1}, "size"),
            ({"size": "three"}, "size"),
            ({"filename": ""}, "filename"),
            ({"key": "resumes/somebody-elses.pdf"}, "key"),
        ],
    )
    def test_bad_input(self, body, field, api):
        response = _start(api, **body)

        assert response.status_code == 422
        assert list(response.json()["error"]["fields"]) == [field]
        assert Upload.objects.count() == 0

    def test_a_day_has_an_end(self, api, monkeypatch):
        monkeypatch.setattr(services, "UPLOADS_A_DAY", 0)

        response = _start(api)

        assert response.status_code == 429
        assert response.json()["error"]["code"] == "too_many_uploads"

    def test_a_visitor_may_not(self, db):
        assert _start(APIClient()).status_code == 401


class TestFinish:
    def test_it_works(
        self, s3, api, candidate, sent_tasks, valkey, django_capture_on_commit_callbacks
    ):
        begun = _start(api, size=len(PDF)).json()
        send(PresignedPost(**begun["upload"]), PDF)

        with django_capture_on_commit_callbacks(execute=True):
            response = api.post(f"/api/v1/resumes/{begun['id']}/finish")

        assert response.status_code == 202
        assert (response.json()["status"], response.json()["resume"]) == ("queued", None)
        assert [name for name, _args in sent_tasks] == ["apps.resume.tasks.run_parse"]
        work(Upload.objects.get())
        again = api.post(f"/api/v1/resumes/{begun['id']}/finish")
        assert (again.status_code, again.json()["status"]) == (200, "succeeded")

    def test_a_guessed_key_names_nothing(self, s3, api, other_candidate, sent_tasks):
        theirs = arrived(other_candidate)
        begun = _start(api).json()

        response = api.post(
            f"/api/v1/resumes/{begun['id']}/finish", {"key": parse_of(theirs).key}, format="json"
        )

        assert (response.status_code, response.json()["error"]["code"]) == (409, "not_arrived")
        assert Upload.objects.get(pk=begun["id"]).parse is None

    def test_the_store_is_down(self, api):
        begun = _start(api).json()

        response = api.post(f"/api/v1/resumes/{begun['id']}/finish")

        assert (response.status_code, response.json()["error"]["code"]) == (503, "storage_down")

    def test_a_refused_file(self, s3, api, candidate, sent_tasks):
        begun = _start(api).json()
        send(PresignedPost(**begun["upload"]), b"<html><body>")

        response = api.post(f"/api/v1/resumes/{begun['id']}/finish")

        assert response.status_code == 200
        assert response.json()["status"] == "failed"
        assert response.json()["error"]["code"] == "html"
        assert "Use your browser's Print" in response.json()["error"]["message"]

    def test_what_failed_by_our_fault_begins_again(
        self, api, candidate, sent_tasks, valkey, django_capture_on_commit_callbacks
    ):
        upload = made(candidate, {})
        ResumeParse.objects.update(status="failed", error_code="storage_down")

        with django_capture_on_commit_callbacks(execute=True):
            response = api.post(f"/api/v1/resumes/{upload.pk}/finish")

        assert (response.status_code, response.json()["status"]) == (202, "queued")
        assert len(sent_tasks) == 1


class TestRetrieve:
    def test_it_works(self, s3, api, candidate, sent_tasks, valkey):
        upload = arrived(candidate)
        parse = work(upload)

        body = api.get(f"/api/v1/resumes/{upload.pk}").json()

        assert (body["id"], body["filename"], body["size"]) == (
            str(upload.pk),
            "résumé.pdf",
            len(PDF),
        )
        assert (body["status"], body["error"], body["language"]) == ("succeeded", None, "en")
        assert body["resume"]["basics"]["name"] == "Nora Lindholm"
        assert "meta" not in body["resume"]
        assert (
            body["provenance"]["/basics/name"] == parse.resume["meta"]["provenance"]["/basics/name"]
        )
        (page,) = body["pages"]
        assert (page["number"], page["width"], page["height"]) == (1, 612.0, 792.0)
        assert requests.get(page["url"], timeout=10).content[:4] == b"\x89PNG"
        assert "key" not in page

    def test_warnings_are_in_the_readers_language(self, api, candidate):
        warning = {"code": "no_contact", "message": "No e-mail address"}
        upload = made(candidate, {"meta": {"warnings": [warning]}})

        body = api.get(f"/api/v1/resumes/{upload.pk}", headers={"accept-language": "ko"}).json()

        assert body["warnings"] == [
            {"code": "no_contact", "message": "이메일과 전화번호를 찾지 못했어요."}
        ]

    def test_before_the_file_has_arrived(self, api):
        begun = _start(api).json()

        body = api.get(f"/api/v1/resumes/{begun['id']}").json()

        assert (body["status"], body["resume"], body["pages"]) == ("waiting", None, [])


def test_the_list_has_ones_own_newest_first(api, candidate, other_candidate):
    first, second = made(candidate, {}), made(candidate, {})
    made(other_candidate, {})

    body = api.get("/api/v1/resumes").json()

    assert [one["id"] for one in body["results"]] == [str(second.pk), str(first.pk)]
    assert "resume" not in body["results"][0]


def test_one_is_deleted(api, candidate, sent_tasks):
    upload = made(candidate, {})

    response = api.delete(f"/api/v1/resumes/{upload.pk}")

    assert response.status_code == 204
    assert Upload.objects.count() == 0
    assert set(Leftover.objects.values_list("key", flat=True)) == {"resumes/x.pdf", "pages/1.png"}
    assert api.delete(f"/api/v1/resumes/{upload.pk}").status_code == 404


@pytest.mark.parametrize(("method", "place"), [("get", ""), ("delete", ""), ("post", "/finish")])
def test_anothers_is_not_there(method, place, candidate, other_candidate):
    upload = made(candidate, {})

    for known in (upload.pk, uuid4()):
        response = getattr(_api(other_candidate), method)(f"/api/v1/resumes/{known}{place}")
        assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")
    assert Upload.objects.count() == 1


@pytest.mark.parametrize(
    ("method", "place"), [("put", ""), ("put", "/{}"), ("post", "/{}"), ("get", "/{}/finish")]
)
def test_wrong_methods(method, place, api, candidate):
    upload = made(candidate, {})

    response = getattr(api, method)(f"/api/v1/resumes{place.format(upload.pk)}")

    assert response.status_code == 405


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_an_address_that_there_is_not(method, candidate):
    api = APIClient(enforce_csrf_checks=True)
    api.credentials(HTTP_AUTHORIZATION=f"Token {token_create(user=candidate)}")

    response = getattr(api, method)(f"/api/v1/documents/{uuid4()}/finish")

    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")
