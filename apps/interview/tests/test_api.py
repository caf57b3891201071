"""The REST API of questions and attempts."""

from __future__ import annotations

import json

import pytest

from apps.accounts.tokens import token_create
from apps.interview import services
from apps.interview.models import Attempt, Feedback, KeyPoint, Question, QuestionProgress, Topic

pytestmark = pytest.mark.django_db
QUESTIONS = "/api/v1/questions"
ATTEMPTS = "/api/v1/attempts"
NOBODYS = "00000000-0000-4000-8000-000000000000"
POINTS = [
    {
        "id": "memory",
        "text": "Separate memory.",
        "weight": 3,
        "status": "covered",
        "confidence": 0.9,
        "quote": {"start": 0, "end": 10, "text": "Own memory"},
    },
    {"id": "heap", "text": "Heap.", "weight": 1, "status": "missing", "confidence": 0.7},
]


class Api:
    """A program with a person's token."""

    def __init__(self, client, person=None):
        self.client = client
        self.headers = {}
        if person:
            token = token_create(user=person)
            self.headers = {"authorization": f"Token {token}"}

    def get(self, url):
        return self.client.get(url, headers=self.headers)

    def post(self, url, body=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            url,
            body if isinstance(body, str) else json.dumps(body),
            content_type="application/json",
            headers={**self.headers, **named},
        )


@pytest.fixture
def api(client, candidate):
    return Api(client, candidate)


@pytest.fixture
def attempt(candidate, question, sent):
    attempt, _created = services.attempt_submit(
        user=candidate,
        question=question,
        answer="Own memory.",
        language="en",
        idempotency_key="k0",
    )
    return attempt


def _error(response):
    body = response.json()
    assert set(body) == {"error"}
    assert {"code", "message"} <= set(body["error"])
    return body["error"]


class TestAuthentication:
    @pytest.mark.parametrize(
        ("method", "url"),
        [
            ("get", QUESTIONS),
            ("get", f"{QUESTIONS}/x"),
            ("post", f"{QUESTIONS}/x/attempts"),
            ("get", ATTEMPTS),
            ("get", f"{ATTEMPTS}/{NOBODYS}"),
            ("post", f"{ATTEMPTS}/{NOBODYS}/retry"),
            ("get", f"{ATTEMPTS}/{NOBODYS}/events"),
        ],
    )
    def test_nobody(self, client, method, url):
        response = getattr(Api(client), method)(url)

        assert response.status_code == 401
        assert response["WWW-Authenticate"] == "Token"
        assert _error(response)["code"] == "not_authenticated"

    def test_a_wrong_token(self, client):
        response = client.get(QUESTIONS, headers={"authorization": "Token nonsense"})

        assert response.status_code == 401
        assert _error(response)["code"] == "authentication_failed"

    def test_a_session_will_do_but_not_without_its_csrf_token(self, candidate, question):
        from django.test import Client

        client = Client(enforce_csrf_checks=True)
        client.force_login(candidate, "django.contrib.auth.backends.ModelBackend")

        assert client.get(QUESTIONS).status_code == 200
        response = client.post(
            f"{QUESTIONS}/{question.slug}/attempts", {}, content_type="application/json"
        )
        assert response.status_code == 403
        assert _error(response)["code"] == "permission_denied"


