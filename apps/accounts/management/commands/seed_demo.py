"""The demo's two accounts."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from apps.accounts.models import User

CANDIDATE = ("demo@ssammu.test", "demo-candidate-1")
STAFF = ("staff@ssammu.test", "demo-staff-1")


class Command(BaseCommand):
    help = "Make the demo candidate and the demo staff account, in demo settings only."

    def handle(self, *args: Any, **options: Any) -> None:
        # Their passwords are public, so they must never appear on a real site.
        if not settings.DEMO:
            raise CommandError("The demo accounts are made in demo settings only.")
        with transaction.atomic():
            _make(*CANDIDATE, name="지우", staff=False)
            _make(*STAFF, name="출제자", staff=True)
        self.stdout.write(f"Accounts: {CANDIDATE[0]} and {STAFF[0]}.")


def _make(email: str, password: str, *, name: str, staff: bool) -> None:
    """Leaves an account that is there as its owner has changed it; only the way in is restored."""
    user, _created = User.objects.get_or_create(email=email, defaults={"name": name})
    if not user.check_password(password):
        user.set_password(password)
    user.is_active = True
    user.is_staff = user.is_superuser = staff
    user.save(update_fields=["password", "is_active", "is_staff", "is_superuser"])
    EmailAddress.objects.update_or_create(
        user=user, email=email, defaults={"verified": True, "primary": True}
    )
