"""Reviewing what was read: deciding, correcting, ordering, keeping, and the profile at the end."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from apps.resume.forms.review import Review
from apps.resume.models import Profile, Upload
from apps.resume.services import profiles
from apps.resume.services import review as services
from apps.resume.services.profiles import profile_of, profile_save

from .uploads import made

pytestmark = pytest.mark.django_db


def _where(page, box, confidence=0.95):
    return {"page": page, "box": box, "text": "…", "confidence": confidence}


RESUME: dict[str, Any] = {
    "basics": {
        "name": "Nora Lindholm",
        "email": "nora@lindholm.test",
        "location": {"city": "Portland"},
        "profiles": [{"network": "GitHub", "username": "nora", "url": "https://github.com/nora"}],
    },
    "work": [
        {
            "name": "Harborlight",
            "position": "Engineer",
            "startDate": "2021-03",
            "highlights": ["Cut latency", "Ran on-call"],
        },
        {"name": "Fernway", "startDate": "2018-06", "endDate": "2021-02"},
    ],
    "skills": [{"name": "Languages", "keywords": ["Go", "Rust"]}],
    "meta": {
        "warnings": [{"code": "hidden_text", "message": "…"}],
        "provenance": {
            "/basics/name": _where(1, [50, 40, 150, 60]),
            "/basics/location/city": _where(1, [200, 70, 260, 80]),
            "/basics/profiles/0/url": _where(1, [300, 70, 400, 80]),
            "/work/0/startDate": _where(1, [480, 120, 560, 130]),
            "/work/0/endDate": _where(1, [480, 120, 560, 130]),
            "/work/0/highlights/0": _where(1, [60, 150, 200, 160]),
            "/work/0/highlights/1": _where(1, [60, 164, 200, 174]),
            "/work/1/name": _where(1, [50, 180, 100, 190], 0.6),
        },
    },
}


@pytest.fixture
def upload(candidate):
    return made(candidate, RESUME)


@pytest.fixture
def own(client_for, candidate):
    return client_for(candidate)


def _fields(response):
    """What a browser would send of the page: its form's fields as they stand."""
    form = response.text.partition("data-review")[2].partition("</form>")[0]
    given = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name = re.search(r'name="([^"]*)"', tag)
        if name is None or ('type="radio"' in tag and not re.search(r"\bchecked\b", tag)):
            continue
        value = re.search(r'value="([^"]*)"', tag)
        given[name[1]] = html.unescape(value[1]) if value else ""
    for name, value in re.findall(
        r'<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.S
    ):
        given[name] = html.unescape(value)
    return given


def _decided(own, upload, **changes):
    """The page's fields with the undecided taken, and changes: ``work_0_name`` is work-0-name."""
    given = _fields(own.get(upload.get_absolute_url()))
    given |= {"work-1-decision": "take"}
    return given | {name.replace("_", "-"): value for name, value in changes.items()}


