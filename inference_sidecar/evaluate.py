"""How right the assessment of a running sidecar is.

    python -m inference_sidecar.evaluate GRADED.csv [--url http://127.0.0.1:8100] [--json]
    python -m inference_sidecar.evaluate --gate [--held-out] [--every N] [--report OUT.json]
                                                [--cases DISPUTED.yaml]
    python -m inference_sidecar.evaluate --compare A.json B.json

The gate (``evaluation/gate.py``) assesses labelled answers of every kind and ends with
status 1 when a bound is missed; with ``--report`` what was assessed is kept as it comes,
so that a second run goes on where the first was stopped. With ``--cases`` it also asks what
staff decided of disputed marks (``evaluation/disputed.py``), and none may be marked the
opposite. ``--compare`` shows two kept reports side by side.

The CSV has the columns question_id, question, reference_answer, answer, grade_a,
grade_b. The reference answer is the one key point: people graded against the whole
of it, and its clauses apart agree with them less (r = .54 against .64). Prints
Pearson's r and the RMSE after a linear fit, for each grader and their average, and
milliseconds per answer.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from inference_sidecar.evaluation import disputed, gate, labelled
from inference_sidecar.schemas import ASSESS_ITEMS_MAX

# A batch of eight on a slow machine; the model may be busy with people besides.
TIMEOUT_SECONDS = 1800
GATE_BATCH = 8
COLUMNS = ("question_id", "question", "reference_answer", "answer", "grade_a", "grade_b")


@dataclass(frozen=True, slots=True)
class Agreement:
    pearson: float
    rmse: float


@dataclass(frozen=True, slots=True)
class Report:
    answers: int
    grade_a: Agreement
    grade_b: Agreement
    average: Agreement
    milliseconds_per_answer: float


def read_graded(path: Path) -> list[dict[str, str]]:
    """Rows of the CSV. Raises ValueError for a missing column or a file without rows."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
        if missing:
            raise ValueError(f"{path.name}: no column {', '.join(missing)}")
        rows = list(reader)
    if len(rows) < 3:
        raise ValueError(f"{path.name}: agreement needs at least three answers")
    return rows


def request_item(index: int, row: dict[str, str]) -> dict[str, Any]:
    return {
        "id": str(index),
        "language": "en",
        "question": row["question"],
        "reference_answer": row["reference_answer"],
        "key_points": [{"id": "reference", "text": row["reference_answer"]}],
        "answer": row["answer"],
    }


def agreement(scores: Sequence[float], grades: Sequence[float]) -> Agreement:
    """Pearson's r (0.0 when either side never varies) and RMSE after a linear fit."""
    count = len(scores)
    mean_score, mean_grade = sum(scores) / count, sum(grades) / count
    spread = sum((score - mean_score) ** 2 for score in scores)
    variance = sum((grade - mean_grade) ** 2 for grade in grades)
    together = sum(
        (score - mean_score) * (grade - mean_grade) for score, grade in zip(scores, grades)
    )
    pearson = together / math.sqrt(spread * variance) if spread and variance else 0.0
    return Agreement(
        pearson=round(pearson, 4),
        rmse=round(math.sqrt(max(0.0, variance * (1 - pearson**2)) / count), 4),
    )


