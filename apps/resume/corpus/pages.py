"""HTML pages of a résumé, one function a layout, for browsers and word processors."""

from __future__ import annotations

from collections.abc import Callable
from html import escape as e

from .people import Person

FONT = "'NanumGothic','Noto Sans CJK KR',sans-serif"


def _page(style: str, body: str, size: str = "A4", margin: str = "14mm") -> str:
    return (
        f"<!doctype html><html><head><meta charset='utf-8'><style>@page{{size:{size};margin:{margin}}}"
        f"*{{box-sizing:border-box}}body{{font-family:{FONT};font-size:10pt;margin:0;color:#222;line-height:1.45}}"
        f"a{{color:inherit;text-decoration:none}}ul{{margin:2px 0 6px;padding-left:16px}}{style}</style></head><body>{body}</body></html>"
    )


def _list(items: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{e(item)}</li>" for item in items) + "</ul>"


def _b(text: str) -> str:
    return f"<b>{e(text)}</b>"


def _bare(link: str) -> str:
    return link.removeprefix("https://")


def _link(link: str, text: str | None = None) -> str:
    return f"<a href='{e(link)}'>{e(text or _bare(link))}</a>"


def classic(p: Person, ends: str = "flex") -> str:
    """One column, centred head, ruled capitals, company bold with its dates at the right.

    `ends` says how a row gets its two ends: "flex", "table", or "lines" for a line each.
    """
    h = p.headings

    def row(left: str, right: str) -> str:
        if ends == "table":
            return (
                f"<table width='100%'><tr><td>{left}</td><td align=right>{right}</td></tr></table>"
            )
        if ends == "lines":
            return f"<div>{left}</div><div>{right}</div>"
        return f"<div class=r><span>{left}</span><span>{right}</span></div>"

    contact = " | ".join([e(p.email), e(p.phone), e(p.place), *(_link(one) for one in p.links)])
    body = f"<h1>{e(p.name)}</h1><p class=c>{contact}</p><h2>{e(h['summary'])}</h2><p>{e(p.summary)}</p><h2>{e(h['work'])}</h2>"
    for j in p.work:
        body += row(_b(j.company), p.period(j.start, j.end)) + row(
            f"<i>{e(j.title)}</i>", f"<i>{e(j.place)}</i>"
        )
        body += _list(j.bullets)
    body += f"<h2>{e(h['education'])}</h2>"
    for s in p.education:
        body += (
            row(_b(s.institution), p.period(s.start, s.end))
            + f"<div>{e(s.degree)} (GPA {s.grade})</div>"
        )
    body += f"<h2>{e(h['projects'])}</h2>"
    for q in p.projects:
        body += row(_b(q.name), p.period(q.start, q.end)) + _list(q.bullets)
    body += f"<h2>{e(h['skills'])}</h2>" + "".join(
        f"<div><b>{e(label)}:</b> {e(', '.join(names))}</div>" for label, names in p.skills
    )
    body += _tail(p, lambda name, by, when: row(e(f"{name}, {by}" if by else name), p.date(when)))
    return _page(
        "h1{text-align:center;margin:0;font-size:22pt}.c{text-align:center;margin:2px}h2{font-size:12pt;text-transform:uppercase;border-bottom:1px solid #333;margin:10px 0 4px}.r{display:flex;justify-content:space-between}",
        body,
    )


def _tail(p: Person, row: Callable[[str, str, str], str]) -> str:
    body = ""
    if p.certificates:
        body += f"<h2>{e(p.headings['certificates'])}</h2>" + "".join(
            row(*one) for one in p.certificates
        )
    if p.awards:
        body += f"<h2>{e(p.headings['awards'])}</h2>" + "".join(row(*one) for one in p.awards)
    return body


def sidebar(p: Person) -> str:
    """A dark sidebar with contact, skills and languages; the rest at its right."""
    h = p.headings
    side = (
        f"<div class=ph></div><h3>{e(h['contact'])}</h3><p>{e(p.email)}</p><p>{e(p.phone)}</p><p>{e(p.place)}</p>"
        + "".join(f"<p>{_link(one)}</p>" for one in p.links)
    )
    side += f"<h3>{e(h['skills'])}</h3>" + "".join(
        f"<p class=l>{e(label)}</p>" + "".join(f"<p>{e(name)}</p>" for name in names)
        for label, names in p.skills
    )
    side += f"<h3>{e(h['languages'])}</h3>" + "".join(
        f"<p>{e(name)} - {e(level)}</p>" for name, level in p.languages
    )
    main = f"<h1>{e(p.name)}</h1><p class=t>{e(p.label)}</p><h2>{e(h['summary'])}</h2><p>{e(p.summary)}</p><h2>{e(h['work'])}</h2>"
    for j in p.work:
        main += f"<p class=j><b>{e(j.title)}</b></p><p class=g>{e(j.company)} | {p.period(j.start, j.end)}</p>{_list(j.bullets)}"
    main += f"<h2>{e(h['projects'])}</h2>"
    for q in p.projects:
        main += f"<p class=j><b>{e(q.name)}</b></p><p class=g>{p.period(q.start, q.end)} | {e(', '.join(q.tools))}</p>{_list(q.bullets)}"
    main += f"<h2>{e(h['education'])}</h2>"
    for s in p.education:
        main += f"<p class=j><b>{e(s.institution)}</b></p><p class=g>{e(s.degree)} | {p.period(s.start, s.end)}</p>"
    main += _tail(
        p,
        lambda name, by, when: (
            f"<p class=j>{e(name)}</p><p class=g>{e(by) + ' | ' if by else ''}{p.date(when)}</p>"
        ),
    )
    return _page(
        ".s{position:absolute;left:0;top:0;width:62mm;min-height:297mm;background:#23344d;color:#fff;padding:10mm 6mm}.m{margin-left:62mm;padding:10mm 8mm}p{margin:1px 0}h2{color:#23344d;font-size:13pt;margin:10px 0 3px}h3{font-size:11pt;margin:12px 0 3px;text-transform:uppercase}.l{font-weight:bold;margin-top:4px}h1{margin:0;font-size:24pt}.g{color:#777;font-size:9pt}.ph{width:30mm;height:30mm;border-radius:15mm;background:#9ab;margin:0 auto}li{font-size:9pt}",
        f"<div class=s>{side}</div><div class=m>{main}</div>",
        margin="0",
    )


def deedy(p: Person) -> str:
    """A narrow left column without colour, dense; the work at its right."""
    h = p.headings
    left = f"<h2>{e(h['education'])}</h2>"
    for s in p.education:
        left += f"<h3>{e(s.institution)}</h3><p>{e(s.degree)}</p><p class=g>{p.period(s.start, s.end)}</p><p class=g>GPA: {s.grade}</p>"
    left += f"<h2>{e(h['contact'])}</h2>" + "".join(f"<p>{_link(one)}</p>" for one in p.links)
    left += f"<h2>{e(h['skills'])}</h2>" + "".join(
        f"<h4>{e(label)}</h4><p>{e(' • '.join(names))}</p>" for label, names in p.skills
    )
    right = f"<h2>{e(h['work'])}</h2>"
    for j in p.work:
        right += f"<div class=r><h3>{e(j.company)} | {e(j.title)}</h3></div><p class=g>{p.period(j.start, j.end)} | {e(j.place)}</p>{_list(j.bullets)}"
    right += f"<h2>{e(h['projects'])}</h2>"
    for q in p.projects:
        right += f"<h3>{e(q.name)}</h3><p class=g>{p.period(q.start, q.end)}</p>{_list(q.bullets)}"
    if p.awards:
        right += f"<h2>{e(h['awards'])}</h2>" + "".join(
            f"<p><span class=d>{p.date(when)}</span> {e(name)}</p>" for name, _, when in p.awards
        )
    if p.certificates:
        right += f"<h2>{e(h['certificates'])}</h2>" + "".join(
            f"<p><span class=d>{p.date(when)}</span> {e(name)}</p>"
            for name, _, when in p.certificates
        )
    return _page(
        "h1{text-align:center;font-size:30pt;font-weight:300;margin:0}.c{text-align:center;color:#666}p{margin:1px 0}h2{font-size:14pt;font-weight:400;text-transform:uppercase;color:#445;margin:8px 0 2px}h3{font-size:10.5pt;margin:4px 0 0}h4{font-size:9.5pt;margin:3px 0 0;color:#666}.g{color:#777;font-size:8.5pt}.two{display:flex;gap:8mm}.a{width:33%}.b{width:67%}.d{display:inline-block;width:22mm}",
        f"<h1>{e(p.name)}</h1><p class=c>{e(p.email)} | {e(p.phone)} | {e(p.place)}</p><div class=two><div class=a>{left}</div><div class=b>{right}</div></div>",
    )


def notion(p: Person) -> str:
    """A notes app's export: pictographs, big headings, tags set as code, greeting."""
    h = p.headings
    greeting = f"안녕하세요, {e(p.label)} {e(p.name)}입니다." if p.language == "ko" else e(p.label)
    body = f"<h1>{e(p.name)}</h1><blockquote>{greeting}<br>{e(p.summary)}</blockquote><h2>📞 {e(h['contact'])}</h2><ul><li>Email: {e(p.email)}</li><li>Phone: {e(p.phone)}</li>"
    names = {"github.com": "GitHub", "linkedin.com": "LinkedIn"}
    body += (
        "".join(
            f"<li>{e(next((n for d, n in names.items() if d in one), 'Blog'))}: {_link(one)}</li>"
            for one in p.links
        )
        + "</ul>"
    )
    body += f"<h2>🛠 {e(h['skills'])}</h2>" + "".join(
        f"<p><b>{e(label)}</b></p><p>"
        + " ".join(f"<code>{e(name)}</code>" for name in names_)
        + "</p>"
        for label, names_ in p.skills
    )
    body += f"<h2>💼 {e(h['work'])}</h2>"
    for j in p.work:
        body += f"<h3>{e(j.company)}</h3><p class=g>{p.period(j.start, j.end)}</p><p><b>{e(j.title)}</b></p>{_list(j.bullets)}"
    body += f"<h2>📂 {e(h['projects'])}</h2>"
    stack = "기술 스택" if p.language == "ko" else "Stack"
    when = "기간" if p.language == "ko" else "Period"
    for q in p.projects:
        body += f"<h3>{e(q.name)}</h3><ul><li>{when}: {p.period(q.start, q.end)}</li><li>{stack}: {e(', '.join(q.tools))}</li></ul>{_list(q.bullets)}"
    body += f"<h2>🎓 {e(h['education'])}</h2>" + "".join(
        f"<p><b>{e(s.institution)}</b> {e(s.degree)}</p><p class=g>{p.period(s.start, s.end)}</p>"
        for s in p.education
    )
    body += _tail(
        p,
        lambda name, by, date: (
            f"<ul><li>{e(name)} ({p.date(date)}{', ' + e(by) if by else ''})</li></ul>"
        ),
    )
    return _page(
        "h1{font-size:28pt}h2{font-size:17pt;border-bottom:1px solid #ddd;margin:18px 0 6px}h3{font-size:13pt;margin:10px 0 2px}.g{color:#999;margin:0}p{margin:3px 0}code{background:#eee;color:#c33;padding:1px 4px;border-radius:3px;font-family:'NanumGothicCoding',monospace}blockquote{border-left:3px solid #333;margin:0;padding-left:10px}",
        body,
        margin="20mm",
    )


def beside(p: Person) -> str:
    """Company and dates in a narrow left column, what was done beside them."""
    h = p.headings

    def row(left: list[str], right: str) -> str:
        return (
            f"<div class=w><div class=l><b>{e(left[0])}</b>"
            + "".join(f"<br><span class=g>{e(one)}</span>" for one in left[1:])
            + f"</div><div class=x>{right}</div></div>"
        )

    body = f"<h1>{e(p.name)}</h1><p class=t>{e(p.label)}</p><p>{e(p.email)} &nbsp;·&nbsp; {e(p.phone)}</p><p>{' &nbsp;·&nbsp; '.join(_link(one) for one in p.links)}</p><p>{e(p.summary)}</p><h2>{e(h['work'])}</h2>"
    for j in p.work:
        body += row([j.company, p.period(j.start, j.end)], f"<b>{e(j.title)}</b>{_list(j.bullets)}")
    body += f"<h2>{e(h['projects'])}</h2>"
    for q in p.projects:
        body += row(
            [q.name, p.period(q.start, q.end)],
            f"{_list(q.bullets)}<span class=g>{e(', '.join(q.tools))}</span>",
        )
    body += f"<h2>{e(h['education'])}</h2>" + "".join(
        row([s.institution, p.period(s.start, s.end)], e(s.degree)) for s in p.education
    )
    body += f"<h2>{e(h['skills'])}</h2>" + "".join(
        row([label], e(", ".join(names))) for label, names in p.skills
    )
    body += _tail(
        p, lambda name, by, when: row([p.date(when)], f"{e(name)}{' / ' + e(by) if by else ''}")
    )
    return _page(
        "h1{margin:0;font-size:24pt}.t{font-size:13pt;color:#36c;margin:0 0 6px}p{margin:2px 0}h2{font-size:14pt;color:#36c;border-top:2px solid #36c;padding-top:4px;margin:14px 0 6px}.w{display:flex;margin-bottom:6px}.l{width:48mm;flex:none}.x{flex:1}.g{color:#888;font-size:9pt}ul{margin-top:0}",
        body,
    )


def form(p: Person) -> str:
    """A ruled form with labelled cells, as Korean employers hand out."""
    ko = p.language == "ko"

    def t(korean: str, english: str) -> str:
        return korean if ko else english

    spaced = " ".join(p.name) if ko and len(p.name) == 3 else p.name
    body = f"<h1>{t('이 력 서', 'APPLICATION FORM')}</h1><table border=1><tr><td rowspan=4 class=ph>{t('사진', 'Photo')}</td><th>{t('성명', 'Name')}</th><td>{e(spaced)}</td><th>{t('생년월일', 'Date of birth')}</th><td>1994.05.17</td></tr>"
    body += f"<tr><th>{t('연락처', 'Phone')}</th><td>{e(p.phone)}</td><th>{t('이메일', 'Email')}</th><td>{e(p.email)}</td></tr><tr><th>{t('주소', 'Address')}</th><td colspan=3>{e(p.place)}</td></tr><tr><th>{t('홈페이지', 'Website')}</th><td colspan=3>{'<br>'.join(e(one) for one in p.links)}</td></tr></table>"

    def grid(title: str, heads: list[str], rows: list[list[str]]) -> str:
        cells = "".join(f"<th>{e(one)}</th>" for one in heads)
        return (
            f"<h2>{e(title)}</h2><table border=1><tr>{cells}</tr>"
            + "".join(
                "<tr>" + "".join(f"<td>{e(one)}</td>" for one in row) + "</tr>" for row in rows
            )
            + "</table>"
        )

    body += grid(
        p.headings["education"],
        [t("기간", "Period"), t("학교명", "School"), t("전공", "Major"), t("구분", "Status")],
        [
            [p.period(s.start, s.end), s.institution, s.degree, t("졸업", "Graduated")]
            for s in p.education
        ],
    )
    body += grid(
        p.headings["work"],
        [
            t("근무기간", "Period"),
            t("회사명", "Company"),
            t("직위", "Position"),
            t("담당업무", "Responsibilities"),
        ],
        [[p.period(j.start, j.end), j.company, j.title, j.bullets[0]] for j in p.work],
    )
    if p.certificates:
        body += grid(
            p.headings["certificates"],
            [t("취득일", "Date"), t("자격증명", "Name"), t("발행처", "Issuer")],
            [[p.date(when), name, by] for name, by, when in p.certificates],
        )
    if p.awards:
        body += grid(
            p.headings["awards"],
            [t("수상일", "Date"), t("수상명", "Name"), t("주최", "Issuer")],
            [[p.date(when), name, by] for name, by, when in p.awards],
        )
    body += (
        f"<h2>{e(p.headings['skills'])}</h2><table border=1>"
        + "".join(
            f"<tr><th>{e(label)}</th><td>{e(', '.join(names))}</td></tr>"
            for label, names in p.skills
        )
        + "</table>"
    )
    body += (
        f"<h2>{e(p.headings['projects'])}</h2><table border=1>"
        + "".join(
            f"<tr><th>{t('프로젝트명', 'Project')}</th><td>{e(q.name)}</td><th>{t('기간', 'Period')}</th><td>{p.period(q.start, q.end)}</td></tr><tr><th>{t('내용', 'Description')}</th><td colspan=3>{e(q.bullets[0])}</td></tr>"
            for q in p.projects
        )
        + "</table>"
    )
    return _page(
        "h1{text-align:center;font-size:22pt}h2{font-size:12pt;margin:12px 0 3px}table{border-collapse:collapse;width:100%}td,th{border:1px solid #555;padding:4px 6px;font-size:9.5pt;text-align:left}th{background:#eee;white-space:nowrap}.ph{width:26mm;text-align:center;color:#999}",
        body,
    )


def cards(p: Person) -> str:
    """Jobs and projects in framed cards, two side by side."""
    h = p.headings

    def grid(items: list[str]) -> str:
        return (
            "<div class=grid>"
            + "".join(f"<div class=card>{item}</div>" for item in items)
            + "</div>"
        )

    body = f"<div class=top><h1>{e(p.name)}</h1><p>{e(p.label)}</p><p>{e(p.email)} / {e(p.phone)}</p><p>{' / '.join(_link(one) for one in p.links)}</p></div><h2>{e(h['work'])}</h2>"
    body += grid(
        [
            f"<h3>{e(j.company)}</h3><p>{e(j.title)}</p><p class=g>{p.period(j.start, j.end)}</p>{_list(j.bullets)}"
            for j in p.work
        ]
    )
    body += f"<h2>{e(h['projects'])}</h2>" + grid(
        [
            f"<h3>{e(q.name)}</h3><p class=g>{p.period(q.start, q.end)}</p>{_list(q.bullets)}<p>{e(' · '.join(q.tools))}</p>"
            for q in p.projects
        ]
    )
    body += f"<h2>{e(h['skills'])}</h2>" + grid(
        [f"<h3>{e(label)}</h3><p>{e(', '.join(names))}</p>" for label, names in p.skills]
    )
    body += f"<h2>{e(h['education'])}</h2>" + grid(
        [
            f"<h3>{e(s.institution)}</h3><p>{e(s.degree)}</p><p class=g>{p.period(s.start, s.end)}</p>"
            for s in p.education
        ]
    )
    body += _tail(p, lambda name, by, when: f"<p>{e(name)} · {p.date(when)}</p>")
    return _page(
        ".grid{display:grid;grid-template-columns:1fr 1fr;gap:5mm}.card{border:1px solid #ccd;border-radius:6px;padding:8px 10px;background:#f8f9fc;break-inside:avoid}h3{margin:0;font-size:11pt}p{margin:1px 0}.g{color:#789;font-size:9pt}h2{color:#205080;font-size:14pt;margin:12px 0 5px}h1{margin:0;font-size:26pt}.top{background:#205080;color:#fff;padding:10px 14px}ul{padding-left:14px}li{font-size:9pt}",
        body,
        margin="12mm",
    )


def portfolio(p: Person) -> str:
    """Wide slides: a cover, a page about the person, a page for each project."""
    h = p.headings
    title = "포트폴리오" if p.language == "ko" else "Portfolio"
    body = (
        f"<section class=v><p class=k>{title}</p><h1>{e(p.name)}</h1><p>{e(p.label)}</p><p>{e(p.email)}</p><p>{e(p.phone)}</p>"
        + "".join(f"<p>{_link(one)}</p>" for one in p.links)
        + "</section>"
    )
    body += f"<section><div class=two><div><h2>{e(h['work'])}</h2>" + "".join(
        f"<p><b>{e(j.company)}</b> {e(j.title)}</p><p class=g>{p.period(j.start, j.end)}</p>"
        for j in p.work
    )
    body += f"<h2>{e(h['education'])}</h2>" + "".join(
        f"<p><b>{e(s.institution)}</b> {e(s.degree)}</p><p class=g>{p.period(s.start, s.end)}</p>"
        for s in p.education
    )
    body += f"</div><div><h2>{e(h['skills'])}</h2>" + "".join(
        f"<p><b>{e(label)}</b></p><p>{e(', '.join(names))}</p>" for label, names in p.skills
    )
    for key, rows in (("certificates", p.certificates), ("awards", p.awards)):
        if rows:
            body += f"<h2>{e(h[key])}</h2>" + "".join(
                f"<p>{e(name)} <span class=g>{p.date(when)}</span></p>" for name, _, when in rows
            )
    body += "</div></div></section>"
    body += f"<section><h2>{e(h['projects'])}</h2>"
    for number, q in enumerate(p.projects):
        if number:
            body += "</section><section>"
        body += f"<h3>{e(q.name)}</h3><p class=g>{p.period(q.start, q.end)}</p>{_list(q.bullets)}<p>{e(', '.join(q.tools))}</p>"
    return _page(
        "section{break-after:page;padding:16mm}.v{padding-top:50mm}h1{font-size:40pt;margin:0}h2{font-size:20pt;color:#c04020;margin:0 0 8px}h3{font-size:16pt;margin:8px 0 2px}.k{font-size:16pt;color:#c04020}.g{color:#888}p{margin:2px 0;font-size:12pt}li{font-size:12pt}.two{display:flex;gap:18mm}.two>div{flex:1}",
        body + "</section>",
        size="297mm 167mm",
        margin="0",
    )


def dated(p: Person) -> str:
    """Dates in the left margin, headings over the text, as a common LaTeX class sets it."""
    h = p.headings

    def row(left: str, right: str) -> str:
        return f"<div class=w><div class=l>{left}</div><div class=x>{right}</div></div>"

    body = f"<div class=hd><div><h1>{e(p.name)}</h1><i>{e(p.label)}</i></div><div class=ct>{e(p.place)}<br>{e(p.phone)}<br>{e(p.email)}<br>{'<br>'.join(_link(one) for one in p.links)}</div></div>"

    def head(key: str) -> str:
        return row("<div class=bar></div>", f"<h2>{e(h[key])}</h2>")

    body += head("education") + "".join(
        row(p.period(s.start, s.end), f"<b>{e(s.degree)}</b>, <i>{e(s.institution)}</i>")
        for s in p.education
    )
    body += head("work") + "".join(
        row(
            p.period(j.start, j.end),
            f"<b>{e(j.title)}</b>, <i>{e(j.company)}</i>, {e(j.place)}.{_list(j.bullets)}",
        )
        for j in p.work
    )
    body += head("projects") + "".join(
        row(p.period(q.start, q.end), f"<b>{e(q.name)}</b>{_list(q.bullets)}") for q in p.projects
    )
    body += head("skills") + "".join(
        row(e(label), e(", ".join(names))) for label, names in p.skills
    )
    for key, rows in (("certificates", p.certificates), ("awards", p.awards)):
        if rows:
            body += head(key) + "".join(
                row(p.date(when), f"{e(name)}{', ' + e(by) if by else ''}")
                for name, by, when in rows
            )
    return _page(
        "h1{font-size:28pt;margin:0;font-weight:400}.hd{display:flex;justify-content:space-between;margin-bottom:8px}.ct{text-align:right;font-size:9pt;font-style:italic}h2{color:#3873b3;font-size:14pt;font-weight:400;margin:8px 0 3px}.w{display:flex;gap:4mm;margin-bottom:2px}.l{width:36mm;text-align:right;flex:none;font-size:9.5pt}.x{flex:1}.bar{background:#3873b3;height:5px;margin-top:16px}",
        body,
    )


def jobsite(p: Person) -> str:
    """A job site's export: grey labels, company and team in one line, length in brackets."""
    ko = p.language == "ko"
    h = p.headings
    body = f"<h1>{e(p.name)}</h1><p class=g>{'남 · 1994년 (31세)' if ko else 'Open to work'}</p><table class=i><tr><td class=g>{'휴대폰' if ko else 'Mobile'}</td><td>{e(p.phone)}</td><td class=g>Email</td><td>{e(p.email)}</td></tr><tr><td class=g>{'주소' if ko else 'Address'}</td><td colspan=3>{e(p.place)}</td></tr></table>"
    length = "(1년 6개월)" if ko else "(1 yr 6 mos)"
    total = "총 4년 2개월" if ko else ""
    body += f"<h2>{e(h['education'])}</h2>" + "".join(
        f"<div class=w><div class=l>{p.period(s.start, s.end)}</div><div><b>{e(s.institution)}</b><br>{e(s.degree)}{' | 졸업' if ko else ''} | {s.grade}</div></div>"
        for s in p.education
    )
    body += f"<h2>{e(h['work'])} <small>{total}</small></h2>"
    for j in p.work:
        body += f"<div class=w><div class=l>{p.period(j.start, j.end)}<br><span class=g>{length}</span></div><div><b>{e(j.company)}</b><br>{e(j.title)}{_list(j.bullets)}</div></div>"
    body += (
        f"<h2>{e(h['skills'])}</h2><p>"
        + " ".join(f"<span class=tag>{e(name)}</span>" for _, names in p.skills for name in names)
        + "</p>"
    )
    body += f"<h2>{e(h['projects'])}</h2>" + "".join(
        f"<div class=w><div class=l>{p.period(q.start, q.end)}</div><div><b>{e(q.name)}</b>{_list(q.bullets)}</div></div>"
        for q in p.projects
    )
    for key, rows in (("certificates", p.certificates), ("awards", p.awards)):
        if rows:
            body += f"<h2>{e(h[key])}</h2>" + "".join(
                f"<div class=w><div class=l>{p.date(when)}</div><div><b>{e(name)}</b>{'<br>' + e(by) if by else ''}</div></div>"
                for name, by, when in rows
            )
    body += f"<h2>{'포트폴리오 및 링크' if ko else 'Links'}</h2>" + "".join(
        f"<p>{_link(one, one)}</p>" for one in p.links
    )
    return _page(
        "h1{font-size:20pt;margin:0}h2{font-size:12.5pt;border-bottom:2px solid #222;padding-bottom:3px;margin:16px 0 6px}.w{display:flex;border-bottom:1px solid #eee;padding:5px 0}.l{width:52mm;flex:none}.g{color:#999}.tag{border:1px solid #ccc;border-radius:10px;padding:1px 8px;margin:2px;display:inline-block}small{font-weight:400;color:#36c}.i td{padding:1px 10px 1px 0}p{margin:2px 0}",
        body,
    )


def margin(p: Person) -> str:
    """Headings in the left margin beside their text; school and degree in one phrase."""
    h = p.headings

    def part(key: str, text: str) -> str:
        return f"<div class=w><div class=l>{e(h[key])}</div><div class=x>{text}</div></div>"

    body = f"<h1>{e(p.name)}</h1><p>{e(p.email)} | {e(p.phone)} | {e(p.place)}</p><p>{' | '.join(_link(one) for one in p.links)}</p>"
    body += part("summary", e(p.summary))
    body += part(
        "education",
        "".join(
            f"<p>{e(s.degree)}, {e(s.institution)} <span class=d>{p.period(s.start, s.end)}</span></p>"
            for s in p.education
        ),
    )
    body += part(
        "work",
        "".join(
            f"<p>{_b(j.company)}, {e(j.place)} <span class=d>{p.period(j.start, j.end)}</span></p><p><i>{e(j.title)}</i></p>{_list(j.bullets)}"
            for j in p.work
        ),
    )
    body += part(
        "projects",
        "".join(
            f"<p>{_b(q.name)} – {e(', '.join(q.tools))}</p>{_list(q.bullets)}" for q in p.projects
        ),
    )
    body += part(
        "skills",
        "".join(f"<p><i>{e(label)}:</i> {e(', '.join(names))}</p>" for label, names in p.skills),
    )
    for key, rows in (("certificates", p.certificates), ("awards", p.awards)):
        if rows:
            body += part(
                key,
                "".join(
                    f"<p>{e(name)}{' (' + e(by) + ')' if by else ''}, {p.date(when)}</p>"
                    for name, by, when in rows
                ),
            )
    return _page(
        "h1{margin:0;font-size:20pt}p{margin:1px 0}.w{display:flex;gap:5mm;margin-top:8px}.l{width:30mm;flex:none;font-weight:bold;font-variant:small-caps}.x{flex:1}.d{float:right}",
        body,
    )


def journal(p: Person) -> str:
    """Told as a blog page: each company is a heading of its own, without one over them all."""
    h = p.headings

    def t(korean: str, english: str) -> str:
        return korean if p.language == "ko" else english

    body = (
        f"<h1>{e(p.name)}</h1><p>{t('연락처', 'Phone')} : {e(p.phone)}<br>{t('이메일', 'Email')} : {e(p.email)}<br>"
        + "<br>".join(_link(one, one) for one in p.links)
        + "</p>"
    )
    body += f"<h2>{e(h['skills'])}</h2>" + _list(
        [f"{label} : {', '.join(names)}" for label, names in p.skills]
    )
    for j in p.work:
        body += f"<h2>{e(j.company)} ({p.period(j.start, j.end)})</h2><p>{e(j.title)}</p>{_list(j.bullets)}"
    body += f"<h2>{e(h['projects'])}</h2>" + "".join(
        f"<h3>{e(q.name)}</h3><blockquote>{p.period(q.start, q.end)}</blockquote>{_list(q.bullets)}"
        for q in p.projects
    )
    body += (
        f"<h2>{e(h['education'])}</h2><p>"
        + "<br>".join(
            f"{e(s.institution)} {e(s.degree)} ({p.period(s.start, s.end)})"
            if p.language == "ko"
            else f"{e(s.degree)}, {e(s.institution)} ({p.period(s.start, s.end)})"
            for s in p.education
        )
        + "</p>"
    )
    for key, rows in (("certificates", p.certificates), ("awards", p.awards)):
        if rows:
            body += f"<h2>{e(h[key])}</h2>" + _list(
                [f"{name} ({p.date(when)})" for name, _, when in rows]
            )
    return _page(
        "h1{font-size:24pt}h2{font-size:16pt;border-bottom:1px solid #ccc;margin:16px 0 6px}h3{font-size:12pt;margin:8px 0 2px}blockquote{color:#666;border-left:4px solid #ddd;margin:0;padding-left:8px}",
        body,
        margin="18mm",
    )


LAYOUTS: dict[str, Callable[[Person], str]] = {
    "one-column": classic,
    "sidebar": sidebar,
    "two-column": deedy,
    "notes": notion,
    "beside": beside,
    "form": form,
    "cards": cards,
    "portfolio": portfolio,
    "dated": dated,
    "job-site": jobsite,
    "margin": margin,
    "journal": journal,
}