class TestPage:
    def test_it_works(self, own, upload):
        response = own.get(upload.get_absolute_url())

        assert response.status_code == 200
        given = _fields(response)
        assert given["basics-0-name"] == "Nora Lindholm"
        assert given["basics-0-city"] == "Portland"
        assert given["profiles-0-url"] == "https://github.com/nora"
        assert given["work-0-highlights"] == "Cut latency\nRan on-call"
        assert given["skills-0-keywords"] == "Go, Rust"
        assert (given["work-0-order"], given["work-1-order"]) == ("1", "2")
        assert "Some text on the page cannot be seen by a reader" in response.text

    def test_what_was_read_surely_is_taken_and_the_rest_is_to_be_decided(self, own, upload):
        response = own.get(upload.get_absolute_url())

        given = _fields(response)
        assert given["work-0-decision"] == "take"
        assert "work-1-decision" not in given
        assert response.context["review"].undecided == 1
        assert "Please check" in response.text

    def test_fields_are_marked_on_the_page(self, own, upload):
        response = own.get(upload.get_absolute_url())

        (shown,) = response.context["pages"]
        boxes = {box.field_ids: box.mark for box in shown["boxes"]}
        assert set(boxes) == {
            ("id_basics-0-name",),
            ("id_basics-0-city",),
            ("id_profiles-0-url",),
            ("id_work-0-startDate", "id_work-0-endDate"),
            ("id_work-0-highlights",),
            ("id_work-1-name",),
        }
        assert len(shown["boxes"]) == 7  # each highlight has its own
        mark = boxes["id_work-1-name",]
        assert (mark.x, mark.y, mark.width, mark.height, mark.sure) == (48, 178, 54, 14, False)
        assert 'data-fields="id_work-0-startDate id_work-0-endDate"' in response.text
        assert f"/resumes/{upload.pk}/pages/1.png" in response.text

    def test_without_pictures(self, own, upload):
        upload.parse.pages = []
        upload.parse.save()

        response = own.get(upload.get_absolute_url())

        assert "The pages could not be drawn" in response.text
        assert "<svg viewBox" not in response.text.partition("<main")[2]

    def test_nothing_was_found(self, own, candidate):
        response = own.get(made(candidate, {"meta": {}}).get_absolute_url())

        assert response.status_code == 200
        assert "Nothing of a résumé was found" in response.text

    def test_what_was_read_is_text(self, own, candidate):
        evil = '"><script>alert(1)</script>'
        response = own.get(made(candidate, {"basics": {"name": evil}}).get_absolute_url())

        assert "<script>alert" not in response.text
        assert _fields(response)["basics-0-name"] == evil


class TestSave:
    def test_by_the_script(self, own, upload):
        given = _decided(own, upload, work_0_name="Harbor", work_0_decision="leave")
        given["nonsense-0-name"] = "x"

        response = own.post(
            f"/resumes/{upload.pk}/review", given, headers={"accept": "application/json"}
        )

        assert (response.status_code, response.json()) == (200, {"revision": 1})
        again = _fields(own.get(upload.get_absolute_url()))
        assert (again["work-0-name"], again["work-0-decision"]) == ("Harbor", "leave")
        assert again["revision"] == "1"
        upload.refresh_from_db()
        assert "nonsense-0-name" not in upload.review
        assert Profile.objects.filter(data__work__isnull=False).count() == 0

    def test_by_the_button(self, own, upload):
        given = _decided(own, upload, basics_0_name="Nora L.")

        response = own.post(f"/resumes/{upload.pk}/review", given)

        assert (response.status_code, response.url) == (302, upload.get_absolute_url())
        assert _fields(own.get(response.url))["basics-0-name"] == "Nora L."

    def test_newer_decisions_are_not_overwritten(self, own, upload):
        given = _decided(own, upload)
        services.review_save(upload=upload, decisions={"work-0-name": "theirs"}, revision=0)

        quiet = own.post(
            f"/resumes/{upload.pk}/review", given, headers={"accept": "application/json"}
        )
        loud = own.post(f"/resumes/{upload.pk}/review", {**given, "basics-0-name": "mine"})

        assert (quiet.status_code, quiet.json()) == (409, {"revision": 1})
        assert loud.status_code == 409
        assert _fields(loud)["basics-0-name"] == "mine"  # nothing typed is lost
        upload.refresh_from_db()
        assert upload.review == {"work-0-name": "theirs"}
        knowingly = own.post(f"/resumes/{upload.pk}/review", _fields(loud))
        assert knowingly.status_code == 302
        upload.refresh_from_db()
        assert upload.review["basics-0-name"] == "mine"

    def test_the_same_once_more_is_no_conflict(self, upload):
        services.review_save(upload=upload, decisions={"a": "b"}, revision=0)

        saved = services.review_save(upload=upload, decisions={"a": "b"}, revision=0)

        assert saved.review_revision == 1


