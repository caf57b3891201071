"""The database's connections, of which there are few: nobody holds one without a question.

A web process gives a request's connection back before its answer is sent; a worker gives
it back before it waits for a model, a file store or a child process. The next query
opens another. Inside a transaction nothing is given back.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import structlog
from asgiref.sync import iscoroutinefunction, sync_to_async
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware

logger = structlog.get_logger(__name__)
Value = TypeVar("Value")

PATIENCE_FOR_A_PLACE: ContextVar[float] = ContextVar("PATIENCE_FOR_A_PLACE", default=10.0)
"""Seconds that a thread waits while its process has all the connections it may have
(``apps.common.mariadb``): longer than a burst of submits takes to pass, shorter than a
person's or a proxy's patience."""

PATIENCE_SECONDS = 5 * 60.0
"""How long finished work waits for a database that is away before it is given up."""
TRY_AGAIN_SECONDS = 2.0

PASSING = frozenset(
    {
        1040,  # too many connections
        1053,  # the server is shutting down
        1203,  # too many connections of this user
        1205,  # waited too long for a lock
        1213,  # deadlock
        1927,  # the connection was killed
        2002,  # cannot connect through a socket
        2003,  # cannot connect
        2006,  # the server has gone away
        2013,  # lost the connection, or waited longer than the read timeout
    }
)
"""MariaDB's numbers for what the same question may not meet in a minute."""


class ConnectionsTaken(OperationalError):
    """Every connection that this process may have is in use."""


def give_back() -> None:
    """Close this thread's connection, unless a transaction needs it."""
    if not connection.in_atomic_block:
        connection.close()


@contextmanager
def connection_given_back() -> Iterator[None]:
    try:
        yield
    finally:
        give_back()


def passes_by_itself(error: BaseException | None) -> bool:
    """Whether the database was away or busy, rather than asked something wrong."""
    if isinstance(error, InterfaceError):  # a connection that broke under its user
        return True
    if not isinstance(error, OperationalError):
        return False
    # SQLite, which has no numbers, says that the database is locked.
    return bool(PASSING.intersection(error.args[:1])) or "locked" in str(error)


def when_database_answers(save: Callable[[], Value]) -> Value:
    """Call ``save`` until the database takes it, for a few minutes.

    For the end of work that must not be done again: a model was asked for it.
    """
    ends = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return save()
        except (OperationalError, InterfaceError) as error:
            if connection.in_atomic_block or not passes_by_itself(error) or time.monotonic() > ends:
                raise
            logger.warning("database away, what is done waits to be saved", error=str(error))
            give_back()
            time.sleep(TRY_AGAIN_SECONDS)


@sync_and_async_middleware
def give_back_middleware(get_response: Callable[[HttpRequest], Any]) -> Any:
    """Before an answer is sent: its reader may be slow, or watch a stream for minutes."""
    if iscoroutinefunction(get_response):
        respond: Callable[[HttpRequest], Awaitable[HttpResponse]] = get_response

        async def async_middleware(request: HttpRequest) -> HttpResponse:
            try:
                return await respond(request)
            finally:
                await sync_to_async(give_back)()

        return async_middleware

    def middleware(request: HttpRequest) -> HttpResponse:
        with connection_given_back():
            return get_response(request)

    return middleware
