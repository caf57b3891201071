"""The follow-up after an answer: which one is asked, where it shows, who may answer it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation
from tablib import Dataset

from apps.accounts.services import account_delete
from apps.interview import services
from apps.interview.export import export
from apps.interview.follow_ups import Standing, choose, follow_ups_after
from apps.interview.models import Attempt, Feedback, KeyPoint, Question, QuestionProgress
from apps.interview.resources import QuestionResource

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
BEFORE = NOW - timedelta(days=1)
AFTER = NOW + timedelta(minutes=1)
WEIGHTS = {"memory": 3, "sharing": 2, "switching": 1}


def follow_up_of(question: Question, slug: str, at: str = "", **fields: Any) -> Question:
    """A published follow-up with two key points, at the point of that slug."""
    given = {
        "topic": question.topic,
        "difficulty": Question.Difficulty.MEDIUM,
        "status": Question.Status.PUBLISHED,
        "text_ko": f"{slug} 하나 더 물어볼게요.",
        "text_en": f"One more about {slug}?",
        "model_answer_ko": "이래서 그래요.",
        "model_answer_en": "This is why.",
    }
    follow_up = Question.objects.create(
        slug=slug,
        follows=question,
        follows_point=question.key_points.get(slug=at) if at else None,
        **given | fields,
    )
    for position, name in enumerate(("cause", "effect")):
        KeyPoint.objects.create(
            question=follow_up,
            slug=name,
            position=position,
            text_ko=f"{name}를 말해요.",
            text_en=f"It says the {name}.",
        )
    return follow_up


@pytest.fixture
def asked(question: Question) -> dict[str, Question]:
    """Two follow-ups at the heaviest point, one at each other."""
    return {
        "memory-1": follow_up_of(question, "memory-1", "memory", difficulty=1),
        "memory-2": follow_up_of(question, "memory-2", "memory", difficulty=2),
        "sharing-1": follow_up_of(question, "sharing-1", "sharing", difficulty=3),
        "switching-1": follow_up_of(question, "switching-1", "switching", difficulty=2),
    }


def marks(**statuses: str) -> list[dict[str, Any]]:
    """Of all three points; those that are not named are covered."""
    return [
        {
            "id": slug,
            "text": slug,
            "weight": weight,
            "status": statuses.get(slug, "covered"),
            "confidence": 0.9,
        }
        for slug, weight in WEIGHTS.items()
    ]


class TestChoosing:
    def _chosen(
        self,
        asked: dict[str, Question],
        now: list[dict[str, Any]],
        earlier: tuple[list[dict[str, Any]], ...] = (),
        **standings: Standing,
    ) -> str | None:
        found = choose(
            asked.values(),
            now,
            earlier=earlier,
            standings={asked[name.replace("_", "-")].pk: held for name, held in standings.items()},
            answered_at=NOW,
        )
        return found.slug if found else None

    @pytest.mark.parametrize(
        ("statuses", "slug"),
        [
            # The heavier point, whatever its mark.
            ({"memory": "unsure", "sharing": "wrong"}, "memory-1"),
            ({"sharing": "partial", "switching": "missing"}, "sharing-1"),
            ({"switching": "missing"}, "switching-1"),
            # All covered: the hardest.
            ({}, "sharing-1"),
        ],
    )
    def test_the_most_valuable_point(self, asked, statuses, slug):
        assert self._chosen(asked, marks(**statuses)) == slug

    @pytest.mark.parametrize(
        ("one", "other", "first"),
        [
            ("wrong", "missing", "memory-1"),
            ("partial", "missing", "sharing-1"),
            ("unsure", "partial", "sharing-1"),
            ("missing", "wrong", "sharing-1"),
            ("unsure", "unsure", "memory-1"),
        ],
    )
    def test_among_equal_weights_the_mark_decides(self, asked, one, other, first):
        given = [{**mark, "weight": 2} for mark in marks(memory=one, sharing=other)]

        assert self._chosen(asked, given) == first

    def test_one_not_asked_before_comes_first(self, asked):
        weak = Standing(40, BEFORE)
        missing = marks(memory="missing", switching="missing")

        assert self._chosen(asked, missing, memory_1=weak) == "memory-2"
        assert self._chosen(asked, missing, memory_1=weak, memory_2=weak) == "switching-1"
        everything: dict[str, Any] = {"memory_1": weak, "memory_2": weak, "switching_1": weak}
        assert self._chosen(asked, missing, **everything) == "memory-1"

    def test_one_answered_well_never_comes_again(self, asked):
        good, weak = Standing(80, BEFORE), Standing(79, BEFORE)
        missing = marks(memory="missing")

        assert self._chosen(asked, missing, memory_1=good, memory_2=weak) == "memory-2"
        assert self._chosen(asked, missing, memory_1=good, memory_2=good) == "switching-1"

    def test_one_answered_since_is_not_asked_again_on_the_same_page(self, asked):
        fresh = Standing(None, AFTER)

        assert self._chosen(asked, marks(switching="missing"), switching_1=fresh) == "memory-1"

    def test_a_point_that_was_wrong_twice_comes_before_heavier_ones(self, asked):
        now = marks(memory="missing", sharing="wrong")

        assert self._chosen(asked, now) == "memory-1"
        assert self._chosen(asked, now, (marks(sharing="wrong"),)) == "sharing-1"
        twice_before = (marks(sharing="wrong"), marks(sharing="wrong"))
        partly = marks(memory="missing", sharing="partial")
        assert self._chosen(asked, partly, twice_before) == "sharing-1"
        assert self._chosen(asked, marks(memory="missing"), twice_before) == "memory-1"

    def test_a_point_that_was_wrong_twice_gets_its_variant_first(self, asked):
        weak = Standing(10, BEFORE)
        wrong = marks(memory="wrong", sharing="wrong")

        assert self._chosen(asked, wrong, (wrong,), memory_1=weak) == "memory-2"
        assert self._chosen(asked, wrong, (wrong,), sharing_1=Standing(90, BEFORE)) == "memory-1"

    def test_without_one_at_a_weak_point_any_other_is_asked_the_easiest_first(self, asked):
        del asked["switching-1"]

        assert self._chosen(asked, marks(switching="missing")) == "memory-1"
        done = Standing(10, BEFORE)
        assert self._chosen(asked, marks(switching="missing"), memory_1=done) == "memory-2"

    def test_none_is_left(self, asked):
        every: dict[str, Any] = {name.replace("-", "_"): Standing(10, BEFORE) for name in asked}

        assert self._chosen(asked, marks(), **every) is None
        assert self._chosen({}, marks(memory="wrong")) is None


@pytest.fixture
def answer(candidate, sent):
    """Answer a question and have it judged: (question, marks, score)."""

    def give(question, judged=None, score=40, user=candidate):
        key = f"{question.slug}-{Attempt.objects.count()}"
        attempt, _new = services.attempt_submit(
            user=user, question=question, answer="Threads share.", language="en",
            idempotency_key=key,
        )  # fmt: skip
        if judged is not None:
            Feedback.objects.filter(attempt=attempt).update(
                status="succeeded", score=score, key_points=judged, prose="So."
            )
            QuestionProgress.objects.filter(user=user, question=question).update(
                last_score=score, best_score=score, last_score_attempt=attempt.number
            )
        return Attempt.objects.select_related("question", "feedback").get(pk=attempt.pk)

    return give


def _slug_after(*attempts: Attempt) -> list[str | None]:
    found = follow_ups_after(attempts)
    return [found[item.pk].slug if item.pk in found else None for item in attempts]


class TestAfterAnAnswer:
    def test_it_works(self, asked, question, answer):
        assert _slug_after(answer(question, marks(sharing="missing"))) == ["sharing-1"]

    def test_not_while_the_feedback_runs(self, asked, question, answer):
        assert _slug_after(answer(question)) == [None]

    def test_only_after_the_newest_answer(self, asked, question, answer):
        first = answer(question, marks(memory="missing"))
        second = answer(question, marks(sharing="missing"))

        assert _slug_after(first, second) == [None, "sharing-1"]

    def test_wrong_in_two_answers(self, asked, question, answer):
        answer(question, marks(switching="wrong"))
        assert _slug_after(answer(question, marks(memory="missing", switching="wrong"))) == [
            "switching-1"
        ]

    def test_another_persons_answers_change_nothing(self, asked, question, answer, other_candidate):
        answer(question, marks(switching="wrong"), user=other_candidate)
        answer(asked["memory-1"], [], 100, user=other_candidate)

        assert _slug_after(answer(question, marks(memory="missing", switching="wrong"))) == [
            "memory-1"
        ]

    def test_a_follow_up_that_was_answered_is_not_asked_again(self, asked, question, answer):
        attempt = answer(question, marks(memory="missing"))
        answer(asked["memory-1"])

        assert _slug_after(attempt) == ["memory-2"]

    def test_a_draft_is_not_asked(self, asked, question, answer):
        Question.objects.filter(slug__startswith="memory").update(status="draft")

        assert _slug_after(answer(question, marks(memory="missing"))) == ["switching-1"]

    def test_nothing_is_asked_after_a_question_that_was_taken_back(self, asked, question, answer):
        attempt = answer(question, marks(memory="missing"))
        Question.objects.filter(pk=question.pk).update(status="draft")

        assert _slug_after(attempt) == [None]

    def test_where_staff_removed_the_point_it_is_asked_at_any(self, asked, question, answer):
        question.key_points.get(slug="sharing").delete()
        for name in ("memory-1", "memory-2", "switching-1"):
            asked[name].delete()

        assert _slug_after(answer(question, marks(memory="missing"))) == ["sharing-1"]

    def test_nothing_is_asked_after_a_follow_up(self, asked, question, answer):
        answer(question, marks(memory="missing"))

        assert _slug_after(answer(asked["memory-1"], [])) == [None]


@pytest.fixture
def page_of(client_for, candidate):
    """The text of an attempt's page, or of another address."""

    def get(what: Attempt | str, **headers: str) -> str:
        url = what if isinstance(what, str) else what.get_absolute_url()
        return client_for(candidate).get(url, headers=headers).text

    return get


