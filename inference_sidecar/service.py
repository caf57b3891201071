"""What one running sidecar holds: the engine once it is loaded, and who may use it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from inference_sidecar import errors, metrics
from inference_sidecar.admission import Admission
from inference_sidecar.engine import Engine, EngineError, ModelInfo
from inference_sidecar.strategies import Strategy
from inference_sidecar.tasks import cancel_and_wait

log = logging.getLogger("inference_sidecar")

LoadEngine = Callable[[], Awaitable[Engine]]
# No wait shall be silent for longer.
PROGRESS_SECONDS = 5.0


class Service:
    def __init__(
        self, admission: Admission, choose_strategy: Callable[[ModelInfo], Strategy]
    ) -> None:
        self.admission = admission
        self._choose_strategy = choose_strategy
        self._engine: Engine | None = None
        self._strategy: Strategy | None = None
        self._dead = False

    async def load(self, load_engine: LoadEngine) -> None:
        """Load the engine while the service already answers. Raises what loading raises."""
        started = time.monotonic()
        progress = asyncio.create_task(_say_progress(started))
        try:
            engine = await load_engine()
        except BaseException:
            self._dead = True
            raise
        finally:
            await cancel_and_wait(progress)
        self._strategy = self._choose_strategy(engine.info)
        self._engine = engine
        seconds = time.monotonic() - started
        metrics.LOAD.set(seconds)
        metrics.READY.set(1)
        log.info(
            "ready after %.0f s: %s, %d tokens of context, method %s",
            seconds,
            engine.info.model,
            engine.info.context_length,
            self._strategy.method,
        )

    @property
    def is_ready(self) -> bool:
        return self._engine is not None and not self._dead

    def ready(self) -> tuple[Engine, Strategy]:
        """Raises ApiError 503 while the model loads and after the engine died."""
        if self._dead:
            raise errors.engine_unavailable()
        if self._engine is None or self._strategy is None:
            raise errors.loading()
        return self._engine, self._strategy

    async def check_alive(self) -> None:
        """Raises ApiError 503 when the engine died; it never comes back by itself."""
        if self._engine is not None:
            try:
                await self._engine.check_health()
            except EngineError:
                self._dead = True
                metrics.READY.set(0)
        if self._dead:
            raise errors.engine_unavailable()

    def shutdown(self) -> None:
        if self._engine is not None:
            self._engine.shutdown()


async def _say_progress(started: float) -> None:
    while True:
        log.info("loading the model (%.0f s)", time.monotonic() - started)
        await asyncio.sleep(PROGRESS_SECONDS)