class TestQuestions:
    def test_it_works(self, api, question):
        response = api.get(QUESTIONS)

        assert response.status_code == 200
        assert response.json() == {
            "next": None,
            "previous": None,
            "results": [
                {
                    "slug": "process-and-thread",
                    "topic": {
                        "slug": "systems",
                        "name": {"ko": "운영체제", "en": "Operating systems"},
                    },
                    "difficulty": 1,
                    "text": {
                        "ko": "프로세스와 스레드는 어떻게 다른가요?",
                        "en": "How does a process differ from a thread?",
                    },
                    "progress": None,
                    "bookmarked": False,
                }
            ],
        }

    def test_drafts_are_not_there_not_even_for_staff(self, client, staff, question):
        Question.objects.update(status="draft")
        api = Api(client, staff)

        assert api.get(QUESTIONS).json()["results"] == []
        assert api.get(f"{QUESTIONS}/{question.slug}").status_code == 404

    def test_pages(self, api, topic):
        for number in range(45):
            Question.objects.create(
                topic=topic, slug=f"q{number:02}", status="published", text_en="?"
            )
        seen, url = [], QUESTIONS
        while url:
            page = api.get(url).json()
            seen.append([question["slug"] for question in page["results"]])
            url = page["next"]

        assert [len(page) for page in seen] == [20, 20, 5]
        assert [slug for slugs in seen for slug in slugs] == [
            f"q{number:02}" for number in range(45)
        ]

    @pytest.mark.parametrize(("limit", "count"), [("3", 3), ("1000", 30)])
    def test_limit(self, api, topic, limit, count):
        for number in range(30):
            Question.objects.create(topic=topic, slug=f"q{number}", status="published", text_en="?")

        assert len(api.get(f"{QUESTIONS}?limit={limit}").json()["results"]) == count

    def test_a_wrong_cursor(self, api, question):
        response = api.get(f"{QUESTIONS}?cursor=rubbish")

        assert response.status_code == 422
        assert list(_error(response)["fields"]) == ["cursor"]

    @pytest.fixture
    def shelf(self, topic, candidate):
        networks = Topic.objects.create(slug="networks", name_ko="네트워크", name_en="Networks")
        rows = [("paging", topic, 1), ("deadlock", topic, 3), ("tcp", networks, 1)]
        for slug, shelf, difficulty in rows:
            question = Question.objects.create(
                topic=shelf, slug=slug, difficulty=difficulty, status="published", text_en=slug
            )
            if slug != "tcp":
                score = 50 if slug == "paging" else 95
                QuestionProgress.objects.create(
                    user=candidate, question=question, attempts=1, last_score=score
                )

    @pytest.mark.parametrize(
        ("query", "slugs"),
        [
            ("q=pag", ["paging"]),
            ("topic=networks", ["tcp"]),
            ("difficulty=1", ["paging", "tcp"]),
            ("state=new", ["tcp"]),
            ("state=tried", ["paging", "deadlock"]),
            ("state=improve", ["paging"]),
            ("topic=systems&difficulty=1", ["paging"]),
        ],
    )
    def test_filters(self, api, shelf, query, slugs):
        results = api.get(f"{QUESTIONS}?{query}").json()["results"]

        assert [question["slug"] for question in results] == slugs

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("topic=nothing", "topic"),
            ("difficulty=9", "difficulty"),
            ("difficulty=x", "difficulty"),
            ("state=x", "state"),
            ("q=" + "x" * 101, "q"),
        ],
    )
    def test_a_wrong_filter_is_said(self, api, shelf, query, field):
        response = api.get(f"{QUESTIONS}?{query}")

        assert response.status_code == 422
        assert list(_error(response)["fields"]) == [field]

    def test_a_constant_number_of_queries(self, api, topic, django_assert_num_queries):
        def fill(start, count):
            for number in range(start, start + count):
                question = Question.objects.create(
                    topic=topic, slug=f"q{number}", status="published", text_en="?"
                )
                KeyPoint.objects.create(question=question, slug="a", text_en="a")

        fill(0, 2)
        api.get(QUESTIONS)  # the first use of a token is noted
        with django_assert_num_queries(3):
            api.get(QUESTIONS)
        fill(2, 15)

        with django_assert_num_queries(3):
            assert len(api.get(QUESTIONS).json()["results"]) == 17


class TestQuestion:
    def test_before_the_first_attempt_it_gives_nothing_away(self, api, question):
        body = api.get(f"{QUESTIONS}/{question.slug}").json()

        assert body["slug"] == question.slug
        assert body["text"]["en"] == "How does a process differ from a thread?"
        assert (body["model_answer"], body["common_mistakes"], body["key_points"]) == (
            None,
            None,
            None,
        )
        assert body["progress"] is None

    def test_after_it_all_is_there(self, api, question, attempt):
        body = api.get(f"{QUESTIONS}/{question.slug}").json()

        assert body["model_answer"] == {
            "ko": "프로세스는 주소 공간을 따로 가져요.",
            "en": "A process owns an address space; its threads share it.",
        }
        assert body["common_mistakes"]["en"] == "Saying that threads share a stack."
        assert [point["id"] for point in body["key_points"]] == ["memory", "sharing", "switching"]
        assert body["key_points"][0] == {
            "id": "memory",
            "weight": 3,
            "text": {
                "ko": "프로세스는 주소 공간이 서로 달라요.",
                "en": "Processes have separate memory.",
            },
        }
        assert body["progress"]["attempts"] == 1
        assert body["progress"]["last_score"] is None

    def test_anothers_attempt_opens_nothing(self, client, other_candidate, question, attempt):
        body = Api(client, other_candidate).get(f"{QUESTIONS}/{question.slug}").json()

        assert body["model_answer"] is None

    def test_unknown(self, api):
        assert _error(api.get(f"{QUESTIONS}/nothing"))["code"] == "not_found"


