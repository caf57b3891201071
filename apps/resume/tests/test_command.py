"""manage.py parse_resume: JSON out, refusals with status 2, neither database nor network."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from .pages import resume


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "nora.pdf"
    path.write_bytes(resume().bytes())
    return path


def test_it_prints_json(pdf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("parse_resume", str(pdf))

    read = json.loads(capsys.readouterr().out)

    assert read["basics"]["name"] == "Nora Lindholm"
    assert "/basics/name" in read["meta"]["provenance"]


def test_it_writes_one_file_each_with_two_jobs(pdf: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.pdf"
    second.write_bytes(pdf.read_bytes())

    call_command(
        "parse_resume", str(pdf), str(second), "--out", str(tmp_path / "out"), "--jobs", "2"
    )

    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"nora.json", "second.json"}
    assert (
        json.loads((tmp_path / "out" / "second.json").read_text())["work"][1]["name"] == "Fernway"
    )


def test_files_of_one_name_do_not_overwrite_each_other(pdf: Path, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "nora.pdf").write_bytes(pdf.read_bytes())
    files = [str(pdf), str(tmp_path / "a/nora.pdf"), str(tmp_path / "b/nora.pdf")]

    call_command("parse_resume", *files, "--out", str(tmp_path / "out"))

    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"nora.json", "nora-2.json", "nora-3.json"}


def test_a_refused_file_says_why_and_exits_with_2(
    pdf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.pdf"
    page.write_bytes(b"<html><body>CV</body></html>")

    with pytest.raises(SystemExit) as caught:
        call_command("parse_resume", str(page), "--language", "ko")

    assert caught.value.code == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer == {
        "error": {
            "code": "html",
            "message": "이름은 PDF지만 웹 페이지 파일이에요. 브라우저의 인쇄에서 'PDF로 저장'을 골라 다시 올려 주세요.",
        }
    }


def test_a_refused_file_does_not_keep_others_from_being_read(pdf: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.pdf"
    page.write_bytes(b"")

    with pytest.raises(SystemExit):
        call_command("parse_resume", str(page), str(pdf), "--out", str(tmp_path / "out"))

    assert json.loads((tmp_path / "out" / "page.json").read_text())["error"]["code"] == "empty"
    assert "basics" in json.loads((tmp_path / "out" / "nora.json").read_text())


def test_a_missing_file_is_an_error_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("parse_resume", str(tmp_path / "none.pdf"))

    assert json.loads(capsys.readouterr().out)["error"]["code"] == "unreadable"