class TestAttemptPage:
    def test_it_asks_below_the_feedback(self, asked, question, answer, page_of):
        text = page_of(answer(question, marks(sharing="missing")))

        assert text.count("One more about sharing-1?") == 1
        assert "It digs deeper at “Threads of a process share its heap.”." in text
        assert 'action="/questions/sharing-1/attempts"' in text
        assert 'data-draft-url="/questions/sharing-1/draft"' in text
        assert 'class="btn btn-quiet" data-submit' in text

    def test_not_before_the_marks_stand(self, asked, question, answer, page_of):
        attempt = answer(question)
        text = page_of(attempt)

        assert "One more about" not in text
        assert f'hx-get="/attempts/{attempt.pk}/follow-up"' in text

    def test_its_draft_is_there(self, asked, question, answer, candidate, page_of):
        attempt = answer(question, marks(sharing="missing"))
        services.draft_save(
            user=candidate, question=asked["sharing-1"], text="It is one heap", revision=0
        )
        text = page_of(attempt)

        assert "It is one heap</textarea>" in text
        assert 'data-draft-revision="1"' in text

    def test_it_lists_what_was_answered(self, asked, question, answer, page_of):
        attempt = answer(question, marks(sharing="missing"))
        first = answer(asked["sharing-1"], [], 75)
        answer(asked["memory-2"])
        text = page_of(attempt)

        assert text.index("How does a process differ") < text.index("One more about sharing-1?")
        assert f'<a href="/attempts/{first.pk}/">One more about sharing-1?</a>' in text
        assert text.index("75 points") < text.index("One more about memory-2?")
        assert text.index("One more about memory-2?") < text.index("feedback on its way")
        assert 'action="/questions/memory-1/attempts"' in text

    def test_what_was_answered_belongs_to_the_answer_before_it(
        self, asked, question, answer, page_of
    ):
        first = answer(question, marks(sharing="missing"))
        answer(asked["sharing-1"], [], 75)
        second = answer(question, marks())
        answer(asked["memory-2"], [], 66)

        assert "75 points" in page_of(first)
        assert "66 points" not in page_of(first)
        assert "66 points" in page_of(second)
        assert "75 points" not in page_of(second)

    def test_an_answered_follow_up_leads_back(self, asked, question, answer, page_of):
        attempt = answer(question, marks(sharing="missing"))
        text = page_of(answer(asked["sharing-1"], [], 75))

        assert "Asked after your answer to “How does a process differ from a thread?”" in text
        assert f'<a class="btn btn-quiet" href="/attempts/{attempt.pk}/">' in text
        assert 'aria-current="true"' in text
        assert "Follow-up question</span>" in text
        assert 'action="/questions/' not in text

    def test_one_that_was_answered_by_its_address_alone(self, asked, answer, page_of):
        text = page_of(answer(asked["sharing-1"], [], 75))

        assert "Asked after your answer" not in text
        assert 'id="follow-up"' not in text

    def test_when_all_were_answered(self, asked, question, answer, page_of):
        attempt = answer(question, marks(sharing="missing"))
        for follow_up in asked.values():
            answer(follow_up)

        assert "You have answered every follow-up question here." in page_of(attempt)

    def test_without_follow_ups_there_is_no_such_part(self, question, answer, page_of):
        assert 'id="follow-up"' not in page_of(answer(question, marks(sharing="missing")))

    def test_history_stays_when_staff_take_the_question_back(
        self, asked, question, answer, page_of
    ):
        attempt = answer(question, marks(sharing="missing"))
        follow_up = answer(asked["sharing-1"], [], 75)
        Question.objects.filter(pk=question.pk).update(status="draft")

        assert "75 points" in page_of(attempt)
        assert f'href="/attempts/{attempt.pk}/"' in page_of(follow_up)

    def test_an_empty_answer_comes_back_on_its_own_page(
        self, asked, question, answer, client_for, candidate
    ):
        answer(question, marks(sharing="missing"))

        response = client_for(candidate).post(
            "/questions/sharing-1/attempts", {"answer": " ", "language": "en"}
        )

        assert response.status_code == 422
        assert "Write your answer first" in response.text

    def test_sending_it_makes_an_attempt(self, asked, question, answer, client_for, candidate):
        answer(question, marks(sharing="missing"))

        response = client_for(candidate).post(
            "/questions/sharing-1/attempts",
            {"answer": "One heap.", "language": "en", "idempotency_key": "f1"},
        )

        attempt = Attempt.objects.get(question=asked["sharing-1"])
        assert response["Location"] == f"/attempts/{attempt.pk}/"
        assert (attempt.number, attempt.answer, attempt.user) == (1, "One heap.", candidate)

    def test_in_korean(self, asked, question, answer, client_for, candidate):
        attempt = answer(question, marks(sharing="missing"))
        response = client_for(candidate).get(
            attempt.get_absolute_url(), headers={"accept-language": "ko"}
        )

        assert "꼬리 질문" in response.text
        assert "sharing-1 하나 더 물어볼게요." in response.text
        assert "“스레드는 힙을 나눠 써요.”" in response.text


