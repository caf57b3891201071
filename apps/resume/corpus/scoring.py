"""Precision, recall and F1 of a parsed résumé against its truth, a field at a time."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

FIELDS = (
    "name", "email", "phone", "links", "institution", "degree", "education_dates", "company",
    "title", "work_dates", "projects", "skills", "certifications", "awards",
)  # fmt: skip


@dataclass
class Count:
    right: float = 0.0
    found: float = 0.0
    wanted: float = 0.0

    def add(self, other: Count) -> None:
        self.right += other.right
        self.found += other.found
        self.wanted += other.wanted

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        if not self.found and not self.wanted:
            return 1.0
        return 2 * self.right / (self.found + self.wanted)


def score(resume: dict[str, Any], truth: dict[str, Any]) -> dict[str, Count]:
    """Counts by field. A field that neither has counts as nothing."""
    basics = resume.get("basics", {})
    links = [basics["url"]] if basics.get("url") else []
    links += [profile["url"] for profile in basics.get("profiles", [])]
    work = resume.get("work", [])
    education = resume.get("education", [])
    counts = {
        "name": _sets([basics.get("name")], [truth.get("name")], _same_text),
        "email": _sets([basics.get("email")], [truth.get("email")], _same_text),
        "phone": _sets([basics.get("phone")], [truth.get("phone")], _same_phone),
        "links": _sets(links, truth.get("links", []), _same_link, _optional(truth, "links")),
        "projects": _sets(
            [p.get("name") for p in resume.get("projects", [])], truth.get("projects", []),
            _alike, _optional(truth, "projects"),
        ),
        "skills": _sets(
            [k for s in resume.get("skills", []) for k in s.get("keywords", [s.get("name")])],
            truth.get("skills", []), _same_text, _optional(truth, "skills"),
        ),
        "certifications": _sets(
            [c.get("name") for c in resume.get("certificates", [])],
            truth.get("certifications", []), _alike, _optional(truth, "certifications"),
        ),
        "awards": _sets(
            [a.get("title") for a in resume.get("awards", [])], truth.get("awards", []), _alike,
            _optional(truth, "awards"),
        ),
    }  # fmt: skip
    jobs = [{"company": j.get("name"), "title": j.get("position"), **_dates(j)} for j in work]
    counts |= _entries(
        jobs, truth.get("experience", []), "company", ("company", "title"), "work_dates"
    )
    schools = [
        {
            "institution": s.get("institution"),
            "degree": " ".join(filter(None, (s.get("studyType"), s.get("area")))) or None,
            **_dates(s),
        }
        for s in education
    ]
    counts |= _entries(
        schools, truth.get("education", []), "institution", ("institution", "degree"),
        "education_dates",
    )  # fmt: skip
    return {name: counts[name] for name in FIELDS}


def _dates(entry: dict[str, Any]) -> dict[str, Any]:
    start, end = entry.get("startDate"), entry.get("endDate")
    return {"start": start, "end": end or ("present" if start else None)}


def _optional(truth: dict[str, Any], name: str) -> list[str]:
    return list(truth.get(f"{name}_optional", []))


def _sets(
    found: Iterable[Any], wanted: Iterable[Any], same: Any, optional: list[str] | None = None
) -> Count:
    have = [one for one in found if one]
    want = [one for one in wanted if one]
    left = list(want)
    right = 0
    extra = 0
    for one in have:
        match = next((other for other in left if same(one, other)), None)
        if match is not None:
            left.remove(match)
            right += 1
        elif optional and any(same(one, other) for other in optional):
            extra += 1
    return Count(right, len(have) - extra, len(want))


def _entries(
    found: list[dict[str, Any]], wanted: list[dict[str, Any]], key: str, names: tuple[str, ...],
    dates: str,
) -> dict[str, Count]:  # fmt: skip
    """Pair entries by likeness, then compare their parts."""
    pairs: list[tuple[dict[str, Any], dict[str, Any]]] = []
    left = list(wanted)
    for entry in found:
        best = max(left, key=lambda other: _likeness(entry, other, names), default=None)
        if best is not None and _likeness(entry, best, names) > 0.4:
            pairs.append((entry, best))
            left.remove(best)
    counts: dict[str, Count] = {}
    for name in names:
        same = _same_degree if name == "degree" else _alike
        right = sum(1 for a, b in pairs if a.get(name) and b.get(name) and same(a[name], b[name]))
        counts[name] = Count(
            right, sum(1 for e in found if e.get(name)), sum(1 for e in wanted if e.get(name))
        )
    right = 0
    for a, b in pairs:
        for side in ("start", "end"):
            if a.get(side) and b.get(side) and _same_date(a[side], b[side]):
                right += 1
    counts[dates] = Count(
        right,
        sum(bool(e.get(side)) for e in found for side in ("start", "end")),
        sum(bool(e.get(side)) for e in wanted for side in ("start", "end")),
    )
    return counts


def _likeness(a: dict[str, Any], b: dict[str, Any], names: tuple[str, ...]) -> float:
    total = sum(
        SequenceMatcher(None, plain(a[name]), plain(b[name])).ratio()
        for name in names
        if a.get(name) and b.get(name)
    )
    total += 0.5 * sum(
        bool(a.get(side) and b.get(side) and _same_date(a[side], b[side]))
        for side in ("start", "end")
    )
    return total


def plain(text: str) -> str:
    """Text reduced to what must agree: no case, spaces, punctuation or company form."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = re.sub(r"\(주\)|주식회사|\binc\b|\bllc\b|\bltd\b|\bcorp\b", "", text)
    return re.sub(r"[\W_]+", "", text.replace("c++", "cplusplus").replace("c#", "csharp"))


