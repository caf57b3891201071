"""The arithmetic and the way through HTTP of the evaluation."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from inference_sidecar.evaluate import agreement, main, read_graded

HEADER = "question_id,question,reference_answer,answer,grade_a,grade_b\n"
ROWS = (
    "1,What is a leaf?,A node without children,no children,5,5\n"
    "1,What is a leaf?,A node without children,a green thing,1,2\n"
    "1,What is a leaf?,A node without children,a node at the end,3,5\n"
)


class Sidecar(BaseHTTPRequestHandler):
    """Scores an answer by its length, and refuses what the contract refuses."""

    def do_POST(self) -> None:
        items = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["items"]
        status = 200 if self.path == "/v1/assess" else 404
        reply = {
            "items": [
                {"id": item["id"], "assessment": {"score": len(item["answer"])}} for item in items
            ]
        }
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(reply).encode())

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Sidecar)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_agreement():
    perfect = agreement([1, 2, 3], [10, 20, 30])
    none = agreement([2, 2, 2], [1, 2, 3])
    some = agreement([1, 2, 3, 4], [1, 3, 2, 4])

    assert (perfect.pearson, perfect.rmse) == (1.0, 0.0)
    assert (none.pearson, none.rmse) == (0.0, 0.8165)
    assert (some.pearson, some.rmse) == (0.8, 0.6708)


def test_it_reports_from_a_running_sidecar(tmp_path: Path, url: str, capsys):
    graded = tmp_path / "graded.csv"
    graded.write_text(HEADER + ROWS, encoding="utf-8")

    assert main([str(graded), "--url", url, "--json"]) == 0

    report = json.loads(capsys.readouterr().out)
    assert report["answers"] == 3
    assert report["grade_b"]["pearson"] == 0.189
    assert set(report) == {"answers", "grade_a", "grade_b", "average", "milliseconds_per_answer"}


def test_a_missing_column_is_named(tmp_path: Path):
    graded = tmp_path / "graded.csv"
    graded.write_text("question_id,question\n1,2\n", encoding="utf-8")

    with pytest.raises(ValueError, match="no column reference_answer, answer, grade_a, grade_b"):
        read_graded(graded)


def test_an_unreachable_sidecar_is_one_line_and_status_1(tmp_path: Path, capsys):
    graded = tmp_path / "graded.csv"
    graded.write_text(HEADER + ROWS, encoding="utf-8")

    assert main([str(graded), "--url", "http://127.0.0.1:9"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
