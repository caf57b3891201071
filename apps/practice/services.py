"""What a candidate's actions write in a session."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import limits
from apps.common.limits import HOUR, Limit
from apps.interview import services as interview
from apps.interview.models import Attempt, Draft, Question, Topic

from . import choosing
from .choosing import Wishes
from .closing import close, close_if_over, locked
from .models import ABOUT_MAX, GRACE, QUESTIONS_MAX, Session, SessionQuestion

SESSIONS = Limit("sessions", 30, HOUR)
"""More than anybody sits through; the end of each may send ten answers to the model."""


class NothingToAsk(Exception):
    """No published question fits what was chosen."""


class StepTaken(Exception):
    """The question was answered already, in another words, on another device.

    ``attempt`` is that answer; the words that came now are in the question's draft.
    """

    def __init__(self, attempt: Attempt) -> None:
        super().__init__(str(attempt.pk))
        self.attempt = attempt


class SessionOver(Exception):
    """The session has ended; the words that came now are in the question's draft."""


def session_start(
    *,
    user: User,
    questions: Sequence[Question],
    language: str,
    time_limit: timedelta | None,
    topics: Sequence[Topic] = (),
    difficulty: int | None = None,
    about: str = "",
    idempotency_key: str = "",
) -> Session:
    """A session that asks these questions in this order; its clock waits for the first key.

    At most QUESTIONS_MAX of them, each once. The same key again gives the first session.
    Raises NothingToAsk without a question, and LimitReached.
    """
    asked = list({question.pk: question for question in questions}.values())[:QUESTIONS_MAX]
    if not asked:
        raise NothingToAsk
    limits.count(user.pk, SESSIONS)
    key = idempotency_key or uuid.uuid4().hex
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        known = Session.objects.for_user(user).filter(idempotency_key=key).first()
        if known:
            return known
        session = Session.objects.create(
            user=user,
            topics=[_topic_as_chosen(topic) for topic in topics],
            about=about[:ABOUT_MAX],
            difficulty=difficulty,
            time_limit=None if time_limit is None else int(time_limit.total_seconds()),
            language=language,
            idempotency_key=key,
            created_at=timezone.now(),
        )
        SessionQuestion.objects.bulk_create(
            SessionQuestion(
                session=session,
                position=position,
                question=question,
                text_ko=question.text_ko or "",  # type: ignore[attr-defined]
                text_en=question.text_en or "",  # type: ignore[attr-defined]
            )
            for position, question in enumerate(asked, start=1)
        )
    return session


def _topic_as_chosen(topic: Topic) -> dict[str, str]:
    return {"slug": topic.slug, "ko": topic.name_ko or "", "en": topic.name_en or ""}  # type: ignore[attr-defined]


def session_choose(
    *,
    user: User,
    wishes: Wishes,
    idempotency_key: str = "",
    luck: random.Random = choosing.ANY_LUCK,
) -> Session:
    """A session of questions that fit the wishes. Raises as ``session_start``."""
    questions = choosing.choose(user, wishes, luck)
    return session_start(
        user=user,
        questions=questions,
        language=wishes.language,
        time_limit=None if wishes.minutes is None else timedelta(minutes=wishes.minutes),
        topics=wishes.topics,
        difficulty=wishes.difficulty,
        idempotency_key=idempotency_key,
    )


def mock_interview_start(
    *, user: User, questions: Sequence[Question], about: str, language: str, idempotency_key: str
) -> Session:
    """The mock interview of one press, of the first of the questions that ``about`` calls for."""
    return session_start(
        user=user,
        questions=questions[: choosing.MOCK_QUESTIONS],
        language=language,
        time_limit=timedelta(minutes=choosing.MOCK_MINUTES),
        about=about,
        idempotency_key=idempotency_key,
    )


def clock_start(*, session: Session) -> Session:
    """The first key was pressed. Pressed again, or on another device, it changes nothing."""
    now = timezone.now()
    with transaction.atomic():
        session = locked(session)
        if session.ended_at is None:
            _begin(session, now)
    return session


def _begin(session: Session, now: datetime) -> None:
    if session.started_at is not None:
        return
    session.started_at = session.moved_at = now
    if session.time_limit is not None:
        session.ends_at = now + timedelta(seconds=session.time_limit)
    session.save(update_fields=["started_at", "moved_at", "ends_at"])


