"""The profile and its editor: pages, import and export, photo."""

from __future__ import annotations

import io
import json
import zlib

import pytest
import requests
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.accounts.services import account_delete, account_export
from apps.common import storage
from apps.common.models import Leftover
from apps.common.tasks import sweep_leftovers
from apps.resume.forms.profile import SkillForm
from apps.resume.models import Profile
from apps.resume.profile_data import fingerprint
from apps.resume.rendering.sample import FULL_PROFILE
from apps.resume.services import profiles

pytestmark = pytest.mark.django_db
PAGE = "/profile/"
WORK = {"name": "Cloud Bakery", "position": "Backend developer", "startDate": "2023-03"}
OTHER = {"name": "Tide Lab", "position": "Intern", "startDate": "2022-07", "endDate": "2022-12"}


@pytest.fixture
def web(client_for, candidate):
    return client_for(candidate)


@pytest.fixture
def profile(candidate):
    data = {"basics": {"name": "Alice Kim", "x-shoe": "38"}, "work": [WORK, OTHER]}
    return profiles.profile_save(user=candidate, data=data, revision=0)


def _data(user):
    return Profile.objects.get(user=user).data


def _entry(section, entry, action=""):
    return f"/profile/{section}/{fingerprint(entry)}{action}"


class TestPage:
    def test_an_empty_one_says_how_to_begin(self, web):
        response = web.get(PAGE)

        assert response.status_code == 200
        assert "Nothing here yet" in response.text
        assert response.context["completeness"].percent == 0

    def test_it_shows_every_section(self, web, candidate):
        profiles.profile_save(user=candidate, data=FULL_PROFILE, revision=0)

        response = web.get(PAGE)

        for text in (
            "윤가람",
            "㈜노을페이",
            "모래시계랩스",
            "동네코딩교실",
            "https://github.example.com",
        ):
            assert text in response.text

    def test_what_it_says_is_escaped(self, web, candidate):
        evil = "<script>alert(1)</script>"
        entry = {"name": evil, "highlights": [evil], "url": "javascript:alert(1)"}
        data = {"basics": {"name": evil, "summary": evil}, "projects": [entry]}
        profiles.profile_save(user=candidate, data=data, revision=0)

        text = web.get(PAGE).text

        assert "<script>alert" not in text
        assert 'href="javascript:' not in text

    def test_a_visitor_logs_in_first(self, client):
        assert client.get(PAGE).headers["Location"] == "/accounts/login/?next=/profile/"

    def test_it_is_read_only(self, web):
        assert web.post(PAGE).status_code == 405


class TestBasics:
    def _post(self, web, basics, **fields):
        return web.post("/profile/basics", {"mark": fingerprint(basics), "name": "", **fields})

    def test_they_are_saved(self, web, candidate, profile):
        response = self._post(
            web,
            profile.data["basics"],
            name="Alice Kim",
            email="alice@example.org",
            region="Seoul",
            countryCode="kr",
            birthDate="1999.4.9",
        )

        assert response.headers["Location"] == "/profile/#basics"
        assert _data(candidate)["basics"] == {
            "name": "Alice Kim",
            "x-shoe": "38",
            "email": "alice@example.org",
            "location": {"region": "Seoul", "countryCode": "KR"},
            "birthDate": "1999-04-09",
        }

    def test_sent_twice_they_are_saved_once(self, web, candidate, profile):
        fields = {"name": "Alice Park", "mark": fingerprint(profile.data["basics"])}

        responses = [web.post("/profile/basics", fields) for _time in range(2)]

        assert [response.status_code for response in responses] == [302, 302]
        assert Profile.objects.get(user=candidate).revision == profile.revision + 1

    def test_an_emptied_field_is_left_out(self, web, candidate, profile):
        self._post(web, profile.data["basics"], label="Developer")

        assert _data(candidate)["basics"] == {"x-shoe": "38", "label": "Developer"}

    def test_what_was_changed_elsewhere_is_not_overwritten(self, web, candidate, profile):
        profiles.basics_save(
            user=candidate, basics={"name": "Elsewhere"}, mark=fingerprint(profile.data["basics"])
        )

        response = self._post(web, profile.data["basics"], name="Here")

        assert response.status_code == 409
        assert "Nothing was overwritten" in response.text
        assert 'value="Here"' in response.text
        assert _data(candidate)["basics"] == {"name": "Elsewhere"}
        # Once it was seen, the same words may go over it.
        again = self._post(web, {"name": "Elsewhere"}, name="Here")
        assert again.status_code == 302
        assert _data(candidate)["basics"] == {"name": "Here"}

    @pytest.mark.parametrize(
        ("field", "value", "message"),
        [
            ("email", "alice@", "Enter a valid email address."),
            ("birthDate", "1999-13", "Write it like 2024, 2024-03 or 2024-03-15."),
            ("birthDate", "yesterday", "Write it like 2024, 2024-03 or 2024-03-15."),
            ("countryCode", "Korea", "Two letters, for example KR."),
            ("name", "a" * 301, "at most 300 characters"),
        ],
    )
    def test_bad_input_keeps_what_was_typed(self, web, candidate, profile, field, value, message):
        response = self._post(web, profile.data["basics"], **{"name": "Bea", field: value})

        assert response.status_code == 422
        assert message in response.text
        assert f'value="{value}"' in response.text
        assert _data(candidate) == profile.data


