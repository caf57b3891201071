"""A profile's every value is in its Word file, as it was written."""

from __future__ import annotations

import copy
from datetime import date

import pytest
from docx.oxml.ns import qn

from apps.resume.rendering import TEMPLATES, ProfileInvalid, render
from apps.resume.rendering.labels import labels
from apps.resume.rendering.sample import EMPTY_PROFILE, FULL_PROFILE
from apps.resume.rendering.text import written_date, written_period

from .word import Read, values

DATES = ("startDate", "endDate", "date", "releaseDate", "birthDate")
SECTIONS = [key for key in FULL_PROFILE if key != "basics"]
BOTH = pytest.mark.parametrize("language", ["ko", "en"])
EACH = pytest.mark.parametrize("template", sorted(TEMPLATES))

HOSTILE = " · ".join(
    [
        "R&D <x> </w:t></w:r></w:p>",
        "{{ 7*7 }}",
        "{% for a in b %}",
        "{_{ 7*7 }_} {_% raw %_}",
        "{{r name }} {%p if name %} {# no #}",
        "{{ name.__class__.__mro__ }}",
        "👩‍💻 🇰🇷 é e\u0301 한글 漢字 \u202eabc\u202c",
        "&amp; &#123; ]]> <![CDATA[x]]>",
        "'\"“”‘’ \\1 \\g<0> %s %(name)s ${x}",
        "가" * 300,
    ]
)


def not_shown(template: str) -> tuple[str, ...]:
    """Dates are written anew, a country by its name; what English résumés leave out."""
    personal = () if template.startswith("korean") else ("militaryService",)
    return (*DATES, "countryCode", *personal)


@EACH
@BOTH
def test_every_value_of_a_full_profile_is_written(template: str, language: str) -> None:
    text = Read(render(FULL_PROFILE, template, language)).text

    missing = [
        (path, line)
        for path, value in values(FULL_PROFILE, not_shown(template))
        for line in value.split("\n")
        if line not in text
    ]
    assert missing == []
    assert "{{" not in text and "{%" not in text


@EACH
@BOTH
def test_every_date_is_written_in_the_language(template: str, language: str) -> None:
    text = Read(render(FULL_PROFILE, template, language)).text

    expected = []
    for section in SECTIONS:
        for entry in FULL_PROFILE[section]:
            if "startDate" in entry:
                expected.append(
                    written_period(entry["startDate"], entry.get("endDate", ""), language)
                )
            for key in ("date", "releaseDate"):
                if key in entry:
                    expected.append(written_date(entry[key], language))
    assert len(expected) == 9
    assert [one for one in expected if one not in text] == []


@pytest.mark.parametrize(
    "start, end, korean, english",
    [
        ("2021-03", "2023-05", "2021.03 ~ 2023.05", "Mar 2021 – May 2023"),
        ("2021-03", "", "2021.03 ~ 현재", "Mar 2021 – Present"),
        ("2021-03-15", "2021-12-31", "2021.03 ~ 2021.12", "Mar 2021 – Dec 2021"),
        ("2019", "2021", "2019 ~ 2021", "2019 – 2021"),
        ("2021", "2021", "2021", "2021"),
        ("", "2023-05", "2023.05", "May 2023"),
        ("", "", "", ""),
    ],
)
def test_periods(start: str, end: str, korean: str, english: str) -> None:
    assert written_period(start, end, "ko") == korean
    assert written_period(start, end, "en") == english


def test_whole_dates() -> None:
    assert written_date("2020-11-07", "ko") == "2020.11.07"
    assert written_date("2020-11-07", "en") == "Nov 7, 2020"


@EACH
@BOTH
def test_an_empty_profile_has_no_sections(template: str, language: str) -> None:
    read = Read(render(EMPTY_PROFILE, template, language))

    assert read.headings == []
    assert len(read.docx.tables) == 0
    title = [labels(language)["resume"]] if template == "korean-form" else []
    assert [text for text in read.paragraphs if text.strip()] == title


@EACH
@BOTH
@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_alone_brings_its_heading_alone(
    template: str, language: str, section: str
) -> None:
    read = Read(render({section: FULL_PROFILE[section]}, template, language))

    text = labels(language)
    expected = [text[section]]
    if template == "korean-developer" and section == "work":
        expected = [text["work_overview"], text["career_description"]]
    assert read.headings == expected


@EACH
def test_entries_that_say_nothing_are_left_out(template: str) -> None:
    profile: dict[str, list[dict[str, object]]] = {section: [{}] for section in SECTIONS}
    profile["work"] = [{"name": "", "highlights": ["", "  "], "url": None, "endDate": ""}]

    assert Read(render(profile, template, "ko")).headings == []


@EACH
@BOTH
def test_each_field_alone_makes_a_sound_file(template: str, language: str) -> None:
    for section in SECTIONS:
        for key, value in FULL_PROFILE[section][0].items():
            text = Read(render({section: [{key: value}]}, template, language)).text
            if key not in DATES:
                for _, one in values(value):
                    assert one in text, (section, key)


