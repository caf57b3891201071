"""Which technologies a text names: words, not pieces of words, in both languages."""

from __future__ import annotations

import time

import pytest
import yaml

from apps.practice.matching import WORDS, Text, cut_around, finds_in, technologies


def _in(text, *, is_list=False):
    return [find.technology.name for find in finds_in([Text(text, is_list)])]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("JavaScript로 화면을 만들었어요", ["JavaScript"]),
        ("Java로 서버를 만들었어요", ["Java"]),
        ("Java, JavaScript", ["Java", "JavaScript"]),
        ("Java/Spring Boot", ["Java", "Spring"]),
        ("Java17과 Java 8", ["Java"]),
        ("자바스크립트와 자바를 써요", ["JavaScript", "Java"]),
        ("자바칩을 좋아해요", []),
        ("Kafka를 도입해 알림을 보냈습니다", ["Kafka"]),
        ("Apache Kafka 기반", ["Kafka"]),
        ("카프카로 주문 이벤트를 처리", ["Kafka"]),
        ("kafka-based pipeline", ["Kafka"]),
        ("AKafka and Kafkaesque", []),
        ("C++17", ["C++"]),
        ("Objective-C and Swift", ["Objective-C"]),
        ("React Native 앱", ["React Native"]),
        ("React.js와 리액트", ["React"]),
        ("TCP/IP 소켓", ["TCP/IP"]),
        ("HTTP/2로 바꿈", ["gRPC"]),
        ("AWS S3에 올린 파일", ["S3"]),
        ("결제 시스템을 맡음", ["payments"]),
        ("결제를 맡음", ["payments"]),
        ("캐시백 이벤트", []),
        ("Spring Security 설정", ["Spring Security"]),
        ("https://github.com/someone/kafka 참고", []),
    ],
)
def test_in_sentences(text, names):
    assert _in(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("We go to the spring festival", []),
        ("Go to market", []),
        ("Go로 만든 서버", ["Go"]),
        ("Go 언어를 배웠습니다", ["Go"]),
        ("written in Go", ["Go"]),
        ("Golang 서버", ["Go"]),
        ("In C we trust", []),
        ("C로 짠 스케줄러", ["C"]),
        ("a driver in C", ["C"]),
        ("R&D 부서", []),
        ("R로 분석", ["R"]),
        ("2023 Spring semester", []),
        ("Spring으로 만든 서버", ["Spring"]),
        ("Rust never sleeps", []),
        ("a REST of the day", []),
        ("고 있습니다. 알 수 없는 씨", []),
        ("스프링 부트로 개발", ["Spring"]),
    ],
)
def test_everyday_words_in_sentences(text, names):
    assert _in(text) == names


def test_everyday_words_in_lists():
    assert _in("C, C++, C#, Go, R, Rust", is_list=True) == ["C", "C++", "C#", "Go", "R", "Rust"]
    assert _in("Go", is_list=True) == ["Go"]
    assert _in("go", is_list=True) == []
    assert _in("R&D, Going", is_list=True) == []
    assert _in("Swift (중급)", is_list=True) == ["Swift"]


def test_a_long_list_takes_no_longer_a_word():
    """A profile's limits allow half a million characters of them."""
    text = "Go, " * 100_000
    began = time.monotonic()

    assert _in(text, is_list=True) == ["Go"]
    assert time.monotonic() - began < 20


def test_a_text_names_a_technology_once_and_each_text_counts():
    first, second = Text("Kafka와 Kafka"), Text("카프카")

    finds = finds_in([first, second])

    assert [(find.text, find.start, find.end) for find in finds] == [(first, 0, 5), (second, 0, 3)]


def test_letters_whose_small_form_is_longer_shift_nothing():
    text = "İİİ Kafka"
    for find in finds_in([Text(text)]):
        assert text[find.start : find.end] == "Kafka"


@pytest.mark.parametrize(
    ("name", "korean", "english", "particle"),
    [
        ("Kafka", "Kafka", "Kafka", "가"),
        ("Python", "Python", "Python", "이"),
        ("MySQL", "MySQL", "MySQL", "이"),
        ("payments", "결제", "payments", "가"),
        ("algorithms", "알고리즘", "algorithms", "이"),
    ],
)
def test_how_it_is_called(name, korean, english, particle):
    technology = next(one for one in technologies() if one.name == name)

    assert (technology.label("ko"), technology.label("en")) == (korean, english)
    assert technology.subject == particle


def test_long_lines_are_cut_between_words():
    text = f"{'before ' * 30}Kafka{' after' * 30}"
    start = text.index("Kafka")

    cut = cut_around(text, start, start + 5)

    assert cut.startswith("…before ")
    assert cut.endswith(" after…")
    assert "Kafka" in cut
    assert len(cut) <= 142
    assert cut_around("short", 0, 5) == "short"


def test_the_words_are_well_formed():
    rows = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    spellings = [
        spelling.lower()
        for row in rows
        for spelling in (row["name"], row["ko"], *row.get("also", ()))
    ]

    assert len(spellings) == len(set(spellings))
    for row in rows:
        assert "가" <= row["ko"][-1] <= "힣"
        assert row["questions"]
        assert set(row.get("careful", ())) <= {row["name"], row["ko"], *row.get("also", ())}


def test_the_questions_that_it_names_are_in_the_bank():
    content = WORDS.parent.parent.parent / "content" / "questions"
    bank = {
        question["slug"]
        for path in content.glob("*.yaml")
        for question in yaml.safe_load(path.read_text(encoding="utf-8"))
    }

    assert {slug for one in technologies() for slug in one.questions} <= bank
