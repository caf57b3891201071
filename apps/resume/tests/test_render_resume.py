"""`manage.py render_resume`: a file in, a file out, or a sentence and status 2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.resume.rendering.sample import FULL_PROFILE

from .word import Read


def run(profile: Path, out: Path, **options: object) -> None:
    options = {"template": "english", "language": "en", **options}
    call_command("render_resume", str(profile), out=out, **options)


def refusal(profile: Path, out: Path, **options: object) -> str:
    with pytest.raises(CommandError) as error:
        run(profile, out, **options)
    assert error.value.returncode == 2
    assert not out.exists()
    return str(error.value)


def test_it_writes_a_word_file_without_a_database(tmp_path: Path) -> None:
    profile, out = tmp_path / "profile.json", tmp_path / "résumé 윤가람.docx"
    # Windows editors put a mark at the beginning.
    profile.write_text(json.dumps(FULL_PROFILE), encoding="utf-8-sig")

    run(profile, out)

    assert Read(out.read_bytes()).headings[:3] == ["Summary", "Experience", "Projects"]


@pytest.mark.parametrize(
    "content, told",
    [
        (b"", "is not JSON"),
        (b"{", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "A profile has to be an object in JSON Resume format."),
        (b'{"work": 1}', "The profile is not valid JSON Resume. work: has to be a list"),
    ],
)
def test_bad_input_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    profile = tmp_path / "profile.json"
    profile.write_bytes(content)

    assert told in refusal(profile, tmp_path / "out.docx")


def test_missing_files_and_bad_photos_are_told(tmp_path: Path) -> None:
    profile, out = tmp_path / "profile.json", tmp_path / "out.docx"
    assert "No such file" in refusal(profile, out)

    profile.write_text("{}")
    assert "No such file" in refusal(profile, tmp_path / "none" / "out.docx")
    assert "No such file" in refusal(profile, out, photo=tmp_path / "none.png")
    assert refusal(profile, out, photo=profile, language="ko").startswith("사진을 읽을 수 없어요.")