class TestPart:
    """What htmx brings when the marks stand."""

    @pytest.fixture
    def url(self, asked, question, answer):
        return f"/attempts/{answer(question, marks(sharing='missing')).pk}/follow-up"

    def test_it_works(self, url, page_of):
        text = page_of(url, **{"HX-Request": "true"})

        assert "<html" not in text
        assert 'action="/questions/sharing-1/attempts"' in text
        assert "csrfmiddlewaretoken" in text

    def test_by_its_address_it_is_the_page(self, url, client_for, candidate):
        response = client_for(candidate).get(url)

        assert response["Location"] == url.removesuffix("follow-up")

    def test_it_checks_ownership(self, url, client_for, other_candidate):
        assert client_for(other_candidate).get(url).status_code == 404

    def test_it_wants_a_login(self, url, client):
        assert client.get(url)["Location"].startswith("/accounts/login/")

    def test_it_rejects_post(self, url, client_for, candidate):
        assert client_for(candidate).post(url).status_code == 405


class TestQuestionPage:
    def test_it_works_and_names_its_question(self, asked, page_of):
        text = page_of("/questions/sharing-1/")

        assert "Follow-up question</span>" in text
        assert "Follows “How does a process differ from a thread?”" in text
        assert 'href="/questions/process-and-thread/"' in text

    def test_the_draft_is_saved(self, asked, client_for, candidate):
        response = client_for(candidate).post(
            "/questions/sharing-1/draft", {"text": "One", "revision": 0}
        )

        assert response.json() == {"revision": 1}

    @pytest.mark.parametrize("slug", ["process-and-thread", "sharing-1"])
    def test_it_is_gone_with_itself_or_its_question(self, asked, client, slug):
        Question.objects.filter(slug=slug).update(status="draft")

        assert client.get("/questions/sharing-1/").status_code == 404
        assert client.post("/questions/sharing-1/attempts", {"answer": "x"}).status_code == 404

    def test_lists_never_show_one(self, asked, page_of):
        text = page_of("/questions/")

        assert "1 question" in text
        assert "One more about" not in text
        assert "One more about" not in page_of("/questions/?q=sharing")
        assert "One more about" not in page_of("/")


