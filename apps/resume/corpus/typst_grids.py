"""Typst sources of résumés in which position alone says what belongs together.

Dates that wrap in a narrow margin, dates below a place beside the first sentence, cells
without borders, labels that span a form's rows: what templates, job sites and forms do.
"""

from __future__ import annotations

from .people import Job, Person
from .typst_pages import _t

HEAD = """#set page(paper: "a4", margin: 1.6cm)
#set text(font: ("DejaVu Sans", "NanumGothic"), size: 9pt)
#set par(leading: 0.55em)
"""
SUBPROJECTS = {"ko": "주문 시스템 개편", "en": "Order system rebuild"}


BREAK = " \\ "  # a new line in Typst; a backslash cannot stand inside an f-string's braces


def _links(p: Person, between: str) -> str:
    return between.join(f'#link("{one}")[{_t(one.removeprefix("https://"))}]' for one in p.links)


def _bullets(bullets: list[str]) -> str:
    return "".join(f"\n- {_t(one)}" for one in bullets) + "\n"


def _short(p: Person) -> list[tuple[str, list[tuple[str, str, str]]]]:
    rows = ((p.headings["certificates"], p.certificates), (p.headings["awards"], p.awards))
    return [(heading, entries) for heading, entries in rows if entries]


def margin_dates(p: Person) -> str:
    """Dates at the right of a margin so narrow that they wrap; one row an entry."""
    out = HEAD + "#let row(a, b) = grid(columns: (2cm, 1fr), gutter: 0.5cm, align(right, a), b)\n"
    out += '#let sec(t) = block(above: 12pt)[#row(box(width: 100%, height: 3pt, fill: rgb("#3873b3")), text(size: 13pt, fill: rgb("#3873b3"), t))]\n'
    out += f'#text(size: 24pt)[{_t(p.name)}] \\ #text(size: 12pt, style: "italic", fill: gray)[{_t(p.label)}] #h(1fr) #text(style: "italic")[{_t(p.place)} · {_t(p.phone)} · {_t(p.email)}] \\ {_links(p, " · ")}\n'
    out += f"#sec[{_t(p.headings['education'])}]\n"
    for s in p.education:
        out += f"#row[{_t(p.period(s.start, s.end))}][*{_t(s.degree)}*, _{_t(s.institution)}_]\n"
    out += f"#sec[{_t(p.headings['work'])}]\n"
    for j in p.work:
        out += f"#row[{_t(p.period(j.start, j.end))}][*{_t(j.title)}*, _{_t(j.company)}_, {_t(j.place)}.{_bullets(j.bullets)}]\n"
    out += f"#sec[{_t(p.headings['projects'])}]\n"
    for q in p.projects:
        out += f"#row[{_t(p.period(q.start, q.end))}][*{_t(q.name)}*{_bullets(q.bullets)}]\n"
    out += f"#sec[{_t(p.headings['skills'])}]\n"
    for label, names in p.skills:
        out += f"#row[{_t(label)}][{_t(', '.join(names))}]\n"
    for heading, entries in _short(p):
        out += f"#sec[{_t(heading)}]\n" + "".join(
            f"#row[{_t(p.date(when))}][{_t(name)}]\n" for name, _, when in entries
        )
    return out


def stacked_ends(p: Person) -> str:
    """Place over dates at the right edge, the dates beside the entry's first sentence."""
    out = HEAD + "#let row(a, b) = block(grid(columns: (1fr, 5cm), a, align(right, b)))\n"
    out += '#let sec(t) = block(above: 12pt)[#text(size: 13pt, weight: "bold", t) #v(-7pt) #line(length: 100%, stroke: 0.5pt)]\n'
    out += f"#align(center)[#text(size: 26pt)[{_t(p.name)}] \\ {_t(p.place)} #h(8pt) {_t(p.email)} #h(8pt) {_t(p.phone)} \\ {_links(p, ' #h(8pt) ')}]\n"
    out += f"#sec[{_t(p.headings['work'])}]\n"
    for j in p.work:
        out += f"#row[*{_t(j.company)}*, {_t(j.title)}{_bullets(j.bullets)}][{_t(j.place)} \\ {_t(p.period(j.start, j.end))}]\n"
    out += f"#sec[{_t(p.headings['education'])}]\n"
    for s in p.education:
        out += f"#row[*{_t(s.institution)}*, {_t(s.degree)}][{_t(p.period(s.start, s.end))}]\n"
    out += f"#sec[{_t(p.headings['projects'])}]\n"
    for q in p.projects:
        out += f"#row[*{_t(q.name)}*{_bullets(q.bullets)}][{_t(p.period(q.start, q.end))}]\n"
    out += f"#sec[{_t(p.headings['skills'])}]\n" + " \\\n".join(
        f"*{_t(label)}:* {_t(', '.join(names))}" for label, names in p.skills
    )
    for heading, entries in _short(p):
        out += f"\n#sec[{_t(heading)}]\n" + "".join(
            f"- {_t(name)} ({_t(p.date(when))})\n" for name, _, when in entries
        )
    return out


