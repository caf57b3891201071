"""What a candidate does with a company."""

from __future__ import annotations

from apps.accounts.models import User

from ..models import Company, CompanyFollow


def company_follow(*, user: User, company: Company) -> None:
    """Following twice is following."""
    CompanyFollow.objects.get_or_create(user=user, company=company)


def company_unfollow(*, user: User, company: Company) -> None:
    CompanyFollow.objects.filter(user=user, company=company).delete()
