"""An upload on its way: started, arrived, known already, refused, deleted, swept."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import F
from django.utils import timezone

from apps.accounts.services import account_delete
from apps.common import leftovers, storage
from apps.common.limits import Limit
from apps.common.models import Leftover
from apps.resume import tasks
from apps.resume.models import PDF_MAX_BYTES, ResumeParse, Upload
from apps.resume.services import uploads as services

from .uploads import PDF, arrived, parse_of, send, work

pytestmark = pytest.mark.django_db
PARSE_TASK = "apps.resume.tasks.run_parse"


def _due() -> set[str]:
    return set(Leftover.objects.filter(due_at__lte=timezone.now()).values_list("key", flat=True))


class TestStart:
    def test_it_works(self, s3, candidate):
        upload, post = services.upload_start(user=candidate, filename="a.pdf", size=3)

        assert (upload.user, upload.filename, upload.size) == (candidate, "a.pdf", 3)
        assert upload.parse is None
        assert post.fields["key"] == upload.key
        assert upload.key.startswith("uploads/")
        assert list(Leftover.objects.values_list("key", flat=True)) == [upload.key]
        assert send(post, b"x" * (PDF_MAX_BYTES + 1)).status_code == 400

    def test_a_day_has_an_end(self, candidate, other_candidate):
        for number in range(services.UPLOADS_A_DAY):
            Upload.objects.create(user=candidate, filename="a", size=1, key=str(number))

        with pytest.raises(services.TooManyUploads):
            services.upload_start(user=candidate, filename="a.pdf", size=3)

        assert Upload.objects.filter(user=candidate).count() == services.UPLOADS_A_DAY
        services.upload_start(user=other_candidate, filename="a.pdf", size=3)
        Upload.objects.update(created_at=timezone.now() - timedelta(hours=25))
        services.upload_start(user=candidate, filename="a.pdf", size=3)


class TestLimits:
    def test_deleting_them_makes_no_room(self, candidate, monkeypatch):
        monkeypatch.setattr(services, "UPLOADS", Limit("uploads", 1000, 60))
        for _number in range(services.UPLOADS_A_DAY):
            upload, _post = services.upload_start(user=candidate, filename="a.pdf", size=3)
            services.upload_delete(upload=upload)

        with pytest.raises(services.TooManyUploads):
            services.upload_start(user=candidate, filename="a.pdf", size=3)

    def test_thirty_a_minute_by_either_page(self, client_for, candidate):
        web = client_for(candidate)
        given = {"filename": "a.pdf", "size": 3}

        started = [web.post("/resumes/start", given) for _number in range(31)]
        sent = web.post("/resumes/", {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.4")})

        assert [reply.status_code for reply in started] == [200] * 30 + [429]
        assert started[-1].json()["message"].startswith("That was a lot at once.")
        assert sent.status_code == 429
        api = web.post("/api/v1/resumes", given, content_type="application/json")
        assert (api.status_code, api.json()["error"]["code"]) == (429, "throttled")


class TestFinish:
    def test_it_works(self, s3, candidate, sent_tasks, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            upload = arrived(candidate)

        parse = ResumeParse.objects.get()
        assert upload.parse == parse
        assert (parse.user, parse.status, parse.error_code) == (candidate, "queued", "")
        assert upload.size == len(PDF)
        assert storage.read(parse.key) == PDF
        assert sent_tasks == [(PARSE_TASK, [str(parse.pk)])]
        # The browser's own copy goes by itself; the one that is kept does not.
        assert list(Leftover.objects.values_list("key", flat=True)) == [upload.key]

    def test_what_is_sent_afterwards_changes_nothing(self, s3, candidate, sent_tasks):
        upload, post = services.upload_start(user=candidate, filename="a.pdf", size=3)
        send(post, PDF)
        services.upload_finish(upload=upload)

        assert send(post, b"<html>later").status_code == 204

        upload.refresh_from_db()
        assert storage.read(parse_of(upload).key) == PDF

    def test_twice_is_one_reading(
        self, s3, candidate, sent_tasks, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            upload = arrived(candidate)
            again = services.upload_finish(upload=Upload.objects.get(pk=upload.pk))

        assert again.parse_id == upload.parse_id
        assert sent_tasks == [(PARSE_TASK, [str(upload.parse_id)])]

    def test_nothing_has_arrived(self, s3, candidate, sent_tasks):
        upload, _post = services.upload_start(user=candidate, filename="a.pdf", size=3)

        with pytest.raises(services.UploadNotArrived):
            services.upload_finish(upload=upload)

        assert ResumeParse.objects.count() == 0
        assert sent_tasks == []

    def test_the_store_is_down(self, candidate, sent_tasks):
        upload, _post = services.upload_start(user=candidate, filename="a.pdf", size=3)

        with pytest.raises(storage.StorageError):
            services.upload_finish(upload=upload)

        upload.refresh_from_db()
        assert upload.parse is None
        assert sent_tasks == []

    def test_the_same_file_again_is_read_once(
        self, s3, candidate, sent_tasks, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            first = arrived(candidate)
            work(first)
            again = arrived(candidate, filename="again.pdf")

        assert again.pk != first.pk
        assert again.parse == first.parse
        assert [name for name, _args in sent_tasks].count(PARSE_TASK) == 1
        leftovers.sweep()
        assert storage.read(parse_of(first).key) == PDF

    def test_anothers_same_file_is_their_own(self, s3, candidate, other_candidate, sent_tasks):
        first, second = arrived(candidate), arrived(other_candidate)

        assert first.parse_id != second.parse_id
        assert parse_of(first).key != parse_of(second).key

    def test_a_reading_that_failed_by_our_fault_begins_again(
        self, s3, candidate, sent_tasks, valkey, django_capture_on_commit_callbacks
    ):
        first = arrived(candidate)
        storage.delete([parse_of(first).key])
        ResumeParse.objects.update(status="failed", error_code="file_missing")

        with django_capture_on_commit_callbacks(execute=True):
            again = arrived(candidate)

        parse = ResumeParse.objects.get()
        assert again.parse == parse
        assert (parse.status, parse.error_code) == ("queued", "")
        assert storage.read(parse.key) == PDF
        assert sent_tasks.count((PARSE_TASK, [str(parse.pk)])) == 1

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"<!doctype html><html><body>r", "html"),
            (b"PK\x03\x04 word/document.xml", "word_file"),
            (b"HWP Document File V3.00", "hwp"),
            (b"\0\0 \r\n", "empty"),
            (b"just words", "not_pdf"),
        ],
    )
    def test_another_kind_of_file_is_refused_and_not_kept(
        self, content, code, s3, candidate, sent_tasks, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            upload = arrived(candidate, content)
            again = arrived(candidate, content)

        assert upload.parse == again.parse
        assert (parse_of(upload).status, parse_of(upload).error_code) == ("failed", code)
        assert parse_of(upload).is_refused
        assert parse_of(upload).file_keys() == []
        assert sent_tasks == []
        assert services.parse_retry(parse=parse_of(upload)) is False

    def test_a_store_that_takes_more_than_was_signed(self, s3, candidate, sent_tasks):
        upload, _post = services.upload_start(user=candidate, filename="a.pdf", size=3)
        storage.write(upload.key, b"%PDF-" + b"x" * PDF_MAX_BYTES, content_type="application/pdf")

        services.upload_finish(upload=upload)

        upload.refresh_from_db()
        assert parse_of(upload).error_code == "too_large"

    def test_one_that_was_deleted_meanwhile(self, s3, candidate, sent_tasks, monkeypatch):
        upload, post = services.upload_start(user=candidate, filename="a.pdf", size=3)
        send(post, PDF)
        read = storage.read

        def delete_then_read(key):
            Upload.objects.all().delete()
            return read(key)

        monkeypatch.setattr(storage, "read", delete_then_read)
        with pytest.raises(services.UploadNotArrived):
            services.upload_finish(upload=upload)

        assert ResumeParse.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_finishing_at_once_is_one_reading(s3, candidate, sent_tasks):
    upload, post = services.upload_start(user=candidate, filename="a.pdf", size=3)
    send(post, PDF)
    ready = threading.Barrier(4)

    def finish():
        ready.wait()
        try:
            services.upload_finish(upload=Upload.objects.get(pk=upload.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=finish) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    parse = ResumeParse.objects.get()
    assert [args for name, args in sent_tasks if name == PARSE_TASK] == [[str(parse.pk)]]
    leftovers.sweep()
    assert storage.read(parse.key) == PDF


class TestDelete:
    def test_it_works(self, s3, candidate, sent_tasks, valkey):
        upload = arrived(candidate)
        parse = work(upload)
        keys = parse.file_keys()
        assert len(keys) == 2

        services.upload_delete(upload=upload)

        assert (Upload.objects.count(), ResumeParse.objects.count()) == (0, 0)
        leftovers.sweep()
        for key in keys:
            with pytest.raises(storage.ObjectMissing):
                storage.size(key)

    def test_the_same_file_of_another_upload_stays(self, s3, candidate, sent_tasks, valkey):
        first, second = arrived(candidate), arrived(candidate)
        parse = work(first)

        services.upload_delete(upload=first)

        leftovers.sweep()
        assert storage.read(parse.key) == PDF
        second.refresh_from_db()
        assert second.parse == parse

    def test_while_it_is_being_read(self, s3, candidate, sent_tasks, valkey):
        upload = arrived(candidate)
        job = ResumeParse.claim(parse_of(upload).pk)
        assert job is not None

        services.upload_delete(upload=upload)

        assert ResumeParse.claim(job.pk) is None
        assert ResumeParse.objects.count() == 0


def test_an_account_that_is_deleted_leaves_no_file(s3, candidate, sent_tasks, valkey):
    parse = work(arrived(candidate))
    sending, post = services.upload_start(user=candidate, filename="a.pdf", size=3)

    account_delete(user=candidate)

    leftovers.sweep()
    for key in parse.file_keys():
        with pytest.raises(storage.ObjectMissing):
            storage.size(key)

    # Its browser was under way, and its permission to send still holds.
    assert send(post, PDF).status_code == 204
    Leftover.objects.update(due_at=F("due_at") - leftovers.PATIENCE)
    leftovers.sweep()
    with pytest.raises(storage.ObjectMissing):
        storage.size(sending.key)


def test_an_account_that_is_deleted_while_its_upload_is_finished(
    s3, candidate, sent_tasks, monkeypatch
):
    upload, post = services.upload_start(user=candidate, filename="a.pdf", size=3)
    send(post, PDF)
    write, written = storage.write, []

    def write_then_delete(key, content, *, content_type):
        write(key, content, content_type=content_type)
        written.append(key)
        account_delete(user=candidate)

    monkeypatch.setattr(storage, "write", write_then_delete)
    with pytest.raises(services.UploadNotArrived):
        services.upload_finish(upload=upload)

    assert ResumeParse.objects.count() == 0
    noted = set(Leftover.objects.values_list("key", flat=True))
    assert noted == {upload.key, *written}


def test_uploads_that_never_arrived_are_forgotten_after_a_day(candidate):
    day = timedelta(hours=25)
    old = Upload.objects.create(user=candidate, filename="old", size=1, key="a")
    Upload.objects.filter(pk=old.pk).update(created_at=timezone.now() - day)
    new = Upload.objects.create(user=candidate, filename="new", size=1, key="b")
    parse = ResumeParse.objects.create(user=candidate, content_hash="0", parser_version="1")
    read = Upload.objects.create(user=candidate, filename="read", size=1, key="c", parse=parse)
    Upload.objects.filter(pk=read.pk).update(created_at=timezone.now() - day)

    tasks.sweep_uploads()

    assert set(Upload.objects.all()) == {new, read}
