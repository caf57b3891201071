"""manage.py summarise: JSON out, progress on standard error, no database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.common.tests.scripted_sidecar import DONE, event

TEXT = "Cloud Bakery bakes bread for cafés.\nIt employs 40 people.\n"
SUMMARY = {
    "sections": [
        {
            "key": "what_it_does",
            "heading": "What it does",
            "sentences": [
                {
                    "text": "Cloud Bakery bakes bread for cafés.",
                    "citations": [{"source_id": "bakery.txt", "start": 0, "end": 35}],
                    "origin": "quoted",
                }
            ],
        }
    ],
    "topics": [],
    "dropped": {"citation": 0, "number": 0, "instruction": 0},
    "method": "quoted",
}
STREAM = (
    event("progress", {"done": 0, "total": 0}),
    event("progress", {"done": 1, "total": 2}),
    event("summary", SUMMARY),
    event("done", DONE),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "bakery.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def _fails(*arguments: str) -> CommandError:
    with pytest.raises(CommandError) as caught:
        call_command("summarise", *arguments)
    return caught.value


def test_it_prints_the_summary_and_says_progress_elsewhere(file, scripted_sidecar, capsys):
    scripted_sidecar.streams(*STREAM)

    call_command("summarise", str(file), "--language", "en", "--name", "Cloud Bakery")

    out, err = capsys.readouterr()
    printed = json.loads(out)
    assert {key: printed[key] for key in SUMMARY} == SUMMARY
    assert (printed["model"], printed["prompt_version"]) == ("scripted", "scripted-1")
    assert printed["usage"] == {"prompt_tokens": 20, "completion_tokens": 7}
    assert err == "1/2\n"
    [asked] = scripted_sidecar.asked
    assert asked.body == {
        "id": "summarise",
        "language": "en",
        "company": "Cloud Bakery",
        "sources": [{"id": "bakery.txt", "title": "bakery", "text": TEXT}],
        "length": "medium",
    }


@pytest.mark.parametrize("written", ["\ufeff" + TEXT, TEXT.replace("\n", "\r\n")])
def test_a_mark_and_line_ends_of_other_systems_count_no_characters(file, written, scripted_sidecar):
    file.write_bytes(written.encode())
    scripted_sidecar.streams(*STREAM)

    call_command("summarise", str(file), "--language", "en", "--length", "short")

    body = scripted_sidecar.asked[0].body
    assert body["sources"][0]["text"] == TEXT
    assert (body["company"], body["length"]) == ("bakery", "short")


@pytest.mark.parametrize(
    "content", ["회사 소개".encode("cp949"), b"PK\x03\x04\0\0", b"%PDF-1.7\n\xff"]
)
def test_a_file_that_is_not_text(file, content, scripted_sidecar):
    file.write_bytes(content)

    error = _fails(str(file), "--language", "en")

    assert str(error) == f"{file} is not text in UTF-8."
    assert error.returncode == 2
    assert scripted_sidecar.asked == []


def test_an_empty_file(file, scripted_sidecar):
    file.write_text(" \n")

    error = _fails(str(file), "--language", "en")

    assert (str(error), error.returncode) == (f"{file} is empty.", 2)


def test_a_file_that_is_not_there(tmp_path, scripted_sidecar):
    error = _fails(str(tmp_path / "none.txt"), "--language", "en")

    assert error.returncode == 2
    assert str(error).endswith("none.txt cannot be read: No such file or directory")


def test_two_files_of_one_name(file, tmp_path, scripted_sidecar):
    other = tmp_path / "other"
    other.mkdir()
    (other / file.name).write_text(TEXT)

    error = _fails(str(file), str(other / file.name), "--language", "en")

    assert (str(error), error.returncode) == ("Two of the files have the same name.", 2)


def test_no_sidecar(file):
    error = _fails(str(file), "--language", "en")

    assert str(error).startswith("The sidecar does not answer. Is it running?")
    assert error.returncode == 1


def test_it_waits_for_a_model_that_loads(file, scripted_sidecar, capsys):
    scripted_sidecar.refuses(503, "loading", retryable=True, Retry_After="1")
    scripted_sidecar.streams(*STREAM)

    call_command("summarise", str(file), "--language", "en")

    out, err = capsys.readouterr()
    assert json.loads(out)["method"] == "quoted"
    assert err == "Waiting for the sidecar.\n1/2\n"


def test_patience_ends(file, scripted_sidecar):
    scripted_sidecar.refuses(503, "loading", retryable=True, Retry_After="5")

    error = _fails(str(file), "--language", "en", "--wait", "1")

    assert str(error).startswith("The model is still loading.")
    assert error.returncode == 1


def test_files_without_a_sentence(file, scripted_sidecar):
    scripted_sidecar.refuses(422, "nothing_to_say", retryable=False)

    error = _fails(str(file), "--language", "en")

    assert (str(error), error.returncode) == ("The files hold no sentence to summarise.", 2)


def test_what_the_sidecar_refuses_is_told(file, scripted_sidecar):
    scripted_sidecar.refuses(422, "invalid_request", retryable=False)

    error = _fails(str(file), "--language", "en")

    assert str(error) == "The files cannot be summarised: invalid_request: It is invalid_request."
    assert error.returncode == 2


def test_half_a_stream_prints_nothing(file, scripted_sidecar, capsys):
    scripted_sidecar.streams(*STREAM[:2], then="cut")

    error = _fails(str(file), "--language", "en")

    assert error.returncode == 1
    assert capsys.readouterr().out == ""
