"""Feedback put together from the assessment and the staff's own words.

Written for languages that a model cannot write, and standing in section by section
where a model's words do not pass. Nothing is said that the assessment does not say:
a signal shows that a point is there, not that it was put well.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from inference_sidecar.prose.facts import Facts, Point
from inference_sidecar.schemas import Language

Kind = Literal["progress", "strengths", "gaps", "step", "close"]
LISTED = 3
WORDS_MAX = 160


@dataclass(frozen=True, slots=True)
class Section:
    """One paragraph (or lead-in and list) of Markdown."""

    kind: Kind
    text: str


def compose(facts: Facts, language: Language, choose: Random) -> list[Section]:
    """Sections in reading order, about 60 to 160 words together."""
    sections = (_Korean if language == "ko" else _English)(facts, choose).sections()
    if sum(len(section.text.split()) for section in sections) > WORDS_MAX:
        sections = [section for section in sections if section.kind != "close"]
    return sections


def escaped(text: str) -> str:
    """Somebody's words as Markdown that shows them as they are."""
    return re.sub(r"([\\`*_{}\[\]<>#|~!])", r"\\\1", text)


def bullets(lead: str, lines: Sequence[str]) -> str:
    return lead + "\n\n" + "\n".join(f"- {line}" for line in lines)


def opening_step(facts: Facts) -> str:
    """English: which point to work on, without saying again what was just said."""
    assert facts.target
    if facts.missing and facts.target == facts.missing[0] and len(facts.missing) > 1:
        return "**Next step:** take the first of these and give it a sentence of its own."
    if len(facts.missing) + len(facts.partial) + len(facts.wrong) == 1:
        return "**Next step:** give that point a sentence of its own."
    return f"**Next step:** give this point a sentence of its own: {escaped(facts.target.text)}."


class _Sections(ABC):
    """What feedback says, in its order; each language says it in its own words."""

    def __init__(self, facts: Facts, choose: Random) -> None:
        self.facts = facts
        self.choose = choose

    def sections(self) -> list[Section]:
        facts = self.facts
        found = [
            Section("progress", self.progress()) if facts.has_previous else None,
            Section("strengths", self.strengths()),
            Section("gaps", self.gaps()) if facts.target else None,
            Section("step", self.step()),
            Section("close", self.close()),
        ]
        return [section for section in found if section]

    @abstractmethod
    def progress(self) -> str: ...

    @abstractmethod
    def strengths(self) -> str: ...

    @abstractmethod
    def gaps(self) -> str: ...

    @abstractmethod
    def step(self) -> str: ...

    @abstractmethod
    def close(self) -> str: ...


class _English(_Sections):
    def progress(self) -> str:
        facts = self.facts
        if facts.gained:
            return (
                f"**Since last time:** you added {_that(facts.gained[:2])}. That is real progress."
            )
        before = facts.previous_score
        if before is not None and facts.score >= before + 5:
            return (
                "**Since last time:** this answer is stronger than the one before. "
                "The points you had are carried more clearly now."
            )
        if before is not None and facts.score <= before - 5:
            return (
                "**Since last time:** this version carries less than the one before. "
                "Look at your earlier answer and bring back what got lost."
            )
        return (
            "**Since last time:** the same points are there as before, so the next gain "
            "comes from a point that you have not made yet."
        )

    def strengths(self) -> str:
        facts, choose = self.facts, self.choose
        count = len(facts.covered)
        if facts.says_nothing:
            return choose.choice(
                (
                    "**Where you stand:** this answer does not reach the key points yet. "
                    "That is a fine place to start from: take them one at a time.",
                    "**Where you stand:** what an interviewer listens for is not here yet. "
                    "You do not need all of them at once, so begin with the most important one.",
                )
            )
        if not count:
            return (
                "**What works:** you are close to the subject, and part of the answer is there. "
                "No point is complete yet, though."
            )
        if not facts.target:
            return bullets(
                choose.choice(
                    (
                        "**What works:** every key point is in your answer:",
                        "**What works:** you left nothing out. Your answer holds:",
                    )
                ),
                [escaped(point.text) for point in facts.covered],
            )
        if count <= 2:
            opening = choose.choice(("you bring up", "your answer says", "you make it clear"))
            return f"**What works:** {opening} {_that(facts.covered)}."
        lines = [escaped(point.text) for point in facts.covered[:LISTED]]
        if count > LISTED:
            lines.append(f"and {_number(count - LISTED)} more, marked in your answer")
        lead = choose.choice(("you cover these points:", "these points are in your answer:"))
        return bullets(f"**What works:** {lead}", lines)

    def gaps(self) -> str:
        facts = self.facts
        parts = []
        for point in facts.wrong[:2]:
            parts.append(
                f"Check this again, because your answer says otherwise: {escaped(point.text)}."
            )
        for point in facts.partial[:1]:
            quote = f" with “{escaped(point.quote)}”" if point.quote else ""
            which = "Another point" if parts else "One point"
            parts.append(f"{which} is only touched on{quote}: {escaped(point.text)}.")
        missing = list(facts.missing)
        if len(missing) == 1:
            parts.append(f"One point is missing: {escaped(missing[0].text)}.")
        text = "**What to add:** " + " ".join(parts)
        if len(missing) > 1:
            lines = [escaped(point.text) for point in missing[:LISTED]]
            if len(missing) > LISTED:
                lines.append(f"and {_number(len(missing) - LISTED)} more in the list of key points")
            lead = "These points are still missing:" if parts else "these points are still missing:"
            text = bullets(text.rstrip() + " " + lead, lines)
        return text

    def step(self) -> str:
        facts, choose = self.facts, self.choose
        if not facts.target:
            return choose.choice(
                (
                    "**Next step:** put the same content into one minute of speech. Say the main "
                    "idea first, then add one example from code that you have written yourself.",
                    "**Next step:** say it out loud without notes, and be ready for the follow-up "
                    "“why?” after each point. A short example of your own makes it stick.",
                )
            )
        if facts.example:
            return f"{opening_step(facts)} You could put it like this: “{escaped(facts.example)}”"
        return f"{opening_step(facts)} Say what happens, and then why."

    def close(self) -> str:
        if not self.facts.target:
            return "When that feels easy, pick a harder question on the same topic."
        return self.choose.choice(
            (
                "Say it in your own words, and give the reason for it. A short example from code "
                "that you know helps more than another term.",
                "Put it in your own words and say why it is so. An interviewer remembers a reason "
                "and a small example better than a list of terms.",
            )
        )


