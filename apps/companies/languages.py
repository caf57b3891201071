"""Which language a text is in, as far as it can be told."""

from __future__ import annotations

import re

import pycld2
from django.conf import settings
from django.utils.translation import get_language_info

SAMPLE = 60_000
"""Characters that are looked at: the start tells."""
HANGUL_IS_KOREAN = 0.5
"""Share of a text's letters. Below it, but above the next, stands a text full of English
terms, or an English one full of Korean names: staff know which."""
HANGUL_IS_FOREIGN = 0.1

_HANGUL = re.compile("[가-힣]")
_LETTER = re.compile(r"[^\W\d_]")


def has_letters(text: str) -> bool:
    return _LETTER.search(text) is not None


def language_of(text: str) -> str:
    """A language's code, or nothing where it cannot be told: few words, tables, a mixture."""
    sample = text[:SAMPLE]
    letters = len(_LETTER.findall(sample))
    if not letters:
        return ""
    hangul = len(_HANGUL.findall(sample)) / letters
    if hangul >= HANGUL_IS_KOREAN:
        return "ko"
    if hangul >= HANGUL_IS_FOREIGN:
        return ""
    is_reliable, _length, guesses = pycld2.detect(sample, isPlainText=True, bestEffort=True)
    _name, code, percent, _score = guesses[0]
    return code if is_reliable and code != "un" and percent >= 60 else ""


def name_of(code: str) -> str:
    """A language's name in the reader's language, or its code where we have no name."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def is_ours(code: str) -> bool:
    return code in dict(settings.LANGUAGES)