class TestEntries:
    def test_one_is_added(self, web, candidate):
        response = web.post(
            "/profile/work/new",
            {
                "name": "Cloud Bakery",
                "position": "Backend developer",
                "startDate": "2023년 3월",
                "highlights": "Cut p99 from 480 to 120 ms\r\n\r\n  Wrote the runbook ",
            },
        )

        assert response.headers["Location"] == "/profile/#work"
        assert _data(candidate) == {
            "work": [{**WORK, "highlights": ["Cut p99 from 480 to 120 ms", "Wrote the runbook"]}]
        }

    def test_words_stand_with_commas_between_them(self, web, candidate):
        web.post("/profile/skills/new", {"name": "Languages", "keywords": "Python,  C++, ,Python"})

        assert _data(candidate) == {
            "skills": [{"name": "Languages", "keywords": ["Python", "C++"]}]
        }

    def test_many_words_are_no_long_line(self, web, candidate):
        words = [f"Tool {number}" for number in range(100)]
        assert " maxlength" not in str(SkillForm()["keywords"])

        web.post("/profile/skills/new", {"keywords": ", ".join(words)})

        assert _data(candidate)["skills"] == [{"keywords": words}]

    def test_a_link_lives_in_the_basics(self, web, candidate, profile):
        web.post("/profile/profiles/new", {"network": "GitHub", "url": "github.example/a"})

        assert _data(candidate)["basics"]["profiles"] == [
            {"network": "GitHub", "url": "github.example/a"}
        ]

    def test_one_is_edited_and_what_the_form_does_not_know_stays(self, web, candidate):
        entry = {**WORK, "x-team": "core"}
        profiles.profile_save(user=candidate, data={"work": [OTHER, entry]}, revision=0)

        form = web.get(_entry("work", entry))
        response = web.post(_entry("work", entry), {"name": "Cloud Bakery", "position": "Lead"})

        assert 'value="Cloud Bakery"' in form.text
        assert response.status_code == 302
        assert _data(candidate)["work"] == [
            OTHER,
            {"name": "Cloud Bakery", "position": "Lead", "x-team": "core"},
        ]

    def test_one_that_was_changed_elsewhere_is_not_overwritten(self, web, candidate, profile):
        profiles.entry_save(
            user=candidate, section="work", mark=fingerprint(WORK), entry={"name": "Elsewhere"}
        )

        response = web.post(_entry("work", WORK), {"name": "Here", "position": "Lead"})

        assert response.status_code == 409
        assert 'value="Here"' in response.text
        assert _data(candidate)["work"] == [{"name": "Elsewhere"}, OTHER]

    @pytest.mark.parametrize(
        ("address", "name"),
        [
            ("/profile/work/new", "New Shop"),
            (_entry("work", WORK), "Renamed"),
        ],
    )
    def test_sent_twice_it_is_there_once(self, web, candidate, profile, address, name):
        fields = {"name": name, "summary": "One."}

        responses = [web.post(address, fields) for _time in range(2)]

        assert [response.status_code for response in responses] == [302, 302]
        assert [entry["name"] for entry in _data(candidate)["work"]].count(name) == 1
        assert Profile.objects.get(user=candidate).revision == profile.revision + 1

    def test_another_entrys_move_is_no_conflict(self, web, candidate, profile):
        web.post(_entry("work", OTHER, "/move"), {"to": "up"})

        web.post(_entry("work", WORK), {"name": "Cloud Bakery", "position": "Lead"})

        assert [entry["position"] for entry in _data(candidate)["work"]] == ["Intern", "Lead"]

    @pytest.mark.parametrize(
        ("entry", "to", "names"),
        [
            (WORK, "down", ["Tide Lab", "Cloud Bakery"]),
            (WORK, "up", ["Cloud Bakery", "Tide Lab"]),
            (OTHER, "down", ["Cloud Bakery", "Tide Lab"]),
        ],
    )
    def test_it_moves(self, web, candidate, profile, entry, to, names):
        web.post(_entry("work", entry, "/move"), {"to": to})

        assert [row["name"] for row in _data(candidate)["work"]] == names

    def test_it_is_removed_after_a_question(self, web, candidate, profile):
        asked = web.get(_entry("work", WORK, "/remove"))
        assert "Remove Cloud Bakery from your profile?" in asked.text
        assert _data(candidate)["work"] == [WORK, OTHER]

        web.post(_entry("work", WORK, "/remove"))
        assert _data(candidate)["work"] == [OTHER]

        web.post(_entry("work", OTHER, "/remove"))
        assert "work" not in _data(candidate)

    def test_removing_it_twice_removes_nothing_else(self, web, candidate, profile):
        web.post(_entry("work", WORK, "/remove"))
        response = web.post(_entry("work", WORK, "/remove"), follow=True)

        assert "changed or removed elsewhere" in response.text
        assert _data(candidate)["work"] == [OTHER]

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({}, "Please fill this in."),
            ({"name": "A", "startDate": "2023-03", "endDate": "2022"}, "This is before the start."),
            ({"name": "A", "startDate": "soon"}, "Write it like 2024"),
            ({"name": "A", "highlights": "x\n" * 61}, "At most 60 lines, please."),
        ],
    )
    def test_bad_input_is_told(self, web, candidate, fields, message):
        response = web.post("/profile/work/new", fields)

        assert response.status_code == 422
        assert message in response.text
        assert _data(candidate) == {}

    def test_the_same_year_is_an_end(self, web, candidate):
        web.post("/profile/work/new", {"name": "A", "startDate": "2023-03", "endDate": "2023"})

        assert _data(candidate)["work"][0]["endDate"] == "2023"

    def test_more_than_fits_is_told(self, web, candidate, profile, monkeypatch):
        monkeypatch.setattr(profiles, "MAX_BYTES", 400)
        fields = {"name": "New Shop", "summary": "x" * 400}

        responses = [
            web.post("/profile/work/new", fields),
            web.post(_entry("work", WORK), fields),
            web.post(
                "/profile/basics",
                {"summary": "x" * 400, "mark": fingerprint(profile.data["basics"])},
            ),
        ]

        for response in responses:
            assert response.status_code == 422
            assert "This profile is too long." in response.text
        assert _data(candidate) == profile.data

    def test_another_section_is_not_there(self, web):
        assert web.get("/profile/salary/new").status_code == 404
        assert web.post("/profile/salary/new", {"name": "A"}).status_code == 404
        assert web.get(_entry("work", WORK, "/move")).status_code == 405

    def test_another_persons_entries_are_not_there(
        self, client_for, other_candidate, candidate, profile
    ):
        client_for(other_candidate).post(_entry("work", WORK, "/remove"))

        assert _data(candidate)["work"] == [WORK, OTHER]
        assert _data(other_candidate) == {}


