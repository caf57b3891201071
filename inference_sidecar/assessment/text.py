"""Words and passages of an answer, with the places they stand at.

Offsets count characters of the text as it was given, ``end`` exclusive. Korean
and English are read alike and may be mixed in one sentence ("TCP는 …").
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[a-z0-9]+(?:[+#]+|['’][a-z]+)?|[가-힣]+")

_ENGLISH_STOPWORDS = frozenset(
    """a about after again all also am an and any are as at be because been before being both but
    by can cannot could did do does doing done down each either etc even every few for from further
    get gets give given had has have having he her here him his how however i if in into is it its
    itself just let like made make makes many may me might more most much must my no nor not now of
    off often on once one only or other others our out over own per rather same she should so some
    such than that the their them then there therefore these they thing things this those though
    through thus to too under until up upon us use used uses using very via was we well were what
    when where whereas whether which while who whose why will with within without would yet you
    your""".split()
)
_KOREAN_STOPWORDS = frozenset(
    """것 수 때 등 및 더 또 또는 그 이 저 그리고 그러나 하지만 그래서 따라서 때문 경우 대해 대한
    위해 통해 있다 없다 하다 되다 이다 있 없 하 되 같 같은 각 각각 모든 어떤 그런 이런 매우 많
    많이 잘 안 못 즉 예 예를 들어 먼저 다음 만약 여러 다른 다시 바로 함께 가지 정도 보통 대신
    반면 있습니 있으 있는 있고 생각 설명 차이 무엇""".split()
)

# Longest first; what is left must keep a syllable (two for the one-syllable endings).
_KOREAN_ENDINGS = sorted(
    """으로부터 에서부터 이라고는 이라는 이라고 으로써 으로서 에서는 에게는 에게서 까지는 부터는
    으로는 으로도 에서도 이라도 라는 라고 로써 로서 에는 에도 에서 에게 까지 부터 처럼 보다
    마다 조차 마저 만큼 대로 이나 이며 이고 이면 이란 라서 으로 은 는 이 가 을 를 의 에 로 와
    과 도 만 란 나 하였습니다 되었습니다 했습니다 됐습니다 합니다 됩니다 입니다 습니다 하거나
    되거나 하면서 되면서 하지만 되지만 하려면 하여야 해야 하여 되어 하는 되는 하고 되고 하며
    되며 하면 되면 하게 되게 하지 되지 하기 되기 하도록 되도록 한다 된다 했다 됐다 해요 돼요
    해서 돼서 하니 되니 이에요 예요 어요 아요 네요 지요 거나 면서 지만 려면 도록 으면 으니 으며
    어서 아서 는데 은데 ㄴ다 는다 다 고 며 면 서 게 지 기 음 할 될 한 된 함 됨 해 돼 들""".split(),
    key=len,
    reverse=True,
)
_ENGLISH_ENDINGS = (
    "izations ization ations ation ements ement ments ment ingly edly ness ions ion ing ies ied "
    "ers ors er or est ed es ly s e"
).split()

_SENTENCE_END = re.compile(r"(?<=[.!?。])[\"'”’)\]]*+\s++|(?<!\s)[^\S\n]*+\n\s*+|(?<!\s)\s*+;\s++")
_CLAUSE_END = re.compile(
    r",\s++|(?<!\s)\s++[-–—]\s++|:\s++"
    r"|(?<!\s)\s++(?=(?:and|but|while|whereas|because|so|which|however|although)\s)"
    r"|(?<=[고며나만서데면니])\s++(?=[가-힣A-Za-z])",
    re.IGNORECASE,
)


# Below this, shared letters are chance: two Korean words of two syllables with the
# first in common reach 0.5.
ALIKE_FROM = 0.55


@dataclass(frozen=True, slots=True)
class Word:
    """A content word: ``form`` is what is compared, the offsets say where it stands."""

    form: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Span:
    start: int
    end: int


def is_hangul(character: str) -> bool:
    return "가" <= character <= "힣"


def _lowered(text: str) -> str:
    """Lower case, composed, of the same length, so that offsets stay true."""
    lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    composed = unicodedata.normalize("NFC", lowered)
    return composed if len(composed) == len(text) else lowered


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The part of a lower-case word that carries its meaning, roughly."""
    if is_hangul(word[0]):
        for _ in range(2):  # a verb's ending may stand before a particle: 공유하는 + 것은
            for ending in _KOREAN_ENDINGS:
                if word.endswith(ending) and len(word) - len(ending) >= (
                    2 if len(ending) == 1 else 1
                ):
                    word = word[: -len(ending)]
                    break
            else:
                break
        return word
    word = re.split(r"['’]", word)[0]
    for ending in _ENGLISH_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    if len(word) > 3 and word[-1] == word[-2]:  # stopped, stop
        word = word[:-1]
    return word[:-1] + "i" if len(word) > 3 and word.endswith("y") else word