def step_answer(
    *,
    session: Session,
    position: int,
    answer: str,
    idempotency_key: str,
    draft_revision: int | None = None,
) -> Session:
    """Save the answer to a step and queue its feedback; the last one ends the session.

    An answer that was on its way when time was up still counts, and so does the same answer
    from another tab. Raises StepTaken and SessionOver, which have kept the words as the
    question's draft; IdempotencyConflict; LimitReached.
    """
    limits.count(session.user_id, interview.ANSWERS)
    now = timezone.now()
    with transaction.atomic():
        session = locked(session)
        step = _step(session, position)
        refusal = _refusal(session, step, answer, now)
        if refusal is None and step.attempt is None:
            _begin(session, now)
            _spend(session, step, now)
            step.attempt, _created = interview.attempt_submit(
                user=session.user,
                question=step.question,
                answer=answer,
                language=session.language,
                idempotency_key=idempotency_key,
                seconds_spent=step.seconds,
                draft_revision=draft_revision,
                is_counted=True,
            )
            step.skipped_at = None
            step.save(update_fields=["attempt", "skipped_at", "seconds"])
            _moved(session, now)
        if refusal is not None:
            _keep_words(session.user, step.question, answer, draft_revision)
    if refusal is not None:
        raise refusal
    return _end_if_complete(session, now)


def _step(session: Session, position: int) -> SessionQuestion:
    return session.steps.select_related("question", "attempt").get(position=position)


def _refusal(
    session: Session, step: SessionQuestion, answer: str, now: datetime
) -> StepTaken | SessionOver | None:
    if step.attempt is not None:
        return None if step.attempt.answer == answer else StepTaken(step.attempt)
    if session.ends_at is not None and now >= session.ends_at + GRACE:
        return SessionOver()
    if session.ended_at is not None and session.ending != Session.Ending.TIME:
        return SessionOver()
    return None


def _keep_words(user: User, question: Question, words: str, draft_revision: int | None) -> None:
    """As the draft, unless other words are being written there: the page still has these."""
    if not words.strip():
        return
    draft, _created = Draft.objects.get_or_create(user=user, question=question)
    if draft.text.strip() and draft.revision != draft_revision:
        return
    try:
        interview.draft_save(user=user, question=question, text=words, revision=draft.revision)
    except interview.DraftConflict:
        pass


def _spend(session: Session, step: SessionQuestion, now: datetime) -> None:
    """The time since the last step is this one's, up to the session's end."""
    until = now if session.ends_at is None else min(now, session.ends_at)
    if session.moved_at is not None:
        step.seconds += max(0, int((until - session.moved_at).total_seconds()))


def _moved(session: Session, now: datetime) -> None:
    session.moved_at = now
    session.revision += 1
    session.save(update_fields=["moved_at", "revision"])


def _end_if_complete(session: Session, now: datetime) -> Session:
    if session.ended_at is None and not session.steps.unanswered().exists():
        return close(session, now=now, ending=Session.Ending.ANSWERED)
    return close_if_over(session, now)


def step_skip(
    *, session: Session, position: int, words: str = "", draft_revision: int | None = None
) -> Session:
    """Put a question off until after the others; ``words`` written so far become its draft.

    An answered one stays answered. Raises SessionOver.
    """
    now = timezone.now()
    session = close_if_over(session, now)
    with transaction.atomic():
        session = locked(session)
        if session.ended_at is not None:
            raise SessionOver
        step = _step(session, position)
        if step.attempt is None:
            _begin(session, now)
            _spend(session, step, now)
            step.skipped_at = now
            step.save(update_fields=["skipped_at", "seconds"])
            _moved(session, now)
            _keep_words(session.user, step.question, words, draft_revision)
    return session


def session_end(
    *,
    session: Session,
    position: int | None = None,
    words: str = "",
    draft_revision: int | None = None,
) -> Session:
    """End it before all is answered; what was being written stays as drafts.

    ``words`` are those on the page of the step at ``position``. Where time was up meanwhile,
    it ended then, and they count like any other draft.
    """
    now = timezone.now()
    if position is not None:
        step = _step(session, position)
        if step.attempt is None:
            _keep_words(session.user, step.question, words, draft_revision)
    session = close_if_over(session, now)
    return close(session, now=now, ending=Session.Ending.EARLY)


def step_draft_save(*, step: SessionQuestion, user: User, text: str, revision: int) -> Draft:
    """Save what is being written, also to a question that staff took back meanwhile.

    What comes after the end and its grace is a draft that does not count. Raises DraftConflict.
    """
    now = timezone.now()
    if step.session.time_is_up(now - GRACE):
        close_if_over(step.session, now)
    return interview.draft_save(user=user, question=step.question, text=text, revision=revision)
