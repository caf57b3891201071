"""Which stored files are a person's, for the deletion of everything they have here.

Not those under the keys of uploads: a browser may still be sending one, and a note that
is due now would be gone before it arrives. The note made when the upload began outlives
the permission to send, and stays.
"""

from __future__ import annotations

from collections.abc import Iterator

from apps.accounts.models import User

from .models import Document, DocumentPreview, Profile, ResumeParse


def file_keys(user: User) -> Iterator[str]:
    yield from Profile.objects.filter(user=user).values_list("photo_key", flat=True)
    for parse in ResumeParse.objects.filter(user=user):
        yield from parse.file_keys()
    for document in Document.objects.filter(user=user):
        yield from document.file_keys()
    for preview in DocumentPreview.objects.filter(document__user=user):
        yield from preview.file_keys()
