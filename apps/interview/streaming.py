"""An attempt's live feedback over server-sent events, for the page and for the API.

Database work happens first, in one short section; then the connection is given
back, because a stream may stay open for a minute.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_GET

from apps.accounts.models import User
from apps.common import live
from apps.common.markdown import render as render_markdown

from .models import Attempt, Feedback
from .presentation import assessment_context, own_attempt, previous_score

Writer = Callable[[Attempt, list[live.Event]], list[str]]

MAX_SECONDS = 15 * 60
"""A watcher older than this is told to reconnect: proxies and tabs forget to close."""


@contextmanager
def _connection_given_back() -> Iterator[None]:
    try:
        yield
    finally:
        if not connection.in_atomic_block:
            connection.close()


def load_attempt(user: User, attempt_id: uuid.UUID) -> Attempt:
    """The person's own attempt, or Http404; leaves no database connection open."""
    with _connection_given_back():
        return own_attempt(user, attempt_id)


def _load_for_page(user: User, attempt_id: uuid.UUID) -> tuple[Attempt, int | None]:
    """As ``load_attempt``, with the score before it, which only the page shows."""
    with _connection_given_back():
        attempt = own_attempt(user, attempt_id)
        return attempt, previous_score(attempt)


def finished_events(feedback: Feedback) -> list[live.Event]:
    """The whole stream of a finished job, made from its row.

    It begins anew: the watcher may hold a part of the live stream already.
    """
    begin = live.Event("", "progress", {"state": "running", "run": feedback.attempts})
    if feedback.status != Feedback.Status.SUCCEEDED:
        data = {"code": feedback.error_code or "internal", "retryable": True}
        return [begin, live.Event("", "error", data)]
    assessment = {
        "score": feedback.score,
        "key_points": feedback.key_points,
        "method": feedback.method,
    }
    return [
        begin,
        live.Event("", "assessment", assessment),
        live.Event("", "delta", {"text": feedback.prose}),
        live.Event("", "done", {"state": feedback.status}),
    ]


async def _events(user: User, attempt: Attempt, after: str, write: Writer) -> AsyncIterator[str]:
    if attempt.feedback.is_finished:
        for piece in write(attempt, finished_events(attempt.feedback)):
            yield piece
        return
    yield "retry: 2000\n\n"
    ends = time.monotonic() + MAX_SECONDS
    async for batch in live.follow(attempt.feedback.stream_key, after):
        if any(event.name == "done" for event in batch):
            # The row is complete now, with what the stream does not carry.
            attempt = await sync_to_async(load_attempt)(user, attempt.pk)
        for piece in write(attempt, batch):
            yield piece
        if any(event.name in ("done", "error") for event in batch):
            return
        if not batch:
            yield ": still here\n\n"
            # Silence: the stream may be gone while the row has the end.
            attempt = await sync_to_async(load_attempt)(user, attempt.pk)
            if attempt.feedback.is_finished:
                for piece in write(attempt, finished_events(attempt.feedback)):
                    yield piece
                return
        if time.monotonic() > ends:
            return


def event_stream(
    user: User, attempt: Attempt, write: Writer, after: str = live.START
) -> StreamingHttpResponse:
    response = StreamingHttpResponse(
        _events(user, attempt, after, write), content_type="text/event-stream"
    )
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def write_json(attempt: Attempt, batch: list[live.Event]) -> list[str]:
    """The API's form: the events as they are."""
    return [event.as_sse() for event in batch]


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
async def attempt_stream(request: HttpRequest, attempt_id: uuid.UUID) -> StreamingHttpResponse:
    """The attempt page's live regions: ``state``, ``score``, ``answer``, ``prose``, ``end``."""
    user = await request.auser()
    assert isinstance(user, User)
    attempt, before = await sync_to_async(_load_for_page)(user, attempt_id)
    return event_stream(user, attempt, HtmlWriter(request, before))