class TestApply:
    def test_it_works(self, own, upload, candidate):
        given = _decided(own, upload, work_0_position="Lead", skills_0_decision="leave")

        response = own.post(f"/resumes/{upload.pk}/apply", given)

        assert (response.status_code, response.url) == (302, "/profile/")
        profile = profile_of(candidate)
        assert profile.revision == 1
        assert profile.data == {
            "basics": RESUME["basics"],
            "work": [{**RESUME["work"][0], "position": "Lead"}, RESUME["work"][1]],
        }
        upload.refresh_from_db()
        assert upload.reviewed_at is not None
        assert "in your profile now" in own.get("/profile/").text

    def test_the_order_is_the_persons(self, own, upload, candidate):
        given = _decided(own, upload, work_0_order="2", work_1_order="1")

        own.post(f"/resumes/{upload.pk}/apply", given)

        names = [entry["name"] for entry in profile_of(candidate).data["work"]]
        assert names == ["Fernway", "Harborlight"]

    def test_what_is_not_decided_is_asked_for(self, own, upload, candidate):
        given = _decided(own, upload, work_1_decision="", basics_0_name="Nora L.")

        response = own.post(f"/resumes/{upload.pk}/apply", given)

        assert response.status_code == 422
        assert "Say for each marked entry" in response.text
        assert _fields(response)["basics-0-name"] == "Nora L."
        assert profile_of(candidate).data == {}
        upload.refresh_from_db()
        assert upload.review["basics-0-name"] == "Nora L."

    def test_a_value_that_no_profile_takes(self, own, upload, candidate):
        given = _decided(own, upload, work_0_startDate="spring")

        response = own.post(f"/resumes/{upload.pk}/apply", given)

        assert response.status_code == 422
        assert "Write it like 2024, 2024-03 or 2024-03-15." in response.text
        left_out = own.post(
            f"/resumes/{upload.pk}/apply",
            {**given, "work-0-decision": "leave", "revision": _fields(response)["revision"]},
        )
        assert left_out.status_code == 302
        assert [one["name"] for one in profile_of(candidate).data["work"]] == ["Fernway"]

    def test_newer_decisions_are_not_applied_over(self, own, upload, candidate):
        given = _decided(own, upload)
        services.review_save(upload=upload, decisions={"work-0-name": "theirs"}, revision=0)

        response = own.post(f"/resumes/{upload.pk}/apply", given)

        assert response.status_code == 409
        assert profile_of(candidate).data == {}

    def test_everything_left_out_changes_nothing(self, own, upload, candidate):
        given = _decided(own, upload)
        given |= {name: "leave" for name in given if name.endswith("-decision")}

        response = own.post(f"/resumes/{upload.pk}/apply", given, follow=True)

        assert profile_of(candidate).data == {}
        assert "said all of this already" in response.text

    def test_more_than_fits_is_told(self, own, upload, candidate, monkeypatch):
        monkeypatch.setattr(profiles, "MAX_BYTES", 100)

        response = own.post(f"/resumes/{upload.pk}/apply", _decided(own, upload))

        assert response.status_code == 422
        assert "This profile is too long." in response.text
        assert profile_of(candidate).data == {}

    def test_a_get_comes_back_from_a_login(self, own, upload):
        for place in ("apply", "review"):
            response = own.get(f"/resumes/{upload.pk}/{place}")
            assert (response.status_code, response.url) == (302, upload.get_absolute_url())


