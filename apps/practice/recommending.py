"""Questions that a person's own texts call for: those of their résumé, or a company's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import Count, Max
from django.utils.translation import get_language, gettext

from apps.accounts.models import User
from apps.common.limits import HOUR
from apps.interview.models import IMPROVE_BELOW, Question
from apps.resume.models import Profile
from apps.resume.profile_cards import SECTION_NAMES, TITLES
from apps.resume.profile_data import entries

from .matching import Find, Technology, Text, finds_in, technologies

QUESTIONS_A_TECHNOLOGY = 3
"""More would hide the other technologies, and an interviewer asks no more of one line."""
TECHNOLOGIES_MAX = 12
"""A résumé may name fifty: those of its projects and its work come first."""

READ_MAX = 50_000
"""Characters of a profile: five times a long résumé, and a fifth of a second to read."""

ASKED_ABOUT_FIRST = ("projects", "work", "skills", "certificates", "basics")
"""Interviewers ask about what somebody says they made before what they say they know."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line of the résumé stands."""

    section: str
    title: str
    """Of the entry: the project, the company; empty in the skills."""

    @property
    def name(self) -> str:
        return str(SECTION_NAMES.get(self.section, ""))


@dataclass(frozen=True, slots=True)
class Called:
    """A technology that a text names, and the questions that go with it."""

    find: Find
    questions: list[Any]
    """Each with ``own_progress``: not tried first, then those to improve."""

    @property
    def technology(self) -> Technology:
        return self.find.technology

    @property
    def place(self) -> Any:
        return self.find.text.source

    @property
    def in_resume(self) -> str:
        """“이력서에 Kafka가 있어요”, in the language of the page."""
        return gettext("Your résumé has %(technology)s") % self._words

    @property
    def in_texts(self) -> str:
        return gettext("Its texts name %(technology)s") % self._words

    @property
    def _words(self) -> dict[str, str]:
        """``subject``: the particle that Korean sentences put after the name."""
        return {"technology": self.label, "subject": self.technology.subject}

    @property
    def label(self) -> str:
        return self.technology.label(get_language() or "ko")


def questions_for(user: User) -> list[Called]:
    """What the person's résumé calls for, that of their projects first."""
    return called_for(finds_in(_first_of(lines_of(profile_of(user)))), user, most=TECHNOLOGIES_MAX)


def _first_of(lines: Iterable[Text]) -> list[Text]:
    """Those within READ_MAX characters."""
    read, left = [], READ_MAX
    for line in lines:
        left -= len(line.text)
        if left < 0:
            break
        read.append(line)
    return read


def profile_of(user: User) -> dict[str, Any]:
    """What the person's profile holds; nothing where there is none."""
    profile = Profile.objects.filter(user=user).first()
    return profile.data if profile else {}


def lines_of(data: dict[str, Any]) -> list[Text]:
    """The lines of a profile that may name a technology, in the order of asking."""
    lines = []
    for section in ASKED_ABOUT_FIRST:
        rows = [data.get("basics") or {}] if section == "basics" else entries(data, section)
        for entry in rows:
            title = "" if section in ("skills", "basics") else str(entry.get(TITLES[section]) or "")
            lines += [Text(text, is_list, Place(section, title)) for text, is_list in _texts(entry)]
    return lines


def _texts(entry: dict[str, Any]) -> list[tuple[str, bool]]:
    """(text, whether it is a list of skills) of an entry, whichever section it is in."""
    found = [(", ".join(map(str, entry.get("keywords") or ())), True), (entry.get("name"), True)]
    found += [(entry.get(name), False) for name in ("label", "description", "summary")]
    found += [(point, False) for point in entry.get("highlights") or ()]
    return [(str(text), is_list) for text, is_list in found if text]


def called_for(
    finds: Iterable[Find],
    user: User | None,
    *,
    most: int,
    each: int = QUESTIONS_A_TECHNOLOGY,
) -> list[Called]:
    """Each technology once, where it was found first; each question once."""
    first: dict[str, Find] = {}
    for find in finds:
        first.setdefault(find.technology.name, find)
    bank = bank_index()
    wanted = {name: bank.get(name, []) for name in first}
    rows = questions_with_progress({pk for pks in wanted.values() for pk in pks}, user)
    taken: set[int] = set()
    called = []
    for name, find in first.items():
        own = [rows[pk] for pk in wanted[name] if pk in rows and pk not in taken]
        own.sort(key=readiness)
        own = own[:each]
        if own:
            taken.update(question.pk for question in own)
            called.append(Called(find, own))
        if len(called) == most:
            break
    return called


def in_turn(groups: Iterable[Sequence[Question]]) -> list[Question]:
    """One question of each group, then a second of each: what one sitting asks."""
    rounds = zip_longest(*groups)
    return [question for one_round in rounds for question in one_round if question is not None]


def readiness(question: Any) -> int:
    """Of a question with ``own_progress``."""
    own = question.own_progress
    return readiness_of(bool(own), own[0].last_score if own else None)


def readiness_of(is_tried: bool, score: int | None) -> int:
    """0 not tried · 1 to improve · 2 done well: what is asked first."""
    if not is_tried:
        return 0
    return 1 if score is None or score < IMPROVE_BELOW else 2


def questions_with_progress(pks: set[int], user: User | None) -> dict[int, Any]:
    questions = Question.objects.published().filter(pk__in=pks).select_related("topic")
    return {one.pk: one for one in questions.with_progress_of(user or AnonymousUser())}


def bank_index() -> Mapping[str, list[int]]:
    """Each technology's published questions: those written down for it, then those naming it.

    Reading the whole bank takes a while, so it is kept until a question changes.
    """
    state = Question.objects.published().aggregate(n=Count("pk"), last=Max("updated_at"))
    key = f"practice-bank:{state['n']}:{state['last'] and state['last'].timestamp()}"
    known = cache.get(key)
    if known is None:
        known = _read_bank()
        cache.set(key, known, HOUR)
    return known


def _read_bank() -> dict[str, list[int]]:
    slugs: dict[str, int] = {}
    naming: dict[str, list[int]] = {}
    for question in Question.objects.published().order_by("difficulty", "pk"):
        slugs[question.slug] = question.pk
        texts = [Text(question.text_ko or ""), Text(question.text_en or "")]
        for name in {find.technology.name for find in finds_in(texts)}:
            naming.setdefault(name, []).append(question.pk)
    return {
        technology.name: list(
            dict.fromkeys(
                [
                    *(slugs[slug] for slug in technology.questions if slug in slugs),
                    *naming.get(technology.name, []),
                ]
            )
        )
        for technology in technologies()
    }
