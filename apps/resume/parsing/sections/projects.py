"""Projects: what each is called, when, and what was done."""

from __future__ import annotations

import re

from ..entries import Entry, Piece
from ..layout import Line
from ..provenance import Value, joined
from ..technologies import KNOWN
from ..vocabulary import label_field
from .common import Fields, dates_of, entries_of, highlights_of, labelled_rows, period_of, value_of

LINK = re.compile(
    r"^(?:https?://|www\.|github\.com|bit\.ly)|\.(?:com|io|kr|dev|app|me)/", re.IGNORECASE
)
NUMBER = re.compile(r"^(?:(?:project|프로젝트)\s*#?\d{1,2}|0\d)$", re.IGNORECASE)
LINK_WORD = re.compile(
    r"^\W*(?:github|git ?hub|link|demo|live(?: demo)?|source(?: code)?|code|website|repo(?:sitory)?|url|site|video|paper"
    r"|깃허브|링크|블로그|바로가기|배포|시연|홈페이지|app ?store|play ?store|google play|youtube)\W*$",
    re.IGNORECASE,
)


def read_projects(lines: list[Line], size: float) -> list[Fields]:
    table = labelled_rows(lines)
    if table is not None and any("name" in row for row in table[0]):
        projects: list[Fields] = []
        for row in table[0]:
            if row.get("name"):
                project: Fields = {"name": joined(row["name"])}
                project |= dates_of(period_of(row.get("period", [])), single_is="both")
                if row.get("description"):
                    project["description"] = joined(row["description"])
                projects.append(project)
        if projects:
            return projects
    found = [_project(entry) for entry in entries_of(lines, size, dated=False)]
    return [project for project in found if project is not None]


# What begins a project among jobs: "[프로젝트 2] ...", "프로젝트명 : ...".
AMONG_JOBS = re.compile(
    r"^\W*(?:(?:project|프로젝트)\s*#?\d{1,2}(?=\W)|(?:프로젝트|과제|사업)\s?명(?=\W|$)|project (?:name|title)(?=\W|$))",
    re.IGNORECASE,
)


def split_projects(lines: list[Line], size: float) -> tuple[list[Line], list[Line]]:
    """The lines of jobs, and those of the projects told under them by number or label.

    A project ends where a line looks like the first job's or a label names a company.
    """
    jobs: list[Line] = []
    projects: list[Line] = []
    target = jobs
    head = lines[0].first.lead
    distinct = head[1] or head[0] > size * 1.06
    for line in lines:
        if AMONG_JOBS.match(line.text):
            target = projects
        elif target is projects and (
            label_field(line.first.text.partition(":")[0]) == "company"
            or (distinct and jobs and line.first.lead == head and not line.bullet
                and abs(line.x0 - jobs[0].x0) < 4)
        ):  # fmt: skip
            target = jobs
        target.append(line)
    return jobs, projects


def _project(entry: Entry) -> Fields | None:
    candidates = [
        piece for piece in entry.pieces
        if not LINK.search(piece.text) and not LINK_WORD.match(piece.text)
        and piece.label in (None, "name", "company") and label_field(piece.text) is None
        and not NUMBER.match(piece.text)
    ]  # fmt: skip
    if not candidates:
        return None
    labelled = [piece for piece in candidates if piece.label == "name"]
    name = labelled[0] if labelled else candidates[0]
    name = _named(name)
    if len(name.text) > 90 or not name.text:
        return None
    sure = 0.85 if name.segment.bold or entry.dates or labelled else 0.6
    project: Fields = {"name": value_of(name, sure)}
    project |= dates_of(entry.period, single_is="both")
    links = [piece for piece in entry.pieces if LINK.search(piece.text) and " " not in piece.text]
    if links:
        project["url"] = Value(
            links[0].text if "://" in links[0].text else f"https://{links[0].text}",
            value_of(links[0]).sources,
        )
    if entry.body:
        project["highlights"] = highlights_of(entry.body)
    return project


def _named(piece: Piece) -> Piece:
    """The name alone: what follows a colon describes it, brackets and numbers adorn it."""
    text = piece.text
    begin, end = 0, len(text)
    if found := re.match(
        r"^(?:\d{1,2}[.)]\s+|#\d+\s+|\W*(?:project|프로젝트)\s*#?\d+\s*[].:)]+\s*)",
        text,
        re.IGNORECASE,
    ):
        begin = found.end()
    if (colon := re.search(r"\s*:\s+", text[begin:])) and colon.start() > 1:
        end = begin + colon.start()
    if found := re.fullmatch(r"[\[「『<](.+)[\]」』>]", text[begin:end].strip()):
        inner = text.find(found.group(1), begin)
        begin, end = inner, inner + len(found.group(1))
    if found := re.search(r"\s*[(\[]([^()\[\]]+)[)\]]\s*$", text[begin:end]):
        named = [one.strip().lower() for one in re.split(r"[,/·|+]", found.group(1))]
        if found.start() > 1 and sum(one in KNOWN for one in named) >= 0.6 * len(named):
            end = begin + found.start()
    if found := re.search(
        r"\s*[(\[](?:개인|팀|사이드|토이|공모전|졸업|github|link|demo|\d+인)[^)\]]*[)\]]\s*$",
        text[begin:end],
        re.IGNORECASE,
    ):
        end = begin + found.start()
    return Piece(
        text[begin:end].strip(), piece.segment, piece.begin + begin, piece.begin + end,
        piece.row, piece.column, piece.order, piece.label,
    )  # fmt: skip