class TestApi:
    @pytest.fixture
    def get(self, client_for, candidate):
        return lambda path: client_for(candidate).get(f"/api/v1/{path}")

    def test_the_attempt_says_what_is_asked_next(self, asked, question, answer, get):
        attempt = answer(question, marks(sharing="missing"))

        assert get(f"attempts/{attempt.pk}").json()["follow_up"] == {
            "slug": "sharing-1",
            "text": {"ko": "sharing-1 하나 더 물어볼게요.", "en": "One more about sharing-1?"},
            "at": "sharing",
        }

    def test_not_while_the_feedback_runs(self, asked, question, answer, get):
        assert get(f"attempts/{answer(question).pk}").json()["follow_up"] is None

    def test_without_its_key_point(self, asked, question, answer, get):
        Question.objects.filter(slug="sharing-1").update(follows_point=None)
        attempt = answer(question, marks())

        found = get(f"attempts/{attempt.pk}").json()["follow_up"]
        assert (found["slug"], found["at"]) == ("sharing-1", None)

    def test_the_list_says_it_of_each(self, asked, question, answer, get):
        answer(question, marks(memory="missing"))
        answer(question, marks(sharing="missing"))
        answer(asked["switching-1"], [])

        found = [
            item["follow_up"] and item["follow_up"]["slug"]
            for item in get("attempts").json()["results"]
        ]

        assert found == [None, "sharing-1", None]

    def test_a_follow_up_is_read_and_answered(self, asked, question, get, client_for, candidate):
        detail = get("questions/sharing-1").json()
        assert (detail["slug"], detail["follows"]) == ("sharing-1", "process-and-thread")
        assert get("questions/process-and-thread").json()["follows"] is None

        response = client_for(candidate).post(
            "/api/v1/questions/sharing-1/attempts",
            {"answer": "One heap.", "language": "en"},
            "application/json",
        )

        assert response.status_code == 201
        assert response.json()["question"] == "sharing-1"

    def test_the_list_of_questions_has_none(self, asked, get):
        assert [item["slug"] for item in get("questions").json()["results"]] == [
            "process-and-thread"
        ]

    @pytest.mark.parametrize("slug", ["process-and-thread", "sharing-1"])
    def test_it_is_gone_with_itself_or_its_question(self, asked, slug, get, client_for, candidate):
        Question.objects.filter(slug=slug).update(status="draft")
        body = {"answer": "One heap.", "language": "en"}

        assert get("questions/sharing-1").status_code == 404
        response = client_for(candidate).post(
            "/api/v1/questions/sharing-1/attempts", body, "application/json"
        )
        assert response.status_code == 404

    def test_another_persons_attempt(self, asked, question, answer, client_for, other_candidate):
        attempt = answer(question, marks(sharing="missing"))

        assert client_for(other_candidate).get(f"/api/v1/attempts/{attempt.pk}").status_code == 404


