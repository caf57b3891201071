from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from scripts.setup import ROOT

COLLECT = """
import sys
import django
django.setup()
from django.conf import settings
settings.STATIC_ROOT = sys.argv[1]
from scripts.prepare_site import collect_static_files
collect_static_files()
"""


def test_two_sites_of_one_checkout_collect_their_static_files_once(tmp_path: Path) -> None:
    folder = tmp_path / "static"
    both = [
        subprocess.Popen(
            [sys.executable, "-c", COLLECT, str(folder)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _site in range(2)
    ]
    said = [process.communicate(timeout=120)[0] for process in both]

    assert [process.returncode for process in both] == [0, 0], said
    assert sorted(said) == ["", "collecting static files\n"]
    assert (folder / ".sources").exists()
