"""manage.py loadcontent: content/ into the database; edits by staff win."""

from argparse import BooleanOptionalAction
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.common import content


class Command(BaseCommand):
    help = "Load what lies in content/. Safe to repeat; edits by staff stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dir", type=Path, default=settings.BASE_DIR / "content")
        parser.add_argument(
            "--samples",
            action=BooleanOptionalAction,
            default=settings.DEMO,
            help="the fictional companies, too (in the demo they are)",
        )

    def handle(self, *args: Any, dir: Path, samples: bool, **options: Any) -> None:
        try:
            reports = content.load(dir, samples=samples)
        except content.ContentError as error:
            raise CommandError(str(error)) from error
        for name, report in reports.items():
            self.stdout.write(
                f"{name}: {len(report.created)} new, {len(report.updated)} updated, "
                f"{len(report.unchanged)} unchanged, {len(report.kept)} kept as staff edited them"
            )
            for slug in report.kept:
                self.stdout.write(f"  kept: {slug}")
