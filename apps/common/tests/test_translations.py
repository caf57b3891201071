"""The Korean catalogue is whole: nothing empty or guessed, and each placeholder kept."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.conf import settings

CATALOGUE = settings.BASE_DIR / "locale" / "ko" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
PARTICLE = "%(subject)s"
"""What a Korean subject ends with (이, 가) goes by the name before it; English has none."""


def _messages() -> list[Message]:
    with CATALOGUE.open("rb") as file:
        return [message for message in read_po(file, locale="ko") if message.id]


def _texts(value: str | tuple[str, ...] | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def test_every_message_has_its_korean():
    messages = _messages()
    empty = [message.id for message in messages if not all(_texts(message.string))]
    guessed = [message.id for message in messages if message.fuzzy]

    assert len(messages) > 300
    assert (empty, guessed) == ([], [])


def test_placeholders_are_the_same():
    wrong = []
    for message in _messages():
        wanted = Counter(PLACEHOLDER.findall(_texts(message.id)[-1]))
        for text in _texts(message.string):
            if Counter(PLACEHOLDER.findall(text.replace(PARTICLE, ""))) != wanted:
                wrong.append((message.id, text))

    assert wrong == []


@pytest.mark.parametrize("sign", ["!", "！"])
def test_nobody_shouts(sign):
    assert [message.string for message in _messages() if sign in "".join(message.string)] == []
