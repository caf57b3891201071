"""What a person's account actions write, and everything a person has here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from allauth.account import app_settings as allauth_settings
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from apps.common import leftovers, limits
from apps.common.limits import MINUTE, Limit

from .models import ApiToken, User

Exporter = Callable[[User], Any]
_exporters: dict[str, Exporter] = {}
Eraser = Callable[[User], Iterable[str]]
_erasers: list[Eraser] = []


def register_exporter(name: str, exporter: Exporter) -> None:
    """Let an app add what it keeps of a person: JSON-ready values under ``name``.

    Called from AppConfig.ready, so that accounts imports no other app.
    """
    _exporters[name] = exporter


def account_export(*, user: User) -> dict[str, Any]:
    """Everything that this person has here, as one JSON-ready mapping."""
    profile = {
        "email": user.email,
        "name": user.name,
        "interface_language": user.interface_language,
        "feedback_language": user.feedback_language,
        "date_joined": user.date_joined,
        "last_login": user.last_login,
        "email_addresses": list(
            EmailAddress.objects.filter(user=user).values("email", "verified", "primary")
        ),
        "sign_in_providers": list(
            SocialAccount.objects.filter(user=user).values("provider", "uid", "date_joined")
        ),
        "api_tokens": list(
            ApiToken.objects.filter(user=user)
            .order_by("pk")
            .values("name", "created_at", "last_used_at", "expires_at")
        ),
    }
    parts = {name: exporter(user) for name, exporter in _exporters.items()}
    return {"exported_at": timezone.now(), "profile": profile, **parts}


def register_eraser(eraser: Eraser) -> None:
    """Let an app name the stored files that are a person's. Called from AppConfig.ready."""
    _erasers.append(eraser)


PASSWORD_CHECKS = Limit("password-checks", 10, 10 * MINUTE)
"""As many as wrong passwords at the login: whoever finds a browser open must not guess on."""


def password_check(*, user: User, password: str) -> bool:
    """Whether it is the password of a person who is logged in already. Raises LimitReached."""
    limits.count(user.pk, PASSWORD_CHECKS)
    return user.check_password(password)


def account_delete(*, user: User) -> None:
    """Delete the person and all that hangs on them: cascades, files, sessions, failed logins.

    Sessions are opaque rows, so all that still live are looked through: rare, and
    cheaper than a table that every login would have to keep.
    """
    with transaction.atomic():
        _sessions_end(user)
        AccessAttempt.objects.filter(username=user.email).delete()
        leftovers.discard(key for eraser in _erasers for key in eraser(user))
        user.delete()


def _sessions_end(user: User) -> None:
    own = [
        session.session_key
        for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator()
        if session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    Session.objects.filter(session_key__in=own).delete()


def logout_everywhere(*, user: User) -> None:
    """End every session and every token of the person."""
    with transaction.atomic():
        _sessions_end(user)
        ApiToken.objects.filter(user=user).delete()


def expired_clear() -> None:
    """Delete tokens that have ended, and wrong passwords that count no more."""
    now = timezone.now()
    ApiToken.objects.filter(expires_at__lte=now).delete()
    counted = timedelta(hours=settings.AXES_COOLOFF_TIME)
    AccessAttempt.objects.filter(attempt_time__lte=now - counted).delete()


def language_set(*, user: User, language: str) -> None:
    user.interface_language = language
    user.save(update_fields=["interface_language"])


def remember_language(response: HttpResponse, language: str) -> None:
    """Keep the page language in this browser; an empty one forgets it."""
    if not language:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
        return
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


def email_must_be_verified(user: User) -> bool:
    """Whether the person has yet to open the link that we sent them."""
    return (
        allauth_settings.EMAIL_VERIFICATION == allauth_settings.EmailVerificationMethod.MANDATORY
        and not EmailAddress.objects.filter(user=user, verified=True).exists()
    )


def login_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Whom a login is for, as django-axes counts failures.

    The site, the API and the admin each name the address differently.
    """
    fields = credentials or request.POST
    for field in ("email", "username", "login"):
        if fields.get(field):
            return str(fields[field]).strip().lower()[:255]
    return ""
