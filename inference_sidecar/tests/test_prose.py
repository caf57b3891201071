"""How feedback reads, and what of a model's words is let through."""

from __future__ import annotations

import re
from typing import Any

import pytest

from inference_sidecar.engine import Delta, Priority
from inference_sidecar.prompts import Prompt, PromptError, load, versions
from inference_sidecar.prose import ComposedWriter, FreeWriter, Passing
from inference_sidecar.prose.composed import WORDS_MAX, compose
from inference_sidecar.prose.facts import facts_of
from inference_sidecar.prose.korean import polite, reported
from inference_sidecar.prose.phrases import PHRASES
from inference_sidecar.schemas import (
    Assessment,
    FeedbackRequest,
    KeyPointAssessment,
    PreviousAttempt,
    Quote,
    Status,
)
from inference_sidecar.tests.cast import all_questions, request_for
from inference_sidecar.tests.scripted import ScriptedEngine

pytestmark = pytest.mark.anyio

SLUG = "process-vs-thread"
LANGUAGES = ("ko", "en")
PRAISE = ("complete", "most", "much", "half", "some")
"""Occasions to say something good."""


def assessment_of(request: FeedbackRequest, *statuses: Status) -> Assessment:
    """Statuses in the order of the key points; ``missing`` for the rest. Quotes the answer."""
    rest: list[Status] = ["missing"] * (len(request.key_points) - len(statuses))
    padded = [*statuses, *rest]
    quote = Quote(start=0, end=len(request.answer), text=request.answer)
    credit = {"covered": 1.0, "partial": 0.5, "unsure": 0.5}
    weights = [point.weight for point in request.key_points]
    earned = sum(weight * credit.get(status, 0) for weight, status in zip(weights, padded))
    return Assessment(
        score=round(100 * earned / sum(weights)),
        method="test",
        key_points=[
            KeyPointAssessment(
                id=point.id,
                status=status,
                confidence=0.8,
                quote=None if status == "missing" else quote,
                misconception=0 if status == "wrong" and point.misconceptions else None,
            )
            for point, status in zip(request.key_points, padded, strict=True)
        ],
    )


def composed(request: FeedbackRequest, *statuses: Status) -> str:
    return compose(request, assessment_of(request, *statuses))


async def written(
    writer: Any, request: FeedbackRequest, assessment: Assessment, *replies: str
) -> tuple[str, list[Delta], ScriptedEngine]:
    engine = ScriptedEngine()
    engine.queue(*replies)
    deltas = [
        delta
        async for delta in writer.write(engine, request, assessment, priority=Priority.INTERACTIVE)
    ]
    return "".join(delta.text for delta in deltas), deltas, engine


