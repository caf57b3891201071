"""Previews: pages where LibreOffice is installed, otherwise HTML, never the document's harm."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from apps.common import children, storage
from apps.common.models import Leftover
from apps.resume import office
from apps.resume.models import Document, DocumentPreview
from apps.resume.rendering import render
from apps.resume.rendering.sample import FULL_PROFILE
from apps.resume.tasks import run_preview

pytestmark = pytest.mark.django_db
REAL = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


@pytest.fixture
def preview(s3, sent_tasks, candidate) -> DocumentPreview:
    key = storage.new_key("documents", "docx")
    content = render(FULL_PROFILE, "english", "en")
    storage.write(key, content, content_type="x/y")
    document = Document.objects.create(
        user=candidate, template="english", language="en", version=1, profile=FULL_PROFILE,
        profile_revision=1, status="succeeded", key=key, filename="a.docx", size=len(content),
    )  # fmt: skip
    return DocumentPreview.objects.create(document=document)


def outcome(preview: DocumentPreview) -> tuple[str, str]:
    preview.refresh_from_db()
    return preview.status, preview.error_code


def program(folder, text: str) -> str:
    """A program that stands in for LibreOffice."""
    path = folder / "office"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


@REAL
def test_pages_are_drawn(preview, settings):
    settings.SOFFICE = "soffice"

    run_preview(str(preview.pk))

    assert outcome(preview) == ("succeeded", "")
    assert preview.html == ""
    assert [page["number"] for page in preview.pages] == [1, 2]
    for page in preview.pages:
        assert (round(page["width"]), round(page["height"])) == (595, 842)  # A4, in points
        assert storage.read(page["key"]).startswith(b"\x89PNG")
    assert not Leftover.objects.exists()


def test_without_libreoffice_it_is_html(preview):
    run_preview(str(preview.pk))

    assert outcome(preview) == ("succeeded", "")
    assert preview.pages == []
    assert "<h3>Experience</h3>" in preview.html
    assert "윤가람" in preview.html


@pytest.mark.parametrize("does", ["exit 0", "exit 1", "kill -9 $$", "echo no > document.pdf"])
def test_html_stands_in_where_libreoffice_fails(preview, settings, tmp_path, does):
    settings.SOFFICE = program(tmp_path, does)

    run_preview(str(preview.pk))

    assert outcome(preview) == ("succeeded", "")
    assert preview.pages == []
    assert "<h3>Experience</h3>" in preview.html


def test_libreoffice_is_ended_in_time(preview, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(office, "LIMITS", children.Limits(seconds=1, megabytes=512))
    settings.SOFFICE = program(tmp_path, "sleep 60 & sleep 60")

    run_preview(str(preview.pk))

    assert outcome(preview) == ("succeeded", "")
    assert "<h3>Experience</h3>" in preview.html


def test_each_conversion_has_a_profile_of_its_own_and_leaves_nothing(settings, tmp_path):
    seen = tmp_path / "seen"
    settings.SOFFICE = program(tmp_path, f'echo "$1 $HOME" >> {seen}; echo pdf > document.pdf')

    assert office.to_pdf(b"word") == office.to_pdf(b"word") == b"pdf\n"

    first, second = (line.split() for line in seen.read_text().splitlines())
    assert first[0] == f"-env:UserInstallation=file://{first[1]}/profile"
    assert first != second
    assert not Path(first[1]).exists()


def test_a_store_that_is_down_is_tried_again(preview, settings, sent_tasks):
    settings.S3 = {**settings.S3, "endpoint_url": "http://127.0.0.1:1"}

    run_preview(str(preview.pk))

    assert outcome(preview) == ("queued", "storage_down")
    assert sent_tasks == [("apps.resume.tasks.run_preview", [str(preview.pk)])]
    assert Document.objects.get().status == "succeeded"


def test_a_file_that_is_gone_costs_the_preview_only(preview):
    storage.delete([preview.document.key])

    run_preview(str(preview.pk))

    assert outcome(preview) == ("failed", "file_missing")
    assert Document.objects.get().status == "succeeded"