def _same_text(a: str, b: str) -> bool:
    return plain(a) == plain(b)


def _same_phone(a: str, b: str) -> bool:
    return re.sub(r"\D", "", a)[-8:] == re.sub(r"\D", "", b)[-8:]


def _same_link(a: str, b: str) -> bool:
    def key(uri: str) -> str:
        return re.sub(r"^(?:[a-z]+://)?(?:www\.)?", "", uri.lower()).rstrip("/")

    return key(a) == key(b)


def _alike(a: str, b: str) -> bool:
    """The same thing, allowing for a little more or less of it."""
    x, y = plain(a), plain(b)
    if x == y:
        return True
    if not x or not y:
        return False
    shorter, longer = sorted((x, y), key=len)
    if shorter in longer and len(shorter) >= 0.6 * len(longer):
        return True
    return SequenceMatcher(None, x, y).ratio() >= 0.8


def _same_degree(a: str, b: str) -> bool:
    """Alike in either order: "학사 컴퓨터학과", "컴퓨터학과 학사"."""
    return _alike(a, b) or _alike(" ".join(sorted(a.split())), " ".join(sorted(b.split())))


def _same_date(a: str, b: str) -> bool:
    return a[:7] == b[:7]


def table(rows: list[tuple[dict[str, str], dict[str, Count]]], by: str | None = None) -> str:
    """A text table: a line a field, a column for each value of the tag `by`, and all.

    Each cell is the mean over files of the file's F1 in that field, over files that have it.
    """
    groups: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    sums: dict[str, Count] = defaultdict(Count)
    for tags, counts in rows:
        for name, count in counts.items():
            sums[name].add(count)
            if not count.found and not count.wanted:
                continue
            groups["all"][name].append(count.f1)
            if by is not None:
                groups[tags[by]][name].append(count.f1)
    columns = ["all", *sorted(key for key in groups if key != "all")]
    width = max(8, *(len(column) + 1 for column in columns))
    lines = [" " * 17 + "".join(column.rjust(width) for column in columns) + "     P      R"]
    means: dict[str, list[float]] = defaultdict(list)
    for name in FIELDS:
        cells = []
        for column in columns:
            values = groups[column].get(name, [])
            if values:
                mean = sum(values) / len(values)
                means[column].append(mean)
                cells.append(f"{mean:.3f}".rjust(width))
            else:
                cells.append("-".rjust(width))
        total = sums[name]
        lines.append(
            f"{name:<17}" + "".join(cells) + f"  {total.precision:.3f}  {total.recall:.3f}"
        )
    lines.append(
        f"{'mean':<17}"
        + "".join(f"{sum(means[c]) / max(1, len(means[c])):.3f}".rjust(width) for c in columns)
    )
    return "\n".join(lines)
