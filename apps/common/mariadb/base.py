"""At most so many connections a process, whichever thread asks.

Under ASGI each request has a thread of its own, so the number of requests that meet, and
not the server, would decide how many connections are open, and past the server's limit
everybody is refused. Here a thread waits for its turn instead, and after a while gives up
with an error that becomes 503 with Retry-After (``apps.common.views.server_error``).
"""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

from django.conf import settings
from django.db.backends.mysql import base
from MySQLdb.constants import ER

from apps.common.connections import PATIENCE_FOR_A_PLACE, ConnectionsTaken

_places = threading.BoundedSemaphore(settings.DATABASE_CONNECTIONS)


def _found_after_all() -> bool:
    """Wrappers refer to themselves in a circle: one whose thread is gone waits to be found."""
    gc.collect()
    return _places.acquire(blocking=False)


class DatabaseWrapper(base.DatabaseWrapper):
    _leave: weakref.finalize[Any, Any] | None = None
    """Gives this wrapper's place back, once: on close, or when its thread is gone with it."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if not _places.acquire(timeout=PATIENCE_FOR_A_PLACE.get()) and not _found_after_all():
            raise ConnectionsTaken(
                ER.CON_COUNT_ERROR, "every database connection of this process is in use"
            )
        self._leave = weakref.finalize(self, _places.release)
        self._leave.atexit = False
        try:
            return super().get_new_connection(conn_params)
        except BaseException:
            self._leave()
            raise

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            if self._leave is not None:
                self._leave()
