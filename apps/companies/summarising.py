"""One summary: ask the sidecar, believe nothing it says unseen, return what to save."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import translation

from apps.common import inference
from apps.common.jobs import JobError, LeaseLost
from apps.common.live import Publisher

from .models import Company, SourceText, Summary, SummaryJob
from .topics import topic_terms

SOURCES_MAX = 40
ALL_SOURCES_MAX_CHARACTERS = 2_400_000
ALIASES_MAX = 50
"""What the sidecar's contract takes in one request."""
LENGTH = "medium"
CONTEXT_CHARACTERS = 240
"""Kept on each side of a cited passage, for whoever reviews it."""
PATIENCE = timedelta(hours=6)
"""With a sidecar that is down, loading or full: nobody waits at a page for this."""
WAIT_SECONDS = 20.0


@dataclass(frozen=True)
class Inputs:
    """All that decides a summary but the model and its prompt."""

    request: dict[str, Any]
    """The sidecar's request body (contract v1, POST /v1/summaries)."""
    sources: Sequence[SourceText]

    def hash(self, model: str, prompt_version: str) -> str:
        """Changes when another summary may come of it."""
        said = {key: value for key, value in self.request.items() if key != "id"}
        text = json.dumps([said, model, prompt_version], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def inputs_of(company: Company, language: str) -> Inputs:
    sources = _fitting(company, language)
    with translation.override(language):
        name = company.name
    request = {
        "id": f"{company.slug}.{language}",
        "language": language,
        "company": name,
        "aliases": _other_names(company, name),
        "sources": [_sent(source) for source in sources],
        "topics": topic_terms(),
        "length": LENGTH,
    }
    return Inputs(request, sources)


def _other_names(company: Company, name: str) -> list[str]:
    """What else its sources may call it: its name in the other language, its aliases."""
    by_language = [getattr(company, f"name_{code}") for code, _name in settings.LANGUAGES]
    aliases = company.aliases.values_list("name", flat=True)
    others = dict.fromkeys(other for other in [*by_language, *aliases] if other and other != name)
    return list(others)[:ALIASES_MAX]


def _fitting(company: Company, language: str) -> list[SourceText]:
    """The sources in use, as many as one request takes: this language and the newest first."""
    sources = sorted(
        SourceText.objects.filter(company=company).active(),
        key=lambda source: (
            source.language != language,
            -(source.published_on.toordinal() if source.published_on else 0),
            str(source.pk),
        ),
    )
    room = ALL_SOURCES_MAX_CHARACTERS
    fitting = []
    for source in sources[:SOURCES_MAX]:
        room -= len(source.text)
        if room < 0:
            break
        fitting.append(source)
    return fitting


def _sent(source: SourceText) -> dict[str, Any]:
    sent: dict[str, Any] = {
        "id": str(source.pk),
        "title": source.title,
        "text": source.text,
        "language": source.language,
        "kind": source.kind,
    }
    if source.published_on:
        sent["published_on"] = source.published_on.isoformat()
    return sent


def summarise(job: SummaryJob, stream: Publisher) -> dict[str, Any]:
    """Run the sidecar for a job, unless what it would read is unchanged; the job's result.

    Raises JobError and LeaseLost.
    """
    job.begin()
    company = Company.objects.filter(pk=job.company_id).first()
    if company is None:
        raise LeaseLost(str(job.pk))
    if not job.take_turn():
        raise JobError("taking_turns", wait_limit=PATIENCE, retry_after=WAIT_SECONDS)
    inputs = inputs_of(company, job.language)
    if not inputs.sources:
        raise JobError("no_sources")
    try:
        model = inference.model()
        inputs_hash = inputs.hash(model.model, model.summaries.prompt_version)
        newest = Summary.objects.of(company.pk, job.language).first()
        if newest and newest.inputs_hash == inputs_hash and not job.run.anew:
            return {"outcome": SummaryJob.Outcome.SKIPPED, "summary": newest}
        if model.summaries.method == "quoted" and not any(
            source.language == job.language for source in inputs.sources
        ):
            # Quotations would be those of the other language's summary.
            return {"outcome": SummaryJob.Outcome.NOT_NEEDED}
        return _ask(job, inputs)
    except inference.InferenceError as error:
        raise _patiently(error) from error


def _patiently(error: JobError) -> JobError:
    """As for a page, but what passes by itself may take hours to."""
    if error.wait_limit is None:
        return error
    return JobError(
        error.code,
        error.detail,
        wait_limit=PATIENCE,
        retry_after=max(error.retry_after or 0.0, WAIT_SECONDS),
    )


def _ask(job: SummaryJob, inputs: Inputs) -> dict[str, Any]:
    summary: inference.Summary | None = None
    done: inference.SummaryDone | None = None
    started = time.monotonic()
    for event in inference.stream_summary(inputs.request):
        match event:
            case inference.Progress():
                job.note_steps(event.done, event.total)
            case inference.Summary():
                summary = event
            case inference.SummaryDone():
                done = event
        job.beat()
    if summary is None or done is None:
        raise inference.InferenceError("inference_invalid", "no summary", retryable=True)
    sections, unfounded = founded(summary, inputs.sources)
    if not sections:
        raise inference.InferenceError(
            "inference_invalid", "no citation stands in its source", retryable=True
        )
    dates = [source.published_on for source in inputs.sources if source.published_on]
    return {
        "outcome": SummaryJob.Outcome.WRITTEN,
        "prompt_tokens": done.usage.prompt_tokens,
        "completion_tokens": done.usage.completion_tokens,
        "topics": summary.topics,
        "new": Summary(
            company_id=job.company_id,
            language=job.language,
            sections=sections,
            sources=[_snapshot(source) for source in inputs.sources],
            as_of=max(dates, default=None),
            model=done.model,
            method=summary.method,
            prompt_version=done.prompt_version,
            # By what has answered: another model may have been asked a moment before.
            inputs_hash=inputs.hash(done.model, done.prompt_version),
            dropped={
                "citation": summary.dropped.citation + unfounded,
                "number": summary.dropped.number,
                "instruction": summary.dropped.instruction,
            },
            prompt_tokens=done.usage.prompt_tokens,
            completion_tokens=done.usage.completion_tokens,
            seconds=round(time.monotonic() - started, 1),
        ),
    }


def _snapshot(source: SourceText) -> dict[str, Any]:
    return {
        "id": str(source.pk),
        "title": source.title,
        "kind": source.kind,
        "language": source.language,
        "published_on": source.published_on.isoformat() if source.published_on else None,
        "url": source.url,
    }


def founded(
    summary: inference.Summary, sources: Sequence[SourceText]
) -> tuple[list[dict[str, Any]], int]:
    """The sections with the passages they cite, and how many sentences had to go.

    A sentence goes when a citation of it lies outside what was sent, or when it is said
    to be quoted, or put together from the words it cites, and is not.
    """
    texts = {str(source.pk): source.text for source in sources}
    sections = []
    unfounded = 0
    for section in summary.sections:
        sentences = [_founded_sentence(sentence, texts) for sentence in section.sentences]
        unfounded += sentences.count(None)
        if kept := [sentence for sentence in sentences if sentence is not None]:
            sections.append({"key": section.key, "heading": section.heading, "sentences": kept})
    return sections, unfounded


def _founded_sentence(
    sentence: inference.SummarySentence, texts: dict[str, str]
) -> dict[str, Any] | None:
    citations = []
    for citation in sentence.citations:
        text = texts.get(citation.source_id, "")
        if citation.end > len(text):
            return None
        citations.append(
            {
                **citation.model_dump(),
                "text": text[citation.start : citation.end],
                "before": text[max(0, citation.start - CONTEXT_CHARACTERS) : citation.start],
                "after": text[citation.end : citation.end + CONTEXT_CHARACTERS],
            }
        )
    if sentence.origin == "quoted" and not any(
        _letters(sentence.text) in _letters(citation["text"]) for citation in citations
    ):
        return None
    if sentence.origin == "composed" and not _is_of_these(sentence.text, citations):
        return None
    return {"text": sentence.text, "origin": sentence.origin, "citations": citations}


def _is_of_these(text: str, citations: Sequence[dict[str, Any]]) -> bool:
    """Whether every word and number of a composed fact stands in what it cites."""
    cited = " ".join(citation["text"] for citation in citations).casefold()
    return all(word in cited for word in re.findall(r"[\d.,%]+|[^\W\d_]+", text.casefold()))


def _letters(text: str) -> str:
    """A text without its white space: a quotation may join the lines of its source."""
    return "".join(text.split())
