"""What a batch of summaries gets out of the engine, and what candidates feel of it:
`python benchmarks/summaries.py`, or `--quick`

One run, with the writing strategy and the demo's model, on a site of its own (Valkey,
workers, sidecar, a database in a temporary folder) whose batch is started as staff do,
with `manage.py run_summaries`:

    throughput   tokens a second of the batch, by the ledger's clock, from start_run to the
                 last row saved; of vLLM's own offline interface on the same prompts, all
                 at once and with vLLM's own step size; and of the same prompts one after
                 another (some of them: it is slow)
    again        a second run with nothing changed, which must cost no token
    interactive  first token and whole time of a feedback, on an idle sidecar and while
                 the batch runs, with pauses between them as people make them. Sent to
                 the sidecar itself, so that no page or queue hides what the batch does

Every company has an English text and gets a summary in English and one in Korean. The
feedback measured is one whose prose the model writes (--prose-tokens 0: as shipped).
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.machine import machine_line  # noqa: E402
from benchmarks.summary_sources import company_name, source_of  # noqa: E402
from scripts import processes  # noqa: E402
from scripts.setup import MODEL  # noqa: E402

ANSWERS = ROOT / "inference_sidecar" / "tests" / "answers.yaml"
QUESTIONS = ROOT / "content" / "questions"
LOGS = ROOT / "var" / "log" / "benchmark-summaries"
WORKERS = ("worker-bulk", "worker")
# Only Places wants it; no web server runs here.
WEB_PORT = 20_190
BEGAN = time.monotonic()
SIDECAR = (
    'exec "$SIDECAR_PYTHON" -m benchmarks.summary_server --model "$MODEL_DIR" --port $SIDECAR_PORT'
)


def feedback_requests() -> list[dict[str, Any]]:
    questions = {
        question["slug"]: question
        for file in sorted(QUESTIONS.glob("*.yaml"))
        for question in yaml.safe_load(file.read_text(encoding="utf-8"))
    }
    answers = yaml.safe_load(ANSWERS.read_text(encoding="utf-8"))
    return [
        {
            "id": f"feedback-{number}",
            "language": "en",
            "question": questions[answer["question"]]["text"]["en"],
            "reference_answer": questions[answer["question"]]["model_answer"]["en"],
            "key_points": [
                {"id": point["slug"], "text": point["text"]["en"]}
                for point in questions[answer["question"]]["key_points"]
            ],
            "answer": answer["text"],
        }
        for number, answer in enumerate(answers)
        if answer["language"] == "en" and answer["kind"] in ("good", "partial", "wrong")
    ]


# --- the site -----------------------------------------------------------------------------


class Sidecar:
    """benchmarks/summary_server.py over HTTP."""

    def __init__(self, port: int) -> None:
        self._port = port

    def open(self, method: str, path: str, body: Any = None) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=1800)
        data = None if body is None else json.dumps(body).encode()
        connection.request(method, path, data, {"Content-Type": "application/json"})
        response = connection.getresponse()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {response.status} {response.read()[:300]!r}")
        return response

    def json(self, method: str, path: str, body: Any = None) -> Any:
        return json.loads(self.open(method, path, body).read())

    def events(self, path: str, body: Any) -> Iterator[tuple[str, Any]]:
        response, buffer = self.open("POST", path, body), b""
        while chunk := response.read1(65536):
            *blocks, buffer = (buffer + chunk).split(b"\n\n")
            for block in blocks:
                name, _, data = block.decode().partition("\ndata: ")
                if name.startswith("event: "):
                    yield name.removeprefix("event: "), json.loads(data)

    def forget(self) -> None:
        """Empty the prefix cache, so that nothing read before helps what is measured next."""
        self.json("POST", "/bench/cold")


@contextmanager
def running_site(
    places: processes.Places, companies: int, words: int, prose_tokens: int
) -> Iterator[Sidecar]:
    """Sidecar, broker and the two workers of the batch, on a database with ``companies``."""
    commands = processes.commands() | {"sidecar": f"{SIDECAR} --prose-tokens {prose_tokens}"}
    LOGS.mkdir(parents=True, exist_ok=True)
    site = processes.Supervisor(commands, dict(os.environ), LOGS)
    try:
        site.start("valkey", "sidecar")
        fill(companies, words)
        site.start(*WORKERS)
        wait_until(site, lambda: processes.answers_ok(f"{places.sidecar_url}/readyz"))
        for worker in WORKERS:
            wait_until(site, partial(is_ready, LOGS / f"{worker}.log"))
        yield Sidecar(places.ports["SIDECAR_PORT"])
    finally:
        site.stop_all()


def is_ready(log: Path) -> bool:
    return " ready." in log.read_text(encoding="utf-8")


def wait_until(site: processes.Supervisor, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 300
    while not ready():
        if exits := site.collect_exits():
            raise SystemExit(f"{exits[0]}\n" + "\n".join(exits[0].tail))
        if time.monotonic() > deadline:
            raise SystemExit(f"not up after 5 minutes; logs in {LOGS}")
        time.sleep(0.3)


def fill(companies: int, words: int) -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from apps.companies.models import Company, SourceText

    for number in range(companies):
        name = company_name(number)
        company = Company.objects.create(
            slug=f"company-{number}",
            name_ko=name,
            name_en=name,
            industry=Company.Industry.COMMERCE,
        )
        SourceText.objects.create(
            company=company,
            kind=SourceText.Kind.REPORT,
            title="Annual report",
            language="en",
            text=source_of(name, words, random.Random(number)),
        )


@dataclass(frozen=True)
class Run:
    """A row of the ledger."""

    seconds: float
    tokens: int
    written: int
    skipped: int
    failed: int


def start_run(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "manage.py", "run_summaries", "--wait", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def finished(command: subprocess.Popen[str]) -> Run:
    said, _ = command.communicate()
    from apps.companies.models import SummaryRun

    run = SummaryRun.objects.order_by("pk").last()
    if run is None or not run.is_over:
        raise SystemExit(f"the run is not over:\n{said}")
    return Run(run.took.total_seconds(), run.tokens, run.written, run.skipped, run.failed)


# --- what is measured ---------------------------------------------------------------------


@dataclass
class Felt:
    """Seconds of each feedback."""

    first: list[float]
    whole: list[float]


def feel(
    sidecar: Sidecar, requests: list[dict[str, Any]], pause: float, still: Callable[[], bool]
) -> Felt:
    """Feedbacks with pauses of random length between them, while ``still()`` is true."""
    felt, chance = Felt([], []), random.Random(7)
    for request in requests:
        time.sleep(chance.uniform(0.5, 1.5) * pause)
        if not still():
            break
        started = time.perf_counter()
        first = 0.0
        for name, _ in sidecar.events("/v1/feedback", request):
            if name == "delta" and not first:
                first = time.perf_counter() - started
        felt.first.append(first)
        felt.whole.append(time.perf_counter() - started)
    return felt


def sample_of(calls: Sequence[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """``count`` calls that stand for all: evenly from the shortest to the longest writing."""
    ordered = sorted(calls, key=lambda call: (call["completion_tokens"], len(call["prompt"])))
    count = min(count, len(ordered))
    return [ordered[(2 * at + 1) * len(ordered) // (2 * count)] for at in range(count)]


def offline_seconds(calls: list[dict[str, Any]]) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(calls, file)
        file.flush()
        command = [os.environ["SIDECAR_PYTHON"], "-m", "benchmarks.summary_server"]
        done = subprocess.run(
            [*command, "--offline", file.name, "--model", os.environ["MODEL_DIR"]],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise SystemExit(f"the offline run failed:\n{done.stderr[-2000:]}")
    # vLLM's processes write to the same output.
    [told] = [line for line in done.stdout.splitlines() if line.startswith('{"seconds"')]
    return float(json.loads(told)["seconds"])


def tokens_of(calls: Sequence[dict[str, Any]]) -> int:
    return sum(len(call["prompt"]) for call in calls) + written_in(calls)


def written_in(calls: Sequence[dict[str, Any]]) -> int:
    return sum(call["completion_tokens"] for call in calls if not call["is_score"])


QUICK = {"companies": 2, "words": 1200, "alone": 2, "feedbacks": 6, "pause": 2.0}


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0],
        epilog="About ten minutes on two processors with nothing else to do, --quick four.",
    )
    parser.add_argument("--companies", type=int, default=6, help="in the batch [%(default)s]")
    parser.add_argument("--words", type=int, default=1800, help="of each text [%(default)s]")
    parser.add_argument(
        "--alone", type=int, default=6, help="prompts one after another [%(default)s]"
    )
    parser.add_argument(
        "--feedbacks", type=int, default=20, help="idle, and as many beside it [%(default)s]"
    )
    parser.add_argument(
        "--pause", type=float, default=4.0, help="seconds between those, on average [%(default)s]"
    )
    parser.add_argument(
        "--prose-tokens", type=int, default=64, help="of a feedback; 0: as shipped [%(default)s]"
    )
    parser.add_argument("--model", default=str(MODEL), help="a folder [%(default)s]")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="small: " + " ".join(f"--{name} {value}" for name, value in QUICK.items()),
    )
    return parser


def measure(options: argparse.Namespace, places: processes.Places) -> list[tuple[str, str]]:
    """Rows of the table."""
    feedbacks = feedback_requests()
    chosen = [feedbacks[at % len(feedbacks)] for at in range(options.feedbacks)]
    say("the site and its sidecar start")
    with running_site(places, options.companies, options.words, options.prose_tokens) as sidecar:
        feel(sidecar, chosen[:2], 0.0, lambda: True)
        sidecar.forget()
        say("feedback on an idle sidecar")
        idle = feel(sidecar, chosen, 0.5, lambda: True)

        sidecar.forget()
        say("the batch alone")
        alone = finished(start_run())
        calls = sidecar.json("GET", "/bench/calls")
        say(f"{len(calls)} calls, {alone.tokens / alone.seconds:.0f} tokens/s")

        sidecar.forget()
        say("the batch again, with nothing changed")
        again = finished(start_run())
        again_calls = sidecar.json("GET", "/bench/calls")

        some = sample_of([call for call in calls if not call["is_score"]], options.alone)
        sidecar.forget()
        say("some of its prompts one after another")
        single = sidecar.json("POST", "/bench/one-after-another", some)["seconds"]

        sidecar.forget()
        say("feedback while the batch runs")
        beside = start_run("--anew")
        while not sidecar.json("GET", "/bench/calls"):
            time.sleep(0.1)
        began = time.monotonic()
        busy = feel(sidecar, chosen, options.pause, lambda: beside.poll() is None)
        beside_speed = written_in(sidecar.json("GET", "/bench/calls")) / (time.monotonic() - began)
        beside.kill()
    say("the engine offline")
    offline = tokens_of(calls) / offline_seconds(calls)
    pipeline = tokens_of(calls) / alone.seconds
    sequential = tokens_of(some) / single
    return [
        ("asked of the engine", f"{len(calls)} calls, {tokens_of(calls)} tokens read and written"),
        ("  by the ledger", f"{alone.tokens} tokens"),
        ("batch through the pipeline", f"{pipeline:.0f} tokens/s in {alone.seconds:.1f} s"),
        ("  calls at once, on average", f"{sum(c['seconds'] for c in calls) / alone.seconds:.0f}"),
        ("engine offline, same prompts", f"{offline:.0f} tokens/s"),
        ("  pipeline ÷ offline", f"{pipeline / offline:.2f}   (aim ≥ 0.9)"),
        ("one after another", f"{sequential:.0f} tokens/s ({len(some)} prompts)"),
        ("  pipeline ÷ one after another", f"{pipeline / sequential:.1f}   (aim ≥ 6)"),
        ("summaries", f"{alone.written} written, {alone.failed} failed"),
        (
            "second run, nothing changed",
            f"{again.tokens} tokens, {len(again_calls)} calls, {again.skipped} unchanged, "
            f"{again.written + again.failed} not   (aim 0)",
        ),
        *felt_rows("first token", idle.first, busy.first),
        *felt_rows("whole feedback", idle.whole, busy.whole),
        (
            "batch beside them",
            f"{beside_speed:.0f} tokens/s written, alone {written_in(calls) / alone.seconds:.0f}; "
            f"{len(busy.whole)} feedbacks",
        ),
    ]


def felt_rows(name: str, idle: list[float], busy: list[float]) -> list[tuple[str, str]]:
    def at(values: list[float], share: float) -> float:
        return statistics.quantiles(values, n=100, method="inclusive")[round(100 * share) - 1]

    if len(busy) < 2:
        return [(name, "the batch was over too soon: more --companies or --words")]
    rows = []
    for label, share, aim in (("median", 0.5, 1.5), ("p95", 0.95, 2.0)):
        before, after = at(idle, share), at(busy, share)
        rows.append(
            (
                f"{name}, {label}",
                f"idle {before * 1000:.0f} ms, beside the batch {after * 1000:.0f} ms: "
                f"{after / before:.2f}   (aim ≤ {aim})",
            )
        )
    return rows


def say(what: str) -> None:
    print(f"{time.monotonic() - BEGAN:4.0f} s  {what}", flush=True)


def main() -> int:
    parser = build_parser()
    if parser.parse_known_args()[0].quick:
        parser.set_defaults(**QUICK)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ssammu-bench-") as folder:
        places = processes.Places(Path(folder), WEB_PORT)
        os.environ.update(places.environment(MODEL_DIR=options.model))
        rows = measure(options, places)
    print(f"\npython benchmarks/summaries.py {' '.join(sys.argv[1:])}".rstrip())
    print(machine_line())
    print(
        f"{Path(options.model).name}, writing strategy, {options.companies} companies of "
        f"{options.words} words in two languages, {time.monotonic() - BEGAN:.0f} s"
    )
    for name, value in rows:
        print(f"{name:<34}{value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