def content_words(text: str) -> list[Word]:
    """The words of ``text`` that carry content, in order."""
    words = []
    for match in _WORD.finditer(_lowered(text)):
        raw = match[0]
        if raw in _ENGLISH_STOPWORDS or raw in _KOREAN_STOPWORDS:
            continue
        form = stem(raw)
        if not form or form in _KOREAN_STOPWORDS:
            continue
        words.append(Word(form, match.start(), match.end()))
    return words


@lru_cache(maxsize=65536)
def _ngrams(form: str) -> frozenset[str]:
    size = 2 if is_hangul(form[0]) else 3
    padded = f"^{form}" if size == 2 else f"^{form}$"
    return frozenset(padded[i : i + size] for i in range(max(1, len(padded) - size + 1)))


@lru_cache(maxsize=262144)
def similarity(one: str, other: str) -> float:
    """0..1: how alike two stems are written (inflection, compounds, typing errors)."""
    if one == other:
        return 1.0
    if is_hangul(one[0]) != is_hangul(other[0]) or min(len(one), len(other)) < 2:
        return 0.0
    if one[0] != other[0] and not is_hangul(one[0]):
        return 0.0
    # A compound written as one word holds the whole of its part: 주소 in 주소공간.
    if is_hangul(one[0]) and (one in other or other in one):
        return 0.9
    if not is_hangul(one[0]) and min(len(one), len(other)) < 4:
        return 0.0
    first, second = _ngrams(one), _ngrams(other)
    dice = 2 * len(first & second) / (len(first) + len(second))
    return dice if dice >= ALIKE_FROM else 0.0


def _split(text: str, span: Span, boundary: re.Pattern[str]) -> list[Span]:
    spans, start = [], span.start
    for match in boundary.finditer(text, span.start, span.end):
        spans.append(Span(start, match.start()))
        start = match.end()
    spans.append(Span(start, span.end))
    return [trimmed for part in spans if (trimmed := _trim(text, part))]


def _trim(text: str, span: Span) -> Span | None:
    piece = text[span.start : span.end]
    stripped = piece.strip().lstrip("-*•# ").strip()
    if not stripped:
        return None
    start = span.start + piece.index(stripped)
    return Span(start, start + len(stripped))


def sentences(text: str) -> list[Span]:
    return _split(text, Span(0, len(text)), _SENTENCE_END)


def clauses(text: str, sentence: Span) -> list[Span]:
    """The parts of one sentence that could each make a point of their own."""
    return _split(text, sentence, _CLAUSE_END)


def function_word_share(text: str) -> float:
    """0..1: share of words that bind others into sentences (0 for a list of keywords).

    English: stopwords. Korean: words that carry a particle or an ending.
    """
    raw = [match[0] for match in _WORD.finditer(_lowered(text))]
    if not raw:
        return 0.0
    binding = sum(
        stem(word) != word or word in _KOREAN_STOPWORDS
        if is_hangul(word[0])
        else word in _ENGLISH_STOPWORDS
        for word in raw
    )
    return binding / len(raw)
