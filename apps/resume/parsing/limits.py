"""Reading files from strangers: a child process with a time and a memory limit.

A child is reused over many files, because starting one costs more than reading most
résumés; it is replaced when a file kills it, hangs it, or after many files.
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from types import TracebackType

from apps.common.children import ChildDied, ChildTimeout, Kept

from .reading import Limits, ParsedResume
from .refusals import RefusedFile

ROOT = Path(__file__).resolve().parents[3]
MEMORY_SPENT = 77
"""The child's exit status after a failed allocation."""


class Parser:
    """Parses one file at a time in a child process. Use one per thread, as a context."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits = limits or Limits()
        command = [
            sys.executable, "-m", "apps.resume.parsing.child",
            str(limits.size), str(limits.pages), str(limits.seconds),
        ]  # fmt: skip
        self._child = Kept(command, megabytes=limits.megabytes, folder=str(ROOT))

    def __enter__(self) -> Parser:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def parse(self, pdf: bytes) -> ParsedResume:
        """Read a résumé within the limits. Raises RefusedFile, ChildNotStarted."""
        if len(pdf) > self.limits.size:
            raise RefusedFile("too_large")  # not worth sending
        answer = json.loads(self._ask(pdf))
        if "refused" in answer:
            raise RefusedFile(answer["refused"])
        return ParsedResume(
            answer["resume"], answer["language"], answer["pages"], answer["warnings"]
        )

    @property
    def pid(self) -> int | None:
        """The child's, while there is one."""
        return self._child.pid

    def close(self) -> None:
        """End the child, if there is one."""
        self._child.close()

    def _ask(self, pdf: bytes) -> bytes:
        try:
            return self._child.ask(pdf, self.limits.seconds)
        except ChildTimeout as error:
            raise RefusedFile("too_complex") from error
        except ChildDied as error:
            if error.answered:
                # Perhaps what earlier files left in memory ended it: a fresh child tells.
                return self._ask(pdf)
            # The child leaves with MEMORY_SPENT when an allocation failed; any other death
            # is MuPDF giving up on a broken file.
            spent = error.status in (MEMORY_SPENT, -signal.SIGXCPU)
            raise RefusedFile("too_complex" if spent else "damaged") from error
