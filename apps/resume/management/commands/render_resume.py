"""Make a Word résumé of a profile, without a database and without a network."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.resume.rendering import TEMPLATES, RenderingError, render

BAD_INPUT = 2


class Command(BaseCommand):
    help = (
        "Write a profile (JSON Resume v1.0.0) as a Word file. Input that cannot be used is told "
        f"on standard error, with exit status {BAD_INPUT}, and no file is written."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("profile", metavar="PROFILE.json", type=Path)
        parser.add_argument("--template", choices=sorted(TEMPLATES), required=True)
        parser.add_argument("--language", choices=("ko", "en"), required=True)
        parser.add_argument("--out", metavar="FILE.docx", type=Path, required=True)
        parser.add_argument("--photo", metavar="FILE", type=Path, help="JPEG or PNG")

    def handle(self, *args: Any, **options: Any) -> None:
        language: str = options["language"]
        photo: Path | None = options["photo"]
        out: Path = options["out"]
        try:
            profile = json.loads(options["profile"].read_text(encoding="utf-8-sig"))
            picture = photo.read_bytes() if photo else None
            document = render(profile, options["template"], language, picture)
            out.write_bytes(document)
        except OSError as error:
            message = f"{error.filename}: {error.strerror}"
            raise CommandError(message, returncode=BAD_INPUT) from None
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
            message = f"{options['profile']} is not JSON: {error}"
            raise CommandError(message, returncode=BAD_INPUT) from None
        except RenderingError as error:
            raise CommandError(error.message(language), returncode=BAD_INPUT) from None
