"""The committed corpus is read as well as it was; a change that loses a field shows here."""

from apps.resume.corpus.score import COMMITTED, read
from apps.resume.corpus.scoring import FIELDS, Count, score

LEAST = 0.95


def test_no_field_is_lost_in_either_language() -> None:
    rows = read([COMMITTED])

    for language in ("ko", "en"):
        mine = [counts for tags, counts, _, _ in rows if tags["lang"] == language]
        assert len(mine) >= 26
        for name in FIELDS:
            values = [c[name].f1 for c in mine if c[name].found or c[name].wanted]
            assert sum(values) / len(values) >= LEAST, (language, name)


def test_no_section_is_lost_to_an_error_of_ours() -> None:
    """Reading goes on past one, with a warning that would otherwise be easy to miss."""
    rows = read([COMMITTED])

    assert [
        tags["file"] for tags, _, resume, _ in rows if "section_unread" in str(resume["meta"])
    ] == []


def test_every_layout_is_there_in_both_languages() -> None:
    rows = read([COMMITTED])

    layouts = {(tags["layout"], tags["lang"]) for tags, _, _, _ in rows}

    assert {layout for layout, _ in layouts} >= {
        "one-column", "two-column", "sidebar", "form", "cards", "portfolio", "beside", "dated",
        "job-site", "notes", "margin", "journal", "ruled", "typeset-columns", "columns",
        "margin-dates", "stacked-ends", "profile-export", "merged-form", "company-margin",
        "tight-rows",
    }  # fmt: skip
    assert len(layouts) == 42


def test_the_scorer_counts_what_is_missing_and_what_is_wrong() -> None:
    truth = {
        "name": "Nora Lindholm",
        "skills": ["Go", "Python"],
        "experience": [
            {"company": "Fernway", "title": "Engineer", "start": "2018-06", "end": "present"}
        ],
    }
    resume = {
        "basics": {"name": "Nora Lindholm"},
        "skills": [{"name": "Languages", "keywords": ["Go", "Rust"]}],
        "work": [{"name": "Fernway", "position": "Cook", "startDate": "2018-06"}],
    }

    counts = score(resume, truth)

    assert counts["name"] == Count(1, 1, 1)
    assert counts["skills"] == Count(1, 2, 2)
    assert counts["company"] == Count(1, 1, 1)
    assert counts["title"] == Count(0, 1, 1)
    assert counts["work_dates"] == Count(2, 2, 2)
