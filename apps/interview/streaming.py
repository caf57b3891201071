"""An attempt's live feedback over server-sent events, for the page and for the API."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_GET

from apps.accounts.models import User
from apps.common import live
from apps.common.connections import connection_given_back
from apps.common.markdown import render as render_markdown
from apps.common.streaming import JobStream, end_events

from .models import Attempt, Feedback
from .presentation import (
    assessment_context,
    comparison_context,
    dispute_context,
    own_attempt,
    pending_points,
    previous_attempt,
)

Writer = Callable[[Attempt, list[live.Event]], list[str]]


def load_attempt(user: User, attempt_id: uuid.UUID) -> Attempt:
    """The person's own attempt, or Http404; leaves no database connection open."""
    with connection_given_back():
        return own_attempt(user, attempt_id)


def _load_for_page(user: User, attempt_id: uuid.UUID) -> tuple[Attempt, Before]:
    """As ``load_attempt``, with what the page shows before there is an assessment."""
    with connection_given_back():
        attempt = own_attempt(user, attempt_id)
        return attempt, Before(pending_points(attempt), previous_attempt(attempt))


def finished_events(feedback: Feedback) -> list[live.Event]:
    """The whole stream of a finished job, made from its row."""
    begin, end = end_events(feedback)
    if feedback.status != Feedback.Status.SUCCEEDED:
        return [begin, end]
    return [
        begin,
        live.Event("", "assessment", feedback.assessment_data()),
        live.Event("", "delta", {"text": feedback.prose}),
        end,
    ]


def event_stream(
    user: User, attempt: Attempt, write: Writer, after: str = live.START
) -> HttpResponseBase:
    return JobStream(
        watcher=user.pk,
        load=lambda: own_attempt(user, attempt.pk),
        job_of=lambda attempt: attempt.feedback,
        write=write,
        finished=lambda attempt: finished_events(attempt.feedback),
    ).response(attempt, after)


@dataclass(frozen=True, slots=True)
class Before:
    """What was there before the assessment: read once, because a stream reads no database."""

    points: list[dict[str, Any]]
    previous: Attempt | None
    """The answer before this one, with its feedback."""

    @property
    def score(self) -> int | None:
        return self.previous.feedback.score if self.previous else None


class HtmlWriter:
    """The page's form: each event carries the whole state of one region as HTML.

    A stream is always read from its start, so any number of reconnects end in
    the same page; a batch renders each region once. Runs in the event loop:
    templates here touch no database.
    """

    def __init__(self, request: HttpRequest, before: Before) -> None:
        self.request = request
        self.language = translation.get_language()
        self.before = before
        self.state = ""
        self._begin_anew()

    def _begin_anew(self) -> None:
        self.points = [dict(point) for point in self.before.points]
        self.assessment: dict[str, Any] = {}
        self.prose = ""

    def __call__(self, attempt: Attempt, batch: list[live.Event]) -> list[str]:
        changed: dict[str, None] = {}
        for event in batch:
            changed |= dict.fromkeys(self._apply(attempt.feedback, event))
        with translation.override(self.language):
            return [live.sse(region, self._html(region, attempt)) for region in changed]

    def _apply(self, feedback: Feedback, event: live.Event) -> Sequence[str]:
        """Take note of the event; the regions that it changes, in the page's order."""
        if event.name == "mark":
            self._decide(event.data)
            return ["score", "answer"]
        if event.name == "assessment":
            self.assessment, self.state = event.data, "writing"
            return ["score", "answer", *self._comparison(), "state"]
        if event.name == "delta":
            self.prose += event.data["text"]
            return ["prose"]
        if event.name == "progress":
            self.state = event.data["state"]
            feedback.error_code = event.data.get("reason", "")
            if self.state != "running":
                return ["state", *([] if self.assessment else ["score"])]
            self._begin_anew()  # a new run: drop what the last one made
            return ["score", "answer", *self._comparison(), "prose", "state"]
        if event.name == "error":
            self.state, feedback.error_code = "failed", event.data["code"]
            self._begin_anew()  # nothing half-made is kept
            return ["score", "answer", *self._comparison(), "prose", "state", "end"]
        if event.name == "done":
            self.state, feedback.error_code = "succeeded", ""
            return ["state", "disputes", "end"]
        return []

    def _comparison(self) -> list[str]:
        return ["comparison"] if self.before.previous else []

    def _decide(self, mark: dict[str, Any]) -> None:
        """Draw the mark in its point's place: staff may have changed the points since."""
        for place, point in enumerate(self.points):
            if point["id"] == mark["id"]:
                self.points[place] = mark
                return
        self.points.append(mark)

    def _html(self, region: str, attempt: Attempt) -> str:
        if region == "end":
            return self.state
        if region == "prose":
            return render_markdown(self.prose)
        if region == "state":
            return self._render("_feedback_state.html", self._assessed(attempt))
        context = self._assessed(attempt)
        if region == "comparison":
            assert self.before.previous
            compared = comparison_context(self.before.previous, attempt)
            return self._render("_comparison.html", {**context, "comparison": compared})
        if region == "disputes":  # none yet: what is marked now can be disputed
            return self._render("_disputes.html", {**context, **dispute_context(attempt, [])})
        template = {"score": "_score_card.html", "answer": "_marked_answer.html"}[region]
        return self._render(template, context)

    def _assessed(self, attempt: Attempt) -> dict[str, Any]:
        """The context of every region: what the stream has told, whatever the row says."""
        feedback = attempt.feedback
        feedback.score = self.assessment.get("score")
        feedback.guess = self.assessment.get("guess", False)
        feedback.method = self.assessment.get("method", "")
        feedback.key_points = self.assessment.get("key_points", [])
        points = feedback.key_points or self.points
        return {
            **assessment_context(attempt, points, self.before.score),
            "state": self.state,
            "is_live": True,
        }

    def _render(self, template: str, context: dict[str, Any]) -> str:
        return render_to_string(f"interview/{template}", context, request=self.request)


@login_required
@require_GET
async def attempt_stream(request: HttpRequest, attempt_id: uuid.UUID) -> HttpResponseBase:
    """The attempt page's live regions: ``state``, ``score``, ``answer``, ``prose``, ``end``."""
    user = await request.auser()
    assert isinstance(user, User)
    attempt, before = await sync_to_async(_load_for_page)(user, attempt_id)
    return event_stream(user, attempt, HtmlWriter(request, before))
