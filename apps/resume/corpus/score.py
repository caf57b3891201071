"""Score the parser on PDFs with truth beside them: precision, recall and F1 a field.

    python -m apps.resume.corpus.score [DIR ...] [--by lang|layout|producer] [--worst N] [--show]

Truth is a JSON file of the same stem; files without one are skipped. The figure in a cell
is the mean over files of the file's F1; P and R count all files together.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from apps.resume.parsing import RefusedFile, parse

from .scoring import Count, score, table

COMMITTED = Path(__file__).parent / "sample"


def read(
    folders: list[Path],
) -> list[tuple[dict[str, str], dict[str, Count], dict[str, Any], dict[str, Any]]]:
    """For each file: tags, counts, what was read, and the truth."""
    rows = []
    for folder in folders:
        for pdf in sorted(folder.glob("*.pdf")):
            beside = pdf.with_suffix(".json")
            if not beside.exists():
                continue
            truth = json.loads(beside.read_text(encoding="utf-8"))
            try:
                resume = parse(pdf.read_bytes()).resume
            except RefusedFile as refusal:
                print(f"{pdf.name}: refused, {refusal.code}")
                resume = {}
            tags = {
                "file": pdf.stem,
                "lang": str(truth.get("lang", "")),
                "layout": str(truth.get("layout", "")),
                "producer": str(truth.get("producer", "")),
            }
            rows.append((tags, score(resume, truth), resume, truth))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, default=[COMMITTED])
    parser.add_argument("--by", action="append", choices=("lang", "layout", "producer"))
    parser.add_argument("--worst", type=int, default=0, help="list the N worst files")
    parser.add_argument("--show", action="store_true", help="with --worst: their weak fields")
    options = parser.parse_args()
    rows = read(options.folders)
    plain = [(tags, counts) for tags, counts, _, _ in rows]
    for by in options.by or ["lang", "layout"]:
        print(f"\nF1 by {by}, {len(rows)} files\n{table(plain, by)}")
    if options.worst:
        print("\nworst files")
        ranked = sorted(rows, key=lambda row: _mean(row[1]))
        for tags, counts, _, _ in ranked[: options.worst]:
            weak = {name: round(c.f1, 2) for name, c in counts.items() if c.f1 < 0.95}
            print(f"{_mean(counts):.3f} {tags['file']} {weak if options.show else ''}")


def _mean(counts: dict[str, Count]) -> float:
    values = [count.f1 for count in counts.values() if count.found or count.wanted]
    return sum(values) / max(1, len(values))


if __name__ == "__main__":
    main()
