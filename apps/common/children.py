"""Programs that may hang, grow or die, run apart from the worker, within limits.

A thread of a worker cannot be stopped, a process can. The child leads a group of its own,
so that whatever it starts ends with it; and should the worker itself be killed, the
limit on processor time still ends the child.
"""

from __future__ import annotations

import contextlib
import os
import resource
import selectors
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType

MEGABYTE = 1024 * 1024
HANDED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "TESSDATA_PREFIX")
"""Of the environment. What reads a stranger's file has no use for our passwords."""


@dataclass(frozen=True, slots=True)
class Limits:
    seconds: float
    """By the clock, and of one processor."""
    megabytes: int
    """Address space of each process."""


class ChildTimeout(Exception):
    """The child did not end, or answer, in time and was killed."""


class ChildDied(Exception):
    """A kept child ended instead of answering.

    ``answered`` is how much it had answered before: what earlier requests left in it may
    have ended it.
    """

    def __init__(self, status: int | None, answered: int) -> None:
        super().__init__(f"status {status} after {answered} answers")
        self.status = status
        """Exit status; negative where a signal ended it, None where it did not end in time."""
        self.answered = answered


class ChildNotStarted(RuntimeError):
    """A kept child did not get ready; no request is to blame."""


@dataclass(frozen=True, slots=True)
class Ended:
    status: int
    """Exit status; negative where a signal ended it."""
    output: bytes
    errors: bytes


def run(
    command: Sequence[str],
    limits: Limits,
    *,
    given: bytes = b"",
    environment: Mapping[str, str] | None = None,
    folder: str | None = None,
) -> Ended:
    """Run ``command`` with ``given`` on its standard input. Raises ChildTimeout, OSError."""
    child = _start(command, subprocess.PIPE, environment, folder)
    seconds = int(limits.seconds) + 1
    with contextlib.suppress(ProcessLookupError):  # it has ended already
        resource.prlimit(child.pid, resource.RLIMIT_CPU, (seconds, seconds))
    _limit_memory(child.pid, limits.megabytes)
    try:
        output, errors = child.communicate(given, timeout=limits.seconds)
    except subprocess.TimeoutExpired:
        raise ChildTimeout(f"{command[0]} ran longer than {limits.seconds:g} s") from None
    finally:
        _end(child)
    return Ended(child.returncode, output, errors)


FRAME = struct.Struct("!Q")
"""Between a kept child and its keeper: the length of what follows."""
START_SECONDS = 60.0  # importing on a busy machine
LEAVING_SECONDS = 5.0  # freeing what a bomb took


class Kept:
    """A child that answers one request after the other, for one thread at a time.

    Starting Python takes longer than most of what it is started for. The child calls
    ``serve``. It is replaced when it dies, hangs, or has answered ``requests`` times.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        megabytes: int,
        folder: str | None = None,
        requests: int = 200,
    ) -> None:
        self._command = command
        self._megabytes = megabytes
        self._folder = folder
        self._requests = requests
        self._answered = 0
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Kept:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def ask(self, given: bytes, seconds: float) -> bytes:
        """The child's answer. Raises ChildTimeout, ChildDied and ChildNotStarted."""
        if self._answered >= self._requests:
            self.close()
        child = self._ready()
        # The child reads all before it begins, so that sending cannot stand still for long.
        answer = self._exchange(child, FRAME.pack(len(given)) + given, seconds)
        self._answered += 1
        return answer

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None else None

    def close(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            _end(child)

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self.close()
        self._child = child = _start(self._command, subprocess.DEVNULL, None, self._folder)
        _limit_memory(child.pid, self._megabytes)
        self._answered = 0
        try:
            self._exchange(child, b"", START_SECONDS)  # its first answer says that it is ready
        except (ChildTimeout, ChildDied) as error:
            raise ChildNotStarted(f"{' '.join(self._command)} did not start: {error}") from error
        return child

    def _exchange(self, child: subprocess.Popen[bytes], request: bytes, seconds: float) -> bytes:
        assert child.stdin is not None
        try:
            child.stdin.write(request)
            child.stdin.flush()
            return _receive(child, seconds)
        except ChildTimeout:
            self.close()
            raise
        except (EOFError, OSError) as error:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(LEAVING_SECONDS)
            died = ChildDied(child.returncode, self._answered)
            self.close()
            raise died from error


def serve(work: Callable[[bytes], bytes], seconds: float) -> None:
    """In the child: answer requests until the keeper is gone.

    Each may use so much processor time: a keeper that was killed stops nobody.
    """
    # Whatever a library prints must not land among the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    answers.write(FRAME.pack(0))
    answers.flush()
    while head := sys.stdin.buffer.read(FRAME.size):
        request = sys.stdin.buffer.read(FRAME.unpack(head)[0])
        spent = int(time.process_time() + seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (spent, resource.RLIM_INFINITY))
        answer = work(request)
        answers.write(FRAME.pack(len(answer)) + answer)
        answers.flush()


def _receive(child: subprocess.Popen[bytes], seconds: float) -> bytes:
    assert child.stdout is not None
    ends = time.monotonic() + seconds
    received = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while len(received) < FRAME.size or len(received) < _whole(received):
            left = ends - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise ChildTimeout(f"no answer in {seconds:g} s")
            chunk = os.read(child.stdout.fileno(), 1 << 16)
            if not chunk:
                raise EOFError
            received += chunk
    return bytes(received[FRAME.size :])


def _whole(received: bytearray) -> int:
    length: int = FRAME.unpack(received[: FRAME.size])[0]
    return FRAME.size + length


def _start(
    command: Sequence[str],
    errors: int,
    environment: Mapping[str, str] | None,
    folder: str | None,
) -> subprocess.Popen[bytes]:
    kept = {name: os.environ[name] for name in HANDED_ON if name in os.environ}
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        cwd=folder,
        env={**kept, **(environment or {})},
        start_new_session=True,
    )


def _limit_memory(pid: int, megabytes: int) -> None:
    size = megabytes * MEGABYTE
    with contextlib.suppress(ProcessLookupError):
        resource.prlimit(pid, resource.RLIMIT_AS, (size, size))
        resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the group, and let go of its pipes."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
