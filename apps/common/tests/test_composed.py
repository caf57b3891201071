"""Hangul in parts, as macOS sends it, is the same text wherever it comes in."""

from __future__ import annotations

import io
import json
import unicodedata

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from tablib import Dataset

from apps.accounts.models import User
from apps.common.composed import composed_json, composed_middleware
from apps.interview.models import Attempt, Draft, Question
from apps.interview.resources import QuestionResource
from apps.resume.services import profiles

COMPOSED = "프로세스는 주소 공간이 서로 달라요."
IN_PARTS = unicodedata.normalize("NFD", COMPOSED)
PAGE = "/questions/process-and-thread/"

pytestmark = pytest.mark.django_db


def seen(request: HttpRequest) -> HttpRequest:
    """The request as a view gets it."""
    kept: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        kept.append(request)
        return HttpResponse()

    composed_middleware(view)(request)
    return kept[0]


def test_the_two_forms_differ():
    assert IN_PARTS != COMPOSED
    assert len(IN_PARTS) > len(COMPOSED)


@pytest.mark.parametrize("address", ["/questions/?q=", "/api/v1/questions?q="])
def test_a_search_finds_what_is_written_the_other_way(client_for, candidate, question, address):
    web = client_for(candidate)

    found = web.get(address + unicodedata.normalize("NFD", "프로세스"))

    assert found.status_code == 200
    assert "process-and-thread" in found.text


def test_an_answer_by_the_form(client_for, candidate, question):
    response = client_for(candidate).post(f"{PAGE}attempts", {"answer": IN_PARTS, "language": "ko"})

    assert response.status_code == 302
    assert Attempt.objects.get().answer == COMPOSED


def test_an_answer_by_the_api(client_for, candidate, question):
    response = client_for(candidate).post(
        f"/api/v1{PAGE}attempts", {"answer": IN_PARTS, "language": "ko"}, "application/json"
    )

    assert response.status_code == 201
    assert Attempt.objects.get().answer == COMPOSED


def test_a_draft(client_for, candidate, question):
    client_for(candidate).post(f"{PAGE}draft", {"text": IN_PARTS, "revision": 0})

    assert Draft.objects.get().text == COMPOSED


def test_a_profile_by_the_api_and_by_a_file(client_for, candidate):
    web = client_for(candidate)
    data = {"basics": {"name": IN_PARTS}, "x-" + IN_PARTS: IN_PARTS}
    kept = {"basics": {"name": COMPOSED}, "x-" + COMPOSED: COMPOSED}

    web.put("/api/v1/profile", data, "application/json")
    assert profiles.profile_of(candidate).data == kept

    file = SimpleUploadedFile("resume.json", json.dumps({**data, "skills": []}).encode())
    web.post("/profile/import", {"file": file, "replace": "on"})
    assert profiles.profile_of(candidate).data == {**kept, "skills": []}


def test_a_sheet(client_for, staff, question):
    sheet = "slug,topic,difficulty,status,text_ko,text_en,model_answer_ko,model_answer_en\n"
    sheet += f"another,systems,easy,draft,{IN_PARTS},Text,{IN_PARTS},Answer\n"

    result = QuestionResource().import_data(
        Dataset().load(io.StringIO(sheet), format="csv"), raise_errors=True
    )

    assert not result.has_errors()
    assert Question.objects.values_list("text_ko", flat=True).get(slug="another") == COMPOSED


def test_the_name_of_a_file():
    name = unicodedata.normalize("NFD", "이력서.pdf")
    request = RequestFactory().post("/", {"file": SimpleUploadedFile(name, b"%PDF")})

    [file] = seen(request).FILES.getlist("file")
    assert getattr(file, "name") == "이력서.pdf"  # noqa: B009


def test_a_password_stays_as_it_was_typed():
    sent = {"password": IN_PARTS, "password1": IN_PARTS, "q": IN_PARTS}
    request = RequestFactory().post("/", sent)

    assert seen(request).POST.dict() == {**sent, "q": COMPOSED}
    assert composed_json({"password": IN_PARTS}) == {"password": IN_PARTS}


def test_what_is_composed_already_is_left_as_it_is():
    request = RequestFactory().post("/?q=가", {"answer": COMPOSED})
    post, get = request.POST, request.GET

    assert seen(request).POST is post
    assert request.GET is get


def test_a_body_that_is_no_form_is_not_read():
    request = RequestFactory().post("/", b"{}", "application/json")

    assert not seen(request)._read_started  # type: ignore[attr-defined]
    assert User.objects.count() == 0