class TestMerge:
    @pytest.fixture
    def mine(self, candidate):
        data = {"basics": {"name": "Nora Berg", "phone": "010"}, "work": [RESUME["work"][1]]}
        return profile_save(user=candidate, data=data, revision=0)

    @pytest.fixture
    def merge_url(self, own, upload, mine):
        response = own.post(f"/resumes/{upload.pk}/apply", _decided(own, upload))
        assert response.status_code == 302
        return response.url

    def test_a_conflict_is_shown_and_nothing_is_written(
        self, own, upload, merge_url, mine, candidate
    ):
        response = own.get(merge_url)

        assert merge_url == f"/resumes/{upload.pk}/merge"
        assert response.status_code == 200
        (conflict,) = response.context["conflicts"]
        assert (conflict["mine"], conflict["theirs"]) == ("Nora Berg", "Nora Lindholm")
        assert '<span class="hint">Name</span>' in response.text
        assert profile_of(candidate).data == mine.data

    @pytest.mark.parametrize(
        ("choice", "name"), [("theirs", "Nora Lindholm"), ("mine", "Nora Berg")]
    )
    def test_the_choice_decides(self, choice, name, own, merge_url, candidate):
        given = {"revision": "1", "choice:basics/0/name": choice}

        response = own.post(merge_url, given)

        assert (response.status_code, response.url) == (302, "/profile/")
        profile = profile_of(candidate)
        assert profile.data["basics"]["name"] == name
        assert profile.data["basics"]["phone"] == "010"
        assert profile.data["basics"]["email"] == "nora@lindholm.test"
        assert [entry["name"] for entry in profile.data["work"]] == ["Harborlight", "Fernway"]
        again = own.post(merge_url, given)
        assert (again.status_code, again.url) == (302, "/profile/")
        assert profile_of(candidate).revision == profile.revision

    def test_more_than_fits_is_told(self, own, merge_url, mine, candidate, monkeypatch):
        monkeypatch.setattr(profiles, "MAX_BYTES", 100)

        response = own.post(merge_url, {"revision": "1", "choice:basics/0/name": "theirs"})

        assert response.status_code == 422
        assert "This profile is too long." in response.text
        assert "choice:basics/0/name" in response.text
        assert profile_of(candidate).data == mine.data

    def test_a_profile_that_changed_meanwhile_is_shown_again(self, own, merge_url, mine, candidate):
        newer = {**mine.data, "basics": {"name": "Nora Holm"}}
        profile_save(user=candidate, data=newer, revision=1)

        response = own.post(merge_url, {"revision": "1", "choice:basics/0/name": "theirs"})

        assert response.status_code == 409
        (conflict,) = response.context["conflicts"]
        assert (conflict["mine"], conflict["chosen"]) == ("Nora Holm", "theirs")
        assert profile_of(candidate).data == newer

    def test_a_profile_that_changes_in_between(self, own, merge_url, mine, candidate, monkeypatch):
        newer = {"basics": {"name": "Nora Holm"}}
        apply = services.review_apply

        def other_first(*, upload, data, revision):
            profile_save(user=candidate, data=newer, revision=1)
            return apply(upload=upload, data=data, revision=revision)

        monkeypatch.setattr(services, "review_apply", other_first)
        response = own.post(merge_url, {"revision": "1"})

        assert response.status_code == 409
        assert profile_of(candidate).data == newer
        assert Upload.objects.get().reviewed_at is None

    def test_before_anything_is_decided(self, own, upload):
        response = own.get(f"/resumes/{upload.pk}/merge")

        assert (response.status_code, response.url) == (302, upload.get_absolute_url())


@pytest.mark.parametrize("place", ["", "review", "apply", "merge", "file", "pages/1.png"])
def test_anothers_review_is_not_there(place, client_for, other_candidate, upload, client):
    url = f"/resumes/{upload.pk}/{place}"
    stranger = client_for(other_candidate)

    assert stranger.get(url).status_code == 404
    assert client.get(url).url.startswith("/accounts/login/")
    if place in ("review", "apply", "merge"):
        assert stranger.post(url, {"revision": "0"}).status_code == 404
    upload.refresh_from_db()
    assert upload.review == {}


def test_a_review_of_what_is_not_read_yet_is_not_there(own, upload):
    upload.parse.status = "running"
    upload.parse.save()

    assert own.post(f"/resumes/{upload.pk}/apply", {}).status_code == 404


def test_the_draft_of_a_review_is_what_belongs_to_it():
    review = Review(RESUME)

    draft = review.draft({"work-0-name": "a", "work-9-name": "b", "csrfmiddlewaretoken": "c"})

    assert draft == {"work-0-name": "a"}
