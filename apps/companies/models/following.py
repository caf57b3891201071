from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .companies import Company


class CompanyFollow(models.Model):
    """A candidate wants to see this company on their home page."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="followed_companies"
    )
    company = models.ForeignKey(Company, models.CASCADE, related_name="followers")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "company"], name="a_company_is_followed_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.company_id}"
