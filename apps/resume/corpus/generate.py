"""Make the corpus: PDFs and truth, through every producer found on this machine.

    python -m apps.resume.corpus.generate [--out var/resume-corpus] [--people 1]

Chromium prints pages; LibreOffice prints the same pages as documents; PyMuPDF lays them
out itself or places text word by word as design tools do; Typst typesets.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pymupdf

from . import pages, typst_grids, typst_pages
from .people import Person, person

CHROMIUM_LAYOUTS = tuple(pages.LAYOUTS)
OFFICE_LAYOUTS = ("one-column", "form", "notes")
STORY_LAYOUTS = ("one-column", "notes")


def chromium(html: str, target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(html, encoding="utf-8")
        subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
             f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}", source.as_uri()],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip


def office(html: str, target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"{target.stem}.html"
        source.write_text(html, encoding="utf-8")
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
             "--infilter=HTML (StarWriter)", "--convert-to", "pdf:writer_pdf_Export",
             "--outdir", str(target.parent), str(source)],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip


def story(html: str, target: Path) -> None:
    """PyMuPDF's own layout of a page."""
    box = pymupdf.paper_rect("a4")
    writer = pymupdf.DocumentWriter(str(target))
    flow = pymupdf.Story(html=html)
    more = 1
    while more:
        device = writer.begin_page(box)
        more, _ = flow.place(box + pymupdf.Rect(40, 40, -40, -40))
        flow.draw(device)
        writer.end_page()
    writer.close()
    with pymupdf.open(target) as document:
        document.subset_fonts()
        small = document.tobytes(garbage=3, deflate=True)
    target.write_bytes(small)


def drawn(p: Person, target: Path) -> None:
    """Text placed piece by piece in no reading order, as a design tool exports it."""
    document = pymupdf.open()
    page = document.new_page(width=595, height=1100)
    regular, bold = (
        pymupdf.Font("cjk" if p.language == "ko" else "helv"),
        pymupdf.Font("cjk" if p.language == "ko" else "hebo"),
    )
    writers: dict[str, pymupdf.TextWriter] = {}
    later: list[tuple[float, float, str, float, bool, str]] = []

    def put(
        x: float,
        y: float,
        text: str,
        size: float = 9.5,
        heavy: bool = False,
        colour: str = "#222222",
    ) -> None:
        later.append((x, y, text, size, heavy, colour))

    put(40, 60, p.name, 26, True)
    put(40, 82, p.label, 12, colour="#5b4bdb")
    y = 60.0
    for line in (p.email, p.phone, *(one.removeprefix("https://") for one in p.links)):
        put(390, y, line, 9)
        y += 13
    left = 130.0

    def heading(x: float, y: float, key: str) -> float:
        put(x, y, p.headings[key], 14, True, "#5b4bdb")
        return y + 20

    left = heading(40, left, "work")
    for job in p.work:
        put(40, left, job.company, 11, True)
        put(40, left + 14, job.title, 9.5, colour="#5b4bdb")
        put(200, left + 14, p.period(job.start, job.end), 8.5, colour="#888888")
        left += 30
        for bullet in job.bullets:
            words = bullet.split()
            line = ""
            first = True
            for word in [*words, ""]:
                if not word or regular.text_length(f"{line} {word}", 9) > 290:
                    put(46 if first else 54, left, ("• " if first else "") + line, 9)
                    left += 13
                    first = False
                    line = word
                else:
                    line = f"{line} {word}".strip()
        left += 8
    left = heading(40, left + 6, "projects")
    for project in p.projects:
        put(40, left, project.name, 11, True)
        put(40, left + 13, p.period(project.start, project.end), 8.5, colour="#888888")
        left += 27
        put(46, left, "• " + project.bullets[0][:60], 9)
        left += 20
    right = heading(390, 130, "skills")
    for label, names in p.skills:
        put(390, right, label, 9.5, True)
        right += 13
        for name in names:
            put(396, right, name, 9)
            right += 12.5
        right += 5
    right = heading(390, right + 8, "education")
    for school in p.education:
        put(390, right, school.institution, 10, True)
        put(390, right + 13, school.degree, 8.5)
        put(390, right + 25, p.period(school.start, school.end), 8.5, colour="#888888")
        right += 44
    for key, rows in (("certificates", p.certificates), ("awards", p.awards)):
        if rows:
            right = heading(390, right + 8, key)
            for name, _, when in rows:
                put(390, right, name, 8.5, True)
                put(390, right + 12, p.date(when), 8.5, colour="#888888")
                right += 29
    # Not in reading order: by colour, then from the bottom.
    later.sort(key=lambda one: (one[5], -one[1]))
    for x, y, text, size, heavy, colour in later:
        writer = writers.setdefault(colour, pymupdf.TextWriter(page.rect))
        writer.append((x, y), text, bold if heavy else regular, size)
        if heavy and p.language == "ko":
            writer.append((x + 0.3, y), text, bold, size)
    for colour, writer in writers.items():
        writer.write_text(page, color=tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))
    for index, link in enumerate(p.links):
        page.insert_link(
            {
                "kind": pymupdf.LINK_URI,
                "from": pymupdf.Rect(390, 78 + index * 13, 560, 90 + index * 13),
                "uri": link,
            }
        )
    document.subset_fonts()
    document.save(target, garbage=3, deflate=True)


def _html(layout: str, p: Person, ends: str) -> str:
    """The page for a producer that knows no flexible boxes."""
    return pages.classic(p, ends) if layout == "one-column" else pages.LAYOUTS[layout](p)


def typeset(source: str, target: Path) -> None:
    import typst

    target.write_bytes(typst.compile(source.encode()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("var/resume-corpus"))
    parser.add_argument("--people", type=int, default=1, help="people for each layout and language")
    parser.add_argument("--only", help="a producer or a layout")
    parser.add_argument("--first", type=int, default=0, help="seed of the first person")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    jobs: list[tuple[str, str, Callable[[Person, Path], None]]] = []
    if shutil.which("chromium"):
        for name in CHROMIUM_LAYOUTS:
            jobs.append(("chromium", name, lambda p, t, n=name: chromium(pages.LAYOUTS[n](p), t)))  # type: ignore[misc]
    if shutil.which("soffice"):
        for name in OFFICE_LAYOUTS:
            jobs.append(("office", name, lambda p, t, n=name: office(_html(n, p, "table"), t)))  # type: ignore[misc]
    for name in STORY_LAYOUTS:
        jobs.append(("story", name, lambda p, t, n=name: story(_html(n, p, "lines"), t)))  # type: ignore[misc]
    jobs.append(("drawn", "columns", drawn))
    typst_layouts = typst_pages.LAYOUTS | typst_grids.LAYOUTS
    for name in typst_layouts:
        jobs.append(("typst", name, lambda p, t, n=name: typeset(typst_layouts[n](p), t)))  # type: ignore[misc]
    seed = options.first
    for producer, layout, make in jobs:
        if options.only and options.only not in (producer, layout):
            seed += 2 * options.people
            continue
        for language in ("ko", "en"):
            for _ in range(options.people):
                one = person(seed, language)
                seed += 1
                stem = f"{language}-{layout}-{producer}-{seed:03d}"
                make(one, options.out / f"{stem}.pdf")
                truth = one.truth() | {"layout": layout, "producer": producer}
                (options.out / f"{stem}.json").write_text(
                    json.dumps(truth, ensure_ascii=False, indent=1), encoding="utf-8"
                )
                print(stem, flush=True)


if __name__ == "__main__":
    main()
