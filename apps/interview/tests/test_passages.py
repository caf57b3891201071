"""Short cuts of quotes, and the paragraph of a model answer that says a point."""

from __future__ import annotations

import pytest

from apps.interview.passages import CUT_MAX, passage_saying, passages_of, quote_cuts

ANSWER = (
    "A process owns an address space of its own, and threads of one process share the heap. "
    "Switching between threads is cheap. It is cheap. Creating one costs little. It is cheap."
)


def _point(text, words=None, at=None, answer=ANSWER):
    if words is None:
        return {"text": text}
    start = answer.index(words) if at is None else at
    return {"text": text, "quote": {"start": start, "end": start + len(words), "text": words}}


def test_a_short_quote_is_shown_whole():
    cuts = quote_cuts(ANSWER, [_point("Cheap switches.", "Switching between threads is cheap.")])

    assert cuts == ["Switching between threads is cheap."]


def test_a_mark_without_a_quote_has_no_cut():
    assert quote_cuts(ANSWER, [_point("Anything.")]) == [""]


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        ("Garbage collection frees unreachable objects.", "unreachable"),
        ("가비지 컬렉션은 도달할 수 없는 객체를 치운다", "객체를"),
    ],
)
def test_a_long_quote_is_cut_around_the_words_of_its_point(statement, wanted):
    filler = "and so on and so forth with many other words of no matter " * 4
    said = "collection frees unreachable 도달할 객체를 치운다 objects here"
    answer = f"{filler}{said} {filler}".strip()

    [cut] = quote_cuts(answer, [_point(statement, answer, 0)])

    assert wanted in cut
    assert cut.startswith("…") and cut.endswith("…")
    assert len(cut) <= CUT_MAX + 2


def test_points_on_one_stretch_of_words_show_the_clause_that_is_their_own():
    words = "A process owns an address space of its own, and threads of one process share the heap."

    cuts = quote_cuts(
        ANSWER,
        [
            _point("Processes have separate address spaces.", words),
            _point("Threads share the heap.", words),
        ],
    )

    assert cuts == [
        "A process owns an address space of its own,…",
        "…and threads of one process share the heap.",
    ]


def test_the_same_words_in_two_places_are_told_apart():
    first = ANSWER.index("It is cheap.")
    last = ANSWER.rindex("It is cheap.")

    cuts = quote_cuts(
        ANSWER,
        [
            _point("Switching is cheap.", "It is cheap.", first),
            _point("Creating is cheap.", "It is cheap.", last),
        ],
    )

    assert cuts == ["It is cheap.", "little. It is cheap."]


def test_line_breaks_in_a_quote_are_blanks():
    answer = "Own\n\nmemory"

    assert quote_cuts(answer, [_point("Memory.", answer, 0)]) == ["Own memory"]


def test_one_word_longer_than_a_cut():
    answer = "가" * 500

    [cut] = quote_cuts(answer, [_point("나", answer, 0)])

    assert cut == "가" * CUT_MAX + "…"


MODEL_ANSWER = """A process is a running program. It owns an address space.

Threads share the heap. Each has a stack of its own.

Switching threads is cheaper.
"""


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("Processes have separate address spaces", 0),
        ("Every thread keeps its own stack", 1),
        ("A thread switch is cheaper", 2),
        ("Kafka keeps a log", None),
        ("", None),
    ],
)
def test_the_paragraph_that_says_a_point(statement, place):
    assert passage_saying(statement, passages_of(MODEL_ANSWER)) == place


def test_korean_words_are_found_with_other_particles():
    passages = passages_of("프로세스마다 주소 공간이 있습니다.\n\n스레드들은 힙을 함께 씁니다.")

    assert passage_saying("스레드는 힙과 코드를 공유한다", passages) == 1


def test_no_text_has_no_passages():
    assert passages_of("\n \n") == []
    assert passage_saying("Anything", []) is None