class TestSubmit:
    GIVEN = {"answer": "Own memory.", "language": "en"}

    @pytest.fixture
    def url(self, question):
        return f"{QUESTIONS}/{question.slug}/attempts"

    def test_it_works(self, api, url, candidate, sent, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            response = api.post(url, {**self.GIVEN, "seconds_spent": 61})

        assert response.status_code == 201
        attempt = Attempt.objects.get()
        body = response.json()
        assert body.pop("created_at")
        assert (
            body.pop("job").items()
            >= {
                "status": "queued",
                "error_code": "",
                "error_message": "",
            }.items()
        )
        assert body == {
            "id": str(attempt.pk),
            "question": "process-and-thread",
            "number": 1,
            "language": "en",
            "answer": "Own memory.",
            "seconds_spent": 61,
            "feedback": None,
            "follow_up": None,
            "disputes": [],
        }
        assert attempt.user == candidate
        assert sent == [([str(attempt.feedback.pk)], None)]

    def test_the_same_key_gives_the_same_attempt(self, api, url, sent):
        first = api.post(url, self.GIVEN, idempotency_key="abc")
        again = api.post(url, self.GIVEN, idempotency_key="abc")

        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json()["id"] == again.json()["id"]
        assert Attempt.objects.count() == 1

    @pytest.mark.parametrize("other", [{"answer": "Else."}, {"language": "ko"}])
    def test_the_same_key_with_another_body(self, api, url, sent, other):
        api.post(url, self.GIVEN, idempotency_key="abc")

        response = api.post(url, {**self.GIVEN, **other}, idempotency_key="abc")

        assert response.status_code == 409
        assert _error(response)["code"] == "conflict"
        assert Attempt.objects.count() == 1

    def test_without_a_key_each_call_counts(self, api, url, sent):
        for _time in range(2):
            assert api.post(url, self.GIVEN).status_code == 201

        assert [attempt.number for attempt in Attempt.objects.order_by("number")] == [1, 2]

    @pytest.mark.parametrize("key", ["x" * 65, "two words", "한글"])
    def test_a_wrong_key(self, api, url, key):
        response = api.post(url, self.GIVEN, idempotency_key=key)

        assert response.status_code == 422
        assert list(_error(response)["fields"]) == ["Idempotency-Key"]

    def test_line_ends_are_as_on_the_page(self, api, url, sent):
        api.post(url, {**self.GIVEN, "answer": " a\r\nb\rc "})

        assert Attempt.objects.get().answer == " a\nb\nc "

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ("", "Write your answer first; a sentence is enough."),
            (" \n\u3000", "Write your answer first; a sentence is enough."),
            ("가" * 4003, "Your answer is 3 characters over the limit of 4000."),
        ],
    )
    def test_a_wrong_answer_is_said_as_on_the_page(self, api, url, wrong, message):
        response = api.post(url, {**self.GIVEN, "answer": wrong})

        assert response.status_code == 422
        error = _error(response)
        assert error["code"] == "invalid"
        assert error["fields"] == {"answer": [message]}
        assert Attempt.objects.count() == 0

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"answer": None}, "answer"),
            ({"answer": ["a"]}, "answer"),
            ({"answer": "a\u0000"}, "answer"),
            ({"answer": "\ud800"}, "answer"),
            ({"language": "fr"}, "language"),
            ({"language": None}, "language"),
            ({"seconds_spent": -1}, "seconds_spent"),
            ({"seconds_spent": 86_401}, "seconds_spent"),
            ({"seconds_spent": "soon"}, "seconds_spent"),
        ],
    )
    def test_other_bad_input(self, api, url, wrong, field):
        response = api.post(url, {**self.GIVEN, **wrong})

        assert response.status_code == 422
        assert list(_error(response)["fields"]) == [field]
        assert Attempt.objects.count() == 0

    def test_missing_fields(self, api, url):
        assert set(_error(api.post(url, {}))["fields"]) == {"answer", "language"}

    def test_no_json(self, api, url):
        response = api.post(url, "{")

        assert response.status_code == 400
        assert _error(response)["code"] == "parse_error"

    def test_a_form_instead_of_json(self, api, url):
        response = api.client.post(url, self.GIVEN, headers=api.headers)

        assert response.status_code == 415
        assert _error(response)["code"] == "unsupported_media_type"

    def test_an_unpublished_question(self, api, url):
        Question.objects.update(status="draft")

        assert api.post(url, self.GIVEN).status_code == 404

    def test_other_methods(self, api, url):
        assert api.get(url).status_code == 405

    def test_throttled_each_person_alone(self, api, client, other_candidate, url, sent):
        for number in range(30):
            assert api.post(url, self.GIVEN).status_code == 201, number

        response = api.post(url, self.GIVEN)

        assert response.status_code == 429
        assert _error(response)["code"] == "throttled"
        assert int(response["Retry-After"]) <= 60
        assert api.get(ATTEMPTS).status_code == 200
        assert Api(client, other_candidate).post(url, self.GIVEN).status_code == 201
        assert Attempt.objects.count() == 31


