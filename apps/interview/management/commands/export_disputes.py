"""Decided disputes as cases that the assessment is measured on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandParser

from apps.interview.models import Dispute, KeyPoint

LANGUAGES = ("ko", "en")
HEADER = """\
# Marks that candidates disputed and staff decided: what an assessment of these answers must say.
# python -m inference_sidecar.evaluate --gate --cases THIS_FILE
"""


class Command(BaseCommand):
    help = "Write decided disputes as evaluation cases. No person is named; the answer is theirs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="where to, such as disputes.yaml")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        disputes = (
            Dispute.objects.decided()
            .select_related("feedback__attempt__question")
            .order_by("decided_at", "pk")
        )
        cases = [case_of(dispute) for dispute in disputes]
        # What staff left "not sure" says nothing about what would be right.
        told = [case for case in cases if case["expected"] != "unsure"]
        text = yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=1000)
        file.write_text(HEADER + text, encoding="utf-8")
        self.stdout.write(f"{len(told)} cases in {file}")


def case_of(dispute: Dispute) -> dict[str, Any]:
    """{question, key_point, misconceptions, language, answer, expected}; texts are {ko, en}."""
    attempt = dispute.feedback.attempt
    point = (
        KeyPoint.objects.filter(question=attempt.question_id, slug=dispute.key_point)
        .prefetch_related("misconceptions")
        .first()
    )
    mistakes = point.misconceptions.all() if point else []
    return {
        "question": _texts(attempt.question, "text"),
        "key_point": _texts(point, "text") if point else _as_judged(dispute),
        "misconceptions": [_texts(mistake, "statement") for mistake in mistakes],
        "language": attempt.language,
        "answer": attempt.answer,
        "expected": dispute.mark_after or dispute.mark_before,
    }


def _texts(row: Any, name: str) -> dict[str, str]:
    return {code: getattr(row, f"{name}_{code}") or "" for code in LANGUAGES}


def _as_judged(dispute: Dispute) -> dict[str, str]:
    """The words of a key point that staff removed since: those of the feedback, in its language."""
    texts = {point["id"]: point["text"] for point in dispute.feedback.key_points}
    return dict.fromkeys(LANGUAGES, texts.get(dispute.key_point, dispute.key_point))