def _length(p: Person, job: Job) -> str:
    end = (2024, 11) if job.end == "present" else tuple(map(int, job.end.split("-")))
    begin = tuple(map(int, job.start.split("-")))
    years, months = divmod((end[0] - begin[0]) * 12 + end[1] - begin[1] + 1, 12)
    return f"{years}년 {months}개월" if p.language == "ko" else f"{years} years {months} months"


def profile_export(p: Person) -> str:
    """A network's export: a dark side with addresses that wrap, lines of one look beside it."""
    h = p.headings
    out = HEAD.replace("margin: 1.6cm", "margin: 0pt").replace("size: 9pt", "size: 10pt")
    out += "#let sec(t) = block(above: 16pt, below: 8pt, text(size: 15pt, t))\n"
    side = f"#sec[{_t(h['contact'])}] {_t(p.phone)} \\ {_t(p.email)} \\ {_links(p, ' (Web)' + BREAK)}\n"
    side += f"#sec[{_t(h['skills'])}]" + " \\ ".join(
        _t(name) for _, names in p.skills for name in names
    )
    for heading, entries in _short(p):
        side += f"\n#sec[{_t(heading)}]" + "\n\n".join(_t(name) for name, _, _ in entries)
    main = f"#text(size: 26pt)[{_t(p.name)}] \\ {_t(p.label)} \\ #text(fill: gray)[{_t(p.place)}]\n"
    main += f"#sec[{_t(h['summary'])}]{_t(p.summary)}\n#sec[{_t(h['work'])}]\n"
    for j in p.work:
        main += f"#text(size: 12pt)[{_t(j.company)}] \\ #text(size: 11.5pt)[{_t(j.title)}] \\ {_t(p.period(j.start, j.end))} ({_length(p, j)}) \\ #text(fill: gray)[{_t(j.place)}] \\ {_t(' '.join(j.bullets))}\n\n"
    main += f"#sec[{_t(h['projects'])}]\n"
    for q in p.projects:
        main += f"#text(size: 12pt)[{_t(q.name)}] \\ {_t(p.period(q.start, q.end))} \\ {_t(q.bullets[0])}\n\n"
    main += f"#sec[{_t(h['education'])}]\n"
    for s in p.education:
        main += f"#text(size: 12pt)[{_t(s.institution)}] \\ {_t(s.degree)} · ({_t(p.period(s.start, s.end))})\n\n"
    return out + (
        "#grid(columns: (6.2cm, 1fr), rows: (29.7cm), "
        f'grid.cell(fill: rgb("#293e49"), inset: 18pt, text(fill: rgb("#e1e8ed"))[{side}]), '
        f"grid.cell(inset: 22pt)[{main}])\n"
    )


def merged_form(p: Person) -> str:
    """A form whose labels span the rows they name, letter under letter in Korean."""
    ko = p.language == "ko"

    def t(korean: str, english: str) -> str:
        return korean if ko else english

    def table(title: str, labels: list[str], rows: list[list[str]]) -> str:
        upright = " \\ ".join(title.replace(" ", "")) if ko else _t(title)
        cells = f"table.cell(rowspan: {len(rows) + 1})[{upright}], "
        cells += ", ".join(f"[{_t(one)}]" for row in [labels, *rows] for one in row)
        widths = "1.1cm" if ko else "2.6cm"
        return f"#table(columns: ({widths}, {', '.join(['1fr'] * len(labels))}), align: center + horizon, {cells})\n"

    spaced = "#h(6pt)".join(p.name) if ko else _t(p.name)
    out = HEAD + f"#align(center, text(size: 18pt)[{t('이 력 서', 'APPLICATION FORM')}])\n"
    out += f"#table(columns: (2cm, 1fr, 2cm, 1fr), [{t('성 명', 'Name')}], [{spaced}], [{t('생년월일', 'Birth')}], [1995. 04. 11], [{t('휴대전화', 'Phone')}], [{_t(p.phone)}], [E-mail], [{_t(p.email)}], [{t('주 소', 'Address')}], table.cell(colspan: 3)[{_t(p.place)}], [{t('홈페이지', 'Web')}], table.cell(colspan: 3)[{_links(p, BREAK)}])\n"
    out += table(
        p.headings["education"],
        [t("재학기간", "Period"), t("학교명", "School"), t("전공/학위", "Degree"), t("졸업여부", "Status")],
        [[p.period(s.start, s.end), s.institution, s.degree, t("졸업", "Graduated")] for s in p.education],
    )  # fmt: skip
    out += table(
        p.headings["work"],
        [t("근무기간", "Period"), t("회사명", "Company"), t("부서/직위", "Position"), t("담당업무", "Responsibilities")],
        [[p.period(j.start, j.end), j.company, j.title, j.bullets[0]] for j in p.work],
    )  # fmt: skip
    for heading, entries in _short(p):
        out += table(
            heading,
            [t("취득일", "Date"), t("명칭", "Name"), t("발급기관", "Issuer")],
            [[p.date(when), name, by] for name, by, when in entries],
        )
    out += f"#pagebreak()\n#text(size: 14pt)[{_t(p.headings['projects'])}]\n"
    for q in p.projects:
        out += f"#table(columns: (2.6cm, 1fr, 2cm, 1fr), [{t('프로젝트명', 'Project')}], table.cell(colspan: 3)[{_t(q.name)}], [{t('기간', 'Period')}], [{_t(p.period(q.start, q.end))}], [{t('역할', 'Role')}], [{t('백엔드 개발', 'Backend')}], [{t('사용기술', 'Technologies')}], table.cell(colspan: 3)[{_t(', '.join(q.tools))}], [{t('주요내용', 'Description')}], table.cell(colspan: 3)[{_t(q.bullets[0])}])\n"
    out += f"#table(columns: (2.6cm, 1fr), [{_t(p.headings['skills'])}], [{_t(', '.join(n for _, names in p.skills for n in names))}])\n"
    return out


