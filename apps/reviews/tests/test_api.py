"""The REST API of reviews, and what the export and the deletion take."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import fsrs
import pytest

from apps.accounts.services import account_delete, account_export
from apps.accounts.tokens import token_create
from apps.interview.models import Question
from apps.reviews import services
from apps.reviews.models import DailyMail, ReviewAnswer, ReviewCard, ReviewRating, ReviewSettings
from apps.reviews.scheduling import rate

from .cast import NOON, make_card
from .test_pages import MARK

pytestmark = pytest.mark.django_db
REVIEWS = "/api/v1/reviews"
ANSWERS = "/api/v1/review-answers"
NOBODYS = uuid.UUID(int=1)
"""An id that no row has: the same in each process that collects the tests."""
SETTINGS = "/api/v1/review-settings"
BODY = {"answer": "Each has its own.", "language": "en"}


@pytest.fixture
def call(client):
    """``call(person)(method, url, body)``: a program with that person's token."""

    def as_person(person):
        token = token_create(user=person)

        def ask(method, url, body=None, **headers):
            return client.generic(
                method,
                url,
                json.dumps(body) if body is not None else "",
                content_type="application/json",
                headers={"authorization": f"Token {token}", **headers},
            )

        return ask

    return as_person


@pytest.fixture
def api(call, candidate):
    return call(candidate)


class TestReviews:
    def test_the_list_is_what_is_due(self, api, candidate, card, question):
        make_card(candidate, question, "sharing", due=NOON + timedelta(days=2))

        response = api("GET", REVIEWS)

        assert response.status_code == 200
        assert response.json()["results"] == [
            {
                "id": str(card.pk),
                "question": {
                    "slug": "process-and-thread",
                    "text": {
                        "ko": "프로세스와 스레드는 어떻게 다른가요?",
                        "en": "How does a process differ from a thread?",
                    },
                },
                "opening": {"ko": "프로세스는 …", "en": "Processes …"},
                "due": "2026-11-02T11:00:00+09:00",
                "is_due": True,
                "last_review": "2026-10-31T12:00:00+09:00",
                "revision": 0,
            }
        ]

    def test_it_is_paged(self, api, candidate, card, question):
        make_card(candidate, question, "sharing")

        first = api("GET", f"{REVIEWS}?limit=1").json()
        second = api("GET", first["next"]).json()

        assert len(first["results"]) == len(second["results"]) == 1
        assert first["results"] != second["results"]

    def test_one_of_them(self, api, card):
        ReviewCard.objects.update(skipped_on=NOON.date())

        response = api("GET", f"{REVIEWS}/{card.pk}")

        assert (response.status_code, response.json()["is_due"]) == (200, False)

    @pytest.mark.parametrize(
        ("method", "path"),
        [("GET", ""), ("POST", "/answers"), ("POST", "/skip")],
    )
    def test_anothers_and_nobodys_are_not_there(self, call, other_candidate, card, method, path):
        other = call(other_candidate)

        for pk in (card.pk, uuid.uuid4()):
            assert other(method, f"{REVIEWS}/{pk}{path}", BODY).status_code == 404

    @pytest.mark.parametrize(
        ("method", "url"),
        [
            ("get", REVIEWS),
            ("get", f"{REVIEWS}/{NOBODYS}"),
            ("post", f"{REVIEWS}/{NOBODYS}/answers"),
            ("post", f"{REVIEWS}/{NOBODYS}/skip"),
            ("get", f"{ANSWERS}/{NOBODYS}"),
            ("post", f"{ANSWERS}/{NOBODYS}/retry"),
            ("get", SETTINGS),
            ("patch", SETTINGS),
        ],
    )
    def test_nobody(self, client, method, url):
        assert getattr(client, method)(url).status_code == 401


