"""The upload's pages: sending with scripts and without, watching, deleting, the files."""

from __future__ import annotations

import re
import unicodedata

import pytest
import requests
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient

from apps.common import storage
from apps.common.live import Publisher
from apps.common.storage import PresignedPost
from apps.resume.forms.uploads import clean_filename
from apps.resume.models import PDF_MAX_BYTES, ResumeParse, Upload
from apps.resume.services import uploads as services

from .uploads import PDF, arrived, made, parse_of, send, work

pytestmark = pytest.mark.django_db


def _file(content=PDF, name="이력서.pdf"):
    return {"file": SimpleUploadedFile(name, content, "application/pdf")}


class TestList:
    def test_it_works(self, client_for, candidate):
        upload = made(candidate, {})
        Upload.objects.create(user=candidate, filename="never-arrived.pdf", size=1, key="k")

        response = client_for(candidate).get("/resumes/")

        assert response.status_code == 200
        assert list(response.context["uploads"]) == [upload]
        assert "to be checked" in response.text
        assert "never-arrived.pdf" not in response.text

    def test_nobody_elses_are_there(self, client_for, candidate, other_candidate):
        made(other_candidate, {})

        response = client_for(candidate).get("/resumes/")

        assert list(response.context["uploads"]) == []
        assert "Write your profile by hand" in response.text

    def test_each_state_is_said(self, client_for, candidate):
        upload = made(candidate, {})
        page = client_for(candidate)

        for status, said in (("failed", "not read"), ("queued", "being read")):
            ResumeParse.objects.update(status=status)
            assert f">{said}<" in page.get("/resumes/").text
        ResumeParse.objects.update(status="succeeded")
        Upload.objects.update(reviewed_at=upload.created_at)
        assert ">in your profile<" in page.get("/resumes/").text

    def test_a_visitor_logs_in_first(self, client):
        assert client.get("/resumes/").url == "/accounts/login/?next=/resumes/"


class TestWithoutScripts:
    def test_it_works(
        self, s3, client_for, candidate, sent_tasks, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            response = client_for(candidate).post("/resumes/", _file())

        upload = Upload.objects.get()
        assert (response.status_code, response.url) == (302, f"/resumes/{upload.pk}/")
        assert (upload.filename, upload.size) == ("이력서.pdf", len(PDF))
        assert storage.read(parse_of(upload).key) == PDF
        assert [name for name, _args in sent_tasks] == ["apps.resume.tasks.run_parse"]

    def test_no_file(self, client_for, candidate):
        response = client_for(candidate).post("/resumes/")

        assert response.status_code == 422
        assert "Choose a PDF first." in response.text

    def test_an_empty_file(self, client_for, candidate):
        response = client_for(candidate).post("/resumes/", _file(b""))

        assert response.status_code == 422
        assert "This file is empty." in response.text

    def test_a_file_that_is_too_large(self, client_for, candidate):
        response = client_for(candidate).post(
            "/resumes/", _file(b"%PDF-" * (PDF_MAX_BYTES // 5 + 1))
        )

        assert response.status_code == 422
        assert "larger than 10 MB" in response.text
        assert Upload.objects.count() == 0

    def test_another_kind_of_file_says_how_to_export(self, s3, client_for, candidate):
        page = client_for(candidate)

        response = page.post("/resumes/", _file(b"HWP Document File V3.00"), follow=True)

        assert "This is a Hangul (HWP) file. Save it as a PDF from Hangul" in response.text
        assert "Read it again" not in response.text

    def test_the_store_is_down(self, client_for, candidate):
        response = client_for(candidate).post("/resumes/", _file())

        assert response.status_code == 503
        assert "The file store could not be reached" in response.text

    def test_too_many(self, client_for, candidate, monkeypatch):
        monkeypatch.setattr(services, "UPLOADS_A_DAY", 0)

        response = client_for(candidate).post("/resumes/", _file())

        assert response.status_code == 429


class TestWithScripts:
    def test_it_works(self, s3, client_for, candidate, sent_tasks):
        page = client_for(candidate)

        begun = page.post("/resumes/start", {"filename": "C:\\cv\\a.pdf", "size": len(PDF)})
        target = PresignedPost(**begun.json()["upload"])
        assert send(target, PDF).status_code == 204
        finished = page.post(begun.json()["finish"])

        upload = Upload.objects.get()
        assert upload.filename == "a.pdf"
        assert begun.json()["finish"] == f"/resumes/{upload.pk}/finish"
        assert (finished.status_code, finished.json()) == (200, {"url": f"/resumes/{upload.pk}/"})
        assert parse_of(upload).status == "queued"

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"filename": "a.pdf", "size": PDF_MAX_BYTES + 1}, "larger than 10 MB"),
            ({"filename": "a.pdf", "size": 0}, "This file is empty"),
            ({"filename": "a.pdf"}, "required"),
            ({"size": 3}, "required"),
        ],
    )
    def test_what_cannot_be_sent(self, fields, message, client_for, candidate):
        response = client_for(candidate).post("/resumes/start", fields)

        assert response.status_code == 422
        assert message in response.json()["message"]
        assert Upload.objects.count() == 0

    def test_nothing_has_arrived(self, s3, client_for, candidate):
        page = client_for(candidate)
        begun = page.post("/resumes/start", {"filename": "a.pdf", "size": 3})

        response = page.post(begun.json()["finish"])

        assert response.status_code == 409
        assert response.json()["message"] == "The file did not arrive. Please send it again."

    def test_the_store_is_down(self, client_for, candidate):
        page = client_for(candidate)
        begun = page.post("/resumes/start", {"filename": "a.pdf", "size": 3})

        assert page.post(begun.json()["finish"]).status_code == 503

    def test_anothers_upload_is_not_there(self, client_for, candidate, other_candidate):
        upload, _post = services.upload_start(user=candidate, filename="a.pdf", size=3)

        assert client_for(other_candidate).post(f"/resumes/{upload.pk}/finish").status_code == 404

    def test_too_many(self, client_for, candidate, monkeypatch):
        monkeypatch.setattr(services, "UPLOADS_A_DAY", 0)

        response = client_for(candidate).post("/resumes/start", {"filename": "a.pdf", "size": 3})

        assert response.status_code == 429
        assert response.json()["message"] == "You have sent 0 files today. Please go on tomorrow."


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("résumé.pdf", "résumé.pdf"),
        (
            unicodedata.normalize("NFD", "이력서.pdf"),
            "이력서.pdf",
        ),  # syllables in pieces, as macOS sends them
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\cv.PDF", "cv.PDF"),
        ("a\0b\x1f\u202efdp.exe.pdf", "abfdp.exe.pdf"),
        (".pdf", "resume.pdf"),
        ("  ", "resume.pdf"),
        ("이" * 400 + ".pdf", "이" * 251 + ".pdf"),
    ],
)
def test_file_names_are_cleaned(given, kept):
    assert clean_filename(given) == kept


