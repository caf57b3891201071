"""How texts come in, and how they and their companies go."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction

from apps.common import leftovers, storage

from ..extracting import TYPES, ending_of, extract
from ..models import Company, SourceText

FILES_FOLDER = "company-sources"


def source_upload(
    *,
    company: Company,
    kind: str,
    title: str,
    language: str,
    published_on: datetime.date | None,
    url: str,
    filename: str,
    content: bytes,
) -> SourceText:
    """Keep a file and its text. What the form leaves open, the file may say.

    Raises UnreadableFile, ValidationError or StorageError; then nothing is kept.
    """
    ending = ending_of(filename)
    read = extract(content, ending)
    source = SourceText(
        company=company,
        kind=kind,
        title=title or read.title or filename.rpartition(".")[0][:200],
        language=language,
        published_on=published_on or read.published_on,
        url=url,
        text=read.text,
        origin=SourceText.Origin.UPLOAD,
        filename=filename[-255:],
        file_key=storage.new_key(FILES_FOLDER, ending),
    )
    source.full_clean(validate_constraints=False)
    leftovers.expect([source.file_key])
    storage.write(source.file_key, content, content_type=TYPES[ending])
    with transaction.atomic():
        source.save(force_insert=True)
        leftovers.keep([source.file_key])
    return source


def source_intake(*, company: Company, text: str, **fields: Any) -> tuple[SourceText, bool]:
    """The source with this text, and whether it is new: the same text again changes nothing.

    Raises ValidationError.
    """
    source = SourceText(company=company, origin=SourceText.Origin.INTAKE, **fields)
    source.take_text(text)
    if known := source.twin():
        return known, False
    source.full_clean(validate_constraints=False)
    try:
        with transaction.atomic():
            source.save(force_insert=True)
    except IntegrityError:
        # The same text came twice at once; a company deleted meanwhile has no twin.
        if known := source.twin():
            return known, False
        raise
    return source, True


def sources_delete(*, sources: Iterable[SourceText]) -> None:
    """Delete texts and their files."""
    with transaction.atomic():
        chosen = list(sources)
        leftovers.discard(source.file_key for source in chosen)
        SourceText.objects.filter(pk__in=[source.pk for source in chosen]).delete()


def companies_delete(*, companies: Iterable[Company]) -> None:
    """Delete companies, all that hangs on them, and their files."""
    with transaction.atomic():
        chosen = [company.pk for company in companies]
        keys = SourceText.objects.filter(company__in=chosen).values_list("file_key", flat=True)
        leftovers.discard(list(keys))
        Company.objects.filter(pk__in=chosen).delete()