class TestExport:
    def test_it_holds_them_with_their_question(self, asked, question, answer, candidate):
        answer(question, marks())
        answer(asked["sharing-1"], [], 75)

        held = [(item["question"], item["follows"]) for item in export(candidate)["attempts"]]

        assert held == [("process-and-thread", None), ("sharing-1", "process-and-thread")]

    def test_deleting_the_account_takes_them_along(self, asked, question, answer, candidate):
        answer(question, marks())
        answer(asked["sharing-1"], [], 75)

        account_delete(user=candidate)

        assert not Attempt.objects.exists()
        assert Question.objects.count() == 5


class TestAdmin:
    @pytest.fixture
    def change(self, client_for, staff):
        """Save a follow-up's page with these values; the reply."""

        def save(row: Question, **changes: Any) -> Any:
            fields = {
                "topic": row.topic_id,
                "difficulty": row.difficulty,
                "status": row.status,
                "slug": row.slug,
                "follows": row.follows_id or "",
                "follows_point": row.follows_point_id or "",
            }
            for name in ("text", "model_answer"):
                for code in ("ko", "en"):
                    fields[f"{name}_{code}"] = getattr(row, f"{name}_{code}")
            points: list[Any] = list(row.key_points.all())
            forms = {"key_points": len(points), "misconceptions": 0}
            for prefix, count in forms.items():
                fields |= {f"{prefix}-TOTAL_FORMS": count, f"{prefix}-INITIAL_FORMS": count}
            for number, point in enumerate(points):
                values = {
                    "id": point.pk,
                    "question": row.pk,
                    "text_ko": point.text_ko,
                    "text_en": point.text_en,
                    "slug": point.slug,
                    "weight": point.weight,
                    "position": point.position,
                }
                fields |= {f"key_points-{number}-{name}": held for name, held in values.items()}
            url = reverse("admin:interview_question_change", args=[row.pk])
            return client_for(staff).post(url, fields | changes)

        return save

    def _errors(self, response: Any) -> dict[str, list[str]]:
        with translation.override("en"):
            errors = response.context["adminform"].form.errors
            return {name: [str(error) for error in told] for name, told in errors.items()}

    def test_it_moves_to_another_point(self, asked, question, change):
        point = question.key_points.get(slug="memory")

        assert change(asked["sharing-1"], follows_point=point.pk).status_code == 302
        asked["sharing-1"].refresh_from_db()
        assert asked["sharing-1"].follows_point == point

    def test_two_points_are_enough_for_a_published_follow_up(self, asked, change):
        assert change(asked["sharing-1"], difficulty=1).status_code == 302

    def test_a_question_without_one_needs_three(self, asked, change):
        response = change(asked["sharing-1"], follows="", follows_point="")

        assert "A published question has 3 to 7 key points; this one has 2." in response.text

    def test_a_point_of_another_question(self, asked, change):
        point = asked["memory-1"].key_points.first()

        errors = self._errors(change(asked["sharing-1"], follows_point=point.pk))

        assert errors == {
            "follows_point": ["This key point is not one of the question that it follows."]
        }

    def test_a_point_without_its_question(self, asked, change):
        assert "follows_point" in self._errors(change(asked["sharing-1"], follows=""))

    def test_it_follows_no_follow_up(self, asked, change):
        response = change(asked["sharing-1"], follows=asked["memory-1"].pk, follows_point="")

        assert self._errors(response) == {
            "follows": [
                "“One more about memory-1?” is a follow-up itself. "
                "Choose the question that it follows."
            ]
        }

    def test_it_does_not_follow_itself(self, asked, question, change):
        response = change(question, follows=question.pk)

        assert self._errors(response) == {"follows": ["A question cannot follow itself."]}

    def test_a_question_with_follow_ups_becomes_none(self, asked, question, topic, change):
        other = Question.objects.create(topic=topic, slug="other", text_en="O?", text_ko="오?")

        response = change(question, follows=other.pk)

        assert self._errors(response) == {
            "follows": ["This question has follow-ups, so it cannot be one."]
        }

    def test_the_questions_page_links_them(self, asked, question, client_for, staff):
        url = reverse("admin:interview_question_change", args=[question.pk])
        text = client_for(staff).get(url).text

        link = reverse("admin:interview_question_change", args=[asked["sharing-1"].pk])
        assert f'<a href="{link}">One more about sharing-1?</a>' in text
        assert f"?follows={question.pk}&amp;topic={question.topic_id}" in text

    @pytest.mark.parametrize(
        ("kind", "count"), [("", 5), ("first", 1), ("follow-up", 4), ("nonsense", 5)]
    )
    def test_the_list_tells_them_apart(self, asked, client_for, staff, kind, count):
        url = reverse("admin:interview_question_changelist")
        response = client_for(staff).get(url, {"kind": kind} if kind else {})

        assert response.context["cl"].result_count == count

    def test_only_first_questions_can_be_chosen_to_follow(self, asked, client_for, staff):
        given = {
            "app_label": "interview",
            "model_name": "question",
            "field_name": "follows",
            "term": "",
        }
        found = client_for(staff).get(reverse("admin:autocomplete"), given).json()["results"]

        assert [item["text"] for item in found] == ["How does a process differ from a thread?"]

    def test_publishing_many_asks_each_for_its_own_number(self, asked, client_for, staff):
        Question.objects.update(status="draft")
        KeyPoint.objects.filter(question=asked["memory-1"], slug="cause").delete()
        chosen = list(Question.objects.values_list("pk", flat=True))

        client_for(staff).post(
            reverse("admin:interview_question_changelist"),
            {"action": "publish", "_selected_action": chosen},
        )

        drafts = Question.objects.filter(status="draft")
        assert [question.slug for question in drafts] == ["memory-1"]