class TestDetail:
    def test_while_it_is_read(self, client_for, candidate):
        upload = made(candidate, {})
        ResumeParse.objects.update(status="running")

        response = client_for(candidate).get(f"/resumes/{upload.pk}/")

        assert f'sse-connect="/resumes/{upload.pk}/stream"' in response.text
        assert re.search(r'aria-current="step">.*Reading the text', response.text)
        assert "Refresh to see how far it is" in response.text

    def test_refused(self, client_for, candidate):
        upload = made(candidate, {})
        ResumeParse.objects.update(status="failed", error_code="encrypted")

        response = client_for(candidate).get(f"/resumes/{upload.pk}/")

        assert "This PDF is locked with a password." in response.text
        assert "sse-connect" not in response.text
        assert f"/resumes/{upload.pk}/retry" not in response.text

    def test_failed_by_our_fault(
        self, client_for, candidate, sent_tasks, valkey, django_capture_on_commit_callbacks
    ):
        upload = made(candidate, {})
        ResumeParse.objects.update(status="failed", error_code="storage_down")
        page = client_for(candidate)
        assert f"/resumes/{upload.pk}/retry" in page.get(f"/resumes/{upload.pk}/").text

        with django_capture_on_commit_callbacks(execute=True):
            response = page.post(f"/resumes/{upload.pk}/retry")

        assert (response.status_code, response.url) == (302, f"/resumes/{upload.pk}/")
        assert ResumeParse.objects.get().status == "queued"
        assert sent_tasks == [("apps.resume.tasks.run_parse", [str(upload.parse_id)])]

    def test_one_that_never_arrived_has_no_page(self, client_for, candidate):
        upload = Upload.objects.create(user=candidate, filename="a", size=1, key="k")

        assert client_for(candidate).get(f"/resumes/{upload.pk}/").status_code == 404


async def _browser(person):
    client = AsyncClient()
    await client.aforce_login(person, "django.contrib.auth.backends.ModelBackend")
    return client


def _watch(person, url):
    """The stream as a browser reads it: [(event, html)]."""

    async def read():
        client = await _browser(person)
        response = await client.get(url, headers={"accept-language": "en"})
        if not response.streaming:
            return response.status_code
        return "".join([piece.decode() async for piece in response.streaming_content])

    text = async_to_sync(read)()
    if isinstance(text, int):
        return text
    events = []
    for block in text.split("\n\n"):
        lines = block.split("\n")
        names = [line[7:] for line in lines if line.startswith("event: ")]
        if names:
            data = "\n".join(line[6:] for line in lines if line.startswith("data: "))
            events.append((names[0], data))
    return events


