"""Web pages into source texts: which are due, what they gave, what went wrong."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from .extracting import Extracted, UnreadableFile, extract
from .fetching import Fetched, FetchError, Reader
from .models import AllowedHost, CompanyPage, SourceText
from .texts import content_hash, normalise

logger = structlog.get_logger(__name__)

REST = timedelta(minutes=30)
"""A page read this lately is not read again by itself: a run that was repeated is harmless."""
AT_MOST = timedelta(minutes=3)
"""One run holds a worker's thread no longer; another goes on."""

_ERROR_CODES = {
    "duplicate": "duplicate",
    "third_language": "wrong_language",
    "other_language": "wrong_language",
}


def read_pages(page_ids: Sequence[int] = (), reader: Reader | None = None) -> list[int]:
    """Read these pages, or all that are due. Returns those that there was no time for."""
    end = time.monotonic() + AT_MOST.total_seconds()
    if reader is None:
        reader = Reader(frozenset(AllowedHost.objects.values_list("host", flat=True)))
    chosen = list(page_ids) or _due()
    for place, page_id in enumerate(chosen):
        if time.monotonic() > end:
            return chosen[place:]
        page = _claim(page_id)
        if page is not None:
            _read_page(page, reader)
    return []


def _due() -> list[int]:
    """Those that were longest not read come first."""
    rested = Q(last_fetched_at=None) | Q(last_fetched_at__lt=timezone.now() - REST)
    pages = CompanyPage.objects.filter(rested, is_active=True)
    return list(
        pages.order_by(F("last_fetched_at").asc(nulls_first=True), "pk").values_list(
            "pk", flat=True
        )
    )


def _claim(page_id: int) -> CompanyPage | None:
    """The page, unless it is gone or another run has just taken it."""
    page = CompanyPage.objects.filter(pk=page_id).first()
    if page is None:
        return None
    now = timezone.now()
    same = CompanyPage.objects.filter(pk=page.pk, last_fetched_at=page.last_fetched_at)
    if not same.update(last_fetched_at=now):
        return None
    page.last_fetched_at = now
    return page


def _read_page(page: CompanyPage, reader: Reader) -> None:
    try:
        # What staff deleted is asked for whole.
        known = {"etag": page.etag, "last_modified": page.last_modified} if page.source_id else {}
        answer = reader.read(page.url, **known)
        if answer is not None:
            _keep(page, extract(answer.content, answer.ending, answer.charset), answer)
        outcome = {"last_error_code": "", "failures": 0}
    except FetchError as error:
        outcome = _failure(page, error.code, str(error))
    except UnreadableFile as error:
        known_code = error.code if error.code in CompanyPage.ERROR_MESSAGES else "unreadable"
        outcome = _failure(page, known_code, error.code)
    except ValidationError as error:
        codes = [problem.code for problems in error.error_dict.values() for problem in problems]
        code = next((_ERROR_CODES[code] for code in codes if code in _ERROR_CODES), "unreadable")
        outcome = _failure(page, code, str(error))
    except Exception as error:  # one page must not keep the others from being read
        logger.exception("page not read", page=page.pk)
        outcome = _failure(page, "internal", str(error))
    CompanyPage.objects.filter(pk=page.pk).update(**outcome)


def _failure(page: CompanyPage, code: str, detail: str) -> dict[str, object]:
    logger.warning("page not read", page=page.pk, code=code, detail=detail[:500])
    return {"last_error_code": code, "failures": F("failures") + 1}


def _keep(page: CompanyPage, read: Extracted, answer: Fetched) -> None:
    """Save a page's text as its source, where it has changed. Raises ValidationError.

    A source that staff edited is not overwritten: it is left out, and a new one takes
    its place.
    """
    text = normalise(read.text)
    given = content_hash(text)
    with transaction.atomic():
        current = CompanyPage.objects.select_for_update().filter(pk=page.pk).first()
        if current is None:
            return  # deleted while it was read
        source = current.source
        if source is None or source.loaded_hash != given:
            if source is None or source.content_hash != source.loaded_hash:
                if source is not None:
                    SourceText.objects.filter(pk=source.pk).update(is_active=False)
                source = SourceText(company_id=current.company_id, origin=SourceText.Origin.FETCH)
            source.kind, source.language, source.url = current.kind, current.language, current.url
            source.title = (read.title or source.title or current.url)[:200]
            source.published_on = read.published_on
            source.loaded_hash = given
            source.text = text
            source.full_clean(validate_constraints=False)
            source.save()
            current.source = source
        current.etag, current.last_modified = answer.etag, answer.last_modified
        current.save(update_fields=["source", "etag", "last_modified"])
