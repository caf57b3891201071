"""Feedback put together from the marks and the staff's own words.

It says what the marks cannot: which words go against which point, and the sentence that
would add most. What the list of marks beside it shows, as why a mistake is one, is not said
again, and nothing is praised that is not marked.
"""

from __future__ import annotations

import re
import zlib
from random import Random

from inference_sidecar.prose.facts import Facts, Point, facts_of
from inference_sidecar.prose.korean import reported
from inference_sidecar.prose.phrases import PHRASES
from inference_sidecar.schemas import Assessment, FeedbackRequest, Language

WORDS_MAX = 120
QUESTION_WORDS_MAX = 45
CORRECTIONS_PER_QUOTE = 3
# Of the weight of all points, covered for sure.
MOST_FROM, MUCH_FROM, HALF_FROM = 0.75, 0.55, 0.4


def compose(request: FeedbackRequest, assessment: Assessment) -> str:
    """Markdown of at most WORDS_MAX words. The same request always reads the same."""
    facts = facts_of(request, assessment)
    mistakes = len(_mistakes(facts))
    # Where it gets too long, sentences to say are left out first, and mistakes last.
    versions = [(mistakes, 2), (mistakes, 1), *((shown, 0) for shown in range(mistakes, -1, -1))]
    for shown, steps in versions:
        text = _Composer(request, facts).text(mistakes_shown=shown, steps=steps)
        if len(text.split()) <= WORDS_MAX:
            break
    return text


def escaped(text: str) -> str:
    """Somebody's words as Markdown that shows them as they are."""
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", text)


class _Composer:
    def __init__(self, request: FeedbackRequest, facts: Facts) -> None:
        self.facts = facts
        self.language: Language = request.language
        self.question = " ".join(request.question.split())
        self.random = Random(zlib.crc32(request.id.encode()))
        self.said: set[str] = set()

    def text(self, *, mistakes_shown: int, steps: int) -> str:
        facts = self.facts
        if not facts.marked("covered", "partial", "unsure", "wrong"):
            return _paragraphs(self.progress(), self.nothing(), self.begin() if steps else "")
        mistakes = _mistakes(facts)
        return _paragraphs(
            self.progress(),
            self.opening(len(mistakes)),
            self.corrections(mistakes, mistakes_shown),
            *self.steps(bool(mistakes))[:steps],
        )

    def say(self, occasion: str, **words: str) -> str:
        """One of the occasion's wordings, none twice while there is another."""
        wordings = PHRASES[self.language][occasion]
        fresh = [wording for wording in wordings if wording not in self.said]
        chosen = self.random.choice(fresh or wordings)
        self.said.add(chosen)
        return chosen.format(**{name: escaped(text) for name, text in words.items()})

    def progress(self) -> str:
        score, before = self.facts.score, self.facts.previous_score
        if before is None or before == score:
            return ""
        return self.say("rose" if score > before else "fell", before=f"{before}", score=f"{score}")

    def nothing(self) -> str:
        form = self.facts.form
        return self.say("nothing" if form == "text" else f"nothing {form}")

    def begin(self) -> str:
        assert self.facts.target
        begin = self.say("begin", example=self.facts.example(self.facts.target))
        if len(self.question.split()) > QUESTION_WORDS_MAX:
            return begin
        return self.say("question", question=self.question) + " " + begin

    def opening(self, mistakes: int) -> str:
        said = self._how_much()
        if said == "mistaken":
            return self.say("mistaken once" if mistakes == 1 else said)
        if not mistakes:
            return self.say(said)
        if mistakes == 1:
            return self.say(said) + " " + self.say("but one")
        counts = PHRASES[self.language]["count"]
        count = counts[mistakes if mistakes < len(counts) else 0]
        return self.say(said) + " " + self.say("but several", count=count)

    def _how_much(self) -> str:
        facts = self.facts
        if not facts.marked("missing", "partial", "unsure", "wrong"):
            return "complete"
        for share, said in ((MOST_FROM, "most"), (MUCH_FROM, "much"), (HALF_FROM, "half")):
            if facts.covered_share >= share:
                return said
        for status, said in (("covered", "some"), ("partial", "partial"), ("unsure", "unsure")):
            if facts.marked(status):  # type: ignore[arg-type]
                return said
        return "mistaken"

    def corrections(self, mistakes: list[list[Point]], shown: int) -> str:
        if not mistakes:
            return ""
        # The mark says it in the staff's words; a mark without any leaves it at the point.
        why = self.say("why") if any(p.correction for each in mistakes for p in each) else ""
        if len(mistakes) == 1:
            named = self.against(mistakes[0], "wrong") if shown else self.say("rest")
            return f"{named} {why}".strip() if shown else named
        lines = [f"- {self.against(each, 'wrong listed')}" for each in mistakes[:shown]]
        if shown < len(mistakes):
            return "\n".join([*lines, f"- {self.say('rest')}"])
        return _paragraphs("\n".join(lines), why)

    def against(self, points: list[Point], occasion: str) -> str:
        """Which points one stretch of the answer goes against."""
        quote = points[0].quote
        if quote is None:
            return escaped(" ".join(self._about("unquoted", p) for p in points))
        named = (self._about("against" if p.correction else "contrast", p) for p in points)
        return self.say(occasion, quote=quote, against=" ".join(named))

    def _about(self, occasion: str, point: Point) -> str:
        clause = reported(point.text) if self.language == "ko" else point.text
        return PHRASES[self.language][occasion][0].format(clause=clause)

    def steps(self, after_mistakes: bool) -> list[str]:
        target = self.facts.target
        if target is None:
            return [self.say("again" if after_mistakes else "further")]
        unfinished = [
            point
            for point in self.facts.marked("partial", "unsure")
            if point.quote and point.quote != target.quote
        ]
        return [self.step(target)] + [self.step(point) for point in unfinished[:1]]

    def step(self, point: Point) -> str:
        if point.status == "missing" or point.quote is None:
            return self.say("say missing", example=self.facts.example(point))
        return self.say(f"say {point.status}", quote=point.quote, example=self.facts.example(point))


def _paragraphs(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text)


def _mistakes(facts: Facts) -> list[list[Point]]:
    """The wrong points, heaviest first, those together that rest on the same words."""
    by_quote: dict[str, list[Point]] = {}
    for point in facts.marked("wrong"):
        by_quote.setdefault(point.quote or point.text, []).append(point)
    return [points[:CORRECTIONS_PER_QUOTE] for points in by_quote.values()]