def assess(url: str, items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Assessments in order. Raises OSError when the sidecar cannot be reached or refuses."""
    reply = ask(url, "/v1/assess", {"items": list(items)})
    return [item["assessment"] for item in reply["items"]]


def ask(url: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    if token := os.environ.get("INFERENCE_TOKEN"):
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{url.rstrip('/')}{path}", data, headers)
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as reply:
        answer: dict[str, Any] = json.load(reply)
        return answer


def evaluate(rows: Sequence[dict[str, str]], url: str, batch: int = 8) -> Report:
    items = [request_item(index, row) for index, row in enumerate(rows)]
    size = min(batch, ASSESS_ITEMS_MAX)
    scores: list[float] = []
    start = time.perf_counter()
    for at in range(0, len(items), size):
        scores += [found["score"] for found in assess(url, items[at : at + size])]
        show_progress(len(scores), len(items), start)
    elapsed = time.perf_counter() - start
    grades_a = [float(row["grade_a"]) for row in rows]
    grades_b = [float(row["grade_b"]) for row in rows]
    averages = [(one + other) / 2 for one, other in zip(grades_a, grades_b)]
    return Report(
        answers=len(rows),
        grade_a=agreement(scores, grades_a),
        grade_b=agreement(scores, grades_b),
        average=agreement(scores, averages),
        milliseconds_per_answer=round(1000 * elapsed / len(rows), 1),
    )


def show_progress(done: int, of: int, started: float) -> None:
    """On the terminal alone: a log file gets the results."""
    if sys.stderr.isatty():
        seconds = time.perf_counter() - started
        print(f"\r{done} of {of}, {seconds:.0f} s", end="" if done < of else "\n", file=sys.stderr)


def run_disputed(cases: Sequence[disputed.Case], url: str) -> disputed.Outcome:
    """Ask for the mark of each case, and tell how many are as people decided."""
    assessments: list[dict[str, Any]] = []
    for at in range(0, len(cases), GATE_BATCH):
        assessments += assess(url, [case.item for case in cases[at : at + GATE_BATCH]])
    found = disputed.outcome(cases, assessments)
    print(f"disputed cases: {found.as_decided} of {found.count} as decided")
    for answer in found.reversed:
        print(f"  MISSED: marked the opposite: {' '.join(answer.split())[:80]}")
    return found


def run_gate(options: argparse.Namespace) -> int:
    disputes = disputed.load(options.cases) if options.cases else []
    questions = labelled.load_questions(options.questions)
    answers = [
        answer
        for answer in labelled.load_answers(options.answers)
        if not options.held_out or answer.question in labelled.HELD_OUT
    ]
    cases = gate.cases(questions, answers)[:: options.every]
    if options.every > 1:
        kept = {case.item["id"] for case in cases}
        cases = [case for case in cases if case.twin is None or case.twin in kept]
    model = ask(options.url, "/v1/model")
    identity = [model["model"], model["method"], options.every, options.held_out, len(cases)]
    assessments: list[dict[str, Any]] = []
    seconds = 0.0
    if options.report and options.report.exists():
        kept_report = json.loads(options.report.read_text(encoding="utf-8"))
        if kept_report["identity"] == identity:
            assessments, seconds = kept_report["assessments"], kept_report["seconds"]
    started = time.perf_counter() - seconds
    for at in range(len(assessments), len(cases), GATE_BATCH):
        batch = cases[at : at + GATE_BATCH]
        assessments += assess(options.url, [case.item for case in batch])
        seconds = time.perf_counter() - started
        show_progress(len(assessments), len(cases), started)
        if options.report:
            keep(options.report, identity, seconds, assessments)
    rows = gate.table(cases, [found["score"] for found in assessments])
    marks = gate.marks(cases, assessments)
    if options.report:
        results = {"rows": [asdict(row) for row in rows], "marks": asdict(marks)}
        keep(options.report, identity, seconds, assessments, results)
    print(
        f"{model['model']}, {model['method']}: {len(cases)} answers, {seconds:.0f} s, "
        f"{seconds / len(cases):.2f} s an answer"
    )
    for row in rows:
        print(
            f"{row.kind:18} {row.language}  {row.count:4}  mean {row.mean:5.1f}  "
            f"{row.lowest:3}..{row.highest:3}  {row.missed and 'MISSED: ' + row.missed}"
        )
    for name, value in asdict(marks).items():
        print(f"{name.replace('_', ' '):18} {value:.3f}")
    missed = sum(bool(row.missed) for row in rows)
    if options.cases:
        missed += len(run_disputed(disputes, options.url).reversed)
    print(f"gate: {f'closed, {missed} bounds missed' if missed else 'open'}")
    return 1 if missed else 0


def keep(
    path: Path,
    identity: list[Any],
    seconds: float,
    assessments: list[dict[str, Any]],
    results: dict[str, Any] | None = None,
) -> None:
    """Whole or not at all: a run may be stopped while it writes."""
    unfinished = path.with_suffix(".tmp")
    report = {"identity": identity, "seconds": seconds, "assessments": assessments}
    unfinished.write_text(json.dumps(report | (results or {})), encoding="utf-8")
    unfinished.replace(path)


def compare(paths: Sequence[Path]) -> int:
    one, other = (json.loads(path.read_text(encoding="utf-8")) for path in paths)
    print(f"{'':22} {one['identity'][0]:>28} {other['identity'][0]:>28}")
    found = {(row["kind"], row["language"]): row for row in other["rows"]}
    for row in one["rows"]:
        beside = found.get((row["kind"], row["language"]))
        right = f"{beside['mean']:.1f} {beside['lowest']}..{beside['highest']}" if beside else "-"
        left = f"{row['mean']:.1f} {row['lowest']}..{row['highest']}"
        print(f"{row['kind']:18} {row['language']}  {left:>28} {right:>28}")
    for name, value in one["marks"].items():
        print(f"{name.replace('_', ' '):22} {value:28.3f} {other['marks'][name]:28.3f}")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m inference_sidecar.evaluate")
    parser.add_argument("graded", type=Path, nargs="?", help="answers that people graded")
    parser.add_argument("--gate", action="store_true", help="the labelled answers of every kind")
    parser.add_argument("--held-out", action="store_true", help="only questions never taught")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="each Nth answer only")
    parser.add_argument("--answers", type=Path, default=labelled.ANSWERS)
    parser.add_argument("--questions", type=Path, default=labelled.QUESTIONS)
    parser.add_argument("--cases", type=Path, help="disputed marks that staff decided")
    parser.add_argument("--report", type=Path, help="where the gate keeps what it found")
    parser.add_argument("--compare", type=Path, nargs=2, metavar=("A", "B"))
    parser.add_argument("--url", default="http://127.0.0.1:8100")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    if not (options.gate or options.compare or options.graded):
        parser.error("name a file of graded answers, --gate or --compare A B")
    try:
        if options.compare:
            return compare(options.compare)
        if options.gate:
            return run_gate(options)
        report = evaluate(read_graded(options.graded), options.url)
    except urllib.error.HTTPError as error:
        print(f"{options.url}: {error.code} {error.read().decode()[:300]}", file=sys.stderr)
        return 1
    except (OSError, ValueError) as error:
        print(f"{error}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(asdict(report)))
        return 0
    print(f"{report.answers} answers, {report.milliseconds_per_answer} ms per answer")
    for name in ("grade_a", "grade_b", "average"):
        found: Agreement = getattr(report, name)
        print(f"{name:8} r = {found.pearson:.3f}  RMSE = {found.rmse:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
