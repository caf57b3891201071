"""manage.py ingest_sources DIR: texts that a pipeline collected, a line a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.common.content import ContentError
from apps.companies import loading
from apps.companies.extracting import FILE_MAX_BYTES, UnreadableFile, ending_of, extract
from apps.companies.models import Company, SourceText

OUTCOMES = {
    "created": "new",
    "updated": "changed",
    "unchanged": "unchanged",
    "kept": "kept as staff edited it",
}


class Command(BaseCommand):
    help = (
        "Read source texts from DIR: a folder for each company, named by its slug, id or an "
        "alias, or with a company.yaml that describes it. Each PDF, DOCX, TXT or HTML file is "
        "described in company.yaml or in a file beside it, such as report.pdf.yaml. Safe to "
        "repeat: the same text again changes nothing, edits by staff stay. Exit status 1 if "
        "a file was not taken; the others are."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dir", type=Path, metavar="DIR")

    def handle(self, *args: Any, dir: Path, **options: Any) -> None:
        if not dir.is_dir():
            raise CommandError(f"{dir} is no folder")
        language = "ko" if os.environ.get("LANG", "").startswith("ko") else "en"
        self.failed = 0
        with translation.override(language):
            if (dir / loading.COMPANY_FILE).exists():
                self._ingest_company(dir.resolve())
            else:
                for folder in sorted(path for path in dir.iterdir() if path.is_dir()):
                    self._ingest_company(folder)
            if self.failed:
                text = ngettext("%(n)d was not taken.", "%(n)d were not taken.", self.failed)
                raise CommandError(text % {"n": self.failed})

    def _say(self, place: str, outcome: str) -> None:
        self.stdout.write(f"{place}: {OUTCOMES[outcome]}")

    def _refuse(self, place: str, why: str) -> None:
        self.failed += 1
        self.stdout.write(self.style.ERROR(f"{place}: {why}"))

    def _ingest_company(self, folder: Path) -> None:
        listed: dict[str, loading.SourceContent] = {}
        try:
            if (folder / loading.COMPANY_FILE).exists():
                item = loading.read_yaml(folder / loading.COMPANY_FILE, loading.CompanyContent)
                listed = {source.file: source for source in item.sources}
                company, outcome = loading.save_company(item, is_published=False)
                self._say(f"{folder.name}/{loading.COMPANY_FILE}", outcome)
            else:
                company = self._company_called(folder.name)
        except ContentError as error:
            self._refuse(folder.name, str(error))
            return
        except ValidationError as error:
            self._refuse(folder.name, loading.told(error))
            return
        for name in sorted({*listed, *self._files(folder)}):
            try:
                self._ingest_file(company, folder, name, listed.get(name))
            except (UnreadableFile, ContentError, OSError) as error:
                self._refuse(f"{folder.name}/{name}", getattr(error, "message", str(error)))
            except ValidationError as error:
                self._refuse(f"{folder.name}/{name}", loading.told(error))

    def _company_called(self, name: str) -> Company:
        company = Company.objects.called(name)
        if company is None:
            raise ContentError(
                _("No company here has the slug, id or alias “%(value)s”.") % {"value": name}
            )
        return company

    def _files(self, folder: Path) -> list[str]:
        return [
            path.name
            for path in folder.iterdir()
            if path.is_file() and not path.name.startswith(".") and path.suffix != ".yaml"
        ]

    def _ingest_file(
        self, company: Company, folder: Path, name: str, about: loading.SourceContent | None
    ) -> None:
        path = folder / name
        if about is None:
            beside = folder / f"{name}.yaml"
            if not beside.exists():
                raise ContentError(
                    _("Nothing describes this file: neither company.yaml nor a %(name)s.")
                    % {"name": beside.name}
                )
            about = loading.read_yaml(beside, loading.SourceContent)
        ending = ending_of(name)
        if not path.resolve().is_relative_to(folder.resolve()):
            raise ContentError(_("This is a link to a file outside of its folder."))
        if path.stat().st_size > FILE_MAX_BYTES:
            raise UnreadableFile("too_large")
        text = extract(path.read_bytes(), ending).text
        place = f"{folder.name}/{name}"
        loaded = loading.Loaded(about, text, place, SourceText.Origin.COMMAND)
        self._say(place, loading.save_source(company, loaded))
