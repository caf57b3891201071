"""The people of Ssammu: they log in with an e-mail address."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractUser):
    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=80, blank=True)
    interface_language = models.CharField(
        _("interface language"), max_length=5, choices=settings.LANGUAGES, blank=True
    )
    """Empty: follow the browser."""
    feedback_language = models.CharField(
        _("feedback language"), max_length=5, choices=settings.LANGUAGES, blank=True
    )
    """Empty: the language the page is in."""

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        return self.name or self.email.partition("@")[0]

    def get_short_name(self) -> str:
        return self.get_full_name()

    @property
    def initials(self) -> str:
        """Two characters for the round badge: 지우, AL."""
        words = self.get_full_name().split()
        if len(words) > 1 and words[0].isascii():
            return (words[0][0] + words[1][0]).upper()
        return words[0][-2:] if not words[0].isascii() else words[0][:2].upper()


class ApiToken(models.Model):
    """What a program calls the API with in a person's name; see ``tokens``."""

    NAME_MAX_LENGTH = 80

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=NAME_MAX_LENGTH, blank=True)
    """What the program called itself when it asked for it."""
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the key, which is long and random."""
    password_mark = models.CharField(max_length=128)
    """``User.get_session_auth_hash`` when it was made."""
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(db_index=True)