class _Korean(_Sections):
    def progress(self) -> str:
        facts = self.facts
        if facts.gained:
            added = _points(facts.gained[:2])
            return f"**지난번보다** {_with(added, '이', '가')} 새로 들어왔어요. 한 걸음 나아갔네요."
        before = facts.previous_score
        if before is not None and facts.score >= before + 5:
            return "**지난번보다** 답변이 더 탄탄해졌어요. 이미 말했던 내용이 더 또렷하게 전해져요."
        if before is not None and facts.score <= before - 5:
            return (
                "**지난번과 비교하면** 담긴 내용이 조금 줄었어요. "
                "이전 답변에서 빠진 부분을 다시 가져와 보세요."
            )
        return (
            "**지난번과 비교하면** 담긴 내용은 비슷해요. "
            "아직 말하지 않은 내용을 하나 더하면 눈에 띄게 좋아져요."
        )

    def strengths(self) -> str:
        facts, choose = self.facts, self.choose
        count = len(facts.covered)
        if facts.says_nothing:
            return choose.choice(
                (
                    "**지금 답변에는** 이 질문의 핵심 내용이 아직 보이지 않아요. "
                    "한 번에 다 채우지 않아도 괜찮으니 가장 중요한 것부터 하나씩 적어 봐요.",
                    "**지금 답변만으로는** 면접관이 듣고 싶어 하는 내용을 찾기 어려워요. "
                    "여기서부터 시작하면 돼요. 제일 중요한 내용 하나만 먼저 잡아 봐요.",
                )
            )
        if not count:
            return (
                "**지금 답변은** 방향을 잘 잡았고 핵심에 가까이 와 있어요. "
                "다만 끝까지 설명한 내용은 아직 없어요."
            )
        if not facts.target:
            return bullets(
                choose.choice(
                    (
                        "**핵심 내용이 모두 들어 있어요.** 빠뜨린 것 없이 이렇게 짚었어요.",
                        "**빠진 내용이 없어요.** 아래 내용이 답변에 모두 담겨 있어요.",
                    )
                ),
                [escaped(point.text) for point in facts.covered],
            )
        if count == 1:
            return choose.choice(
                (
                    f"**좋았던 점은** {_point(facts.covered[0])}을 짚은 거예요.",
                    f"**먼저,** {_point(facts.covered[0])}이 답변에 잘 담겨 있어요.",
                )
            )
        if count == 2:
            first, second = facts.covered
            return choose.choice(
                (
                    f"**좋았던 점부터 볼게요.** {_point(first)}을 짚었고, "
                    f"{_point(second)}도 놓치지 않았어요.",
                    f"**잘 담긴 내용이 있어요.** {_point(first)}을 말했고, "
                    f"{_point(second)}까지 이어서 설명했어요.",
                )
            )
        lines = [escaped(point.text) for point in facts.covered[:LISTED]]
        if count > LISTED:
            lines.append(f"그 밖에 {_KOREAN_COUNT[count - LISTED]} 가지 더")
        return bullets(
            choose.choice(
                (
                    "**중요한 내용이 여럿 들어 있어요.** 특히 이런 점을 짚었어요.",
                    "**답변의 뼈대가 잘 잡혀 있어요.** 이런 내용이 담겨 있어요.",
                )
            ),
            lines,
        )

    def gaps(self) -> str:
        facts, choose = self.facts, self.choose
        parts = []
        for point in facts.wrong[:2]:
            parts.append(f"{_point(point)}은 답변의 내용과 달라서 다시 확인해 보면 좋겠어요.")
        for index, point in enumerate(facts.partial[:2]):
            if point.quote and index == 0:
                parts.append(
                    f"“{escaped(point.quote)}”라고 쓴 부분은 방향이 맞아요. "
                    f"여기서 {_point(point)}까지 분명하게 말해 주면 더 좋아요."
                )
            else:
                parts.append(f"{_point(point)}은 살짝 언급했지만 설명이 조금 더 필요해요.")
        missing = list(facts.missing)
        if len(missing) == 1:
            parts.append(
                choose.choice(
                    (
                        f"{_point(missing[0])}은 아직 빠져 있어요.",
                        f"{_point(missing[0])}이 보이지 않아요.",
                    )
                )
            )
        text = "**보완하면 좋을 점이 있어요.** " + " ".join(parts)
        if len(missing) > 1:
            lines = [escaped(point.text) for point in missing[:LISTED]]
            if len(missing) > LISTED:
                lines.append(f"그 밖에 {_KOREAN_COUNT[len(missing) - LISTED]} 가지 더")
            lead = (
                "그리고 아래 내용은 아직 빠져 있어요." if parts else "아래 내용이 아직 빠져 있어요."
            )
            text = bullets(text.rstrip() + " " + lead, lines)
        return text

    def step(self) -> str:
        facts, choose = self.facts, self.choose
        if not facts.target:
            return choose.choice(
                (
                    "**다음에는** 같은 내용을 1분 안에 소리 내어 말해 보세요. 결론을 먼저 말하고, "
                    "직접 짜 본 코드에서 겪은 예를 하나 곁들이면 훨씬 오래 기억에 남아요.",
                    "**다음에는** 글을 보지 않고 말로 설명해 보세요. 내용마다 “왜 그런가요?”라는 "
                    "꼬리 질문이 온다고 생각하고 이유를 한 문장씩 준비해 두면 든든해요.",
                )
            )
        begin = "먼저" if facts.says_nothing else "다음에는"
        if facts.example:
            return (
                f"**{begin}** 이런 문장을 하나 넣어 보세요. “{escaped(facts.example)}” "
                + choose.choice(
                    (
                        "그대로 외우기보다 자기 말로 바꿔서 적어 보는 게 좋아요.",
                        "문장을 옮기지 말고 이해한 대로 풀어 쓰면 더 자연스러워요.",
                    )
                )
            )
        return (
            f"**{begin}** {_point(facts.target)}을 한 문장으로 적어 보세요. "
            "무슨 일이 일어나는지 쓰고, 왜 그런지를 이어서 쓰면 돼요."
        )

    def close(self) -> str:
        if not self.facts.target:
            return "여기까지 편해지면 같은 주제에서 한 단계 어려운 질문에 도전해 봐요."
        return self.choose.choice(
            (
                "용어를 늘어놓는 것보다 이유를 한 번 짚어 주고 짧은 예를 하나 드는 편이 "
                "면접관에게 훨씬 잘 전해져요.",
                "이유와 짧은 예를 함께 말하면 알고 있다는 것이 더 잘 드러나요. "
                "고친 답변으로 한 번 더 연습해 봐요.",
            )
        )


