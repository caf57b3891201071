"""Staff add Word templates: tried first, told what is wrong, and kept while used."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.resume.models import Document, DocumentTemplate
from apps.resume.rendering import TEMPLATES, limited, render_file
from apps.resume.rendering.reference import reference
from apps.resume.rendering.sample import FULL_PROFILE, PHOTO

from .word import Read, word_file

pytestmark = pytest.mark.django_db
ADD = "/admin/resume/documenttemplate/add/"
LIST = "/admin/resume/documenttemplate/"


@pytest.fixture
def client(staff, client_for):
    return client_for(staff)


@pytest.fixture
def template(db) -> DocumentTemplate:
    return DocumentTemplate.objects.create(
        slug="plain", name_ko="간단", name_en="Plain", content=word_file("{{ name }}")
    )


def form(content: bytes | None, **fields: str):
    data: dict[str, Any] = {
        "slug": "plain",
        "name_ko": "간단",
        "name_en": "Plain",
        "is_active": "on",
        **fields,
    }
    if content is not None:
        data["file"] = SimpleUploadedFile("양식.docx", content)
    return data


def test_it_works(client):
    content = word_file("{{ name }}", "{{r email }}")

    reply = client.post(ADD, form(content))

    assert (reply.status_code, reply.url) == (302, LIST)
    template = DocumentTemplate.objects.get()
    assert bytes(template.content) == content
    assert (template.slug, template.name("ko"), template.name("en")) == ("plain", "간단", "Plain")
    assert client.get(f"{LIST}{template.pk}/file.docx").content == content


@pytest.mark.parametrize(
    "content, told",
    [
        (None, "Choose a Word file."),
        (b"%PDF-1.7", "This is not a Word file."),
        (word_file("{{ nmae }}"), "A tag names a field that does not exist: &#x27;nmae&#x27;"),
        (word_file("{{ name }} {% fi %}"), "A tag cannot be read: Encountered unknown tag"),
        (word_file("Hello"), "A person&#x27;s name does not appear."),
        (b"x" * (5 * 1024 * 1024 + 1), "The file is larger than 5 MB."),
    ],
)
def test_a_file_that_cannot_serve_is_told(client, content, told):
    reply = client.post(ADD, form(content))

    assert reply.status_code == 200
    assert told in reply.text
    assert not DocumentTemplate.objects.exists()


def test_a_template_without_end_is_told(client, monkeypatch):
    monkeypatch.setattr(limited, "CHECK_SECONDS", 2)
    loop = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"

    reply = client.post(ADD, form(word_file("{{ name }}" + loop)))

    assert "This template takes too much time or memory." in reply.text
    assert not DocumentTemplate.objects.exists()


def test_what_is_wrong_is_told_in_korean(client):
    reply = client.post(ADD, form(b"no"), headers={"accept-language": "ko"})

    assert "워드(.docx) 파일이 아니에요." in reply.text


def test_the_name_of_a_shipped_one_is_taken(client):
    reply = client.post(ADD, form(word_file("{{ name }}"), slug="english"))

    assert "A template of Ssammu has this name already." in reply.text


def test_a_new_name_leaves_the_file(client, template):
    before = template.file_changed_at

    reply = client.post(f"{LIST}{template.pk}/change/", form(None, name_en="Simple", slug="other"))

    assert reply.status_code == 302
    template.refresh_from_db()
    assert (template.name_en, template.slug) == ("Simple", "plain")
    assert "윤가람" in Read(render_file(bytes(template.content), FULL_PROFILE, "en")).text
    assert template.file_changed_at == before


def test_a_new_file_is_noted(client, template):
    before = template.file_changed_at
    content = word_file("{{ name }}, {{ label }}")

    client.post(f"{LIST}{template.pk}/change/", form(content))

    template.refresh_from_db()
    assert bytes(template.content) == content
    assert template.file_changed_at > before


def test_one_in_use_is_not_deleted(client, template, candidate):
    Document.objects.create(
        user=candidate, template="plain", language="en", version=1, profile={}, profile_revision=1
    )

    page = client.post(f"{LIST}{template.pk}/delete/", {"post": "yes"})
    assert "plain: documents were made with it." in page.text
    client.post(LIST, {"action": "delete_selected", "_selected_action": [template.pk],
                       "post": "yes"})  # fmt: skip
    assert DocumentTemplate.objects.exists()

    Document.objects.all().delete()
    client.post(f"{LIST}{template.pk}/delete/", {"post": "yes"})
    assert not DocumentTemplate.objects.exists()


def test_the_page_tells_how_and_gives_examples(client, template):
    page = client.get(ADD).text
    assert "{{r email }}" in page
    assert "{%p for one in work %}" in page

    for slug, shipped in TEMPLATES.items():
        address = f"{LIST}shipped/{slug}.docx"
        assert address in page
        reply = client.get(address)
        assert reply.content == shipped.path.read_bytes()
        assert reply["Content-Disposition"] == f'attachment; filename="{slug}.docx"'
    assert client.get(f"{LIST}shipped/none.docx").status_code == 404


def test_the_lists_show(client, template, candidate):
    Document.objects.create(
        user=candidate, template="plain", language="en", version=1, profile=FULL_PROFILE,
        profile_revision=1, status="failed", error_code="template_broken",
    )  # fmt: skip
    document = Document.objects.get()

    assert "간단" in client.get(LIST).text
    assert "template_broken" in client.get("/admin/resume/document/").text
    page = client.get(f"/admin/resume/document/{document.pk}/change/").text
    assert "template_broken" in page
    assert "윤가람" not in page


@pytest.mark.parametrize("path", [ADD, LIST, f"{LIST}shipped/english.docx", f"{LIST}1/file.docx"])
def test_only_for_staff(client_for, candidate, path):
    assert client_for(candidate).get(path).status_code == 302


@pytest.mark.parametrize("path", [f"{LIST}shipped/english.docx", "file"])
def test_only_for_staff_who_may(client_for, staff, template, path):
    type(staff).objects.update(is_superuser=False)
    address = f"{LIST}{template.pk}/file.docx" if path == "file" else path

    assert client_for(staff).get(address).status_code == 403


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_tag_that_is_told_works(language):
    """Each part as its own template, written as the page tells to write it."""
    for part in reference(language):
        tags = [tag.written for tag in part.tags]
        if part.name not in ("", "t"):
            tags = [f"{{%p for one in {part.name} %}}", *tags, "{%p endfor %}"]

        text = Read(render_file(word_file(*tags), FULL_PROFILE, language, PHOTO)).text

        missing = [tag.written for tag in part.tags if tag.example not in text]
        assert missing == [], part.name
