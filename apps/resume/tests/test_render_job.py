"""Making a document: the profile as it was, in the store, under a name people know."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from apps.accounts.models import User
from apps.common import leftovers, storage
from apps.common.models import Leftover
from apps.resume.models import Document, DocumentPreview, DocumentTemplate
from apps.resume.render_job import filename
from apps.resume.rendering import limited, render
from apps.resume.rendering.sample import FULL_PROFILE, PHOTO
from apps.resume.tasks import run_render

from .test_rendering import HOSTILE
from .word import Read, word_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(candidate: User) -> Document:
    return make(candidate)


def make(user: User, **fields: Any) -> Document:
    given = {
        "template": "english", "language": "en", "version": 1, "profile": FULL_PROFILE,
        "profile_revision": 1,
    }  # fmt: skip
    return Document.objects.create(user=user, **(given | fields))


def outcome(document: Document) -> tuple[str, str]:
    document.refresh_from_db()
    return document.status, document.error_code


def test_it_works(s3, sent_tasks, django_capture_on_commit_callbacks, document):
    with django_capture_on_commit_callbacks(execute=True):
        run_render(str(document.pk))

    assert outcome(document) == ("succeeded", "")
    assert document.filename == "Resume_윤가람_v1.docx"
    content = storage.read(document.key)
    assert len(content) == document.size
    expected = render(FULL_PROFILE, "english", "en", today=timezone.localdate())
    assert Read(content).paragraphs == Read(expected).paragraphs
    preview = DocumentPreview.objects.get()
    assert (preview.document, preview.status) == (document, "queued")
    assert sent_tasks == [("apps.resume.tasks.run_preview", [str(preview.pk)])]
    assert not Leftover.objects.exists()


def test_what_a_person_wrote_comes_out_as_written(s3, sent_tasks, candidate):
    # The characters that Word has no place for are left out, and nothing else.
    profile = {"basics": {"name": HOSTILE, "summary": "a\x00b\x08c\x1fd\ufffee\n😀"}}
    document = make(candidate, profile=profile)

    run_render(str(document.pk))

    assert outcome(document) == ("succeeded", "")
    read = Read(storage.read(document.key))
    assert HOSTILE in read.paragraphs
    assert {"abcde", "😀"} <= set(read.paragraphs)


def test_the_photo_is_that_of_the_document(s3, sent_tasks, candidate):
    key = storage.new_key("document-photos", "jpg")
    storage.write(key, PHOTO, content_type="image/jpeg")
    document = make(candidate, template="korean-form", language="ko", photo_key=key)

    run_render(str(document.pk))

    assert outcome(document) == ("succeeded", "")
    assert document.filename == "이력서_윤가람_v1.docx"
    read = Read(storage.read(document.key))
    assert [part for part in read.parts if "media" in part] == ["word/media/image1.png"]


def test_a_form_is_of_the_day_it_was_asked_for(s3, sent_tasks, candidate):
    document = make(candidate, template="korean-form", language="ko")
    asked = timezone.make_aware(datetime(2026, 3, 1, 0, 30))
    Document.objects.update(created_at=asked)

    run_render(str(document.pk))

    document.refresh_from_db()
    assert "2026년 3월 1일" in Read(storage.read(document.key)).text


def test_a_template_of_staff(s3, sent_tasks, candidate):
    DocumentTemplate.objects.create(
        slug="plain", name_ko="간단", name_en="Plain", content=word_file("{{ name }}")
    )
    document = make(candidate, template="plain")

    run_render(str(document.pk))

    assert outcome(document) == ("succeeded", "")
    assert Read(storage.read(document.key)).paragraphs == ["윤가람"]


@pytest.mark.parametrize(
    "fields, code",
    [
        ({"template": "vanished"}, "template_gone"),
        ({"profile": {"work": 1}}, "profile_invalid"),
        ({"template": "korean-form", "photo_key": "document-photos/none.jpg"}, "photo_unreadable"),
    ],
)
def test_what_cannot_heal_fails_at_once(s3, sent_tasks, candidate, fields, code):
    document = make(candidate, **fields)

    run_render(str(document.pk))

    assert outcome(document) == ("failed", code)
    assert (document.key, document.failures, document.can_be_tried_again) == ("", 1, False)
    assert str(document.error_message) != str(Document(error_code="internal").error_message)
    assert sent_tasks == []
    assert not DocumentPreview.objects.exists()


def test_a_template_without_end_fails_in_time(s3, sent_tasks, candidate, monkeypatch):
    monkeypatch.setattr(limited, "SECONDS", 2)
    loop = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    DocumentTemplate.objects.create(
        slug="loop", name_ko="돌기", name_en="Loop", content=word_file(loop)
    )
    document = make(candidate, template="loop")
    began = timezone.now()

    run_render(str(document.pk))

    assert outcome(document) == ("failed", "template_broken")
    with translation.override("en"):
        assert "choose another" in str(document.error_message)
    assert timezone.now() - began < timedelta(seconds=30)


def test_a_busy_machine_is_no_fault_of_a_shipped_template(
    s3, sent_tasks, document, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limited, "SECONDS", 0.01)

    run_render(str(document.pk))

    assert outcome(document) == ("queued", "internal")
    assert sent_tasks == [("apps.resume.tasks.run_render", [str(document.pk)])]


def test_a_store_that_is_down_is_tried_again(sent_tasks, document):
    run_render(str(document.pk))  # without s3: nothing listens there

    assert outcome(document) == ("queued", "storage_down")
    assert sent_tasks == [("apps.resume.tasks.run_render", [str(document.pk)])]


def test_a_document_deleted_meanwhile_leaves_no_file(
    s3, sent_tasks, document, monkeypatch: pytest.MonkeyPatch
):
    write = storage.write

    def write_and_delete(key: str, content: bytes, **options: str) -> None:
        write(key, content, **options)
        Document.objects.all().delete()

    monkeypatch.setattr(storage, "write", write_and_delete)

    run_render(str(document.pk))

    (leftover,) = Leftover.objects.all()
    assert storage.size(leftover.key) > 0
    # The sweep goes by the database's clock, which counts milliseconds on SQLite.
    Leftover.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert leftovers.sweep() == 1
    with pytest.raises(storage.ObjectMissing):
        storage.size(leftover.key)


@pytest.mark.parametrize(
    "name, language, expected",
    [
        ("지우", "ko", "이력서_지우_v3.docx"),
        ("Jiwoo", "en", "Resume_Jiwoo_v3.docx"),
        ("Jiwoo  Han", "en", "Resume_Jiwoo_Han_v3.docx"),
        ("../../etc/passwd", "en", "Resume_etc_passwd_v3.docx"),
        ('a\\b:c*d?"e"<f>|g.', "en", "Resume_a_b_c_d_e_f_g_v3.docx"),
        ("\u202egnp.exe\x00", "en", "Resume_gnp_exe_v3.docx"),
        ("지우\n한", "ko", "이력서_지우_한_v3.docx"),
        ("가" * 300, "ko", f"이력서_{'가' * 60}_v3.docx"),
        ("", "ko", "이력서_v3.docx"),
        (None, "en", "Resume_v3.docx"),
    ],
)
def test_file_names(name, language, expected):
    document = Document(language=language, version=3, profile={"basics": {"name": name}})

    assert filename(document) == expected
    assert len(filename(document).encode()) <= 255
