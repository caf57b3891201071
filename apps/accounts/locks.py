"""When wrong passwords lock, whom, and who gets in all the same.

Two counts, both over the time of AXES_COOLOFF_TIME: for an account from one address, and for
an account from wherever. The second stops those who have many addresses, and alone it would
let a stranger lock anybody out: so it does not hold for a browser in which that person has
logged in before (OWASP calls such a mark a device cookie).
"""

from __future__ import annotations

from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse

from .models import User
from .services import login_name

ACCOUNT_FAILURE_LIMIT = 50
"""Wrong passwords for one account from all addresses: five times what one address may."""
COOKIE = "known_browser"
COOKIE_SECONDS = 365 * 24 * 60 * 60


class LockHandler(AxesDatabaseHandler):
    """AXES_LOCKOUT_PARAMETERS name the account with the address; here the account counts, too."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        here: int = super().get_failures(request, credentials)
        if here >= settings.AXES_FAILURE_LIMIT:
            return here
        name = login_name(request, credentials)
        anywhere = AccessAttempt.objects.filter(username=name).filter(
            attempt_time__gte=get_cool_off_threshold(request)
        )
        total = anywhere.aggregate(total=Sum("failures_since_start"))["total"] or 0
        if total < ACCOUNT_FAILURE_LIMIT or is_known_browser(request, name):
            return here
        return max(here, settings.AXES_FAILURE_LIMIT)


def _signer(user: User) -> Signer:
    """A new password makes the browsers of the old one unknown, as it ends their sessions."""
    return Signer(salt=f"accounts.known_browser:{user.get_session_auth_hash()}")


def remember_browser(response: HttpResponse, user: User) -> None:
    response.set_cookie(
        COOKIE,
        _signer(user).sign(str(user.pk)),
        max_age=COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def is_known_browser(request: HttpRequest, name: str) -> bool:
    """Whether the person of this e-mail address has logged in with it before."""
    mark = request.COOKIES.get(COOKIE)
    user = User.objects.filter(email__iexact=name).first() if mark else None
    if not mark or user is None:
        return False
    try:
        return _signer(user).unsign(mark) == str(user.pk)
    except BadSignature:
        return False
