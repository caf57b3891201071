"""manage.py practise: what it refuses. The suite of the main job runs it on real vLLM."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from apps.interview.models import Attempt

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_followed(monkeypatch):
    """These stop before a stream begins."""
    monkeypatch.delattr("apps.common.live.follow")


def _refusal(**options) -> str:
    with pytest.raises(CommandError) as refused:
        call_command("practise", stdout=io.StringIO(), language="en", **options)
    assert Attempt.objects.count() == 0
    return str(refused.value)


def test_an_unknown_question_is_named_in_words(question):
    assert _refusal(question="nope", answer="x") == (
        "There is no such published question. Run loadcontent first, or see --question."
    )


def test_a_blank_answer_is_refused(question):
    assert _refusal(question=question.slug, answer="  \n") == (
        "Write your answer first; a sentence is enough."
    )


def test_bytes_that_are_no_text_are_refused(question, monkeypatch):
    # As Python's stdin hands over bytes that are not UTF-8.
    monkeypatch.setattr("sys.stdin", io.StringIO("\udcff\udcfe"))

    assert _refusal(question=question.slug) == "Your answer is not text in UTF-8."
