"""A profile has an end, whatever way it comes in, and whoever meets it is told where."""

from __future__ import annotations

import json
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from apps.resume.bounds import MOST_ENTRIES
from apps.resume.forms.profile import ENTRY_FORMS
from apps.resume.models import Profile
from apps.resume.profile_cards import SECTION_NAMES
from apps.resume.profile_data import LINKS, SECTIONS, entries, fingerprint, with_entries
from apps.resume.profile_limits import MOST_ENTRIES_IN_ALL, MOST_LINES
from apps.resume.rendering import ProfileInvalid
from apps.resume.services import profiles

pytestmark = pytest.mark.django_db
TOO_MANY_SKILLS = {"skills": [{"name": f"Skill {n}"} for n in range(20_000)]}
SKILLS_REFUSED = "“Skills” holds at most 200 entries; this one has 20,000. Leave older ones out."
FULL_SKILLS = {"skills": [{"name": f"Skill {n}"} for n in range(MOST_ENTRIES)]}


def data_of(user):
    return profiles.profile_of(user).data


def older_profile(user, data):
    """Stored before there were limits."""
    profile = profiles.profile_of(user)
    Profile.objects.filter(pk=profile.pk).update(data=data)


@pytest.mark.parametrize("section", [LINKS, *SECTIONS])
def test_each_section_holds_two_hundred_entries_and_no_more(candidate, section):
    fits = with_entries({}, section, [{"name": str(n)} for n in range(MOST_ENTRIES)])
    rows = [*entries(fits, section), {"name": "one more"}]

    saved = profiles.profile_save(user=candidate, data=fits, revision=0)
    with pytest.raises(ProfileInvalid) as caught:
        profiles.profile_save(
            user=candidate, data=with_entries({}, section, rows), revision=saved.revision
        )

    with translation.override("en"):
        named = f"“{SECTION_NAMES[section]}” holds at most 200 entries; this one has 201."
    assert caught.value.message("en").startswith(named)
    assert data_of(candidate) == fits


def test_the_sentence_is_korean_for_koreans(candidate):
    with pytest.raises(ProfileInvalid) as caught:
        profiles.profile_save(user=candidate, data=TOO_MANY_SKILLS, revision=0)

    assert caught.value.message("ko") == (
        "‘기술’에는 항목을 200개까지 넣을 수 있는데 20,000개예요. 오래된 항목을 줄여 주세요."
    )


def test_all_sections_together_hold_five_hundred(candidate):
    data = {name: [{"name": str(n)} for n in range(167)] for name in ("work", "skills", "projects")}

    with pytest.raises(ProfileInvalid, match="at most 500 entries in all; this one has 501"):
        profiles.profile_save(user=candidate, data=data, revision=0)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"work": [{"name": "A", "highlights": ["x"] * MOST_LINES}]}, "Work"),
        ({"projects": [{"name": "A", "description": "x\n" * MOST_LINES}]}, "Projects"),
        ({"basics": {"summary": "x\n" * (MOST_LINES + 1)}}, "Who you are"),
    ],
)
def test_a_section_holds_two_thousand_lines(candidate, data, named):
    with pytest.raises(ProfileInvalid, match=f"“{named}” is too long. Keep it under 2,000 lines."):
        profiles.profile_save(user=candidate, data=data, revision=0)


def test_the_form_says_it(client_for, candidate):
    profiles.profile_save(user=candidate, data=FULL_SKILLS, revision=0)

    response = client_for(candidate).post(
        "/profile/skills/new", {"name": "One more"}, headers={"Accept-Language": "en"}
    )

    assert response.status_code == 422
    assert "“Skills” holds at most 200 entries" in response.text
    assert 'value="One more"' in response.text
    assert data_of(candidate) == FULL_SKILLS


def test_the_api_says_it(client_for, candidate):
    response = client_for(candidate).put(
        "/api/v1/profile", TOO_MANY_SKILLS, "application/json", headers={"Accept-Language": "en"}
    )

    assert response.status_code == 422
    assert SKILLS_REFUSED in response.text
    assert data_of(candidate) == {}


def test_the_import_says_it(client_for, candidate):
    file = SimpleUploadedFile("resume.json", json.dumps(TOO_MANY_SKILLS).encode())

    response = client_for(candidate).post(
        "/profile/import", {"file": file}, headers={"Accept-Language": "en"}
    )

    assert response.status_code == 422
    assert SKILLS_REFUSED in response.text
    assert data_of(candidate) == {}


def test_what_was_there_before_the_limits_may_shrink_and_not_grow(candidate):
    older_profile(candidate, TOO_MANY_SKILLS)
    first = TOO_MANY_SKILLS["skills"][0]
    mark = fingerprint(first)

    profiles.entry_save(user=candidate, section="skills", mark=mark, entry={"name": "Changed"})
    with pytest.raises(ProfileInvalid):
        profiles.entry_add(user=candidate, section="skills", entry={"name": "One more"})

    assert data_of(candidate)["skills"][0] == {"name": "Changed"}
    assert len(data_of(candidate)["skills"]) == 20_000


@pytest.mark.parametrize(
    "data",
    [
        TOO_MANY_SKILLS,  # 26 seconds before
        {
            name: [{"name": "x", "highlights": ["y"] * 8, "url": "https://a.example"}] * 40
            for name in ENTRY_FORMS
            if name != LINKS
        },
    ],
    ids=["20,000 skills of before", "as full as can be"],
)
def test_the_page_costs_little(client_for, candidate, data):
    older_profile(candidate, data)
    web = client_for(candidate)
    web.get("/profile/")
    begun = time.process_time()

    response = web.get("/profile/")

    assert response.status_code == 200
    taken = time.process_time() - begun
    assert taken < 2
    assert MOST_ENTRIES_IN_ALL == 500
