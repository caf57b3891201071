"""Read résumés from PDF files, without a database and without a network."""

from __future__ import annotations

import itertools
import json
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from apps.resume.parsing import Limits, RefusedFile
from apps.resume.parsing.limits import Parser

UNREADABLE = {
    "ko": "파일을 읽을 수 없어요: ",
    "en": "The file cannot be opened: ",
}


class Command(BaseCommand):
    help = (
        "Read résumé PDFs and write JSON Resume v1.0.0 with meta.provenance, to standard output "
        'or to DIR/<stem>.json. A refused file gives {"error": {code, message}} and exit status 2.'
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument("--out", metavar="DIR", type=Path, help="write DIR/<stem>.json")
        parser.add_argument("--jobs", metavar="N", type=int, default=1, help="files read at once")
        parser.add_argument("--language", choices=("ko", "en"), default="en", help="of messages")
        parser.add_argument(
            "--seconds", type=float, default=Limits().seconds, help="time limit for one file"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        files: list[Path] = options["files"]
        out: Path | None = options["out"]
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
        refused = False
        written: set[str] = set()
        limits = Limits(seconds=options["seconds"])
        for path, answer in _answers(files, max(1, options["jobs"]), limits, options["language"]):
            refused = refused or "error" in answer
            text = json.dumps(answer, ensure_ascii=False, indent=2)
            if out is None:
                self.stdout.write(text)
            else:
                name = _unused(path.stem, written)
                (out / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        if refused:
            sys.exit(2)


def _unused(stem: str, written: set[str]) -> str:
    """The name, or the name with a number where files of two folders share it."""
    name = next(
        name
        for number in itertools.count(1)
        if (name := stem if number == 1 else f"{stem}-{number}").casefold() not in written
    )
    written.add(name.casefold())
    return name


def _answers(
    files: list[Path], jobs: int, limits: Limits, language: str
) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The files' answers in order; each thread drives a child process of its own."""
    local = threading.local()
    parsers: list[Parser] = []

    def answer(path: Path) -> dict[str, Any]:
        if not hasattr(local, "parser"):
            local.parser = Parser(limits)
            parsers.append(local.parser)
        try:
            pdf = path.read_bytes()
        except OSError as error:
            message = UNREADABLE[language] + (error.strerror or str(error))
            return {"error": {"code": "unreadable", "message": message}}
        try:
            return local.parser.parse(pdf).resume
        except RefusedFile as refusal:
            return {"error": {"code": refusal.code, "message": refusal.message(language)}}

    try:
        with ThreadPoolExecutor(min(jobs, len(files))) as pool:
            yield from zip(files, pool.map(answer, files), strict=True)
    finally:
        for parser in parsers:
            parser.close()