class TestImportAndExport:
    def _file(self, content):
        return SimpleUploadedFile("resume.json", content, "application/json")

    def _post(self, web, data, **fields):
        content = data if isinstance(data, bytes) else json.dumps(data).encode()
        return web.post("/profile/import", {"file": self._file(content), **fields})

    def test_what_was_exported_can_be_imported(self, web, client_for, other_candidate, candidate):
        profiles.profile_save(user=candidate, data=FULL_PROFILE, revision=0)

        response = web.get("/profile/export")
        exported = json.loads(response.content)
        imported = self._post(client_for(other_candidate), exported)

        assert response.headers["Content-Disposition"] == 'attachment; filename="resume.json"'
        assert exported["meta"]["version"] == "v1.0.0"
        assert imported.headers["Location"] == "/profile/"
        assert _data(other_candidate) == _data(candidate) == FULL_PROFILE

    def test_a_full_profile_is_replaced_only_when_asked(self, web, candidate, profile):
        refused = self._post(web, {"basics": {"name": "Bea"}})
        assert refused.status_code == 422
        assert "Your profile is not empty." in refused.text
        assert _data(candidate) == profile.data

        self._post(web, {"basics": {"name": "Bea"}}, replace="on")
        assert _data(candidate) == {"basics": {"name": "Bea"}}

    def test_an_account_takes_its_profile_along(self, candidate, profile):
        assert account_export(user=candidate)["resume"]["profile"] == profile.data

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"%PDF-1.7", "This is not a JSON file."),
            (b"[1]", "A profile has to be an object"),
            (b'{"work": "many"}', "work: has to be a list"),
            (b'{"x": NaN}', "holds a number that is too large"),
            (b'{"x": -1e999}', "holds a number that is too large"),
            (b'{"x": 9223372036854775808}', "holds a number that is too large"),
            (b'{"x": ' + b"[" * 20 + b"]" * 20 + b"}", "lists too deep within lists"),
            (b'{"x": ' + b"[" * 900 + b"]" * 900 + b"}", "lists too deep within lists"),
            (b'{"work": [{"startDate": "soon"}]}', "work.0.startDate: a date is YYYY"),
            (b"[" * 100_000, "lists too deep within lists"),
            (b" " * (1024 * 1024 + 1), "larger than 1 MB"),
            (b"", "The submitted file is empty."),
        ],
        ids=[
            "pdf",
            "list",
            "not a list",
            "nan",
            "infinite",
            "huge",
            "nested",
            "deeper",
            "date",
            "deep",
            "large",
            "empty",
        ],
    )
    def test_a_bad_file_is_told(self, web, candidate, content, message):
        response = self._post(web, content)

        assert response.status_code == 422
        assert message in response.text
        assert _data(candidate) == {}

    def test_a_lone_surrogate_is_left_out(self, web, candidate):
        self._post(web, b'{"basics": {"name": "A\\ud800", "x\\ud800": "y"}}')

        assert _data(candidate) == {"basics": {"name": "A", "x": "y"}}

    def test_what_is_null_counts_as_left_out(self, web, candidate):
        content = {"basics": None, "work": None, "projects": [{"name": "x", "highlights": None}]}

        assert self._post(web, json.dumps(content).encode()).status_code == 302

        assert web.get(PAGE).status_code == 200
        assert web.post("/profile/profiles/new", {"url": "example.com"}).status_code == 302
        data = {"name": "Alice", "mark": fingerprint(_data(candidate)["basics"])}
        assert web.post("/profile/basics", data).status_code == 302
        assert _data(candidate)["basics"]["name"] == "Alice"

    def test_a_megabyte_of_korean_fits(self, web, candidate):
        content = json.dumps({"basics": {"summary": "가" * 340_000}}, ensure_ascii=False).encode()

        assert self._post(web, content).status_code == 302
        assert len(_data(candidate)["basics"]["summary"]) == 340_000


