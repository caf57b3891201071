"""How fast résumés are read: against bare text extraction, in memory, on two cores.

    python benchmarks/resume.py [--rounds 5] [DIR]

The ratio compares `parse` with opening the file and `page.get_text("dict")` without images
on every page, by processor time, in alternating rounds of one run. Memory is the growth of
the process's peak over importing the parser. Files a second are the command's own way:
child processes, one and two at a time.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import pymupdf

from apps.resume.corpus.score import COMMITTED
from apps.resume.parsing import parse
from apps.resume.parsing.limits import Parser
from benchmarks.machine import machine_line

BARE = pymupdf.TEXTFLAGS_DICT & ~pymupdf.TEXT_PRESERVE_IMAGES


def bare(files: list[bytes]) -> None:
    for pdf in files:
        with pymupdf.open(stream=pdf, filetype="pdf") as document:
            for page in document:
                page.get_text("dict", flags=BARE)


def full(files: list[bytes]) -> None:
    for pdf in files:
        parse(pdf)


def processor_seconds(work: object, files: list[bytes]) -> float:
    started = time.process_time()
    work(files)  # type: ignore[operator]
    return time.process_time() - started


def files_a_second(files: list[bytes], jobs: int) -> float:
    local = threading.local()
    parsers: list[Parser] = []

    def one(pdf: bytes) -> None:
        if not hasattr(local, "parser"):
            local.parser = Parser()
            parsers.append(local.parser)
        local.parser.parse(pdf)

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(one, files[:jobs] * 2))  # the children are up before the clock starts
        started = time.monotonic()
        list(pool.map(one, files))
        seconds = time.monotonic() - started
    for parser in parsers:
        parser.close()
    return len(files) / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=COMMITTED)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    files = [path.read_bytes() for path in sorted(options.folder.glob("*.pdf"))]
    pymupdf.TOOLS.mupdf_display_errors(False)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    full(files)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    bare(files)
    pairs = [
        (processor_seconds(bare, files), processor_seconds(full, files))
        for _ in range(options.rounds)
    ]
    ratios = sorted(mine / theirs for theirs, mine in pairs)
    pages = statistics.median(mine for _, mine in pairs) / len(files) * 1000
    print(f"parse over get_text('dict'): {statistics.median(ratios):.2f} (aim ≤ 1.5)")
    print(f"  {ratios[0]:.2f} to {ratios[-1]:.2f} in {options.rounds} rounds of {len(files)} files")
    print(f"processor time a file: {pages:.1f} ms")
    print(
        f"memory over {len(files)} parses in one process: +{(after - before) / 1024:.0f} MB at most"
    )
    one, two = files_a_second(files * 4, 1), files_a_second(files * 4, 2)
    print(f"files a second: {one:.0f} with --jobs 1, {two:.0f} with --jobs 2 ({two / one:.2f}×)")
    print(machine_line())


if __name__ == "__main__":
    main()
