"""A company with two sources, and what a sidecar may say of it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from apps.common.tests.scripted_sidecar import DONE, Reply, ScriptedSidecar, event
from apps.companies.models import Company, SourceText

ENGLISH = (
    "Hanbit Harvest builds sensors for greenhouses. "
    "In 2025 its revenue was 41.2 billion won, 18% more than the year before.\n\n"
    "The platform team writes Go and runs PostgreSQL on Kubernetes."
)
KOREAN = "한빛하베스트는 온실용 센서를 만들어요. 2025년 매출은 412억 원이었어요."


def make_company(slug: str = "hanbit-harvest", **fields: Any) -> Company:
    return Company.objects.create(
        slug=slug,
        name_ko="한빛하베스트",
        name_en="Hanbit Harvest",
        industry=Company.Industry.MANUFACTURING,
        **fields,
    )


def make_source(company: Company, text: str = ENGLISH, **fields: Any) -> SourceText:
    return SourceText.objects.create(
        **{
            "company": company,
            "kind": SourceText.Kind.IR,
            "title": "Annual report 2025",
            "language": "en",
            "published_on": date(2026, 3, 2),
            "text": text,
            **fields,
        }
    )


def sentence(source: SourceText, text: str, *, said: str = "", **fields: Any) -> dict[str, Any]:
    """A sentence of the contract that cites ``text`` of the source, and says it or ``said``."""
    start = source.text.index(text)
    citation = {"source_id": str(source.pk), "start": start, "end": start + len(text)}
    return {
        "text": said or text,
        "citations": [citation],
        "origin": "written" if said else "quoted",
        **fields,
    }


def loads(
    sidecar: ScriptedSidecar,
    model: str = "scripted",
    version: str = "scripted-1",
    method: str = "quoted",
) -> None:
    """Let GET /v1/model say that this is loaded."""
    body = {"model": model, "summaries": {"method": method, "prompt_version": version}}
    sidecar.ready = Reply(pieces=[json.dumps(body).encode()])


def summary_pieces(
    *sentences: dict[str, Any],
    topics: tuple[str, ...] = (),
    dropped: tuple[int, int] = (0, 0),
    method: str = "quoted",
) -> list[bytes]:
    """A whole stream: two steps, the summary with one section, the end."""
    summary = {
        "sections": [
            {"key": "what_it_does", "heading": "What it does", "sentences": list(sentences)}
        ],
        "topics": list(topics),
        "dropped": {"citation": dropped[0], "number": dropped[1]},
        "method": method,
    }
    return [
        event("progress", {"done": 0, "total": 2}),
        event("progress", {"done": 2, "total": 2}),
        event("summary", summary),
        event("done", DONE),
    ]
