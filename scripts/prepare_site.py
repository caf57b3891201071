"""Make database, compiled texts and static files ready: `python -m scripts.prepare_site`

Runs in .venv with the environment of the site it prepares; a second run changes nothing.
With --demo the sample companies are summarised, too, as soon as the model answers.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sys
from pathlib import Path

from .setup import ROOT, say


def compile_messages() -> None:
    """locale/**/django.po → .mo, where the .po is newer."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name)
        # Another process may read the old file meanwhile.
        unfinished = target.with_suffix(f".{os.getpid()}.tmp")
        with unfinished.open("wb") as file:
            write_mo(file, catalogue)
        unfinished.replace(target)


def collect_static_files() -> None:
    """collectstatic, unless it was done for these very sources."""
    from django.conf import settings
    from django.core.management import call_command

    sources = [
        path
        for folder in settings.STATICFILES_DIRS
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file()
    ]
    sources.append(ROOT / "requirements" / "base.txt")  # packages bring files too
    stats = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in sources]
    fingerprint = hashlib.sha256(repr(stats).encode()).hexdigest()
    folder = Path(settings.STATIC_ROOT)
    stamp = folder / ".sources"
    folder.mkdir(parents=True, exist_ok=True)
    # Two sites of one checkout may start together: the second finds it done.
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text(encoding="utf-8") == fingerprint:
            return
        say("collecting static files")
        stamp.unlink(missing_ok=True)
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(fingerprint, encoding="utf-8")


def main() -> None:
    import django
    from django.core.management import call_command

    say("compiling the Korean texts")
    compile_messages()
    django.setup()
    say("bringing the database up to date")
    call_command("migrate", interactive=False, verbosity=0)
    collect_static_files()
    say("preparing the file store")
    call_command("prepare_storage")
    say("loading questions and companies")
    call_command("loadcontent")
    say("making the demo accounts")
    call_command("seed_demo")
    if "--demo" in sys.argv[1:]:
        say("asking for summaries of the sample companies")
        call_command("run_summaries", once="demo")


if __name__ == "__main__":
    main()
