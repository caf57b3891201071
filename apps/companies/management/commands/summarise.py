"""manage.py summarise: a summary of text files, without a database."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _

from apps.common import inference

WAIT_SECONDS = 5.0


class Command(BaseCommand):
    help = (
        "Summarise text files (UTF-8) about one company with the running sidecar. Prints the "
        "summary of the sidecar's contract as JSON; progress goes to standard error. A source_id "
        "is a file's name, offsets count characters of its text, a line break being one. Exit "
        "status 2 for files that cannot be summarised, 1 when the sidecar fails."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument("--language", choices=("ko", "en"), required=True)
        parser.add_argument(
            "--name", metavar="COMPANY", help="default: the first file's name without its ending"
        )
        parser.add_argument("--length", choices=("short", "medium", "long"), default="medium")
        parser.add_argument(
            "--wait",
            type=float,
            default=300.0,
            metavar="SECONDS",
            help="for a sidecar that loads or is full (default: %(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        files: list[Path] = options["files"]
        with translation.override(options["language"]):
            payload = {
                "id": "summarise",
                "language": options["language"],
                "company": options["name"] or files[0].stem,
                "sources": self._sources(files),
                "length": options["length"],
            }
            result = self._ask_patiently(payload, options["wait"])
        self.stdout.write(json.dumps(result, ensure_ascii=False, indent=2))

    def _sources(self, files: list[Path]) -> list[dict[str, str]]:
        names = [path.name for path in files]
        if len(set(names)) < len(names):
            raise CommandError(_("Two of the files have the same name."), returncode=2)
        return [{"id": path.name, "title": path.stem, "text": self._text(path)} for path in files]

    def _text(self, path: Path) -> str:
        try:
            text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            reason = error.strerror or str(error)
            raise CommandError(
                _("%(file)s cannot be read: %(reason)s") % {"file": path, "reason": reason},
                returncode=2,
            ) from error
        except UnicodeDecodeError:
            text = "\0"
        if "\0" in text:
            raise CommandError(_("%(file)s is not text in UTF-8.") % {"file": path}, returncode=2)
        if not text.strip():
            raise CommandError(_("%(file)s is empty.") % {"file": path}, returncode=2)
        return text

    def _ask_patiently(self, payload: dict[str, Any], seconds: float) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        while True:
            try:
                return self._ask(payload)
            except inference.InferenceError as error:
                will_pass = error.code in ("inference_loading", "inference_busy")
                pause = error.retry_after or WAIT_SECONDS
                if not will_pass or time.monotonic() + pause > deadline:
                    raise _told(error) from error
                self.stderr.write(_("Waiting for the sidecar."))
                time.sleep(pause)

    def _ask(self, payload: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for event in inference.stream_summary(payload):
            if isinstance(event, inference.Progress):
                if event.total:
                    self.stderr.write(f"{event.done}/{event.total}")
            elif not isinstance(event, inference.Alive):
                result |= event.model_dump()
        if "sections" not in result:
            raise inference.InferenceError("inference_invalid", "done without a summary")
        return result


def _told(error: inference.InferenceError) -> CommandError:
    """The failure for whoever sits at the terminal; the sidecar's own words behind it."""
    if error.code == "nothing_to_summarise":
        return CommandError(_("The files hold no sentence to summarise."), returncode=2)
    if error.detail.startswith("invalid_request"):
        return CommandError(
            _("The files cannot be summarised: %(detail)s") % {"detail": error.detail}, returncode=2
        )
    messages = {
        "inference_down": _("The sidecar does not answer. Is it running?"),
        "inference_loading": _("The model is still loading."),
        "inference_busy": _("The sidecar is full."),
    }
    message = messages.get(error.code) or _("The sidecar failed.")
    return CommandError(f"{message} ({error.detail})")
