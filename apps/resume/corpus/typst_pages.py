"""Typst sources of a résumé: what LaTeX templates look like, with a typesetter's fonts."""

from __future__ import annotations

import re

from .people import Person


def _t(text: str) -> str:
    return re.sub(r"([#$*_`<>@\\\[\]~])", r"\\\1", text)


HEAD = """#set page(paper: "a4", margin: 1.4cm)
#set text(font: ("Libertinus Serif", "NanumMyeongjo"), size: 10pt)
#set par(leading: 0.5em)
#let sec(t) = block(above: 10pt, below: 5pt)[#smallcaps(text(size: 13pt, t)) #v(-8pt) #line(length: 100%, stroke: 0.5pt)]
#let row(a, b) = grid(columns: (1fr, auto), a, b)
"""


def ruled(p: Person) -> str:
    """Small capitals over rules, two-line headings with dates and places at the right."""
    h = p.headings
    out = (
        HEAD
        + f'#align(center)[#text(size: 24pt, weight: "bold")[{_t(p.name)}] \\ {_t(p.phone)} | {_t(p.email)} | '
        + " | ".join(f'#link("{one}")[{_t(one.removeprefix("https://"))}]' for one in p.links)
        + "]\n"
    )
    out += f"#sec[{_t(h['education'])}]\n" + "".join(
        f"#row([*{_t(s.institution)}*], [{_t(p.place)}])\n#row([_{_t(s.degree)}_], [_{_t(p.period(s.start, s.end))}_])\n"
        for s in p.education
    )
    out += f"#sec[{_t(h['work'])}]\n"
    for j in p.work:
        out += (
            f"#row([*{_t(j.title)}*], [{_t(p.period(j.start, j.end))}])\n#row([_{_t(j.company)}_], [_{_t(j.place)}_])\n"
            + "".join(f"- {_t(b)}\n" for b in j.bullets)
        )
    out += f"#sec[{_t(h['projects'])}]\n"
    for q in p.projects:
        out += (
            f"#row([*{_t(q.name)}* | _{_t(', '.join(q.tools))}_], [{_t(p.period(q.start, q.end))}])\n"
            + "".join(f"- {_t(b)}\n" for b in q.bullets)
        )
    out += (
        f"#sec[{_t(h['skills'])}]\n"
        + " \\\n".join(f"*{_t(label)}*: {_t(', '.join(names))}" for label, names in p.skills)
        + "\n"
    )
    for key, rows in (("certificates", p.certificates), ("awards", p.awards)):
        if rows:
            out += f"#sec[{_t(h[key])}]\n" + "".join(
                f"- {_t(name)}{', ' + _t(by) if by else ''} #h(1fr) {_t(p.date(when))}\n"
                for name, by, when in rows
            )
    return out


def columns(p: Person) -> str:
    """Two columns under a wide head, the right one narrow, with tagged skills."""
    h = p.headings
    out = HEAD.replace(
        '"Libertinus Serif", "NanumMyeongjo"', '"DejaVu Sans", "NanumGothic"'
    ).replace("size: 10pt", "size: 8.5pt")
    out += '#let sec2(t) = block(above: 12pt, below: 6pt)[#text(size: 13pt, weight: "bold", fill: rgb("#8a1030"), upper(t)) #v(-6pt) #line(length: 100%, stroke: 1.2pt + rgb("#8a1030"))]\n'
    out += (
        f'#text(size: 22pt, weight: "bold")[{_t(p.name)}] \\ #text(fill: rgb("#8a1030"))[{_t(p.label)}] \\ {_t(p.email)} #h(12pt) {_t(p.phone)} #h(12pt) {_t(p.place)} \\ '
        + " #h(12pt) ".join(
            f'#link("{one}")[{_t(one.removeprefix("https://"))}]' for one in p.links
        )
        + "\n"
    )
    left = f"#sec2[{_t(h['work'])}]\n"
    for j in p.work:
        left += (
            f'#text(size: 10pt)[{_t(j.title)}] \\ #text(weight: "bold", fill: rgb("#8a1030"))[{_t(j.company)}] \\ {_t(p.period(j.start, j.end))} #h(1fr) {_t(j.place)}\n'
            + "".join(f"- {_t(b)}\n" for b in j.bullets)
            + "\n"
        )
    left += f"#sec2[{_t(h['projects'])}]\n"
    for q in p.projects:
        left += (
            f"#text(size: 10pt)[{_t(q.name)}] \\ {_t(p.period(q.start, q.end))}\n"
            + "".join(f"- {_t(b)}\n" for b in q.bullets)
            + "\n"
        )
    right = (
        f"#sec2[{_t(h['summary'])}]\n{_t(p.summary)}\n#sec2[{_t(h['skills'])}]\n"
        + " \\\n".join(
            " ".join(f"#box(stroke: 0.5pt, inset: 3pt)[{_t(name)}]" for name in names)
            for _, names in p.skills
        )
        + "\n"
    )
    right += (
        f"#sec2[{_t(h['education'])}]\n"
        + "\n\n".join(
            f'#text(size: 10pt)[{_t(s.degree)}] \\ #text(weight: "bold")[{_t(s.institution)}] \\ {_t(p.period(s.start, s.end))}'
            for s in p.education
        )
        + "\n"
    )
    for key, rows in (("certificates", p.certificates), ("awards", p.awards)):
        if rows:
            right += (
                f"#sec2[{_t(h[key])}]\n"
                + "\n\n".join(
                    f"*{_t(name)}* \\ {_t(by) + ' ' if by else ''}{_t(p.date(when))}"
                    for name, by, when in rows
                )
                + "\n"
            )
    return out + f"#grid(columns: (1.7fr, 1fr), gutter: 20pt, [{left}], [{right}])\n"


LAYOUTS = {"ruled": ruled, "typeset-columns": columns}
