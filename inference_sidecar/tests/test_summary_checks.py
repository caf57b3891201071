"""What of a draft is believed, and which topics it touches."""

from __future__ import annotations

from typing import Any

import pytest

from inference_sidecar.summaries.checks import checked, supported
from inference_sidecar.summaries.draft import Draft
from inference_sidecar.summaries.schemas import (
    Citation,
    Dropped,
    Source,
    SummaryRequest,
    SummarySentence,
    Topic,
)
from inference_sidecar.summaries.topics import topics_of

TEXT = "Tea Street sells tea.\nIt employs  40 people."


def request(**more: Any) -> SummaryRequest:
    sources = [Source(id="a", text=TEXT)]
    return SummaryRequest(id="s", language="en", company="Tea Street", sources=sources, **more)


def sentence(text: str, start: int, end: int, origin: Any = "quoted", source: str = "a") -> Any:
    return SummarySentence(
        text=text,
        citations=[Citation(source_id=source, start=start, end=end)],
        origin=origin,
    )


def outcome(*sentences: SummarySentence) -> tuple[int, Dropped]:
    """How many sentences stay, and what is counted."""
    summary = checked(request(), Draft("written", {"business": list(sentences)}))
    kept = summary.sections[0].sentences if summary.sections else []
    return len(kept), summary.dropped


def test_what_stands_stays() -> None:
    stood = [
        sentence("Tea Street sells tea.", 0, 21),
        sentence("It employs 40 people.", 22, 44),
        sentence("The company sells tea on the street.", 0, 21, "written"),
    ]

    assert outcome(*stood) == (3, Dropped(citation=0, number=0))


@pytest.mark.parametrize(
    "fallen",
    [
        sentence("Tea Street sells tea.", 0, 20),
        sentence("Tea Street sells cups.", 0, 21),
        sentence("Tea Street sells tea.", 0, 45, "written"),
        sentence("Tea Street sells tea.", 21, 22, "written"),
        sentence("Tea Street sells tea.", 5, 5, "written"),
        sentence("Tea Street sells tea.", 9, 5, "written"),
        sentence("Tea Street sells tea.", 0, 21, "written", "b"),
        sentence("Its engineers love Kubernetes and clean code.", 0, 21, "written"),
    ],
)
def test_a_citation_that_does_not_stand(fallen: SummarySentence) -> None:
    assert outcome(fallen) == (0, Dropped(citation=1, number=0))


def test_a_number_that_no_cited_passage_has() -> None:
    assert outcome(sentence("Tea Street employs 40 people.", 0, 21, "written")) == (
        0,
        Dropped(citation=0, number=1),
    )


def test_one_bad_citation_of_two_is_enough() -> None:
    two = sentence("Tea Street sells tea.", 0, 21, "written")
    two.citations.append(Citation(source_id="b", start=0, end=4))

    assert outcome(two) == (0, Dropped(citation=1, number=0))


def test_what_the_strategy_dropped_counts_too_and_its_draft_stays_as_it_was() -> None:
    draft = Draft("written", {"business": [sentence("x", 0, 1)]}, Dropped(citation=2, number=3))

    assert checked(request(), draft).dropped == Dropped(citation=3, number=3)
    assert draft.dropped == Dropped(citation=2, number=3)


def test_sections_come_in_order_under_the_headings_of_the_language() -> None:
    stood = sentence("Tea Street sells tea.", 0, 21)
    draft = Draft("quoted", {"interview": [stood], "what_it_does": [stood], "figures": []})

    summary = checked(request(), draft)

    assert [(section.key, section.heading) for section in summary.sections] == [
        ("what_it_does", "What it does"),
        ("interview", "For your interview"),
    ]


@pytest.mark.parametrize(
    ("said", "passage", "holds"),
    [
        ("The firm ships tea abroad.", "It ships tea to Japan and sells abroad.", True),
        ("The firm builds rockets and satellites.", "It ships tea to Japan.", False),
        # Across alphabets only names and numbers can be compared.
        ("회사는 차를 Kubernetes로 배송합니다.", "It ships tea with Kubernetes.", True),
        ("회사는 차를 Terraform으로 배송합니다.", "It ships tea with Kubernetes.", False),
    ],
)
def test_words_of_the_passages(said: str, passage: str, holds: bool) -> None:
    assert supported(said, [passage]) is holds


def test_nor_do_the_companys_other_names() -> None:
    draft = Draft("written", {"business": [sentence("Brewwell pours.", 22, 44, "written")]})

    assert checked(request(), draft).dropped == Dropped(citation=1, number=0)
    assert checked(request(aliases=["Brewwell"]), draft).dropped == Dropped(citation=0, number=0)


def test_the_companys_name_needs_no_passage() -> None:
    name = "Green Harbour Logistics Holdings"

    assert supported(f"{name} delivers.", ["It delivers daily.", name])
    assert not supported(f"{name} delivers.", ["It delivers daily."])
    assert outcome(sentence("Tea Street employs them.", 22, 44, "written"))[0] == 1


class TestTopics:
    TOPICS = [
        Topic(id="databases", terms=["index", "데이터베이스", "SQL"]),
        Topic(id="networks", terms=["TCP", "네트워크"]),
        Topic(id="languages", terms=["Go", "C++"]),
    ]

    def found(self, cited: str, source: str = "") -> list[str]:
        return topics_of(self.TOPICS, [cited], [source])

    def test_the_weightier_comes_first(self) -> None:
        assert self.found("TCP, 네트워크는 SQL보다") == ["networks", "databases"]

    def test_korean_terms_carry_particles_and_spaces(self) -> None:
        assert self.found("데이터 베이스를") == []
        assert topics_of([Topic(id="a", terms=["자료 구조"])], ["자료구조를"], []) == ["a"]

    @pytest.mark.parametrize("text", ["the go-to team", "indexing", "MySQL", "atcp"])
    def test_a_word_within_a_word_or_in_another_sense_is_none(self, text: str) -> None:
        assert self.found(text) == []

    @pytest.mark.parametrize("text", ["written in Go.", "C++17", "Go"])
    def test_names_with_signs(self, text: str) -> None:
        expected = [] if text == "C++17" else ["languages"]
        assert self.found(text) == expected

    def test_once_in_a_source_is_chance_twice_is_a_topic(self) -> None:
        assert self.found("", "TCP") == []
        assert self.found("", "TCP and tcp, TCP") == ["networks"]
