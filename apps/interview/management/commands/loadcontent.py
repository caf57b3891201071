"""manage.py loadcontent: content/ into the database; edits by staff win."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.interview import content


class Command(BaseCommand):
    help = "Load topics and questions from content/. Safe to repeat; edits by staff stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dir", type=Path, default=settings.BASE_DIR / "content")

    def handle(self, *args: Any, dir: Path, **options: Any) -> None:
        try:
            report = content.load(dir)
        except content.ContentError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"questions: {len(report.created)} new, {len(report.updated)} updated, "
            f"{len(report.unchanged)} unchanged, {len(report.kept)} kept as staff edited them"
        )
        for slug in report.kept:
            self.stdout.write(f"  kept: {slug}")
