"""A résumé on its way in: started, arrived, read; and deleted again.

The browser sends the file to a key of its own, for which it holds a permission that
outlives ``finish``. What ``finish`` has checked is therefore copied to a key that nobody
can send to, and the first one goes by its leftover note, long after the permission.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import leftovers, limits, storage
from apps.common.jobs import enqueue_afresh, enqueue_on_commit
from apps.common.limits import DAY, MINUTE, Limit, LimitReached

from ..models import PDF_MAX_BYTES, PDF_TYPE, ResumeParse, Upload
from ..parsing import PARSER_VERSION, Limits, RefusedFile, check

UPLOADS_A_DAY = 50
UPLOADS = Limit("uploads", 30, MINUTE)
"""Begun or read again."""
UPLOADS_TODAY = Limit("uploads", UPLOADS_A_DAY, DAY)
"""Counted beside their rows, which their owner may delete."""


class TooManyUploads(Exception):
    """This person has begun UPLOADS_A_DAY uploads within a day."""


class UploadNotArrived(Exception):
    """Nothing was stored under the upload's key (yet)."""


def upload_start(*, user: User, filename: str, size: int) -> tuple[Upload, storage.PresignedPost]:
    """Let a browser send one file to the store. Raises TooManyUploads and LimitReached.

    ``filename`` as UploadStartForm cleans it.
    """
    upload = _new(user, filename, size)
    return upload, storage.presigned_upload(
        upload.key, content_type=PDF_TYPE, max_bytes=PDF_MAX_BYTES
    )


def upload_finish(*, upload: Upload) -> Upload:
    """Check what arrived, and queue its reading. Again: changes nothing.

    A file that is no résumé of ours is finished as well: its reading has failed, with the
    reason. Raises UploadNotArrived and StorageError.
    """
    if upload.parse_id is not None:
        return upload
    try:
        size = storage.size(upload.key)
        pdf = storage.read(upload.key) if size <= PDF_MAX_BYTES else None
    except storage.ObjectMissing as error:
        raise UploadNotArrived(str(upload.pk)) from error
    if pdf is None:  # a store that does not hold to the signed policy
        return _finish(upload, _hash(upload.key.encode()), size, refused="too_large")
    return _take(upload, pdf)


def upload_receive(*, user: User, filename: str, content: bytes) -> Upload:
    """The whole way in one request, for a browser without scripts.

    Raises TooManyUploads, LimitReached and StorageError.
    """
    return _take(_new(user, filename, len(content)), content)


def _new(user: User, filename: str, size: int) -> Upload:
    lately = timezone.now() - timedelta(days=1)
    if Upload.objects.for_user(user).filter(created_at__gt=lately).count() >= UPLOADS_A_DAY:
        raise TooManyUploads
    limits.count(user.pk, UPLOADS)
    try:
        limits.count(user.pk, UPLOADS_TODAY)
    except LimitReached as error:
        raise TooManyUploads from error
    key = storage.new_key("uploads", "pdf")
    with transaction.atomic():
        leftovers.expect([key])
        return Upload.objects.create(user=user, filename=filename, size=size, key=key)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _take(upload: Upload, pdf: bytes) -> Upload:
    try:
        check(pdf, Limits())
    except RefusedFile as refusal:
        return _finish(upload, _hash(pdf), len(pdf), refused=refusal.code)
    key = storage.new_key("resumes", "pdf")
    leftovers.expect([key])
    storage.write(key, pdf, content_type=PDF_TYPE)
    return _finish(upload, _hash(pdf), len(pdf), key=key)


def _finish(
    upload: Upload, content_hash: str, size: int, *, key: str = "", refused: str = ""
) -> Upload:
    with transaction.atomic():
        # The lock on the person's row lets their uploads pass one by one, as in
        # interview.services.attempt_submit.
        User.objects.select_for_update().filter(pk=upload.user_id).first()
        now = Upload.objects.select_related("parse").filter(pk=upload.pk).first()
        if now is None:  # deleted meanwhile, maybe with its account
            raise UploadNotArrived(str(upload.pk))
        if now.parse_id is not None:  # the same request once more, just before
            leftovers.discard([key])
            return now
        parse, is_new = ResumeParse.objects.get_or_create(
            user_id=now.user_id,
            content_hash=content_hash,
            parser_version=PARSER_VERSION,
            defaults=_refused_fields(refused) if refused else {"key": key},
        )
        if is_new and not refused:
            leftovers.keep([key])
            enqueue_on_commit(parse)
        elif parse.status == ResumeParse.Status.FAILED and not parse.is_refused:
            # It failed by our fault, maybe because its file is gone: begin with this one.
            leftovers.discard([parse.key])
            leftovers.keep([key])
            parse.key = key
            parse.save(update_fields=["key"])
            _start_again(parse)
        else:
            leftovers.discard([key])
        now.parse, now.size = parse, size
        now.save(update_fields=["parse", "size"])
    return now


def _refused_fields(code: str) -> dict[str, object]:
    return {
        "status": ResumeParse.Status.FAILED,
        "error_code": code,
        "finished_at": timezone.now(),
    }


def parse_retry(*, parse: ResumeParse) -> bool:
    """Start a reading afresh that failed by our fault; False for any other.

    Raises LimitReached.
    """
    if parse.is_refused or parse.status != ResumeParse.Status.FAILED:
        return False
    limits.count(parse.user_id, UPLOADS)
    return _start_again(parse)


def _start_again(parse: ResumeParse) -> bool:
    if not parse.requeue():
        return False
    transaction.on_commit(lambda: enqueue_afresh(parse))
    return True


def upload_delete(*, upload: Upload) -> None:
    """Delete an upload, and what was read of it unless another upload is of the same file."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=upload.user_id)
        parse = upload.parse
        upload.delete()
        if parse is not None and not parse.uploads.exists():
            # As it is now: a job may just have added its pictures.
            parse.refresh_from_db()
            leftovers.discard(parse.file_keys())
            parse.delete()
