"""The batch on real vLLM: a company's texts in, a summary in each language out."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from inference_sidecar.packaged.models import DEFAULT
from tests.stack import Stack

pytestmark = pytest.mark.vllm

COMPANY = "onsaem-health"
# Two short ones in each language: what is looked at here does not grow with their length.
_CHOOSE = f"""
from apps.companies.models import Company, SourceText
Company.objects.filter(slug={COMPANY!r}).update(auto_publish=False)
SourceText.objects.filter(company__slug={COMPANY!r}).exclude(
    kind__in=["news", "introduction"]
).update(is_active=False)
"""
_SUMMARIES = f"""
import json
from apps.companies.models import SourceText, Summary
texts = {{
    str(source.pk): source.text for source in SourceText.objects.filter(company__slug={COMPANY!r})
}}
print(json.dumps({{
    summary.language: {{
        "version": summary.version,
        "status": summary.status,
        "method": summary.method,
        "model": summary.model,
        "tokens": summary.prompt_tokens + summary.completion_tokens,
        "sections": summary.sections,
        "topics": [topic.slug for topic in summary.topics.all()],
        "passages": [
            [citation["text"], texts[citation["source_id"]][citation["start"]:citation["end"]]]
            for sentence in summary.sentences for citation in sentence["citations"]
        ],
    }}
    for summary in Summary.objects.filter(company__slug={COMPANY!r})
}}))
"""


def shell(stack: Stack, code: str) -> str:
    return stack.manage("shell", "--no-imports", "-c", code)


def run(stack: Stack) -> str:
    """What the command says at its end."""
    return stack.manage("run_summaries", "--company", COMPANY, "--wait").splitlines()[-1]


def letters(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_a_summary_in_each_language_and_no_second_one(stack: Stack):
    shell(stack, _CHOOSE)

    first = run(stack)
    summaries: dict[str, Any] = json.loads(shell(stack, _SUMMARIES).splitlines()[-1])

    assert first.startswith("2 written, 0 unchanged, 0 failed, ")
    assert set(summaries) == {"en", "ko"}
    for language, summary in summaries.items():
        assert (summary["version"], summary["status"]) == (1, "draft")
        # What the packaged model is good for, in the one visible place that says so.
        assert summary["method"] == "quoted"
        assert summary["model"] == DEFAULT.name
        # The judge is asked about each sentence, and reads both languages.
        assert summary["tokens"] > 0
        assert summary["topics"]
        sentences = [one for section in summary["sections"] for one in section["sentences"]]
        # What the judge is not sure of is left out.
        assert len(sentences) >= 3
        assert len({section["key"] for section in summary["sections"]}) >= 2
        for kept, standing in summary["passages"]:
            assert kept == standing
        for sentence in sentences:
            if sentence["origin"] == "composed":  # a fact, with its measure and period
                continue
            assert letters(sentence["text"]) in letters(sentence["citations"][0]["text"])
            is_korean = re.search("[가-힣]", sentence["text"]) is not None
            assert is_korean == (language == "ko"), sentence

    assert run(stack).startswith("0 written, 2 unchanged, 0 failed, 0 tokens")
