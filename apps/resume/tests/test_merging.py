"""What was accepted joins the profile: filled, united, never doubled, never unseen."""

from __future__ import annotations

from typing import Any

import pytest

from apps.resume.merging import merge


def _conflicts(profile, accepted):
    return {one.id: (one.mine, one.theirs) for one in merge(profile, accepted, {}).conflicts}


def test_an_empty_profile_takes_it_all():
    accepted = {
        "basics": {
            "name": "Nora",
            "location": {"city": "Portland"},
            "profiles": [{"network": "GitHub", "url": "https://github.com/nora"}],
        },
        "work": [{"name": "Fernway", "startDate": "2018"}, {"name": "Harborlight"}],
        "skills": [{"name": "Languages", "keywords": ["Go"]}],
    }

    merged = merge({}, accepted, {})

    assert merged.data == accepted
    assert merged.conflicts == []


def test_the_same_again_changes_nothing():
    accepted = {
        "basics": {"name": "Nora", "url": "https://nora.test/", "phone": "010-1234-5678"},
        "work": [{"name": "㈜푸른고래", "startDate": "2021-03", "highlights": ["a", "b"]}],
        "skills": [{"name": "Languages", "keywords": ["Go"]}],
        "languages": [{"language": "English", "fluency": "fluent"}],
    }
    profile = {
        "basics": {"name": " nora ", "url": "http://www.nora.test", "phone": "01012345678"},
        "work": [{"name": "푸른고래 (주)", "startDate": "2021-03-02", "highlights": ["b", "A"]}],
        "skills": [{"name": "Things", "keywords": ["go", "SQL"]}],
        "languages": [{"language": "english", "fluency": "Fluent"}],
    }

    merged = merge(profile, accepted, {})

    assert merged.data == profile
    assert merged.conflicts == []


def test_what_is_missing_is_filled_and_lists_are_united():
    profile = {
        "basics": {"name": "Nora", "label": ""},
        "work": [{"name": "Fernway Inc.", "startDate": "2018", "highlights": ["Built it"]}],
    }
    accepted = {
        "basics": {"label": "Engineer", "email": "nora@lindholm.test"},
        "work": [
            {"name": "Fernway", "startDate": "2018", "position": "Engineer",
             "highlights": ["built it", "Ran it"]}
        ],
    }  # fmt: skip

    merged = merge(profile, accepted, {})

    assert merged.conflicts == []
    assert merged.data == {
        "basics": {"name": "Nora", "label": "Engineer", "email": "nora@lindholm.test"},
        "work": [
            {"name": "Fernway Inc.", "startDate": "2018", "position": "Engineer",
             "highlights": ["Built it", "Ran it"]}
        ],
    }  # fmt: skip


def test_what_differs_is_a_conflict_and_the_choice_decides():
    profile: dict[str, Any] = {
        "basics": {"name": "Nora", "phone": "010-1"},
        "work": [{"name": "X", "startDate": "2020"}, {"name": "Fernway", "position": "Lead"}],
    }
    accepted = {
        "basics": {"name": "Nora", "phone": "010-2"},
        "work": [{"name": "Fernway", "position": "lead", "location": "Oslo"}],
        "education": [{"institution": "Uni"}],
    }
    changed = {**accepted, "work": [{"name": "Fernway", "startDate": "2019", "position": "Dev"}]}
    with_start = {
        **profile,
        "work": [profile["work"][0], {"name": "Fernway", "startDate": "2019", "position": "Lead"}],
    }

    assert _conflicts(profile, accepted) == {"basics/0/phone": ("010-1", "010-2")}
    assert _conflicts(with_start, changed) == {
        "basics/0/phone": ("010-1", "010-2"),
        "work/1/position": ("Lead", "Dev"),
    }
    mine = merge(with_start, changed, {"basics/0/phone": "mine", "nonsense": "theirs"}).data
    theirs = merge(with_start, changed, {"work/1/position": "theirs"}).data
    assert (mine["basics"]["phone"], mine["work"][1]["position"]) == ("010-1", "Lead")
    assert (theirs["basics"]["phone"], theirs["work"][1]["position"]) == ("010-1", "Dev")
    assert mine["education"] == [{"institution": "Uni"}]
    assert profile["basics"] == {"name": "Nora", "phone": "010-1"}  # nothing given was changed


