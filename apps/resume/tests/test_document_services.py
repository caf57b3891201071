"""Asking for documents: versions, nothing twice, and what an empty profile gets."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts.services import account_delete, account_export
from apps.common import storage
from apps.common.limits import LimitReached
from apps.common.models import Leftover
from apps.resume.models import Document, DocumentPreview, DocumentTemplate, Profile
from apps.resume.offered import TemplateGone, templates_offered
from apps.resume.rendering.sample import FULL_PROFILE, PHOTO
from apps.resume.services import documents as services
from apps.resume.services.profiles import photo_save, profile_save

pytestmark = pytest.mark.django_db


@pytest.fixture
def profile(candidate) -> Profile:
    return Profile.objects.create(user=candidate, data=FULL_PROFILE, revision=3)


def create(user, template="english", language="en"):
    return services.document_create(user=user, template=template, language=language)


def versions():
    rows = Document.objects.order_by("created_at").values_list("template", "language", "version")
    return list(rows)


class TestLimits:
    def _make(self, web, candidate, number):
        Profile.objects.update(revision=number)  # as after an edit
        return web.post("/documents/new", {"template": "english", "language": "en"})

    def test_thirty_a_minute_by_page_and_api(self, client_for, candidate, profile, sent_tasks):
        web = client_for(candidate)

        made = [self._make(web, candidate, number) for number in range(10, 41)]
        api = web.post(
            "/api/v1/documents", {"template": "english", "language": "en"}, "application/json"
        )

        assert [reply.status_code for reply in made] == [302] * 30 + [429]
        assert "That was a lot at once." in made[-1].text
        assert Document.objects.count() == 30
        assert (api.status_code, api.json()["error"]["code"]) == (429, "throttled")

    def test_trying_again_counts(self, client_for, candidate, profile, sent_tasks):
        web = client_for(candidate)
        document = create(candidate).document
        for _number in range(30):
            Document.objects.update(status="failed", error_code="internal")
            web.post(f"/documents/{document.pk}/retry")

        assert Document.objects.get().status == "failed"

    def test_asking_for_what_is_there_does_not(self, client_for, candidate, profile, sent_tasks):
        for _number in range(40):
            create(candidate)

    def test_ten_photos_a_minute(self, candidate, monkeypatch):
        monkeypatch.setattr(storage, "write", lambda *_, **__: None)
        for _number in range(10):
            photo_save(user=candidate, jpeg=b"x")

        with pytest.raises(LimitReached):
            photo_save(user=candidate, jpeg=b"x")


class TestCreate:
    def test_it_works(self, candidate, profile, sent_tasks, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            made = create(candidate)
            assert sent_tasks == []

        assert made.is_new is True
        document = Document.objects.get()
        assert made.document == document
        assert (document.template, document.language, document.version) == ("english", "en", 1)
        assert (document.profile, document.profile_revision) == (FULL_PROFILE, 3)
        assert (document.status, document.photo_key, document.key) == ("queued", "", "")
        assert sent_tasks == [("apps.resume.tasks.run_render", [str(document.pk)])]

    def test_an_edit_gives_the_next_version(self, candidate, profile, sent_tasks):
        create(candidate)
        changed = {**FULL_PROFILE, "skills": [{"name": "Go"}]}
        profile_save(user=candidate, data=changed, revision=3)

        made = create(candidate)

        assert (made.is_new, made.document.version) == (True, 2)
        first, second = Document.objects.order_by("version")
        assert first.profile == FULL_PROFILE
        assert second.profile == changed

    def test_nothing_changed_is_no_new_version(
        self, candidate, profile, sent_tasks, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            first = create(candidate)
            again = create(candidate)

        assert (again.document, again.is_new) == (first.document, False)
        assert len(sent_tasks) == 1

    def test_each_template_and_language_has_its_versions(
        self, candidate, other_candidate, profile, sent_tasks
    ):
        create(candidate)
        create(candidate, language="ko")
        create(candidate, template="korean-form", language="ko")
        Profile.objects.create(user=other_candidate, data=FULL_PROFILE)
        create(other_candidate)

        assert versions() == [
            ("english", "en", 1), ("english", "ko", 1), ("korean-form", "ko", 1),
            ("english", "en", 1),
        ]  # fmt: skip

    def test_another_day_is_another_version(self, candidate, profile, sent_tasks):
        """A form says on which day it was written."""
        create(candidate)
        Document.objects.update(created_at=timezone.now() - timedelta(days=1))

        assert create(candidate).document.version == 2

    def test_a_failed_one_is_not_the_latest(self, candidate, profile, sent_tasks):
        create(candidate)
        Document.objects.update(status="failed")

        assert create(candidate).document.version == 2

    @pytest.mark.parametrize("data", [None, {}, {"basics": {}, "work": []}])
    def test_an_empty_profile_is_told(self, candidate, sent_tasks, data):
        if data is not None:
            Profile.objects.create(user=candidate, data=data)

        with pytest.raises(services.ProfileEmpty):
            create(candidate)

        assert not Document.objects.exists()

    def test_a_template_that_nobody_offers(self, candidate, profile, sent_tasks):
        DocumentTemplate.objects.create(slug="old", content=b"x", is_active=False)
        for slug in ("none", "old", "../english"):
            with pytest.raises(TemplateGone):
                create(candidate, template=slug)
        assert not Document.objects.exists()

    def test_a_changed_template_of_staff_gives_the_next_version(
        self, candidate, profile, sent_tasks
    ):
        template = DocumentTemplate.objects.create(slug="plain", content=b"x")
        assert create(candidate, template="plain").document.version == 1
        assert create(candidate, template="plain").is_new is False

        template.file_changed_at = timezone.now()
        template.save()

        assert create(candidate, template="plain").document.version == 2


class TestPhoto:
    def test_a_document_keeps_its_photo(self, s3, candidate, profile, sent_tasks):
        photo_save(user=candidate, jpeg=PHOTO)
        document = create(candidate, template="korean-form").document

        photo_save(user=candidate, jpeg=b"another")

        profile.refresh_from_db()
        assert storage.read(document.photo_key) == PHOTO
        assert document.photo_key != profile.photo_key
        assert not Leftover.objects.filter(key=document.photo_key).exists()
        assert create(candidate, template="korean-form").document.version == 2

    def test_only_for_templates_with_a_photo(self, s3, candidate, profile, sent_tasks):
        photo_save(user=candidate, jpeg=PHOTO)

        assert create(candidate, template="english").document.photo_key == ""

    def test_a_store_that_is_down_makes_no_document(self, candidate, profile, sent_tasks):
        Profile.objects.update(photo_key="photos/a.jpg")

        with pytest.raises(storage.StorageError):
            create(candidate, template="korean-form")

        assert not Document.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_impatient_clicks_make_one_document(candidate, profile, sent_tasks):
    start = threading.Barrier(4)
    made = []

    def click() -> None:
        try:
            start.wait(10)
            made.append(create(candidate))
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(one.is_new for one in made) == [False, False, False, True]
    assert versions() == [("english", "en", 1)]


class TestRetry:
    def test_it_works(self, candidate, profile, sent_tasks):
        document = create(candidate).document
        Document.objects.update(status="failed", error_code="storage_down", failures=4)
        document.refresh_from_db()

        assert services.document_retry(document=document) is True

        document.refresh_from_db()
        assert (document.status, document.error_code, document.failures) == ("queued", "", 0)
        assert sent_tasks == [("apps.resume.tasks.run_render", [str(document.pk)])]

    @pytest.mark.parametrize(
        "fields",
        [{"status": "succeeded"}, {"status": "failed", "error_code": "template_gone"}],
    )
    def test_only_where_it_can_help(self, candidate, profile, sent_tasks, fields):
        document = create(candidate).document
        Document.objects.update(**fields)
        document.refresh_from_db()

        assert services.document_retry(document=document) is False
        assert sent_tasks == []


def test_deleting_takes_the_files_along(candidate, profile, sent_tasks):
    document = create(candidate).document
    Document.objects.update(key="documents/a.docx", photo_key="document-photos/a.jpg")
    DocumentPreview.objects.create(document=document, pages=[{"key": "previews/1.png"}])

    services.document_delete(document=document)
    services.document_delete(document=document)  # twice is no error

    assert not Document.objects.exists()
    assert not DocumentPreview.objects.exists()
    due = set(Leftover.objects.filter(due_at__lte=timezone.now()).values_list("key", flat=True))
    assert due == {"documents/a.docx", "document-photos/a.jpg", "previews/1.png"}


def test_templates_are_those_of_ssammu_and_the_active_ones_of_staff(db):
    DocumentTemplate.objects.create(slug="b", content=b"x")
    DocumentTemplate.objects.create(slug="a", content=b"x")
    DocumentTemplate.objects.create(slug="c", content=b"x", is_active=False)

    slugs = [template.slug for template in templates_offered()]

    assert slugs == ["korean-form", "korean-developer", "english", "a", "b"]


def test_documents_are_among_what_a_person_takes_along(
    candidate, other_candidate, profile, sent_tasks
):
    document = create(candidate).document

    (taken,) = account_export(user=candidate)["resume"]["documents"]

    assert (taken["id"], taken["template"], taken["version"]) == (document.pk, "english", 1)
    assert taken["profile"] == FULL_PROFILE
    assert account_export(user=other_candidate)["resume"]["documents"] == []


def test_files_go_with_the_account(candidate, profile, sent_tasks):
    document = create(candidate).document
    Document.objects.update(key="documents/a.docx", photo_key="document-photos/a.jpg")
    DocumentPreview.objects.create(document=document, pages=[{"key": "previews/1.png"}])

    account_delete(user=candidate)

    due = set(Leftover.objects.filter(due_at__lte=timezone.now()).values_list("key", flat=True))
    assert due == {"documents/a.docx", "document-photos/a.jpg", "previews/1.png"}