def company_margin(p: Person) -> str:
    """A job site's page: company over period at the left; role, then a dated task beside it."""
    h = p.headings
    out = HEAD + "#let row(a, b) = block(grid(columns: (4.4cm, 1fr), gutter: 0.3cm, a, b))\n"
    out += '#let sec(t) = block(above: 18pt)[#text(size: 14pt, weight: "bold", t) #v(-5pt) #line(length: 100%, stroke: 0.4pt + gray)]\n'
    out += f'#text(size: 24pt, weight: "bold")[{_t(p.name)}] \\ {_t(p.email)} \\ {_t(p.phone)} \\ {_links(p, BREAK)}\n'
    out += f"#sec[{_t(h['summary'])}]{_t(p.summary)}\n#sec[{_t(h['work'])}]\n"
    for j in p.work:
        task = f"{SUBPROJECTS[p.language]} \\ #text(size: 8pt, fill: gray)[{_t(p.period(j.start, j.start[:5] + '12'))}]{_bullets(j.bullets)}"
        out += f"#row[*{_t(j.company)}* \\ #text(size: 8pt, fill: gray)[{_t(p.period(j.start, j.end))}]][*{_t(j.title)}* \\ {task}]\n"
    out += f"#sec[{_t(h['education'])}]\n"
    for s in p.education:
        out += f"#row[*{_t(s.institution)}* \\ #text(size: 8pt, fill: gray)[{_t(p.period(s.start, s.end))}]][{_t(s.degree)}]\n"
    out += f"#sec[{_t(h['projects'])}]\n"
    for q in p.projects:
        out += f"#row[*{_t(q.name)}* \\ #text(size: 8pt, fill: gray)[{_t(p.period(q.start, q.end))}]][{_t(q.bullets[0])}]\n"
    out += f"#sec[{_t(h['skills'])}]" + " ".join(
        f"#box(stroke: 0.4pt + gray, inset: 3pt)[{_t(name)}]" for _, names in p.skills for name in names
    )  # fmt: skip
    for heading, entries in _short(p):
        out += f"\n#sec[{_t(heading)}]\n" + "".join(
            f"#row[{_t(p.date(when))}][*{_t(name)}* \\ {_t(by)}]\n" for name, by, when in entries
        )
    return out


def tight_rows(p: Person) -> str:
    """One table without borders, its columns hardly apart, headings in cells of their own."""
    h = p.headings

    def head(text: str) -> str:
        return f'table.cell(colspan: 3, inset: (top: 12pt))[#text(size: 11pt, weight: "bold")[{_t(text)}]], '

    cells = head(h["work"]) + "".join(
        f"[{_t(p.period(j.start, j.end))}], [{_t(j.company)}], [{_t(j.title)}], " for j in p.work
    )
    cells += head(h["education"]) + "".join(
        f"[{_t(p.period(s.start, s.end))}], [{_t(s.institution)}], [{_t(s.degree)}], " for s in p.education
    )  # fmt: skip
    cells += head(h["projects"]) + "".join(
        f"[{_t(p.period(q.start, q.end))}], [{_t(q.name)}], [{_t(q.bullets[0])}], " for q in p.projects
    )  # fmt: skip
    for heading, entries in _short(p):
        cells += head(heading) + "".join(
            f"[{_t(p.date(when))}], [{_t(name)}], [{_t(by)}], " for name, by, when in entries
        )
    cells += head(h["skills"]) + "".join(
        f"[{_t(label)}], table.cell(colspan: 2)[{_t(', '.join(names))}], " for label, names in p.skills
    )  # fmt: skip
    return (
        HEAD + f'#text(size: 20pt, weight: "bold")[{_t(p.name)}] \\ {_t(p.phone)}, {_t(p.email)}, '
        f"{_links(p, ', ')}\n#table(columns: (auto, auto, 1fr), stroke: none, inset: (x: 3pt, y: 2.5pt), {cells})\n"
    )


LAYOUTS = {
    "margin-dates": margin_dates, "stacked-ends": stacked_ends, "profile-export": profile_export,
    "merged-form": merged_form, "company-margin": company_margin, "tight-rows": tight_rows,
}  # fmt: skip
