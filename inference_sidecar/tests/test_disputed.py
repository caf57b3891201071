"""Disputed marks as cases of the gate: read, asked with a scripted sidecar, and counted."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from inference_sidecar.evaluate import main
from inference_sidecar.evaluation import disputed
from inference_sidecar.schemas import FeedbackRequest

CASE: dict[str, Any] = {
    "question": {"ko": "힙은 누가 쓰나요?", "en": "Who uses the heap?"},
    "key_point": {"ko": "스레드는 힙을 나눠 쓴다", "en": "Threads share the heap"},
    "misconceptions": [{"ko": "힙은 스레드마다 따로 있다", "en": "Each thread has its own heap"}],
    "language": "en",
    "answer": "All threads use one heap.",
    "expected": "covered",
}


def _written(tmp_path: Path, *cases: dict[str, Any]) -> Path:
    file = tmp_path / "disputes.yaml"
    file.write_text(yaml.safe_dump(list(cases), allow_unicode=True), encoding="utf-8")
    return file


def test_a_case_is_a_request_of_one_key_point(tmp_path: Path):
    [case] = disputed.load(_written(tmp_path, CASE))

    assert case.expected == "covered"
    request = FeedbackRequest.model_validate(case.item)
    assert (request.question, request.answer) == ("Who uses the heap?", CASE["answer"])
    [point] = request.key_points
    assert point.text == "Threads share the heap"
    assert [each.statement for each in point.misconceptions] == ["Each thread has its own heap"]


def test_a_text_in_one_language_serves_both(tmp_path: Path):
    [case] = disputed.load(_written(tmp_path, {**CASE, "key_point": {"ko": "힙", "en": ""}}))

    assert case.item["key_points"][0]["text"] == "힙"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("- {question: {ko: a}}", "no file of disputed cases"),
        ("just words", "no file of disputed cases"),
        (yaml.safe_dump([{**CASE, "expected": "unsure"}]), "case 1: 'unsure' is none of"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, content: str, told: str):
    file = tmp_path / "x.yaml"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(ValueError, match=told):
        disputed.load(file)


def test_no_cases_yet(tmp_path: Path):
    file = tmp_path / "x.yaml"
    file.write_text("# nothing decided\n[]\n", encoding="utf-8")

    assert disputed.load(file) == []
    assert disputed.outcome([], []) == disputed.Outcome(0, 0, [])


def _found(*statuses: str) -> list[dict[str, Any]]:
    return [{"key_points": [{"id": "point", "status": status}]} for status in statuses]


def test_what_is_as_decided_is_counted_and_the_opposite_named(tmp_path: Path):
    wrong = {**CASE, "expected": "wrong", "answer": "Each has one."}
    cases = disputed.load(_written(tmp_path, CASE, wrong, wrong, CASE))

    found = disputed.outcome(cases, _found("covered", "covered", "missing", "unsure"))

    assert found == disputed.Outcome(as_decided=1, count=4, reversed=["Each has one."])


class Sidecar(BaseHTTPRequestHandler):
    """Marks every key point as the server's ``status``."""

    def do_GET(self) -> None:
        self._reply({"model": "scripted", "method": "judge-1"})

    def do_POST(self) -> None:
        items = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["items"]
        status = self.server.status  # type: ignore[attr-defined]
        marks = [[{"id": p["id"], "status": status} for p in item["key_points"]] for item in items]
        self._reply(
            {
                "items": [
                    {"id": item["id"], "assessment": {"score": 0, "key_points": points}}
                    for item, points in zip(items, marks)
                ]
            }
        )

    def _reply(self, body: dict[str, Any]) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Sidecar)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


ONE_ANSWER = """\
- question: process-vs-thread
  language: en
  kind: nonsense
  parts:
    - text: Bananas.
"""


@pytest.mark.parametrize(
    ("status", "row", "end", "code"),
    [
        ("covered", "disputed cases: 1 of 1 as decided", "gate: open", 0),
        ("partial", "disputed cases: 0 of 1 as decided", "gate: open", 0),
        ("wrong", "disputed cases: 0 of 1 as decided", "gate: closed, 1 bounds missed", 1),
    ],
)
def test_the_gate_asks_them(
    tmp_path: Path,
    server: HTTPServer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    status: str,
    row: str,
    end: str,
    code: int,
):
    answers = tmp_path / "answers"
    answers.mkdir()
    (answers / "one.yaml").write_text(ONE_ANSWER, encoding="utf-8")
    # Without full answers there are no variants to make.
    monkeypatch.setattr("inference_sidecar.evaluation.gate.cases", _only_labelled)
    server.status = status  # type: ignore[attr-defined]

    given = ["--gate", "--answers", str(answers), "--cases", str(_written(tmp_path, CASE))]
    ended = main([*given, "--url", f"http://127.0.0.1:{server.server_port}"])

    lines = capsys.readouterr().out.splitlines()
    assert (row in lines, lines[-1], ended) == (True, end, code)


def _only_labelled(questions: Any, answers: Any) -> Any:
    from inference_sidecar.evaluation.gate import Case, item_of

    return [
        Case(
            row.kind,
            row.language,
            row.question,
            item_of(str(number), questions[row.question], row.language, row.text),
            {},
            {},
        )
        for number, row in enumerate(answers)
    ]
