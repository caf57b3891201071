"""A job's live events over server-sent events, for pages and for the API.

Database work happens first, in one short section; the connection is given back before
the stream begins (``apps.common.connections``), because it may stay open for a minute.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Generic, TypeVar

import structlog
from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError
from django.http import HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from . import live
from .connections import connection_given_back
from .jobs import Job

logger = structlog.get_logger(__name__)

Subject = TypeVar("Subject")
"""What a stream is about: a row that a page shows, with its job."""

MAX_SECONDS = 15 * 60
"""A watcher older than this is told to reconnect: proxies and tabs forget to close."""

STREAMS_EACH = 20
"""Open at once for one person in one web process: more tabs than anybody watches."""
_open: Counter[object] = Counter()


def end_events(job: Job) -> list[live.Event]:
    """The whole stream of a finished job whose result no event carries.

    It begins anew: the watcher may hold a part of the live stream already.
    """
    begin = live.Event("", "progress", {"state": "running", "run": job.attempts})
    if job.status != Job.Status.SUCCEEDED:
        data = {"code": job.error_code or "internal", "retryable": job.can_heal}
        return [begin, live.Event("", "error", data)]
    return [begin, live.Event("", "done", {"state": job.status})]


class JobStream(Generic[Subject]):
    """How one watcher's stream is made.

    ``load`` gets the subject for this watcher, or raises Http404; ``job_of`` its job;
    ``write`` turns a batch of events into pieces of text/event-stream; ``finished``
    makes the stream of a job that has ended from its row. ``watcher`` is who has a limit of
    streams open at once.
    """

    def __init__(
        self,
        *,
        load: Callable[[], Subject],
        job_of: Callable[[Subject], Job],
        write: Callable[[Subject, list[live.Event]], list[str]],
        finished: Callable[[Subject], list[live.Event]],
        watcher: object,
    ) -> None:
        self._load = load
        self._job_of = job_of
        self._write = write
        self._finished = finished
        self._watcher = watcher

    def response(self, subject: Subject, after: str = live.START) -> HttpResponseBase:
        """429 where the watcher has STREAMS_EACH open."""
        if _open[self._watcher] >= STREAMS_EACH:
            return too_many_streams()
        response = StreamingHttpResponse(
            self._counted_pieces(subject, after), content_type="text/event-stream"
        )
        response["Cache-Control"] = "no-store"
        response["X-Accel-Buffering"] = "no"
        return response

    async def _counted_pieces(self, subject: Subject, after: str) -> AsyncIterator[str]:
        if _open[self._watcher] >= STREAMS_EACH:
            return  # many asked at the same moment; whoever asks again is told
        _open[self._watcher] += 1
        try:
            async with aclosing(self._pieces(subject, after)) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            _open[self._watcher] -= 1
            if not _open[self._watcher]:
                del _open[self._watcher]

    def _load_again(self) -> Subject | None:
        """None where the database cannot say now."""
        with connection_given_back():
            try:
                return self._load()
            except (OperationalError, InterfaceError) as error:
                logger.warning("stream goes on without its row", error=str(error))
                return None

    async def _pieces(self, subject: Subject, after: str) -> AsyncGenerator[str, None]:
        if self._job_of(subject).is_finished:
            for piece in self._write(subject, self._finished(subject)):
                yield piece
            return
        yield "retry: 2000\n\n"
        ends = time.monotonic() + MAX_SECONDS
        async for batch in live.follow(self._job_of(subject).stream_key, after):
            if any(event.name == "done" for event in batch):
                # The row is complete now, with what the stream does not carry.
                current = await sync_to_async(self._load_again)()
                if current is None:
                    return  # the watcher comes back, and reads this again
                subject = current
            for piece in self._write(subject, batch):
                yield piece
            if any(event.name in ("done", "error") for event in batch):
                return
            if not batch:
                yield ": still here\n\n"
                # Silence: the stream may be gone while the row has the end.
                subject = await sync_to_async(self._load_again)() or subject
                if self._job_of(subject).is_finished:
                    for piece in self._write(subject, self._finished(subject)):
                        yield piece
                    return
            if time.monotonic() > ends:
                return


def too_many_streams() -> JsonResponse:
    message = _("Too many of your pages wait for news at once. Close some of them.")
    body = {"error": {"code": "too_many_streams", "message": message}}
    return JsonResponse(body, status=429, headers={"Retry-After": "60"})


def write_json(subject: object, batch: list[live.Event]) -> list[str]:
    """The API's form: the events as they are."""
    return [event.as_sse() for event in batch]