class TestAnswers:
    def _send(self, api, card, body=BODY, key="k"):
        return api("POST", f"{REVIEWS}/{card.pk}/answers", body, **{"idempotency-key": key})

    def test_it_works(self, api, card, sent_tasks):
        response = self._send(api, card)

        given = ReviewAnswer.objects.get()
        assert response.status_code == 201
        assert response.json() == {
            "id": str(given.pk),
            "review": str(card.pk),
            "question": "process-and-thread",
            "language": "en",
            "answer": "Each has its own.",
            "created_at": "2026-11-02T12:00:00+09:00",
            "job": {
                "status": "queued",
                "error_code": "",
                "error_message": "",
                "created_at": "2026-11-02T12:00:00+09:00",
                "started_at": None,
            },
            "mark": None,
            "guess": False,
            "due": "2026-11-02T11:00:00+09:00",
        }

    def test_the_same_key_again_is_the_same_answer(self, api, card, sent_tasks):
        assert self._send(api, card).json()["id"] == self._send(api, card).json()["id"]

        conflict = self._send(api, card, {**BODY, "answer": "Other."})
        assert (conflict.status_code, conflict.json()["error"]["code"]) == (409, "conflict")

    def test_the_second_device_is_told(self, api, card, sent_tasks):
        self._send(api, card, {**BODY, "revision": 0}, key="phone")

        late = self._send(api, card, {"answer": "Hm.", "language": "en", "revision": 0}, "desk")

        assert (late.status_code, late.json()["error"]["code"]) == (409, "card_moved")
        assert ReviewAnswer.objects.count() == 1

    @pytest.mark.parametrize(
        ("body", "fields"),
        [
            ({}, ["answer", "language"]),
            ({"answer": " ", "language": "en"}, ["answer"]),
            ({"answer": "a" * 601, "language": "en"}, ["answer"]),
            ({"answer": "a", "language": "fr"}, ["language"]),
            ({**BODY, "revision": -1}, ["revision"]),
        ],
    )
    def test_bad_input_is_told(self, api, card, body, fields):
        response = self._send(api, card, body)

        assert response.status_code == 422
        assert list(response.json()["error"]["fields"]) == fields

    def test_a_key_that_is_none_is_told(self, api, card):
        response = self._send(api, card, key="with a space")

        assert response.status_code == 422
        assert list(response.json()["error"]["fields"]) == ["Idempotency-Key"]

    def test_its_state_and_its_mark(self, api, candidate, card, sent_tasks):
        self._send(api, card)
        ReviewAnswer.objects.update(status="succeeded", mark=MARK, method="judge")
        given = ReviewAnswer.objects.get()

        body = api("GET", f"{ANSWERS}/{given.pk}").json()

        assert (body["job"]["status"], body["mark"], body["guess"]) == ("succeeded", MARK, False)

    def test_only_a_failed_one_is_asked_again(self, api, card, sent_tasks):
        self._send(api, card)
        given = ReviewAnswer.objects.get()
        assert api("POST", f"{ANSWERS}/{given.pk}/retry").status_code == 409

        ReviewAnswer.objects.update(status="failed", error_code="internal")
        response = api("POST", f"{ANSWERS}/{given.pk}/retry")

        assert (response.status_code, response.json()["job"]["status"]) == (202, "queued")

    def test_anothers_are_not_there(self, api, call, other_candidate, card, sent_tasks):
        self._send(api, card)
        given = ReviewAnswer.objects.get()
        other = call(other_candidate)

        assert other("GET", f"{ANSWERS}/{given.pk}").status_code == 404
        assert other("POST", f"{ANSWERS}/{given.pk}/retry").status_code == 404


class TestSkip:
    def test_it_works_and_only_once(self, api, card):
        response = api("POST", f"{REVIEWS}/{card.pk}/skip", {"revision": 0})
        assert (response.status_code, response.json()["is_due"]) == (200, False)
        assert response.json()["revision"] == 1

        late = api("POST", f"{REVIEWS}/{card.pk}/skip", {"revision": 0})
        assert (late.status_code, late.json()["error"]["code"]) == (409, "card_moved")


class TestSettings:
    def test_before_anything_was_chosen(self, api):
        assert api("GET", SETTINGS).json() == {
            "daily_mail": False,
            "mail_hour": 8,
            "time_zone": "Asia/Seoul",
        }

    def test_some_of_it_is_changed(self, api, candidate):
        response = api("PATCH", SETTINGS, {"time_zone": "Europe/Berlin"})
        assert response.json()["time_zone"] == "Europe/Berlin"

        api("PATCH", SETTINGS, {"daily_mail": True})

        row = ReviewSettings.objects.get()
        assert (row.user, row.daily_mail, row.time_zone) == (candidate, True, "Europe/Berlin")

    @pytest.mark.parametrize(
        "body", [{"time_zone": "Mars/Olympus"}, {"mail_hour": 24}, {"daily_mail": "perhaps"}]
    )
    def test_nonsense_is_told(self, api, body):
        response = api("PATCH", SETTINGS, body)

        assert response.status_code == 422
        assert list(response.json()["error"]["fields"]) == list(body)
        assert not ReviewSettings.objects.exists()


class TestEverythingOfAPerson:
    @pytest.fixture
    def all_of_it(self, candidate, card, sent_tasks):
        rate({card: fsrs.Rating.Good}, source=uuid.uuid4(), at=NOON)
        services.review_answer_submit(
            user=candidate, card=card, answer="Apart.", language="en", idempotency_key="k"
        )
        services.settings_save(user=candidate, daily_mail=True)
        DailyMail.objects.create(user=candidate, day=NOON.date(), question=card.key_point.question)

    def test_the_export_holds_it(self, candidate, all_of_it):
        part = account_export(user=candidate)["reviews"]

        [card] = part["cards"]
        assert (card["question"], card["ratings"]) == (
            "process-and-thread",
            [{"rating": 3, "reviewed_at": NOON}],
        )
        [answer] = part["answers"]
        assert (answer["answer"], answer["question__slug"]) == ("Apart.", "process-and-thread")
        assert part["settings"] == {
            "time_zone": "Asia/Seoul",
            "daily_mail": True,
            "mail_hour": 8,
        }
        assert part["daily_mails"] == [{"day": NOON.date(), "question__slug": "process-and-thread"}]

    def test_the_deletion_takes_it_along(self, candidate, all_of_it):
        account_delete(user=candidate)

        kinds = (ReviewCard, ReviewRating, ReviewAnswer, ReviewSettings, DailyMail)
        assert [kind.objects.count() for kind in kinds] == [0] * 5
        assert Question.objects.exists()