# --- Korean sentences -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "clause", "said"),
    [
        ("커널을 공유한다", "커널을 공유한다", "커널을 공유합니다."),
        ("스택에 쌓인다", "스택에 쌓인다", "스택에 쌓입니다."),
        ("락을 쓴다", "락을 쓴다", "락을 씁니다."),
        ("데이터를 모은다", "데이터를 모은다", "데이터를 모읍니다."),
        ("새로 만든다", "새로 만든다", "새로 만듭니다."),
        ("예외를 던진다", "예외를 던진다", "예외를 던집니다."),
        ("여러 변형을 낳는다", "여러 변형을 낳는다", "여러 변형을 낳습니다."),
        ("캐시에서 읽는다", "캐시에서 읽는다", "캐시에서 읽습니다."),
        ("기록이 남는다", "기록이 남는다", "기록이 남습니다."),
        ("변경을 돕는다", "변경을 돕는다", "변경을 돕습니다."),
        ("멈추지 않는다", "멈추지 않는다", "멈추지 않습니다."),
        ("안전하지 않다", "안전하지 않다", "안전하지 않습니다."),
        ("팬텀이 생긴다", "팬텀이 생긴다", "팬텀이 생깁니다."),
        ("함께 확인해야 한다", "함께 확인해야 한다", "함께 확인해야 합니다."),
        ("두 번 실행될 수 있다", "두 번 실행될 수 있다", "두 번 실행될 수 있습니다."),
        ("순서를 보장할 수 없다", "순서를 보장할 수 없다", "순서를 보장할 수 없습니다."),
        ("이미 반환되었다", "이미 반환되었다", "이미 반환되었습니다."),
        ("격리가 더 강하다", "격리가 더 강하다", "격리가 더 강합니다."),
        ("락이 필요하다", "락이 필요하다", "락이 필요합니다."),
        ("비용이 너무 크다", "비용이 너무 크다", "비용이 너무 큽니다."),
        ("오른쪽이 더 작다", "오른쪽이 더 작다", "오른쪽이 더 작습니다."),
        ("제품마다 다르다", "제품마다 다르다", "제품마다 다릅니다."),
        ("실행이 빠르다", "실행이 빠르다", "실행이 빠릅니다."),
        ("전환보다 비싸다", "전환보다 비싸다", "전환보다 비쌉니다."),
        ("처음에는 느리다", "처음에는 느리다", "처음에는 느립니다."),
        ("취소하기 어렵다", "취소하기 어렵다", "취소하기 어렵습니다."),
        ("분리하는 것이 낫다", "분리하는 것이 낫다", "분리하는 것이 낫습니다."),
        ("캐시 미스가 잦다", "캐시 미스가 잦다", "캐시 미스가 잦습니다."),
        ("작업을 묶은 것이다", "작업을 묶은 것이라", "작업을 묶은 것입니다."),
        ("시간 복잡도는 O(n)이다", "시간 복잡도는 O(n)이라", "시간 복잡도는 O(n)입니다."),
        ("필수는 아니다", "필수는 아니라", "필수는 아닙니다."),
        ("별도의 자료구조다", "별도의 자료구조라", "별도의 자료구조입니다."),
        ("보호하기 위해서다", "보호하기 위해서라", "보호하기 위해서입니다."),
        ("핵심은 네트워크다", "핵심은 네트워크라", "핵심은 네트워크입니다."),
        ("핵심은 메모리다", "핵심은 메모리라", "핵심은 메모리입니다."),
        ("변환을 얼마나 허용하느냐의 차이다", "변환을 얼마나 허용하느냐의 차이라",
         "변환을 얼마나 허용하느냐의 차이입니다."),
        ("필요한 것은 read-your-writes다", "필요한 것은 read-your-writes라",
         "필요한 것은 read-your-writes입니다."),
        # No plain sentence: quoted, and left as it is.
        ("커널을 공유합니다", "‘커널을 공유합니다’라", "커널을 공유합니다."),
        ("호스트 커널의 공유", "‘호스트 커널의 공유’라", "호스트 커널의 공유."),
        ("커널을 공유하기", "‘커널을 공유하기’라", "커널을 공유하기."),
    ],
)  # fmt: skip
def test_a_plain_sentence_as_a_clause_and_as_one_says_it(sentence, clause, said):
    assert reported(sentence) == clause
    assert polite(sentence) == said


def test_every_korean_key_point_becomes_a_clause_and_a_sentence():
    texts = [
        point["text"]["ko"] for question in all_questions() for point in question["key_points"]
    ]

    assert len(texts) > 400
    for text in texts:
        clause, said = f"{reported(text)}는 점", polite(text)
        assert not re.search(r"이다는|아니다는|[요죠]는 점|니다는|라라|’", clause), clause
        assert re.search(r"(?:다|라)는 점$", clause), clause
        assert re.search(r"(?:습니다|[가-힣]니다)\.$", said) and "차입니다" not in said, said