class TestSheet:
    COLUMNS = ("slug", "follows", "follows_point")

    def _point(self) -> str:
        point = Question.objects.get(slug="sharing-1").follows_point
        return point.slug if point else ""

    def _imported(self, row: dict[str, str]) -> Any:
        data = Dataset(list(row.values()), headers=list(row))
        with translation.override("en"):
            return QuestionResource().import_data(data)

    def test_it_goes_in_as_it_came_out(self, asked):
        sheet = QuestionResource().export(Question.objects.order_by("-pk"))

        rows = [tuple(row[name] for name in self.COLUMNS) for row in sheet.dict]
        assert rows[:2] == [
            ("process-and-thread", "", ""),
            ("memory-1", "process-and-thread", "memory"),
        ]
        result = QuestionResource().import_data(sheet)
        assert (result.totals["skip"], result.totals["update"]) == (5, 0)

    def test_it_moves_one(self, asked):
        given = {"slug": "sharing-1", "follows": "process-and-thread", "follows_point": "memory"}

        assert not self._imported(given).has_errors()
        assert self._point() == "memory"

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            (
                {"follows": "process-and-thread", "follows_point": "nowhere"},
                "has no key point “nowhere” here",
            ),
            ({"follows": "nowhere"}, "has the slug “nowhere”"),
            (
                {"follows": "memory-1", "follows_point": ""},
                "follows a question that is no follow-up itself",
            ),
        ],
    )
    def test_what_does_not_fit_is_said(self, asked, given, said):
        result = self._imported({"slug": "sharing-1", **given})

        (row,) = result.invalid_rows
        assert said in str(row.error)
        assert self._point() == "sharing"


@pytest.mark.parametrize(("place", "queries"), [("page", 14), ("api", 7)])
def test_queries_at_few_and_at_many_answers(
    asked, question, answer, client_for, candidate, django_assert_num_queries, place, queries
):
    client = client_for(candidate)

    def look() -> None:
        attempt = Attempt.objects.filter(question=question).order_by("-number").first()
        assert attempt
        address = attempt.get_absolute_url() if place == "page" else "/api/v1/attempts"
        cache.clear()
        with django_assert_num_queries(queries):
            assert client.get(address).status_code == 200

    answer(question, marks(memory="wrong"))
    answer(asked["memory-1"], [])
    answer(question, marks(memory="wrong"))
    answer(asked["switching-1"], [])
    look()
    for _time in range(8):
        answer(question, marks(memory="wrong"))
        answer(asked["memory-1"], [])
    look()