class TestAttempts:
    def test_judged(self, api, attempt):
        Feedback.objects.update(
            status="succeeded",
            score=75,
            key_points=POINTS,
            prose="**Good.**",
            prose_method="model",
            method="judge",
            guess=True,
            model="m",
            prompt_version="p-1",
            prompt_tokens=20,
            completion_tokens=7,
            timing={"queue_ms": 0.5, "first_delta_ms": None},
        )

        body = api.get(f"{ATTEMPTS}/{attempt.pk}").json()

        assert body["job"]["status"] == "succeeded"
        assert body["feedback"] == {
            "score": 75,
            "key_points": POINTS,
            "prose": "**Good.**",
            "prose_method": "model",
            "method": "judge",
            "guess": True,
            "model": "m",
            "prompt_version": "p-1",
            "prompt_tokens": 20,
            "completion_tokens": 7,
            "timing": {"queue_ms": 0.5, "first_delta_ms": None},
            "finished_at": None,
        }

    def test_failed_has_an_error_and_no_feedback(self, api, attempt):
        Feedback.objects.update(
            status="failed", error_code="inference_cut", error_detail="Traceback"
        )

        body = api.get(f"{ATTEMPTS}/{attempt.pk}").json()

        assert body["feedback"] is None
        assert body["job"]["error_code"] == "inference_cut"
        assert body["job"]["error_message"] == (
            "Feedback broke off midway. Your answer is safe; try again."
        )
        assert "Traceback" not in json.dumps(body)

    def test_the_list_holds_ones_own_newest_first(
        self, api, client, candidate, other_candidate, question, sent
    ):
        for person in (candidate, other_candidate):
            for number in range(23):
                services.attempt_submit(
                    user=person,
                    question=question,
                    answer=str(number),
                    language="en",
                    idempotency_key=str(number),
                )

        first = api.get(ATTEMPTS).json()
        second = api.get(first["next"]).json()

        numbers = [attempt["number"] for attempt in first["results"] + second["results"]]
        assert numbers == list(range(23, 0, -1))
        assert second["next"] is None

    def test_a_constant_number_of_queries(
        self, api, candidate, question, attempt, sent, django_assert_num_queries
    ):
        api.get(ATTEMPTS)  # the first use of a token is noted
        with django_assert_num_queries(3):
            api.get(ATTEMPTS)
        for number in range(10):
            services.attempt_submit(
                user=candidate,
                question=question,
                answer="a",
                language="en",
                idempotency_key=f"n{number}",
            )

        with django_assert_num_queries(3):
            assert len(api.get(ATTEMPTS).json()["results"]) == 11

    def test_another_persons_is_not_there(self, client, other_candidate, staff, attempt):
        for person in (other_candidate, staff):
            response = Api(client, person).get(f"{ATTEMPTS}/{attempt.pk}")
            assert response.status_code == 404
            assert _error(response)["code"] == "not_found"

    def test_messages_are_in_the_callers_language(self, api, attempt):
        Feedback.objects.update(status="failed", error_code="inference_cut")
        api.headers["accept-language"] = "ko"

        assert api.get(f"{ATTEMPTS}/{attempt.pk}")["Content-Language"] == "ko"


class TestRetry:
    def test_it_works(self, api, attempt, sent):
        Feedback.objects.update(status="failed", error_code="internal")
        sent.clear()

        response = api.post(f"{ATTEMPTS}/{attempt.pk}/retry")

        assert response.status_code == 202
        assert response.json()["job"]["status"] == "queued"
        assert response.json()["job"]["error_code"] == ""
        assert sent == [([str(attempt.feedback.pk)], None)]

    @pytest.mark.parametrize("status", ["queued", "running", "succeeded"])
    def test_only_what_failed(self, api, attempt, sent, status):
        Feedback.objects.update(status=status)
        sent.clear()

        response = api.post(f"{ATTEMPTS}/{attempt.pk}/retry")

        assert response.status_code == 409
        assert _error(response)["code"] == "conflict"
        assert sent == []

    def test_another_persons_is_not_there(self, client, other_candidate, attempt):
        Feedback.objects.update(status="failed")

        response = Api(client, other_candidate).post(f"{ATTEMPTS}/{attempt.pk}/retry")

        assert response.status_code == 404
        assert Feedback.objects.get().status == "failed"