# --- what composed feedback says --------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "statuses",
    [
        ["covered"] * 9,
        ["missing"] * 9,
        ["wrong"] * 9,
        ["unsure"] * 9,
        ["partial"] * 9,
        [
            "covered",
            "wrong",
            "missing",
            "partial",
            "unsure",
            "wrong",
            "covered",
            "missing",
            "wrong",
        ],
    ],
    ids=lambda statuses: "+".join(dict.fromkeys(statuses)),
)
def test_feedback_to_every_question_is_short_calm_and_well_formed(language, statuses):
    answer = "Words of mine that go on for some time, so that a quote is cut. " * 3
    for question in all_questions():
        request = request_for(
            question["slug"], language, answer, PreviousAttempt(answer="a", score=7)
        )
        text = composed(request, *statuses[: len(request.key_points)])

        assert 5 < len(text.split()) <= WORDS_MAX, text
        assert not re.search(r"!|[{}]|이다는|’라|\.\.|“”|None", text), text
        if language == "ko":
            assert re.search(r"요\.", text), text
        praise = [wording for occasion in PRAISE for wording in PHRASES[language][occasion]]
        assert any(wording in text for wording in praise) == ("covered" in statuses), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mistake_is_quoted_and_its_point_named(language):
    """The mark beside it has the staff's correction, which is not said twice."""
    request = request_for(SLUG, language, "스레드마다 힙이 따로 있어요")

    text = composed(request, "covered", "wrong")

    right, wrong = request.key_points[:2]
    assert "“스레드마다 힙이 따로 있어요”" in text
    assert f"{wrong.text}{'는 점과 어긋나요' if language == 'ko' else ''}." in text
    assert any(words in text for words in PHRASES[language]["why"])
    assert (wrong.misconceptions[0].correction or "?") not in text
    assert right.text not in text


@pytest.mark.parametrize(
    ("language", "contrast"),
    [
        ("ko", "“힙은 따로예요”라고 했는데, 그렇지 않아요. 같은 프로세스의 스레드는"),
        ("ko", "공유한다고 봐야 해요."),
        ("en", "That does not hold. Threads of the same process share its code, data and heap."),
    ],
)
def test_a_mistake_that_nobody_described_is_held_against_the_key_point(language, contrast):
    request = request_for(SLUG, language, "힙은 따로예요")
    plain = [point.model_copy(update={"misconceptions": []}) for point in request.key_points]
    request = request.model_copy(update={"key_points": plain})

    assert contrast in composed(request, "covered", "wrong")


def test_mistakes_come_before_the_sentence_to_add_and_the_heaviest_first():
    request = request_for(SLUG, "en", "One. Two. Three. Four.")
    light, heavy = request.key_points[4], request.key_points[2]
    assert light.weight < heavy.weight
    assessment = assessment_of(request, "covered", "missing", "wrong", "covered", "wrong")
    for mark in assessment.key_points:
        if mark.id == light.id:
            mark.quote = Quote(start=0, end=4, text="One.")

    text = compose(request, assessment)

    places = [
        text.index(heavy.text),
        text.index(light.text),
        text.index("Threads of one process share its code, global data, heap"),
    ]
    assert places == sorted(places)


def test_mistakes_in_one_sentence_are_quoted_once():
    request = request_for(SLUG, "ko", "스레드마다 힙도 스택도 같아요")

    text = composed(request, "covered", "wrong", "wrong")

    assert text.count("스레드마다 힙도") == 1
    for point in request.key_points[1:3]:
        assert f"{point.text}는 점과 어긋나요." in text


def test_no_more_than_fits_is_said_of_many_mistakes_and_the_rest_is_pointed_to():
    request = request_for("jwt-vs-server-sessions", "en", "A. B. C. D. E. F. G.")
    wrong: list[Status] = ["wrong"] * 7
    assessment = assessment_of(request, *wrong)
    for at, mark in enumerate(assessment.key_points):
        mark.quote = Quote(start=3 * at, end=3 * at + 2, text=request.answer[3 * at : 3 * at + 2])

    text = compose(request, assessment)

    assert WORDS_MAX - 25 < len(text.split()) <= WORDS_MAX
    assert text.endswith("- The rest is marked in your answer.")


