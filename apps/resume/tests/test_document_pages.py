"""The pages of documents: make, watch, download, make again, delete; only one's own."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import unquote

import pytest
import requests
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client
from django.urls import reverse

from apps.accounts.models import User
from apps.common import live, storage
from apps.resume.models import Document, DocumentPreview, DocumentTemplate, Profile
from apps.resume.rendering.sample import FULL_PROFILE
from apps.resume.tasks import run_preview, run_render

from .word import Read

pytestmark = pytest.mark.django_db
LIST = "/documents/"


@pytest.fixture
def profile(candidate: User) -> Profile:
    return Profile.objects.create(user=candidate, data=FULL_PROFILE, revision=1)


@pytest.fixture
def client(candidate: User, client_for) -> Client:
    return client_for(candidate)


@pytest.fixture
def document(candidate: User) -> Document:
    """Made, with its preview, though nothing is in the store."""
    document = Document.objects.create(
        user=candidate, template="english", language="en", version=1, profile=FULL_PROFILE,
        profile_revision=1, status="succeeded", key="documents/a.docx", size=40_000,
        filename="Resume_윤가람_v1.docx",
    )  # fmt: skip
    DocumentPreview.objects.create(
        document=document,
        status="succeeded",
        pages=[{"number": 1, "width": 595.2, "height": 841.9, "key": "previews/1.png"}],
    )
    return document


def make(client: Client, **fields: str) -> Any:
    given = {"template": "english", "language": "en"} | fields
    return client.post("/documents/new", given)


def stream(user: User, path: str) -> str:
    async def watch() -> str:
        client = AsyncClient()
        await client.aforce_login(user, "django.contrib.auth.backends.ModelBackend")
        reply: Any = await client.get(path, headers={"accept-language": "en"})
        return b"".join([piece async for piece in reply.streaming_content]).decode()

    return async_to_sync(watch)()


class TestMaking:
    def test_from_the_profile_to_the_bytes(self, s3, client, profile, sent_tasks):
        reply = make(client)
        document = Document.objects.get()
        assert (reply.status_code, reply.url) == (302, f"/documents/{document.pk}/")
        assert 'data-state="queued"' in client.get(reply.url).text

        run_render(str(document.pk))
        run_preview(str(document.preview.pk))

        page = client.get(reply.url).text
        assert "Resume_윤가람_v1.docx" in page
        assert "<h3>Experience</h3>" in page
        leads = client.get(f"/documents/{document.pk}/file")
        assert leads.status_code == 302
        file = requests.get(leads.url, timeout=10)
        assert "윤가람" in Read(file.content).text
        disposition = file.headers["Content-Disposition"]
        assert disposition.startswith("attachment")
        assert "Resume_윤가람_v1.docx" in unquote(disposition)

    def test_the_list_offers_every_template(self, client, profile):
        DocumentTemplate.objects.create(slug="plain", name_en="Plain", content=b"x")

        page = client.get(LIST).text

        for name in ("Korean form", "Korean developer résumé", "English résumé", "Plain"):
            assert f"<span>{name}</span>" in page
        assert 'value="english" ' in page.replace("checked", "").replace("  ", " ")
        assert "Nothing yet." in page

    @pytest.mark.parametrize(
        "fields, told",
        [
            ({"template": ""}, "Choose a template."),
            ({"template": "none"}, "This template is no longer offered."),
            ({"language": ""}, "Choose a language."),
            ({"language": "fr"}, "Select a valid choice."),
        ],
    )
    def test_bad_input_is_told(self, client, profile, fields, told):
        reply = make(client, **fields)

        assert reply.status_code == 422
        assert told in reply.text
        assert not Document.objects.exists()

    def test_an_empty_profile_gets_a_way_forward(self, client):
        reply = make(client)
        assert (reply.status_code, reply.url) == (302, LIST)

        page = client.get(LIST).text
        assert "Your profile is empty" in page
        assert reverse("resume:upload_list") in page
        assert "template-card" not in page

    def test_nothing_changed_is_told(self, client, profile, sent_tasks):
        first = make(client)
        again = make(client)

        assert again.url == first.url
        assert "Nothing has changed since version 1" in client.get(again.url).text

    def test_a_store_that_is_down_is_told(self, client, profile):
        Profile.objects.update(photo_key="photos/a.jpg")

        reply = make(client, template="korean-form")

        assert reply.status_code == 503
        assert "The file store could not be reached." in reply.text

    def test_a_get_goes_to_the_list(self, client):
        assert client.get("/documents/new").url == LIST


class TestLooking:
    def test_the_list(self, client, document, django_assert_max_num_queries):
        for version in range(2, 7):
            Document.objects.create(
                user=document.user, template="english", language="en", version=version,
                profile={}, profile_revision=1, status="succeeded", size=1,
            )  # fmt: skip
        Document.objects.create(
            user=document.user, template="gone", language="ko", version=1, profile={},
            profile_revision=1, status="failed",
        )  # fmt: skip

        with django_assert_max_num_queries(8):
            page = client.get(LIST).text

        assert page.count('class="card document-group"') == 2
        assert "3 older versions" in page
        assert page.count("This template is no longer offered.") == 1
        assert page.count("not made") == 1
        assert "hx-get" not in page

    def test_the_list_asks_again_while_something_is_made(self, client, document):
        Document.objects.update(status="running")

        part = client.get(LIST, headers={"HX-Request": "true"}).text

        assert part.lstrip().startswith('<div id="document-list" hx-get="/documents/"')
        assert "<html" not in part
        assert "being made" in part

    def test_a_document(self, client, document, profile):
        page = client.get(document.get_absolute_url()).text

        assert "English résumé" in page
        assert f'src="/documents/{document.pk}/pages/1.png" width="595" height="842"' in page
        assert "Your profile has changed since." not in page
        assert "sse-connect" not in page

    def test_a_profile_that_changed_since_is_told(self, client, document, profile):
        Profile.objects.update(revision=2)

        page = client.get(document.get_absolute_url()).text

        assert "Your profile has changed since." in page

    def test_markup_in_a_profile_is_text(self, s3, client, profile, sent_tasks):
        Profile.objects.update(data={"basics": {"name": "<script>x</script> R&D {{ 7*7 }}"}})
        make(client)
        document = Document.objects.get()
        run_render(str(document.pk))
        run_preview(str(document.preview.pk))

        page = client.get(document.get_absolute_url()).text

        assert "&lt;script&gt;x&lt;/script&gt; R&amp;D {{ 7*7 }}</p>" in page
        assert "<script>x" not in page

    @pytest.mark.parametrize(
        "code, told, button",
        [
            ("storage_down", "The file store could not be reached.", True),
            ("worker_lost", "The work was interrupted several times.", True),
            ("template_gone", "This template is no longer offered.", False),
            ("template_broken", "This template does not work at the moment.", False),
        ],
    )
    def test_a_failure_and_the_way_on(self, client, document, code, told, button):
        DocumentPreview.objects.all().delete()
        Document.objects.update(status="failed", error_code=code, key="")

        page = client.get(document.get_absolute_url()).text

        assert told in page
        assert (f"/documents/{document.pk}/retry" in page) is button

    def test_a_preview_that_failed_leaves_the_download(self, client, document):
        DocumentPreview.objects.update(status="failed", pages=[])

        page = client.get(document.get_absolute_url()).text

        assert "It cannot be shown here." in page
        assert f"/documents/{document.pk}/file" in page


class TestStream:
    def test_the_end_of_a_document(self, document):
        DocumentPreview.objects.update(status="queued", pages=[])

        sent = stream(document.user, f"/documents/{document.pk}/stream")

        assert [line for line in sent.splitlines() if line.startswith("event")] == [
            "event: state", "event: document", "event: end",
        ]  # fmt: skip
        assert "Resume_윤가람_v1.docx" in sent
        # What is swapped in goes on to follow the preview.
        assert f'sse-connect="/documents/{document.pk}/preview"' in sent

    def test_the_end_of_a_preview(self, document):
        sent = stream(document.user, f"/documents/{document.pk}/preview")

        assert [line for line in sent.splitlines() if line.startswith("event")] == [
            "event: preview-state", "event: preview", "event: end",
        ]  # fmt: skip
        assert "1 page" in sent
        assert f"/documents/{document.pk}/pages/1.png" in sent

    def test_a_failure(self, document):
        Document.objects.update(status="failed", error_code="storage_down")

        sent = stream(document.user, f"/documents/{document.pk}/stream")

        assert "The file store could not be reached." in sent
        assert sent.endswith("event: end\ndata: failed\n\n")

    @pytest.mark.django_db(transaction=True)
    def test_a_live_one_is_followed_to_its_end(self, valkey, document):
        Document.objects.update(status="running", key="")
        publisher = live.Publisher(document.stream_key)
        publisher.restart({"state": "running", "run": 1})
        publisher.publish("progress", {"state": "waiting", "reason": "storage_down"})
        publisher.publish("error", {"code": "template_broken", "retryable": True})

        sent = stream(document.user, f"/documents/{document.pk}/stream")

        assert "This template does not work at the moment." in sent
        assert sent.endswith("event: end\ndata: failed\n\n")


class TestRetryAndDelete:
    def test_retry(self, client, document, sent_tasks):
        Document.objects.update(status="failed", error_code="internal", key="")

        reply = client.post(f"/documents/{document.pk}/retry")

        assert reply.url == document.get_absolute_url()
        assert Document.objects.get().status == "queued"
        assert sent_tasks == [("apps.resume.tasks.run_render", [str(document.pk)])]

    def test_delete_asks_first(self, s3, client, document, sent_tasks):
        asked = client.get(f"/documents/{document.pk}/delete")
        assert "deleted for good" in asked.text
        assert Document.objects.exists()

        reply = client.post(f"/documents/{document.pk}/delete")

        assert reply.url == LIST
        assert not Document.objects.exists()

    def test_a_download_before_there_is_a_file(self, client, document):
        Document.objects.update(status="queued", key="")

        assert client.get(f"/documents/{document.pk}/file").url == document.get_absolute_url()


PATHS = ["", "stream", "preview", "file", "retry", "delete", "pages/1.png"]


@pytest.mark.parametrize("path", PATHS)
def test_anothers_document_is_not_there(client_for, other_candidate, document, path):
    client = client_for(other_candidate)

    assert client.get(f"/documents/{document.pk}/{path}").status_code == 404
    assert client.get(f"/documents/{uuid.uuid4()}/{path}").status_code == 404
    if path in ("retry", "delete"):
        assert client.post(f"/documents/{document.pk}/{path}").status_code == 404
        assert Document.objects.exists()


def test_the_picture_of_a_page_is_ones_own(s3, client, document):
    storage.write("previews/1.png", b"png", content_type="image/png")

    leads = client.get(f"/documents/{document.pk}/pages/1.png")

    file = requests.get(leads.url, timeout=10)
    assert (file.content, file.headers["Content-Type"]) == (b"png", "image/png")
    assert client.get(f"/documents/{document.pk}/pages/2.png").status_code == 404


@pytest.mark.parametrize("path", ["", "stream", "preview", "file", "pages/1.png"])
def test_wrong_methods(client, document, path):
    assert client.post(f"/documents/{document.pk}/{path}").status_code == 405


@pytest.mark.parametrize("path", PATHS)
def test_a_visitor_logs_in_first(document, path):
    reply = Client().get(f"/documents/{document.pk}/{path}")

    assert reply.status_code == 302
    assert reply["Location"].startswith("/accounts/login/")


def test_korean_pages(client, document, profile):
    page = client.get(LIST, headers={"accept-language": "ko"}).text

    assert "이력서 (표 양식)" in page
