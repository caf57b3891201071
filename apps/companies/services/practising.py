"""A candidate prepares for a company."""

from __future__ import annotations

from django.utils import translation

from apps.accounts.models import User
from apps.practice.models import Session
from apps.practice.services import mock_interview_start

from ..models import Company
from ..practising import practice_for
from ..presentation import summary_for


def company_practise(
    *, user: User, company: Company, language: str, idempotency_key: str = ""
) -> Session:
    """A mock interview of what its texts call for. Needs ``with_summaries``.

    Raises NothingToAsk and LimitReached.
    """
    summary = summary_for(company, translation.get_language())
    assert summary is not None  # companies are shown once they have one
    return mock_interview_start(
        user=user,
        questions=practice_for(summary, user).questions,
        about=company.name,
        language=language,
        idempotency_key=idempotency_key,
    )