def test_a_more_exact_date_is_asked_about_and_a_coarser_one_says_nothing():
    year, month = {"name": "F", "startDate": "2021"}, {"name": "F", "startDate": "2021-03"}

    assert _conflicts({"work": [year]}, {"work": [month]}) == {
        "work/0/startDate": ("2021", "2021-03")
    }
    assert _conflicts({"work": [month]}, {"work": [year]}) == {}


def test_an_end_is_not_put_to_what_still_goes_on():
    now = {"name": "F", "startDate": "2021"}
    ended = {"name": "F", "startDate": "2021", "endDate": "2022"}

    assert _conflicts({"work": [now]}, {"work": [ended]}) == {"work/0/endDate": ("", "2022")}
    assert merge({"work": [now]}, {"work": [ended]}, {}).data == {"work": [now]}
    assert merge({"work": [ended]}, {"work": [now]}, {}).data == {"work": [ended]}


@pytest.mark.parametrize(
    ("section", "mine", "theirs"),
    [
        ("work", {"name": "A", "startDate": "2018"}, {"name": "A", "startDate": "2021"}),
        ("work", {"name": "A", "position": "Dev"}, {"name": "A", "position": "Lead"}),
        ("education", {"institution": "U", "studyType": "BSc"},
         {"institution": "U", "studyType": "MSc"}),
        ("awards", {"title": "Prize", "date": "2019"}, {"title": "Prize", "date": "2020"}),
        ("projects", {"name": "One"}, {"name": "Two"}),
    ],
)  # fmt: skip
def test_entries_that_differ_stand_beside_each_other(section, mine, theirs):
    merged = merge({section: [mine]}, {section: [theirs]}, {})

    assert sorted(merged.data[section], key=str) == sorted([mine, theirs], key=str)
    assert merged.conflicts == []


def test_two_of_one_name_meet_two():
    rows = [{"name": "A", "startDate": "2018"}, {"name": "A", "startDate": "2021"}]

    assert merge({"work": rows}, {"work": rows[::-1]}, {}).data == {"work": rows}


def test_new_entries_go_among_those_that_run_from_the_newest_back():
    new = {"work": [{"name": "B", "startDate": "2021-05"}]}
    newest_first = [{"name": "C", "startDate": "2023"}, {"name": "A", "startDate": "2019"}]

    assert [one["name"] for one in merge({"work": newest_first}, new, {}).data["work"]] == [
        "C",
        "B",
        "A",
    ]
    own_order = newest_first[::-1]
    assert [one["name"] for one in merge({"work": own_order}, new, {}).data["work"]] == [
        "A",
        "C",
        "B",
    ]


def test_each_skill_is_there_once():
    profile = {"skills": [{"name": "Backend", "keywords": ["Python", "Go"]}, {"name": "SQL"}]}
    accepted = {
        "skills": [
            {"name": "Languages", "keywords": ["python", "Rust"]},
            {"name": "More", "keywords": ["GO"]},
            {"name": "Python"},
            {"name": "SQL", "level": "good"},
        ]
    }

    assert merge(profile, accepted, {}).data["skills"] == [
        {"name": "Backend", "keywords": ["Python", "Go"]},
        {"name": "SQL", "level": "good"},
        {"name": "Languages", "keywords": ["Rust"]},
    ]


def test_an_address_is_taken_whole_or_not_at_all():
    seoul, busan = {"city": "Seoul"}, {"city": "Busan", "address": "1 Harbour Rd"}
    full = {"city": "Seoul", "address": "1 Hill Rd"}

    def merged(mine, theirs, choices=None):
        basics = {"basics": {"location": mine}}, {"basics": {"location": theirs}}
        return merge(*basics, choices or {}).data["basics"]["location"]

    assert merged(seoul, busan) == seoul
    assert merged(seoul, busan, {"basics/0/location": "theirs"}) == busan
    assert merged(seoul, full) == full
    assert merged({"city": "Seoul"}, {"address": "1 Hill Rd"}) == seoul


def test_links_meet_by_their_address():
    profile = {"basics": {"profiles": [{"network": "GitHub", "url": "https://github.com/nora"}]}}
    accepted = {
        "basics": {
            "profiles": [
                {"network": "Github", "username": "nora", "url": "http://www.github.com/nora/"},
                {"network": "GitHub", "url": "https://github.com/work"},
            ]
        }
    }

    links = merge(profile, accepted, {}).data["basics"]["profiles"]

    assert [link["url"] for link in links] == ["https://github.com/nora", "https://github.com/work"]
    assert links[0]["username"] == "nora"
