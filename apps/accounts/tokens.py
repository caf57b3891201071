"""API tokens: a person has one for each program, sees them in the settings, and ends them.

Only a digest is kept, so that no copy of the database opens an account. A token ends by
itself after TOKEN_DAYS, when its owner ends it or logs out everywhere, and with the
password it was made with, by whatever way that changes: as sessions do, it names the hash.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication, exceptions

from .models import ApiToken, User

TOKEN_DAYS = 90
TOKENS_EACH = 20
"""The one that was made first goes when there would be more."""
KEY_BYTES = 32
SEEN_EVERY = timedelta(hours=1)
"""When a token was last used is known to the hour, and costs a write as seldom."""


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def token_create(*, user: User, name: str = "") -> str:
    """A new token's key: shown once, and kept by nobody here."""
    key = secrets.token_urlsafe(KEY_BYTES)
    now = timezone.now()
    ApiToken.objects.create(
        user=user,
        name=name[: ApiToken.NAME_MAX_LENGTH],
        digest=_digest(key),
        password_mark=user.get_session_auth_hash(),
        created_at=now,
        expires_at=now + timedelta(days=TOKEN_DAYS),
    )
    newest = ApiToken.objects.filter(user=user).order_by("-created_at", "-pk")
    kept = list(newest.values_list("pk", flat=True)[:TOKENS_EACH])
    ApiToken.objects.filter(user=user).exclude(pk__in=kept).delete()
    return key


def tokens_of(user: User) -> list[ApiToken]:
    """Those that still open the account, the newest first."""
    tokens = ApiToken.objects.filter(user=user, expires_at__gt=timezone.now())
    return [token for token in tokens.order_by("-created_at", "-pk") if _is_of(token, user)]


def token_end(*, user: User, token_id: int) -> bool:
    """False if the person has no such token (any more)."""
    deleted, _each = ApiToken.objects.filter(user=user, pk=token_id).delete()
    return bool(deleted)


def _is_of(token: ApiToken, user: User) -> bool:
    marks = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(token.password_mark, mark) for mark in marks)


class TokenAuthentication(authentication.TokenAuthentication):
    """`Authorization: Token …`, as the schema says."""

    def authenticate_credentials(self, key: str) -> tuple[User, ApiToken]:
        now = timezone.now()
        token = (
            ApiToken.objects.select_related("user")
            .filter(digest=_digest(key), expires_at__gt=now)
            .first()
        )
        if token is None or not token.user.is_active or not _is_of(token, token.user):
            raise exceptions.AuthenticationFailed(
                _("This token is not valid, or not any more. Get another one.")
            )
        if token.last_used_at is None or token.last_used_at < now - SEEN_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token.user, token
