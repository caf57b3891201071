"""What a Word résumé costs beside docxtpl alone: `python benchmarks/resume_render.py`

The same profile in the same template, four ways in turn, so that whatever else the
machine does hits all alike:

    bare    docxtpl renders ready-made values and saves: no checks, no links, no sandbox
    render  the product, from JSON Resume to bytes, in a process that has rendered before
    first   the product in a process that has not: nothing remembered
    job     as the site's worker does it: in a child process that it keeps

Prints the median of each in milliseconds, and its share of bare (aim: render ≤ 1.2).
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from docxtpl import DocxTemplate, RichText  # noqa: E402

from apps.resume.rendering import TEMPLATES, filling, registry, render  # noqa: E402
from apps.resume.rendering.fields import fields  # noqa: E402
from apps.resume.rendering.limited import render_limited  # noqa: E402
from apps.resume.rendering.profile import read_profile  # noqa: E402
from apps.resume.rendering.sample import FULL_PROFILE  # noqa: E402
from benchmarks.machine import machine_line  # noqa: E402

BARE, RENDER, FIRST, JOB = "bare", "render", "first", "job"


def ways(template: str, language: str) -> dict[str, Callable[[], bytes]]:
    def run(text: str) -> RichText | str:
        return RichText(text) if text else ""

    profile = read_profile(FULL_PROFILE)
    values = {**fields(profile, language, run, run, date.today()), "photo": ""}
    path = TEMPLATES[template].path

    def bare() -> bytes:
        document = DocxTemplate(path)
        document.render(values, autoescape=True)
        written = io.BytesIO()
        document.save(written)
        return written.getvalue()

    def first() -> bytes:
        forget()
        return render(FULL_PROFILE, template, language)

    def job() -> bytes:
        content = path.read_bytes()
        return render_limited(content, FULL_PROFILE, language, None, today=date.today())

    return {
        BARE: bare,
        FIRST: first,
        RENDER: lambda: render(FULL_PROFILE, template, language),
        JOB: job,
    }


def forget() -> None:
    """As in a new process."""
    filling._compiled.cache_clear()
    filling._patched.cache_clear()
    registry.template_bytes.cache_clear()


def measure(template: str, language: str, rounds: int) -> dict[str, float]:
    """Median milliseconds of each way."""
    times: dict[str, list[float]] = {BARE: [], FIRST: [], RENDER: [], JOB: []}
    for way in ways(template, language).values():
        way()
    for _ in range(rounds):
        for name, way in ways(template, language).items():
            before = time.perf_counter()
            way()
            times[name].append((time.perf_counter() - before) * 1000)
    return {name: statistics.median(taken) for name, taken in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = {
        f"{template} {language}": measure(template, language, options.rounds)
        for template in TEMPLATES
        for language in ("ko", "en")
    }
    if options.json:
        print(json.dumps({"machine": machine_line(), "milliseconds": found}, indent=2))
        return
    print(
        f"{'':22}{'bare ms':>9}{'render ms':>11}{'share':>7}"
        f"{'first ms':>10}{'share':>7}{'job ms':>8}{'share':>7}"
    )
    for name, times in found.items():
        bare, again, first, job = (times[way] for way in (BARE, RENDER, FIRST, JOB))
        print(
            f"{name:22}{bare:9.1f}{again:11.1f}{again / bare:7.2f}{first:10.1f}{first / bare:7.2f}"
            f"{job:8.1f}{job / bare:7.2f}"
        )
    print(machine_line())


if __name__ == "__main__":
    main()
