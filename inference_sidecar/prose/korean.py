"""A plain Korean sentence (``…한다``) as part of another one, and as one said politely."""

from __future__ import annotations

# Adjectives whose stem ends in a vowel. Every other noun-like word before 다 is a noun with
# the copula's 이 left out: 구조다, but 크다.
_ADJECTIVES = frozenset(
    "크다 싸다 비싸다 느리다 빠르다 다르다 이르다 바르다 올바르다 나쁘다 바쁘다 세다 흐리다".split()
)
# Nouns whose own last syllable is 이: 차이다 is 차이 + 다, where 값이다 is 값 + 이다.
_NOUNS_IN_I = ("차이다", "높이다", "깊이다", "길이다", "넓이다", "사이다", "풀이다")
_HANGUL_FIRST, _FINALS = ord("가"), 28
_FINAL_N, _FINAL_B = 4, 17


def reported(sentence: str) -> str:
    """``sentence`` up to where 는 점, 고 or 면 follows: '…한다', '…것이라', '…구조라'.

    What is no plain sentence (a noun phrase, 합니다체) is quoted: '‘…’라'.
    """
    if not _is_plain(sentence):
        return f"‘{sentence}’라"
    if sentence.endswith(("이다", "아니다")) or _is_noun(sentence):
        return sentence[:-1] + "라"
    return sentence


def polite(sentence: str) -> str:
    """``sentence`` as one says it in an interview, with its full stop: '…합니다.'"""
    if not _is_plain(sentence):
        return f"{sentence}."
    stem = sentence[:-1]
    if _is_noun(sentence):
        return f"{stem}입니다."
    if stem.endswith("는") and _final(stem[-2:-1]):  # 읽는다
        return f"{stem[:-1]}습니다."
    if _final(stem[-1]) not in (0, _FINAL_N):  # 있다, 좋다
        return f"{stem}습니다."
    without_final = ord(stem[-1]) - _final(stem[-1])  # 한다, 크다, 이다
    return f"{stem[:-1]}{chr(without_final + _FINAL_B)}니다."


def _is_plain(sentence: str) -> bool:
    return sentence.endswith("다") and not sentence.endswith("니다") or sentence.endswith("아니다")


def _is_noun(sentence: str) -> bool:
    """Whether a noun with a bare 다 ends it: '…구조다', '…read-your-writes다'."""
    word = sentence.split()[-1]
    if word.endswith(_NOUNS_IN_I):
        return True
    if word.endswith(("하다", "이다", "아니다")) or word in _ADJECTIVES:
        return False
    return _final(word[-2:-1]) == 0


def _final(syllable: str) -> int:
    """The number of its final consonant in Unicode's order; 0 for none, and for no syllable."""
    place = ord(syllable) - _HANGUL_FIRST if syllable else -1
    return place % _FINALS if 0 <= place < 11172 else 0
