"""Files in a real S3 store: bytes, presigned URLs and their limits."""

from __future__ import annotations

import pytest
import requests

from apps.common import storage

PDF = b"%PDF-1.7 a file"


def _post(signed_key, content, *, content_type="application/pdf", **changed):
    post = storage.presigned_upload(signed_key, content_type="application/pdf", max_bytes=100)
    fields = {**post.fields, "Content-Type": content_type, **changed}
    return requests.post(post.url, data=fields, files={"file": ("a.pdf", content)}, timeout=10)


def test_a_file_is_written_read_and_deleted(s3):
    key = storage.new_key("uploads", "pdf")

    storage.write(key, PDF, content_type="application/pdf")

    assert (storage.size(key), storage.read(key)) == (15, PDF)
    storage.delete([key, "uploads/never-there.pdf"])
    with pytest.raises(storage.ObjectMissing):
        storage.read(key)
    with pytest.raises(storage.ObjectMissing):
        storage.size(key)


def test_a_browser_sends_a_file(s3):
    key = storage.new_key("uploads", "pdf")

    response = _post(key, PDF)

    assert response.status_code == 204
    assert storage.read(key) == PDF


@pytest.mark.parametrize(
    ("content", "changes"),
    [
        (b"x" * 101, {}),
        (b"", {}),
        (PDF, {"content_type": "text/html"}),
        (PDF, {"key": "uploads/somebody-elses.pdf"}),
        (PDF, {"x-amz-signature": "0" * 64}),
    ],
    ids=["too large", "empty", "another type", "another key", "wrong signature"],
)
def test_the_policy_bounds_what_a_browser_sends(s3, content, changes):
    key = storage.new_key("uploads", "pdf")

    response = _post(key, content, **changes)

    assert response.status_code in (400, 403)
    for stored in (key, "uploads/somebody-elses.pdf"):
        with pytest.raises(storage.ObjectMissing):
            storage.size(stored)


def test_a_download_has_its_name_and_type(s3):
    key = storage.new_key("documents", "docx")
    storage.write(key, PDF, content_type="application/octet-stream")

    url = storage.presigned_download(key, filename="이력서 지우.docx", content_type="application/x")
    response = requests.get(url, timeout=10)

    assert response.content == PDF
    assert response.headers["Content-Type"] == "application/x"
    assert response.headers["Content-Disposition"] == (
        "attachment; filename*=utf-8''%EC%9D%B4%EB%A0%A5%EC%84%9C%20%EC%A7%80%EC%9A%B0.docx"
    )


def test_files_are_private(s3):
    key = storage.new_key("documents", "docx")
    storage.write(key, PDF, content_type="application/octet-stream")
    url = storage.presigned_download(key, filename="a.docx", content_type="application/x")

    assert requests.get(url.partition("?")[0], timeout=10).status_code == 403
    assert requests.get(url.replace(key, "documents/other.docx"), timeout=10).status_code == 403


def test_pages_of_the_site_may_send_files(s3):
    response = requests.options(
        f"{s3}/ssammu",
        headers={"Origin": "http://127.0.0.1:8000", "Access-Control-Request-Method": "POST"},
        timeout=10,
    )

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] in ("*", "http://127.0.0.1:8000")


def test_urls_are_signed_for_the_address_that_browsers_use(s3, settings):
    settings.S3 = {**settings.S3, "public_endpoint_url": "https://files.example.org"}

    url = storage.presigned_download("a/b", filename="b", content_type="text/plain")
    post = storage.presigned_upload("a/b", content_type="text/plain", max_bytes=1)

    assert url.startswith("https://files.example.org/ssammu/a/b?")
    assert post.url == "https://files.example.org/ssammu"


def test_a_store_that_is_down_is_an_error_of_ours(settings):
    for call in (
        lambda: storage.read("a"),
        lambda: storage.size("a"),
        lambda: storage.write("a", b"", content_type="text/plain"),
        lambda: storage.delete(["a"]),
    ):
        with pytest.raises(storage.StorageError):
            call()