@pytest.mark.parametrize(
    ("statuses", "opening"),
    [
        (["covered"] * 6, "You say all|Nothing is missing|Your answer is complete"),
        (["covered"] * 5, "nearly all|Most of what matters"),
        (["covered"] * 2, "(?i)about half|more than half"),
        (["covered"], "Part of what matters|Some of what you say is right"),
        (["partial"], "but nothing is explained to the end|Part of the explanation"),
        (["unsure"], "I could not tell|neither right nor wrong"),
        (["wrong"], "One thing needs to be put right before|one thing to put right first"),
        ([], "could not find|not in the answer yet"),
    ],
)
def test_praise_goes_as_far_as_what_is_marked_covered(statuses, opening):
    request = request_for(SLUG, "en", "My own words on processes, threads and what they have.")

    text = composed(request, *statuses)

    assert re.match(opening, text) or re.search(opening, text.split("\n\n")[0]), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_beside_the_question_is_told_what_it_asks_and_how_to_begin(language):
    request = request_for(SLUG, language, "I like my dog and the dog likes me and the weather.")

    text = composed(request)

    facts = facts_of(request, assessment_of(request))
    heaviest = facts.example(facts.points[0])
    assert request.question in text
    assert heaviest in text


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("- process: memory of its own\n- thread: own stack\n- heap shared", "메모처럼 적은 답변"),
        ("process, thread, heap, stack, mutex, semaphore, race", "메모처럼 적은 답변"),
        ("```\nthread = Thread(run)\nthread.start()\n```", "코드만으로는"),
        ("모르겠습니다.", "짧아서|적혀 있지 않아요"),
        ("저는 어제 공원에서 친구를 만나 즐겁게 놀았습니다.", "찾지 못했어요|보이지 않아요"),
    ],
)
def test_why_nothing_was_found_in_it(answer, reason):
    assert re.search(reason, composed(request_for(SLUG, "ko", answer)))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (20, "rose", r"Your score went up from 20 to 50\.|Last time it was 20, now it is 50:"),
        (50, "same", None),
        (90, "fell", r"Your score went down from 90 to 50\.|Last time it was 90, now it is 50\."),
    ],
)
def test_progress_is_told_in_figures_and_only_where_there_is_one(before, after, said):
    request = request_for(SLUG, "en", "Mine.", PreviousAttempt(answer="Threads.", score=before))
    assessment = assessment_of(request, "covered").model_copy(update={"score": 50})

    text = compose(request, assessment)

    assert re.match(said, text) if said else "50" not in text


def test_the_same_request_reads_the_same_and_others_differ():
    request = request_for(SLUG, "ko", "스레드는 힙을 공유합니다.")
    others = [request.model_copy(update={"id": f"attempt-{number}"}) for number in range(8)]

    assert composed(request, "covered") == composed(request, "covered")
    assert len({composed(other, "covered") for other in others}) > 3


def test_an_answers_markup_is_shown_as_text():
    request = request_for(SLUG, "ko", "<b>스레드는</b> [힙](javascript:1)을 공유")

    assert r"\<b\>스레드는\</b\> \[힙\]" in composed(request, "wrong")


# --- the sentence to say ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "index", "example"),
    [
        # The reference's, without its link to the sentence before.
        (
            "en",
            4,
            "When several threads change the same data at once you get race conditions, "
            "so you need synchronization such as locks.",
        ),
        ("en", 2, "Each thread has its own stack and registers."),
        ("ko", 2, "스택과 레지스터, 프로그램 카운터는 스레드마다 따로 가집니다."),
    ],
)
def test_the_sentence_to_say_makes_the_very_point_that_is_lacking(language, index, example):
    request = request_for(SLUG, language=language, answer="Something.")
    covered: list[Status] = ["covered"] * len(request.key_points)
    covered[index] = "missing"

    facts = facts_of(request, assessment_of(request, *covered))

    assert facts.target and facts.target.text == request.key_points[index].text
    assert facts.example(facts.target) == example


def test_without_a_reference_the_key_point_is_the_sentence():
    request = request_for(SLUG, language="ko", answer="무언가.")
    request = request.model_copy(update={"reference_answer": None})

    facts = facts_of(request, assessment_of(request))

    assert [facts.example(point) for point in facts.points] == [
        polite(point.text) for point in sorted(request.key_points, key=lambda p: -p.weight)
    ]


# --- writers ----------------------------------------------------------------------------


async def test_composed_feedback_asks_no_model_and_comes_in_pieces():
    request = request_for(SLUG, "ko", "스레드는 힙을 공유합니다.")
    assessment = assessment_of(request, "missing", "covered")

    text, deltas, engine = await written(ComposedWriter(), request, assessment)

    assert engine.calls == []
    assert text == compose(request, assessment)
    assert all(delta.composed for delta in deltas)
    assert len(deltas) > 5


