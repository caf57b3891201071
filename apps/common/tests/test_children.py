"""Children end in time, with all that they started, and hold to their memory."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.common.children import ChildDied, ChildNotStarted, ChildTimeout, Kept, Limits, run

LIMITS = Limits(seconds=20, megabytes=1024)
ROOT = str(Path(__file__).resolve().parents[3])


def python(code: str, limits: Limits = LIMITS, given: bytes = b""):
    return run([sys.executable, "-c", code], limits, given=given)


def test_it_works() -> None:
    echo = "import sys; data = sys.stdin.buffer.read(); sys.stdout.buffer.write(data[::-1])"
    ended = python(echo, given=b"abc" * 100_000)

    assert (ended.status, ended.output, ended.errors) == (0, b"cba" * 100_000, b"")


def test_a_failure_is_told() -> None:
    ended = python("import sys; sys.stderr.write('no'); sys.exit(3)")

    assert (ended.status, ended.output, ended.errors) == (3, b"", b"no")


def test_no_secret_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "s3cret")
    monkeypatch.setenv("TZ", "Asia/Seoul")

    ended = python("import os; print(dict(os.environ))")

    assert b"s3cret" not in ended.output
    assert b"Asia/Seoul" in ended.output


def test_input_that_nobody_reads_is_no_error() -> None:
    assert python("pass", given=b"x" * 1_000_000).status == 0


def test_one_that_hangs_is_killed_with_what_it_started(tmp_path: Path) -> None:
    # The grandchild holds the pipe open: waiting for the end of the output would hang.
    code = (
        "import os, subprocess, time\n"
        "child = subprocess.Popen(['sleep', '60'])\n"
        "open(os.environ['PLACE'], 'w').write(str(child.pid))\n"
        "time.sleep(60)"
    )
    place = str(tmp_path / "pid")
    began = time.monotonic()
    with pytest.raises(ChildTimeout):
        run([sys.executable, "-c", code], Limits(2, 1024), environment={"PLACE": place})
    grandchild = int(Path(place).read_text())

    assert time.monotonic() - began < 10
    time.sleep(0.2)
    assert not _runs(grandchild)


def test_what_it_left_behind_ends_with_it() -> None:
    code = (
        "import subprocess, sys\n"
        "quiet = subprocess.DEVNULL\n"
        "child = subprocess.Popen(['sleep', '60'], stdout=quiet, stderr=quiet, stdin=quiet)\n"
        "print(child.pid)"
    )
    grandchild = int(python(code).output)

    time.sleep(0.2)
    assert not _runs(grandchild)


def test_memory_is_bounded() -> None:
    ended = python("x = bytearray(600 * 1024 * 1024)", Limits(20, 300))

    assert ended.status == 1
    assert b"MemoryError" in ended.errors


def test_processor_time_is_bounded_even_if_nobody_waits() -> None:
    """As where the worker was killed: the limit is the child's own."""
    code = "import resource; print(*resource.getrlimit(resource.RLIMIT_CPU))"

    assert python(code, Limits(7, 1024)).output.split() == [b"8", b"8"]


SERVER = """
import os, sys, time
from apps.common.children import serve
def work(request):
    if request == b"hang":
        time.sleep(60)
    if request == b"spin":
        while True: pass
    if request == b"die":
        sys.exit(3)
    if request == b"grow":
        bytearray(2000 * 1024 * 1024)
    print("noise")
    return request[::-1] + str(os.getpid()).encode()
serve(work, 2)
"""


@pytest.fixture
def kept() -> Iterator[Kept]:
    with Kept([sys.executable, "-c", SERVER], megabytes=512, folder=ROOT, requests=3) as kept:
        yield kept


def asked(kept: Kept, text: bytes = b"abc", seconds: float = 20) -> str:
    return kept.ask(text, seconds).decode()


def test_a_kept_child_answers_again_and_again_and_is_replaced_in_time(kept: Kept) -> None:
    answers = [asked(kept) for _ in range(4)]

    assert all(answer.startswith("cba") for answer in answers)
    assert answers[0] == answers[1] == answers[2] != answers[3]
    large = b"x" * 3_000_000
    assert kept.ask(large, 20).startswith(large)


def test_one_that_hangs_is_replaced(kept: Kept) -> None:
    first = int(asked(kept)[3:])
    with pytest.raises(ChildTimeout):
        asked(kept, b"hang", 1)

    assert not _runs(first)
    assert int(asked(kept)[3:]) != first


@pytest.mark.parametrize(
    ("request_", "status"), [(b"die", 3), (b"grow", 1), (b"spin", -signal.SIGXCPU)]
)
def test_one_that_dies_is_replaced(kept: Kept, request_: bytes, status: int) -> None:
    with pytest.raises(ChildDied) as caught:
        asked(kept, request_, 60)

    assert (caught.value.status, caught.value.answered) == (status, 0)
    assert asked(kept).startswith("cba")


def test_a_death_tells_what_the_child_had_answered(kept: Kept) -> None:
    asked(kept)
    asked(kept)

    with pytest.raises(ChildDied) as caught:
        asked(kept, b"die")

    assert caught.value.answered == 2


def test_a_kept_child_gets_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "s3cret")
    code = (
        "import os\n"
        "from apps.common.children import serve\n"
        "serve(lambda request: os.environ.get(request.decode(), '-').encode(), 2)"
    )
    with Kept([sys.executable, "-c", code], megabytes=512, folder=ROOT) as kept:
        assert asked(kept, b"SECRET_KEY") == "-"
        assert asked(kept, b"PATH") == os.environ["PATH"]


def test_a_kept_child_ends_with_its_keeper(kept: Kept) -> None:
    child = int(asked(kept)[3:])

    kept.close()

    assert not _runs(child)


def test_one_that_does_not_start_is_told() -> None:
    with (
        Kept([sys.executable, "-c", "1"], megabytes=512) as kept,
        pytest.raises(ChildNotStarted, match="did not start: status 0"),
    ):
        asked(kept)


def _runs(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as status:
            return status.read().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False
