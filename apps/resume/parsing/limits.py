"""Reading files from strangers: a child process with a time and a memory limit.

A child is reused over many files, because starting one costs more than reading most
résumés; it is replaced when a file kills it, hangs it, or after `FILES_A_CHILD` files.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import struct
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from .reading import Limits, ParsedResume
from .refusals import RefusedFile

FILES_A_CHILD = 200
START_SECONDS = 30.0  # importing on a busy machine
ROOT = Path(__file__).resolve().parents[3]
FRAME = struct.Struct("!Q")


class Parser:
    """Parses one file at a time in a child process. Use one per thread, as a context."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._child: subprocess.Popen[bytes] | None = None
        self._files = 0

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
        """Read a résumé within the limits. Raises RefusedFile."""
        if len(pdf) > self.limits.size:
            raise RefusedFile("too_large")  # not worth sending
        child = self._ready()
        self._files += 1
        try:
            assert child.stdin is not None
            child.stdin.write(FRAME.pack(len(pdf)))
            child.stdin.write(pdf)
            child.stdin.flush()
            reply = self._receive(child, self.limits.seconds)
        except (BrokenPipeError, EOFError) as error:
            status = self._discard()
            # The child leaves with MEMORY_SPENT when an allocation failed; any other death
            # is MuPDF giving up on a broken file.
            raise RefusedFile("too_complex" if status == MEMORY_SPENT else "damaged") from error
        except TimeoutError as error:
            self._discard()
            raise RefusedFile("too_complex") from error
        answer = json.loads(reply)
        if "refused" in answer:
            raise RefusedFile(answer["refused"])
        return ParsedResume(
            answer["resume"], answer["language"], answer["pages"], answer["warnings"]
        )

    def close(self) -> None:
        """End the child, if there is one."""
        if self._child is not None:
            self._discard()

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._files >= FILES_A_CHILD:
            self.close()
        if self._child is None or self._child.poll() is not None:
            self._discard()
            limits = self.limits
            self._child = subprocess.Popen(
                [
                    sys.executable, "-m", "apps.resume.parsing.child",
                    str(limits.size), str(limits.pages), str(limits.megabytes),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )  # fmt: skip
            self._files = 0
            try:
                self._receive(self._child, START_SECONDS)
            except (EOFError, TimeoutError) as error:
                self._discard()
                raise RuntimeError("the parser's child process did not start") from error
        return self._child

    def _receive(self, child: subprocess.Popen[bytes], seconds: float) -> bytes:
        assert child.stdout is not None
        deadline = time.monotonic() + seconds
        descriptor = child.stdout.fileno()
        received = bytearray()
        wanted: int | None = None
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            while wanted is None or len(received) < wanted + FRAME.size:
                left = deadline - time.monotonic()
                if left <= 0 or not selector.select(left):
                    raise TimeoutError
                chunk = os.read(descriptor, 1 << 16)
                if not chunk:
                    raise EOFError
                received += chunk
                if wanted is None and len(received) >= FRAME.size:
                    (wanted,) = FRAME.unpack(received[: FRAME.size])
        return bytes(received[FRAME.size :])

    def _discard(self) -> int | None:
        child, self._child = self._child, None
        if child is None:
            return None
        with contextlib.suppress(subprocess.TimeoutExpired):
            # A child that is leaving by itself has a status worth knowing.
            if child.stdout is not None and child.poll() is None and self._files:
                child.wait(0.2)
        if child.poll() is None:
            child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        return child.wait()


MEMORY_SPENT = 77  # the child's exit status after a failed allocation