_KOREAN_COUNT = ("", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열") + (
    "여러",
) * 10
_ENGLISH_COUNT = "zero one two three four five six seven eight nine ten".split()


def _number(count: int) -> str:
    return _ENGLISH_COUNT[count] if count < len(_ENGLISH_COUNT) else str(count)


def _that(points: Sequence[Point]) -> str:
    """'that A, and that B', with A and B as the staff wrote them."""
    return ", and ".join(f"that {escaped(lower_opening(point.text))}" for point in points)


# Names that are written like any word at the start of a sentence.
_NAMES = frozenset(
    """ansible apache bash bellman cassandra dijkstra django docker flask git go gradle hadoop
    helm hibernate java kafka kotlin kruskal kubernetes linux maven nginx prim prometheus python
    rabbit react redis ruby rust scala spark spring swift terraform unix vue windows""".split()
)


def lower_opening(text: str) -> str:
    """A sentence as part of another: a small first letter where it is no name.

    ``I``, acronyms and CamelCase keep theirs by their look, plain names by the list.
    """
    first = re.split(r"[\s'’]", text, maxsplit=1)[0].strip(",")
    is_plain_word = first == "A" or (len(first) > 1 and first[1:].islower())
    if is_plain_word and first.lower() not in _NAMES:
        return text[0].lower() + text[1:]
    return text


def _point(point: Point) -> str:
    """'…다는 점' for a plain sentence, '‘…’ 부분' for anything else. Ends in ㅁ or ㄴ."""
    text = escaped(point.text)
    if text.endswith("다") and not text.endswith("니다"):
        return f"{text}는 점"
    return f"‘{text}’ 부분"


def _points(points: Sequence[Point]) -> str:
    return "과 ".join(_point(point) for point in points)


def _with(text: str, after_consonant: str, after_vowel: str) -> str:
    """``text`` with the particle that its last syllable asks for."""
    last = ord(text[-1]) - 0xAC00
    closed = 0 <= last < 11172 and last % 28 != 0
    return text + (after_consonant if closed else after_vowel)
