"""A review answer's live state over server-sent events."""

from __future__ import annotations

import uuid

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_GET

from apps.accounts.models import User
from apps.common import live
from apps.common.connections import connection_given_back
from apps.common.streaming import JobStream, end_events

from .models import ReviewAnswer
from .presentation import own_answer


class HtmlWriter:
    """The region ``state`` while the answer is judged, then ``end``: the page looks again.

    Runs in the event loop: its template touches no database.
    """

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.language = translation.get_language()

    def __call__(self, answer: ReviewAnswer, batch: list[live.Event]) -> list[str]:
        """Only the latest state of a batch: each holds the whole region."""
        told = [event for event in batch if event.name in ("progress", "done", "error")]
        if not told:
            return []
        event = told[-1]
        if event.name != "progress":
            return [live.sse("end", event.name)]
        answer.error_code = event.data.get("reason", "")
        context = {"answer": answer, "state": event.data["state"]}
        with translation.override(self.language):
            html = render_to_string("reviews/_answer_state.html", context, request=self.request)
        return [live.sse("state", html)]


def _load(user: User, answer_id: uuid.UUID) -> ReviewAnswer:
    with connection_given_back():
        return own_answer(user, answer_id)


@login_required
@require_GET
async def answer_stream(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponseBase:
    user = await request.auser()
    assert isinstance(user, User)
    answer = await sync_to_async(_load)(user, answer_id)
    return JobStream(
        watcher=user.pk,
        load=lambda: own_answer(user, answer_id),
        job_of=lambda answer: answer,
        write=HtmlWriter(request),
        finished=end_events,
    ).response(answer)
