"""Uploads for the tests, as a browser or the API makes them."""

from __future__ import annotations

from typing import Any

import requests

from apps.accounts.models import User
from apps.common import jobs, storage
from apps.resume import parse_job
from apps.resume.models import ResumeParse, Upload
from apps.resume.services import uploads as services

from .pages import resume

PDF = resume().bytes()


def send(post: storage.PresignedPost, content: bytes) -> requests.Response:
    """As a browser does: the signed fields, and the file last."""
    return requests.post(post.url, data=post.fields, files={"file": ("a.pdf", content)}, timeout=20)


def arrived(user: User, content: bytes = PDF, filename: str = "résumé.pdf") -> Upload:
    """Sent to the store and finished; its reading is queued."""
    upload, post = services.upload_start(user=user, filename=filename, size=len(content))
    reply = send(post, content)
    assert reply.status_code == 204, reply.text
    return services.upload_finish(upload=upload)


def parse_of(upload: Upload) -> ResumeParse:
    """As it is now."""
    return ResumeParse.objects.get(uploads=upload)


def work(upload: Upload) -> ResumeParse:
    """What the worker does with it; the row afterwards."""
    jobs.perform(ResumeParse, str(upload.parse_id), parse_job.read)
    return parse_of(upload)


def made(user: User, resume: dict[str, Any], **fields: Any) -> Upload:
    """Read already, without a store: ``resume`` is what was found."""
    parse = ResumeParse.objects.create(
        user=user,
        content_hash=f"{Upload.objects.count():064x}",
        parser_version="1",
        key="resumes/x.pdf",
        status=ResumeParse.Status.SUCCEEDED,
        resume=resume,
        pages=[{"number": 1, "width": 595.0, "height": 842.0, "key": "pages/1.png"}],
    )
    key = f"uploads/{parse.pk}.pdf"
    return Upload.objects.create(
        user=user, filename="résumé.pdf", size=100, key=key, parse=parse, **fields
    )
