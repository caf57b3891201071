"""What can be wrong with a profile, a photo or a template, told in both languages."""

from __future__ import annotations


class RenderingError(Exception):
    """`message(language)` is one sentence for the person who can mend it."""

    def __init__(self, korean: str, english: str) -> None:
        super().__init__(english)
        self.korean = korean
        self.english = english

    def message(self, language: str) -> str:
        return self.korean if language == "ko" else self.english


class ProfileInvalid(RenderingError):
    """The profile is not JSON Resume v1.0.0."""


class PhotoUnreadable(RenderingError):
    """The photo is not a picture that Word can show."""


class TemplateBroken(RenderingError):
    """The Word file cannot serve as a template."""