def _picture(size=(900, 900), kind="JPEG", **options):
    content = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(content, kind, **options)
    return SimpleUploadedFile("me.jpg", content.getvalue(), "image/jpeg")


class TestPhoto:
    URL = "/profile/photo"

    def test_it_is_cut_and_stored(self, web, candidate, s3):
        assert web.post(self.URL, {"photo": _picture()}).status_code == 302

        key = Profile.objects.get(user=candidate).photo_key
        stored = storage.read(key)
        assert Image.open(io.BytesIO(stored)).size == (600, 800)
        assert not Leftover.objects.filter(key=key).exists()
        shown = requests.get(web.get(self.URL).headers["Location"], timeout=10)
        assert (shown.content, shown.headers["Content-Type"]) == (stored, "image/jpeg")

    def test_what_the_camera_noted_is_gone(self, web, candidate, s3):
        exif = Image.Exif()
        exif[0x010E] = "at home"
        web.post(self.URL, {"photo": _picture(exif=exif)})

        stored = storage.read(Profile.objects.get(user=candidate).photo_key)
        assert not Image.open(io.BytesIO(stored)).getexif()

    def test_the_one_before_is_deleted(self, web, candidate, s3, sent_tasks):
        web.post(self.URL, {"photo": _picture()})
        first = Profile.objects.get(user=candidate).photo_key
        web.post(self.URL, {"photo": _picture(kind="PNG")})
        second = Profile.objects.get(user=candidate).photo_key
        assert list(Leftover.objects.values_list("key", flat=True)) == [first]

        web.post(self.URL, {"remove": "1"})
        assert set(Leftover.objects.values_list("key", flat=True)) == {first, second}
        assert web.get(self.URL).status_code == 404

    def test_it_goes_with_the_account(self, web, candidate, s3, sent_tasks):
        web.post(self.URL, {"photo": _picture()})
        key = Profile.objects.get(user=candidate).photo_key

        account_delete(user=candidate)
        sweep_leftovers()

        with pytest.raises(storage.ObjectMissing):
            storage.size(key)

    @pytest.mark.parametrize(
        ("file", "message"),
        [
            (SimpleUploadedFile("a.jpg", b"%PDF-1.7"), "This picture cannot be read."),
            (SimpleUploadedFile("a.jpg", b"\xff\xd8\xff\xe0" + b"x" * 99), "cannot be read"),
            (SimpleUploadedFile("a.jpg", b"x" * (8 * 1024 * 1024 + 1)), "larger than 8 MB"),
        ],
        ids=["pdf", "broken", "large"],
    )
    def test_a_bad_one_is_told(self, web, candidate, file, message):
        response = web.post(self.URL, {"photo": file})

        assert response.status_code == 422
        assert message in response.text

    def test_too_many_pixels_are_not_unpacked(self, web, monkeypatch):
        monkeypatch.setattr("apps.resume.forms.profile.PHOTO_MAX_PIXELS", 100)

        assert "too many pixels" in web.post(self.URL, {"photo": _picture()}).text

    def test_a_bomb_is_not_unpacked(self, web):
        picture = _picture(kind="PNG").read()
        width, height = (30_000).to_bytes(4), (30_000).to_bytes(4)
        head = picture[12:16] + width + height + picture[24:29]
        bomb = picture[:12] + head + zlib.crc32(head).to_bytes(4) + picture[33:]

        response = web.post(self.URL, {"photo": SimpleUploadedFile("me.png", bomb, "image/png")})

        assert response.status_code == 422
        assert "too many pixels" in response.text

    def test_a_store_that_is_down_changes_nothing(self, web, candidate):
        response = web.post(self.URL, {"photo": _picture()})

        assert response.status_code == 503
        assert "The file store could not be reached." in response.text
        assert Profile.objects.get(user=candidate).photo_key == ""