FREE = (
    "You explain clearly that threads of a process share its heap, and why that is useful in "
    "practice. What is missing is the stack: each thread keeps one of its own, with its registers. "
    "Add one sentence on that, and say what would go wrong if two threads used the same stack."
)


async def test_a_large_model_writes_and_the_answer_travels_in_its_own_message():
    request = request_for(SLUG, "en", "Threads share the heap.")

    text, deltas, engine = await written(
        FreeWriter(), request, assessment_of(request, "missing", "covered", "wrong"), FREE
    )

    assert text == FREE
    assert len(deltas) > 10
    assert not any(delta.composed for delta in deltas)
    assert deltas[-1].completion_tokens > 40
    system, user = engine.generate_calls[0].messages
    assert user.content == request.answer
    points = request.key_points
    assert f"- right (“Threads share the heap”): {points[1].text}." in system.content
    correction = points[2].misconceptions[0].correction
    assert f"{points[2].text}. Correction: {correction}" in system.content


@pytest.mark.parametrize(
    "reply",
    [
        "You did well on the heap. You did well on the heap. You did well on the heap.",
        "스레드마다 스택이 따로 있다는 점을 더 말해 보세요. " * 5,
        "线程共享堆。每个线程都有自己的栈。",
        "Good.",
        "",
    ],
    ids=["loop", "Korean", "Chinese", "too little", "nothing"],
)
async def test_what_must_not_be_shown_is_composed_instead(reply):
    request = request_for(SLUG, "en", "Threads share the heap.")
    assessment = assessment_of(request, "missing", "covered")

    text, deltas, engine = await written(FreeWriter(), request, assessment, reply)

    assert text == compose(request, assessment)
    assert all(delta.composed for delta in deltas)
    assert engine.running == 0


async def test_a_large_model_is_not_asked_where_there_is_nothing_to_praise():
    request = request_for(SLUG, "en", "Threads have heaps of their own.")
    assessment = assessment_of(request, "missing", "wrong")

    text, _, engine = await written(FreeWriter(), request, assessment)

    assert engine.calls == []
    assert text == compose(request, assessment)


async def test_too_long_a_text_ends_with_a_sentence():
    request = request_for(SLUG, "en", "Threads share the heap.")
    reply = " ".join(
        f"This is sentence number {number} of the model's text." for number in range(40)
    )

    text, _, engine = await written(
        FreeWriter(), request, assessment_of(request, "missing", "covered"), reply
    )

    assert WORDS_MAX - 9 < len(text.split()) <= WORDS_MAX
    assert text.rstrip().endswith("of the model's text.")
    assert engine.running == 0


def test_sentences_pass_when_they_are_whole_and_calm():
    passing = Passing("ko")
    pieces = ["잘 짚", "었어요! 힙은 ", "함께 써요. `a != b`는 ", "달라요."]

    shown = [passing.take(piece, ended=piece == pieces[-1]) for piece in pieces]

    assert shown == ["", "잘 짚었어요. ", "힙은 함께 써요. ", "`a != b`는 달라요."]
    assert passing.words == 9


def test_nothing_passes_after_a_sentence_in_another_language():
    passing = Passing("ko")

    shown = passing.take("힙은 함께 써요. The stack is not. 스택은 따로예요. ", ended=True)

    assert shown == "힙은 함께 써요. "
    assert passing.is_over


def test_an_unfinished_last_sentence_is_not_shown():
    passing = Passing("en")

    assert passing.take("One is here. Two is", ended=True) == "One is here. "


def test_prompts_are_strict():
    prompt = Prompt("greeting", "en", 1, "Hello $name, $$5")

    assert prompt.render(name="$other") == "Hello $other, $5"
    with pytest.raises(PromptError, match="no value for name"):
        prompt.render()
    with pytest.raises(PromptError, match="does not use age"):
        prompt.render(name="a", age="b")
    with pytest.raises(PromptError, match="no prompt nothing"):
        load("nothing", "en")


def test_versions_name_every_language_there_is():
    assert versions("rubric_judge", "prose_free") == {
        "prose_free.en": "v1",
        "prose_free.ko": "v1",
        "rubric_judge.en": "v1",
        "rubric_judge.ko": "v1",
    }
