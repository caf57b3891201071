"""What a person does next, in one sentence and one button."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.interview.models import (
    IMPROVE_BELOW,
    Attempt,
    Draft,
    Feedback,
    Question,
    QuestionProgress,
)
from apps.practice.presentation import open_session
from apps.reviews.presentation import due_today

LATEST_ANSWERS = 3


@dataclass(frozen=True, slots=True)
class Step:
    """``kind``: session · review · draft · again · first · next · all."""

    kind: str
    why: str
    title: str
    url: str
    label: str


def next_step(user: User, untried: Question | None, newest: Attempt | None) -> Step:
    """The first of these that there is, so that what was begun is ended before more begins.

    1. A session that has not ended.
    2. Reviews that are due today.
    3. A draft with words in it.
    4. The newest answer again, where it was weak.
    5. A question that was not tried yet: ``untried``.
    """
    return (
        _session(user)
        or _reviews(user)
        or _draft(user)
        or _again(newest)
        or _question(untried, newest is None)
        or Step(
            "all",
            _("You have tried every question."),
            _("Answer again what could be better"),
            f"{reverse('interview:question_list')}?state=improve",
            _("Choose a question"),
        )
    )


def _session(user: User) -> Step | None:
    session = open_session(user)
    if session is None:
        return None
    return Step(
        "session",
        _("Not finished yet"),
        _("Your mock interview"),
        session.get_absolute_url(),
        _("Go on with the mock interview"),
    )


def _reviews(user: User) -> Step | None:
    due = due_today(user)
    if not due:
        return None
    title = ngettext("%(n)d point to review", "%(n)d points to review", due) % {"n": due}
    return Step(
        "review",
        _("Before you forget them"),
        title,
        reverse("reviews:review_list"),
        _("Start today's review"),
    )


def _draft(user: User) -> Step | None:
    draft = (
        Draft.objects.filter(user=user, question__in=Question.objects.answerable())
        .exclude(text="")
        .select_related("question")
        .order_by("-updated_at")
        .first()
    )
    if draft is None:
        return None
    return _step("draft", _("You have begun an answer"), draft.question, _("Go on writing"))


def _again(newest: Attempt | None) -> Step | None:
    """Guesses say too little to send somebody back for them."""
    if newest is None or newest.feedback.status != Feedback.Status.SUCCEEDED:
        return None
    score = newest.feedback.score
    if score is None or score >= IMPROVE_BELOW or newest.feedback.is_guess:
        return None
    if not _answerable(newest.question):
        return None
    why = _("%(score)d of 100 last time: once more, and you see the difference")
    return _step("again", why % {"score": score}, newest.question, _("Answer again"))


def _answerable(question: Question) -> bool:
    published = Question.Status.PUBLISHED
    follows = question.follows
    return question.status == published and (follows is None or follows.status == published)


def _question(untried: Question | None, is_first: bool) -> Step | None:
    if untried is None:
        return None
    if is_first:
        why = _("A sentence or two is enough to begin with")
        return _step("first", why, untried, _("Answer your first question"))
    return _step("next", _("Not tried yet"), untried, _("Go on practising"))


def _step(kind: str, why: str, question: Question, label: str) -> Step:
    return Step(kind, why, question.text, question.get_absolute_url(), label)


def latest_answers(user: User) -> list[Attempt]:
    """The last answer to each of the questions that were answered last, newest first."""
    rows = QuestionProgress.objects.filter(user=user, attempts__gt=0).order_by("-last_attempt_at")
    wanted: Any = Q(pk__in=[])
    for row in rows[:LATEST_ANSWERS]:
        wanted |= Q(question=row.question_id, number=row.attempts)
    return list(
        Attempt.objects.for_user(user)
        .filter(wanted)
        .select_related("question__follows", "feedback")
        .order_by("-created_at")
    )
