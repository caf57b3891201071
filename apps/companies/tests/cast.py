"""A company with a published summary, as the pages' tests need it."""

from __future__ import annotations

from datetime import date
from typing import Any

from apps.companies.models import Company, CompanyAlias, Summary

IR = "6f0c0a4e-0000-4000-8000-000000000001"
INTRODUCTION = "6f0c0a4e-0000-4000-8000-000000000002"


def make_company(slug: str = "cloud-bakery", **fields: Any) -> Company:
    company = Company.objects.create(
        slug=slug,
        **{
            "name_ko": "구름빵집",
            "name_en": "Cloud Bakery",
            "industry": "commerce",
            "is_published": True,
            **fields,
        },
    )
    CompanyAlias.objects.create(company=company, name=f"{slug} bakers")
    return company


def sections(*texts: str) -> list[dict[str, Any]]:
    """One section in which each sentence quotes a source."""
    return [
        {
            "key": "what_it_does",
            "heading": "What it does",
            "sentences": [
                {
                    "text": text,
                    "origin": "quoted",
                    "citations": [
                        {
                            "source_id": source,
                            "start": 10,
                            "end": 10 + len(text),
                            "text": text,
                            "before": "Before it. ",
                            "after": " After it.",
                        }
                    ],
                }
                for text, source in zip(texts, [IR, INTRODUCTION] * 9, strict=False)
            ],
        }
    ]


def make_summary(company: Company, language: str = "en", **fields: Any) -> Summary:
    return Summary.objects.create(
        company=company,
        language=language,
        **{
            "version": 1,
            "status": Summary.Status.PUBLISHED,
            "sections": sections("It bakes bread in the cloud.", "It has 40 ovens."),
            "sources": [
                {
                    "id": IR,
                    "title": "Letter of 2026",
                    "kind": "ir",
                    "language": "en",
                    "published_on": "2026-08-12",
                    "url": "https://bakery.example/ir",
                },
                {
                    "id": INTRODUCTION,
                    "title": "Who we are",
                    "kind": "introduction",
                    "language": "en",
                    "published_on": None,
                    "url": "",
                },
            ],
            "as_of": date(2026, 8, 12),
            "model": "scripted",
            "method": "quoted",
            "prompt_version": "v1",
            "inputs_hash": "0" * 64,
            **fields,
        },
    )