@pytest.mark.django_db(transaction=True)
class TestStream:
    def test_the_steps_and_the_end(self, candidate, valkey):
        upload = made(candidate, {})
        ResumeParse.objects.update(status="running")
        stream = Publisher(parse_of(upload).stream_key)
        stream.restart({"state": "running", "run": 1})
        stream.publish("progress", {"state": "running", "step": "drawing", "page": 2, "pages": 3})
        first = _watch_until_end(candidate, upload, stream)

        (name, shown), end = first
        assert name == "state"
        assert "Preparing the pages to look at" in shown
        assert "2 of 3" in shown
        assert end == ("end", "done")

    def test_a_reading_that_has_ended(self, candidate, valkey):
        upload = made(candidate, {})

        assert _watch(candidate, f"/resumes/{upload.pk}/stream") == [("end", "done")]
        ResumeParse.objects.update(status="failed", error_code="encrypted")
        assert _watch(candidate, f"/resumes/{upload.pk}/stream") == [("end", "error")]

    def test_a_reading_that_is_tried_again(self, candidate, valkey):
        upload = made(candidate, {})
        ResumeParse.objects.update(status="queued")
        stream = Publisher(parse_of(upload).stream_key)
        stream.publish("progress", {"state": "waiting", "reason": "storage_down"})
        (_name, shown), _end = _watch_until_end(candidate, upload, stream)

        assert "Your file is safe, and we are trying again." in shown

    def test_anothers_is_not_there(self, candidate, other_candidate):
        upload = made(candidate, {})

        assert _watch(other_candidate, f"/resumes/{upload.pk}/stream") == 404


def _watch_until_end(person, upload, stream):
    """What is there now, then the end, which comes after the first piece was read."""

    async def read():
        client = await _browser(person)
        url = f"/resumes/{upload.pk}/stream"
        response = await client.get(url, headers={"accept-language": "en"})
        pieces = []
        async for piece in response.streaming_content:
            pieces.append(piece.decode())
            if "event: state" in pieces[-1]:
                stream.publish("done", {"state": "succeeded"})
        return pieces

    found = []
    for piece in async_to_sync(read)():
        if piece.startswith("event: "):
            name, _newline, data = piece[7:].partition("\n")
            found.append((name, data.replace("data: ", "").strip()))
    return found


class TestDelete:
    def test_it_asks_first(self, client_for, candidate):
        upload = made(candidate, {})

        response = client_for(candidate).get(f"/resumes/{upload.pk}/delete")

        assert response.status_code == 200
        assert "What you took into your profile stays there." in response.text
        assert Upload.objects.count() == 1

    def test_it_works(self, client_for, candidate, sent_tasks):
        upload = made(candidate, {})

        response = client_for(candidate).post(f"/resumes/{upload.pk}/delete")

        assert (response.status_code, response.url) == (302, "/resumes/")
        assert (Upload.objects.count(), ResumeParse.objects.count()) == (0, 0)

    def test_anothers_is_not_there(self, client_for, candidate, other_candidate):
        upload = made(candidate, {})

        assert client_for(other_candidate).post(f"/resumes/{upload.pk}/delete").status_code == 404
        assert Upload.objects.count() == 1


class TestFiles:
    def test_they_are_reached_by_addresses_that_end(
        self, s3, client_for, candidate, sent_tasks, valkey
    ):
        upload = arrived(candidate, filename="이력서 (최종).pdf")
        parse = work(upload)
        page = client_for(candidate)

        pdf = page.get(f"/resumes/{upload.pk}/file")
        picture = page.get(f"/resumes/{upload.pk}/pages/1.png")

        assert (pdf.status_code, picture.status_code) == (302, 302)
        assert "X-Amz-Expires=300" in pdf.url
        assert "no-store" in pdf["Cache-Control"]
        got = requests.get(pdf.url, timeout=10)
        assert got.content == PDF
        assert got.headers["Content-Type"] == "application/pdf"
        assert "filename*=utf-8''%EC%9D%B4%EB%A0%A5%EC%84%9C" in got.headers["Content-Disposition"]
        assert requests.get(picture.url, timeout=10).content == storage.read(parse.pages[0]["key"])
        assert requests.get(pdf.url.partition("?")[0], timeout=10).status_code == 403

    def test_a_page_that_is_not_there(self, client_for, candidate):
        upload = made(candidate, {})

        assert client_for(candidate).get(f"/resumes/{upload.pk}/pages/2.png").status_code == 404

    def test_a_refused_file_was_not_kept(self, client_for, candidate):
        upload = made(candidate, {})
        ResumeParse.objects.update(status="failed", error_code="html", key="", pages=[])

        assert client_for(candidate).get(f"/resumes/{upload.pk}/file").status_code == 404


@pytest.mark.parametrize(
    ("method", "place"),
    [
        ("put", ""), ("get", "start"), ("post", "{}/"), ("get", "{}/finish"),
        ("post", "{}/stream"), ("put", "{}/retry"), ("put", "{}/delete"), ("post", "{}/file"),
        ("post", "{}/pages/1.png"), ("put", "{}/review"), ("put", "{}/apply"), ("put", "{}/merge"),
    ],
)  # fmt: skip
def test_wrong_methods(method, place, client_for, candidate):
    upload = made(candidate, {})
    page = client_for(candidate)

    assert getattr(page, method)(f"/resumes/{place.format(upload.pk)}").status_code == 405


def test_an_export_has_what_was_read(client_for, candidate, other_candidate):
    made(candidate, {"basics": {"name": "Nora"}})
    made(other_candidate, {"basics": {"name": "Bob"}})

    (own,) = client_for(candidate).get("/account/export").json()["resume"]["uploads"]

    assert own["filename"] == "résumé.pdf"
    assert own["resume"] == {"basics": {"name": "Nora"}}
