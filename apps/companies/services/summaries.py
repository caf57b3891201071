"""What staff do with summaries and with runs of the batch."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common.jobs import Job, send_task

from .. import batch
from ..models import Company, Summary, SummaryJob, SummaryRun
from ..models.runs import UNFINISHED
from ..reviewing import unfounded_numbers

Sections = list[dict[str, Any]]


class SummaryConflict(Exception):
    """Somebody else has changed, published or rejected it meanwhile."""


class LastSentence(Exception):
    """A summary without a sentence is none: reject it instead."""


class UnfoundedNumbers(Exception):
    """``numbers`` stand in no passage that the sentence cites."""

    def __init__(self, numbers: list[str]) -> None:
        super().__init__(", ".join(numbers))
        self.numbers = numbers


def summary_publish(*, summary: Summary, user: User, revision: int) -> None:
    """Show a draft, or an earlier version again. Raises SummaryConflict."""
    with transaction.atomic():
        Company.objects.select_for_update().get(pk=summary.company_id)
        current = Summary.objects.filter(
            pk=summary.pk,
            revision=revision,
            status__in=[Summary.Status.DRAFT, Summary.Status.ARCHIVED],
        ).first()
        if current is None:
            raise SummaryConflict
        current.publish(by=user)


def summary_reject(*, summary: Summary, reason: str, revision: int) -> None:
    """Leave a draft unshown, or take a published summary back. Raises SummaryConflict."""
    rejected = Summary.objects.filter(
        pk=summary.pk,
        revision=revision,
        status__in=[Summary.Status.DRAFT, Summary.Status.PUBLISHED],
    ).update(status=Summary.Status.REJECTED, reject_reason=reason)
    if not rejected:
        raise SummaryConflict


def summary_copy(*, summary: Summary, user: User) -> Summary:
    """A draft like it, to edit: what was published stays as it was."""
    with transaction.atomic():
        Company.objects.select_for_update().get(pk=summary.company_id)
        topics = list(summary.topics.all())
        draft = copy.copy(summary)
        draft.pk = None
        draft._state.adding = True
        newest = Summary.objects.of(summary.company_id, summary.language)[0]
        draft.version = newest.version + 1
        # Staff prefer it to what these sources gave: the next run has nothing to add.
        draft.inputs_hash = newest.inputs_hash
        draft.status = Summary.Status.DRAFT
        draft.reject_reason = ""
        draft.published_at = draft.published_by = None
        draft.edited_at, draft.edited_by = timezone.now(), user
        # It cost nothing.
        draft.prompt_tokens = draft.completion_tokens = 0
        draft.seconds = 0.0
        draft.revision = 0
        draft.created_at = timezone.now()
        draft.save(force_insert=True)
        draft.topics.set(topics)
    return draft


def sentence_edit(*, summary: Summary, number: int, text: str, user: User, revision: int) -> None:
    """Reword a sentence of a draft; what it cites stays.

    Raises SummaryConflict, and UnfoundedNumbers where it now says a number that neither
    a cited passage nor the sentence before had.
    """

    def edit(sentence: dict[str, Any]) -> dict[str, Any]:
        passages = [citation["text"] for citation in sentence["citations"]]
        if wrong := unfounded_numbers(text, [*passages, sentence["text"]]):
            raise UnfoundedNumbers(wrong)
        return {**sentence, "text": text, "origin": "edited"}

    _change(summary, number, edit, user, revision)


def sentence_drop(*, summary: Summary, number: int, user: User, revision: int) -> None:
    """Raises SummaryConflict, and LastSentence where nothing would be left."""
    _change(summary, number, lambda sentence: None, user, revision)


def _draft(summary: Summary, revision: int) -> Any:
    return Summary.objects.filter(pk=summary.pk, status=Summary.Status.DRAFT, revision=revision)


def _change(
    summary: Summary,
    number: int,
    change: Callable[[dict[str, Any]], dict[str, Any] | None],
    user: User,
    revision: int,
) -> None:
    """Put what ``change`` makes of a sentence in its place; nothing for None."""
    current = _draft(summary, revision).first()
    if current is None or number >= current.sentences_count:
        raise SummaryConflict
    sections: Sections = []
    place = 0
    for section in current.sections:
        sentences = []
        for sentence in section["sentences"]:
            kept = change(sentence) if place == number else sentence
            place += 1
            if kept is not None:
                sentences.append(kept)
        if sentences:
            sections.append({**section, "sentences": sentences})
    if not sections:
        raise LastSentence
    changed = _draft(summary, revision).update(
        sections=sections, revision=revision + 1, edited_by=user, edited_at=timezone.now()
    )
    if not changed:
        raise SummaryConflict


def run_cancel(*, run: SummaryRun) -> bool:
    """Stop what has not ended; False where nothing was left. What is written stays."""
    now = timezone.now()
    with transaction.atomic():
        SummaryRun.objects.select_for_update().get(pk=run.pk)
        # A worker at it finds its lease gone at the next beat, and hangs up on the sidecar.
        stopped = SummaryJob.objects.filter(run=run, status__in=UNFINISHED).update(
            status=Job.Status.CANCELLED, finished_at=now, lease_until=None
        )
        if stopped:
            SummaryRun.objects.filter(pk=run.pk).update(cancelled_at=now)
    batch.close_run(run.pk)
    return bool(stopped)


def run_retry(*, run: SummaryRun) -> int:
    """Start the failed summaries of a run afresh; how many those were."""
    with transaction.atomic():
        SummaryRun.objects.select_for_update().get(pk=run.pk)
        retried = sum(
            job.requeue() for job in SummaryJob.objects.filter(run=run, status=Job.Status.FAILED)
        )
        if retried:
            SummaryRun.objects.filter(pk=run.pk).update(finished_at=None)
            transaction.on_commit(lambda: send_task(batch.SEND_TASK, str(run.pk)))
    return retried