class TestErrors:
    @pytest.mark.parametrize("path", ["", "nothing", "questions/", "attempts/not-a-uuid"])
    def test_an_unknown_address(self, api, path):
        response = api.get(f"/api/v1/{path}")

        assert response.status_code == 404
        assert _error(response)["code"] == "not_found"

    def test_a_bug_is_told_in_the_same_shape_without_its_words(self, api, attempt, monkeypatch):
        def break_down(*arguments):
            raise ZeroDivisionError("secret")

        monkeypatch.setattr("apps.interview.api.own_attempt", break_down)

        response = api.get(f"{ATTEMPTS}/{attempt.pk}")

        assert response.status_code == 500
        assert _error(response)["code"] == "internal"
        assert "secret" not in response.text


class TestDocumentation:
    def test_the_schema_names_every_path(self, client):
        import yaml

        schema = yaml.safe_load(client.get("/api/schema").content)

        assert set(schema["paths"]) == {
            "/api/v1/attempts",
            "/api/v1/attempts/{attempt_id}",
            "/api/v1/attempts/{attempt_id}/compare",
            "/api/v1/attempts/{attempt_id}/disputes",
            "/api/v1/attempts/{attempt_id}/events",
            "/api/v1/attempts/{attempt_id}/retry",
            "/api/v1/auth/token",
            "/api/v1/companies",
            "/api/v1/companies/{slug}",
            "/api/v1/companies/{slug}/follow",
            "/api/v1/companies/{slug}/practice",
            "/api/v1/company-texts",
            "/api/v1/document-templates",
            "/api/v1/documents",
            "/api/v1/documents/{document_id}",
            "/api/v1/profile",
            "/api/v1/progress",
            "/api/v1/progress/days",
            "/api/v1/progress/points",
            "/api/v1/questions",
            "/api/v1/questions-for-me",
            "/api/v1/questions/{slug}",
            "/api/v1/questions/{slug}/attempts",
            "/api/v1/questions/{slug}/bookmark",
            "/api/v1/resumes",
            "/api/v1/resumes/{upload_id}",
            "/api/v1/resumes/{upload_id}/finish",
            "/api/v1/review-answers/{answer_id}",
            "/api/v1/review-answers/{answer_id}/retry",
            "/api/v1/review-settings",
            "/api/v1/reviews",
            "/api/v1/reviews/{card_id}",
            "/api/v1/reviews/{card_id}/answers",
            "/api/v1/reviews/{card_id}/skip",
            "/api/v1/sessions",
            "/api/v1/sessions/{session_id}",
            "/api/v1/sessions/{session_id}/debrief",
            "/api/v1/sessions/{session_id}/end",
            "/api/v1/sessions/{session_id}/questions/{position}/answer",
            "/api/v1/sessions/{session_id}/questions/{position}/skip",
            "/api/v1/sessions/{session_id}/start",
        }
        submit = schema["paths"]["/api/v1/questions/{slug}/attempts"]["post"]
        assert set(submit["responses"]) == {"201", "401", "404", "409", "422", "429"}
        assert "Idempotency-Key" in [parameter["name"] for parameter in submit["parameters"]]
        events = schema["paths"]["/api/v1/attempts/{attempt_id}/events"]["get"]
        assert set(events["responses"]["200"]["content"]) == {"text/event-stream"}
        assert set(events["responses"]["401"]["content"]) == {"application/json"}

    def test_it_is_valid_and_without_warnings(self, tmp_path):
        from django.core.management import call_command

        call_command(
            "spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml")
        )

    def test_the_docs_page_needs_no_inline_script(self, client):
        page = client.get("/api/docs")

        assert page.status_code == 200
        assert "'unsafe-inline'" not in page["Content-Security-Policy"]
        assert "<style" not in page.text
        assert page.text.count("<script") == page.text.count("<script src=")
        script = client.get("/api/docs?script=")
        assert script["Content-Type"].startswith("application/javascript")
        assert "SwaggerUIBundle" in script.text