@EACH
@BOTH
def test_hostile_text_comes_out_as_written(template: str, language: str) -> None:
    profile = copy.deepcopy(FULL_PROFILE)
    make_hostile(profile)

    read = Read(render(profile, template, language))

    expected = values(profile, not_shown(template))
    assert len(expected) > 60
    assert [path for path, text in expected if text not in read.text] == []
    name = profile["basics"]["name"]
    assert name in read.docx.sections[0].footer.paragraphs[0].text
    assert read.docx.core_properties.author == name[:255]


def make_hostile(value: object, start: int = 0) -> int:
    """Puts a hostile text, each with a number of its own, in the place of all but dates."""
    items = value.items() if isinstance(value, dict) else enumerate(value)  # type: ignore[arg-type]
    for key, one in list(items):
        if not isinstance(one, str):
            start = make_hostile(one, start)
        elif key not in (*DATES, "countryCode"):
            start += 1
            value[key] = f"⟦{start}⟧ {HOSTILE}"  # type: ignore[index]
    return start


@EACH
def test_control_characters_are_dropped_and_lines_kept(template: str) -> None:
    profile = {
        "basics": {
            "name": "a\x00b\x07c\x0bd\x0ce\x1b\x7f\ufffe\ud800f",
            "summary": "one\r\ntwo\n\nthree",
        },
        "work": [{"name": "x\ty\nz"}],
    }

    read = Read(render(profile, template, "en"))

    assert "abcdef" in read.text
    lines = [line for line in read.paragraphs if line in ("one", "two", "three")]
    assert lines == ["one", "two", "three"]
    assert "x\ty\nz" in read.text


@EACH
@BOTH
def test_long_profiles_lose_nothing(template: str, language: str) -> None:
    profile = copy.deepcopy(FULL_PROFILE)
    profile["work"] = [
        {
            "name": f"회사{number:02}",
            "position": f"개발자{number:02}",
            "startDate": "2020-01",
            "highlights": [f"{number:02}-{line:02} " + "긴 문장입니다. " * 9 for line in range(20)],
        }
        for number in range(20)
    ]

    read = Read(render(profile, template, language))

    for number in range(20):
        assert f"회사{number:02}" in read.text
        for line in range(20):
            assert any(text.startswith(f"{number:02}-{line:02} ") for text in read.paragraphs)
    # A row that could not break would be cut off at the end of the page.
    assert not list(read.docx.element.iter(qn("w:cantSplit")))


def test_tables_repeat_their_labels_on_every_page() -> None:
    for template, count in (("korean-form", 11), ("korean-developer", 1)):
        read = Read(render(FULL_PROFILE, template, "ko"))
        assert len(list(read.docx.element.iter(qn("w:tblHeader")))) == count


def test_the_form_pairs_short_facts() -> None:
    rows = Read(render(FULL_PROFILE, "korean-form", "ko")).rows

    assert rows[0] == ["성명", "윤가람", "생년월일", "1996.04.09"]
    assert rows[1] == ["연락처", "010-0000-1234", "이메일", "garam.yun@example.com"]
    address = "(04500) 대한민국 서울 마포구 가온로 12길 34"
    assert rows[3] == ["주소", address, address, address]
    assert ["2021.03 ~ 2023.05", "모래시계랩스\n서버 개발자\n성남"] in [row[:2] for row in rows]


def test_the_form_is_signed_on_the_day_it_is_made() -> None:
    document = render(FULL_PROFILE, "korean-form", "ko", today=date(2026, 3, 9))

    assert "2026년 3월 9일    윤가람  (서명)" in Read(document).paragraphs


def test_english_resumes_tell_neither_age_nor_military_service() -> None:
    text = Read(render(FULL_PROFILE, "english", "en")).text

    assert "1996" not in text and "전역" not in text


def test_places_are_written_the_way_of_the_language() -> None:
    location = FULL_PROFILE["basics"]["location"]
    profile = {"basics": {"name": "A", "location": location}}

    korean = Read(render(profile, "english", "ko")).paragraphs
    english = Read(render(profile, "english", "en")).paragraphs

    assert korean[1] == "(04500) 대한민국 서울 마포구 가온로 12길 34"
    assert english[1] == "가온로 12길 34, 마포구, 서울, South Korea, 04500"


@pytest.mark.parametrize(
    "profile, told",
    [
        ([], "A profile has to be an object in JSON Resume format."),
        ({"work": {}}, "work: has to be a list"),
        ({"work": ["x"], "basics": []}, "basics: has to be an object; work.0: has to be an object"),
        ({"basics": {"name": 7}}, "basics.name: has to be text"),
        ({"work": [{"startDate": "2021.03"}]}, "work.0.startDate: a date is YYYY, YYYY-MM or"),
        ({"awards": [{"date": "2021-13"}]}, "awards.0.date: a date is YYYY, YYYY-MM or"),
        ({"skills": [{"keywords": ["a", None]}]}, "skills.0.keywords.1: has to be text"),
    ],
)
def test_what_is_not_json_resume_is_refused(profile: object, told: str) -> None:
    with pytest.raises(ProfileInvalid) as refusal:
        render(profile, "english", "en")  # type: ignore[arg-type]

    assert told in refusal.value.message("en")
    assert "Input" not in refusal.value.message("ko")


def test_an_unknown_template_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        render({}, "no-such", "ko")
