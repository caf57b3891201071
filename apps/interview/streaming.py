"""An attempt's live feedback over server-sent events, for the page and for the API."""

from __future__ import annotations

import uuid
from collections.abc import Callable
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
from .presentation import assessment_context, own_attempt, previous_score

Writer = Callable[[Attempt, list[live.Event]], list[str]]


def load_attempt(user: User, attempt_id: uuid.UUID) -> Attempt:
    """The person's own attempt, or Http404; leaves no database connection open."""
    with connection_given_back():
        return own_attempt(user, attempt_id)


def _load_for_page(user: User, attempt_id: uuid.UUID) -> tuple[Attempt, int | None]:
    """As ``load_attempt``, with the score before it, which only the page shows."""
    with connection_given_back():
        attempt = own_attempt(user, attempt_id)
        return attempt, previous_score(attempt)


def finished_events(feedback: Feedback) -> list[live.Event]:
    """The whole stream of a finished job, made from its row."""
    begin, end = end_events(feedback)
    if feedback.status != Feedback.Status.SUCCEEDED:
        return [begin, end]
    assessment = {
        "score": feedback.score,
        "key_points": feedback.key_points,
        "method": feedback.method,
    }
    return [
        begin,
        live.Event("", "assessment", assessment),
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


class HtmlWriter:
    """The page's form: each event carries the whole state of one region as HTML.

    A stream is always read from its start, so any number of reconnects end in
    the same page; a batch renders each region once. Runs in the event loop:
    templates here touch no database.
    """

    def __init__(self, request: HttpRequest, previous_score: int | None) -> None:
        self.request = request
        self.language = translation.get_language()
        self.previous_score = previous_score
        self.prose = ""

    def __call__(self, attempt: Attempt, batch: list[live.Event]) -> list[str]:
        regions: dict[str, str] = {}
        with translation.override(self.language):
            for event in batch:
                self._apply(attempt.feedback, event, regions, attempt)
        return [live.sse(region, html) for region, html in regions.items()]

    def _apply(
        self, feedback: Feedback, event: live.Event, regions: dict[str, str], attempt: Attempt
    ) -> None:
        if event.name == "assessment":
            feedback.score = event.data["score"]
            feedback.key_points = event.data["key_points"]
            context = assessment_context(attempt, feedback, self.previous_score)
            regions["score"] = self._render("_score_card.html", context)
            regions["answer"] = self._render("_marked_answer.html", context)
            regions["state"] = self._state(attempt, "writing")
        elif event.name == "delta":
            self.prose += event.data["text"]
            regions["prose"] = render_markdown(self.prose)
        elif event.name == "progress":
            if event.data["state"] == "running":  # a new run: drop what the last one wrote
                self.prose = ""
                regions["prose"] = ""
            regions["state"] = self._state(
                attempt, event.data["state"], event.data.get("reason", "")
            )
        elif event.name == "error":
            regions["state"] = self._state(attempt, "failed", event.data["code"])
            regions["end"] = "failed"
        elif event.name == "done":
            regions["state"] = self._state(attempt, "succeeded")
            regions["end"] = "succeeded"

    def _state(self, attempt: Attempt, state: str, reason: str = "") -> str:
        feedback = attempt.feedback
        feedback.error_code = reason
        return self._render(
            "_feedback_state.html", {"attempt": attempt, "feedback": feedback, "state": state}
        )

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
