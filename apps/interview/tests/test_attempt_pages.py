"""Submitting an answer on the page, reading it, asking for failed feedback again."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from apps.interview import services
from apps.interview.models import ANSWER_MAX_LENGTH, Attempt, Feedback, Question

pytestmark = pytest.mark.django_db
GIVEN = {"answer": "Own memory.", "language": "en", "idempotency_key": "k1", "seconds_spent": "61"}
POINTS = [
    {
        "id": "memory",
        "text": "Processes have separate memory.",
        "weight": 3,
        "status": "covered",
        "confidence": 0.9,
        "quote": {"start": 0, "end": 10, "text": "Own memory"},
    },
    {
        "id": "sharing",
        "text": "Threads share.",
        "weight": 2,
        "status": "missing",
        "confidence": 0.8,
    },
]


@pytest.fixture
def url(question):
    return reverse("interview:attempt_create", args=[question.slug])


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


def _judged(attempt, **fields):
    fields = {"score": 60, "key_points": POINTS, "prose": "**Good** start.", **fields}
    Feedback.objects.filter(attempt=attempt).update(status="succeeded", **fields)


class TestSubmit:
    def test_it_works(self, client_for, candidate, url, sent, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            response = client_for(candidate).post(url, GIVEN)

        attempt = Attempt.objects.get()
        assert (response.status_code, response.url) == (302, f"/attempts/{attempt.pk}/")
        assert (attempt.user, attempt.answer, attempt.language) == (
            candidate,
            "Own memory.",
            "en",
        )
        assert attempt.seconds_spent == 61
        assert sent == [([str(attempt.feedback.pk)], None)]

    def test_a_double_click_is_one_attempt(self, client_for, candidate, url, sent):
        client = client_for(candidate)

        first, second = client.post(url, GIVEN), client.post(url, GIVEN)

        assert first.url == second.url
        assert Attempt.objects.count() == 1

    def test_without_a_key_each_submit_counts(self, client_for, candidate, url, sent):
        client = client_for(candidate)
        for _time in range(2):
            client.post(url, {**GIVEN, "idempotency_key": ""})

        assert Attempt.objects.count() == 2

    def test_a_used_page_with_another_answer_gets_a_new_key(self, client_for, candidate, url, sent):
        client = client_for(candidate)
        client.post(url, GIVEN)

        response = client.post(url, {**GIVEN, "answer": "Else."})

        assert response.status_code == 409
        form = response.context["form"]
        assert form["answer"].value() == "Else."
        assert form["idempotency_key"].value() not in ("", "k1")
        again = {**GIVEN, "answer": "Else.", "idempotency_key": form["idempotency_key"].value()}
        assert client.post(url, again).status_code == 302

    def test_line_ends_are_kept_as_one_character(self, client_for, candidate, url, sent):
        client_for(candidate).post(url, {**GIVEN, "answer": " a\r\nb\rc\n "})

        assert Attempt.objects.get().answer == " a\nb\nc\n "

    @pytest.mark.parametrize("answer", ["", " ", "\r\n\t \u3000"])
    def test_an_empty_answer_is_said_at_once(self, client_for, candidate, url, answer):
        response = client_for(candidate).post(url, {**GIVEN, "answer": answer})

        assert response.status_code == 422
        assert list(response.context["form"].errors) == ["answer"]
        assert "Write your answer first; a sentence is enough." in response.text
        assert Attempt.objects.count() == 0

    def test_an_over_long_answer_is_said_and_kept(self, client_for, candidate, url):
        answer = "가" * (ANSWER_MAX_LENGTH + 1)

        response = client_for(candidate).post(url, {**GIVEN, "answer": answer})

        assert response.status_code == 422
        assert "1 character over the limit of 4000" in response.text
        assert answer in response.text
        assert Attempt.objects.count() == 0

    def test_the_longest_answer_counts_line_ends_once(self, client_for, candidate, url, sent):
        answer = "가\r\n" * (ANSWER_MAX_LENGTH // 2)

        assert client_for(candidate).post(url, {**GIVEN, "answer": answer}).status_code == 302
        assert len(Attempt.objects.get().answer) == ANSWER_MAX_LENGTH

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"language": "fr"}, "language"),
            ({"idempotency_key": "x" * 65}, "idempotency_key"),
            ({"seconds_spent": "-1"}, "seconds_spent"),
            ({"answer": "a\x00b"}, "answer"),
        ],
    )
    def test_other_bad_input(self, client_for, candidate, url, wrong, field):
        response = client_for(candidate).post(url, {**GIVEN, **wrong})

        assert response.status_code == 422
        assert list(response.context["form"].errors) == [field]

    def test_an_unpublished_question_takes_no_answer(self, client_for, candidate, url, question):
        Question.objects.update(status="draft")

        assert client_for(candidate).post(url, GIVEN).status_code == 404

    def test_a_visitor_is_asked_to_log_in(self, client, url):
        response = client.post(url, GIVEN)

        # Back to the editor after that, which kept the words; not to this address.
        assert response.url == "/accounts/login/?next=" + url.removesuffix("attempts")
        assert Attempt.objects.count() == 0

    def test_a_get_leads_to_the_question(self, client_for, candidate, url, question):
        response = client_for(candidate).get(url)

        assert response.url == question.get_absolute_url()
        assert Attempt.objects.count() == 0

    def test_a_forged_post_is_refused(self, candidate, url):
        from django.test import Client

        client = Client(enforce_csrf_checks=True)
        client.force_login(candidate, "django.contrib.auth.backends.ModelBackend")

        assert client.post(url, GIVEN).status_code == 403
        assert Attempt.objects.count() == 0


class TestPage:
    def test_while_it_waits(self, client_for, candidate, attempt):
        response = client_for(candidate).get(attempt.get_absolute_url())

        assert response.status_code == 200
        assert f"/attempts/{attempt.pk}/stream" in response.text
        assert "Own memory." in response.text

    def test_when_it_is_judged(self, client_for, candidate, attempt):
        _judged(attempt)

        text = client_for(candidate).get(attempt.get_absolute_url()).text

        assert "60<small>/100" in text
        assert '<mark class="evidence evidence-covered" data-points="1">Own memory</mark>' in text
        assert "<strong>Good</strong> start." in text
        assert "owns an address space" in text
        assert "/stream" not in text

    def test_what_says_the_opposite_is_quoted_and_corrected(self, client_for, candidate, attempt):
        wrong = {
            **POINTS[0],
            "status": "wrong",
            "misconception": {"statement": "All share.", "correction": "Each has its own."},
        }
        _judged(attempt, key_points=[wrong, {**POINTS[1], "status": "unsure"}], method="judge")

        text = client_for(candidate).get(attempt.get_absolute_url()).text

        assert "<strong>This says the opposite</strong>" in text
        assert '<a class="point-quote" href="#my-answer" data-point-quote>“Own memory”</a>' in text
        assert '<details class="point-correction" open>' in text, "without scripts it is all there"
        assert "Each has its own." in text
        assert '<mark class="evidence evidence-wrong" data-points="1">Own memory</mark>' in text
        assert "<strong>Not sure</strong>" in text
        assert "These marks are guesses" not in text

    @pytest.mark.parametrize(("language", "shown"), [("en", "en"), ("ko", "en"), ("en", "ko")])
    def test_a_missing_point_opens_the_model_answer_where_it_says_it(
        self, client_for, candidate, attempt, language, shown
    ):
        Attempt.objects.update(language=language)
        Question.objects.update(
            model_answer_en="Memory is separate.\n\nThreads share the heap.",
            model_answer_ko="메모리가 서로 달라요.\n\n스레드는 힙을 나눠 써요.",
        )
        text = {"en": "Threads share.", "ko": "스레드는 힙을 공유한다"}[language]
        _judged(attempt, key_points=[{**POINTS[1], "text": text}], method="judge")

        page = client_for(candidate).get(
            attempt.get_absolute_url(), headers={"accept-language": shown}
        )

        words = {
            "en": "See paragraph 2 of the model answer",
            "ko": "모범 답안 2문단 보기",
        }[shown]
        assert f'<a href="#model-answer-2">{words}</a>' in page.text
        assert '<div class="passage" id="model-answer-2" tabindex="-1"><p>' in page.text

    def test_paragraphs_that_do_not_match_are_not_named(self, client_for, candidate, attempt):
        Question.objects.update(
            model_answer_en="Memory.\n\nThreads share the heap.", model_answer_ko="한 문단이에요."
        )
        Attempt.objects.update(language="ko")
        _judged(attempt, key_points=[{**POINTS[1], "text": "스레드"}], method="judge")

        text = client_for(candidate).get(attempt.get_absolute_url()).text

        assert '<a href="#model-answer">See the model answer</a>' in text

    @pytest.mark.parametrize(
        ("status", "word"),
        [
            ("covered", "Covered"),
            ("partial", "Partly"),
            ("missing", "Not there yet"),
            ("wrong", "Worth a second look"),
        ],
    )
    def test_marks_of_earlier_versions_still_show(
        self, client_for, candidate, attempt, status, word
    ):
        """Such a row has no misconceptions, and its marks were guesses."""
        point = {key: value for key, value in POINTS[0].items() if key != "quote"}
        _judged(attempt, key_points=[{**point, "status": status}], method="signals-1")

        text = client_for(candidate).get(attempt.get_absolute_url()).text

        assert f"<strong>{word}</strong>" in text
        assert "These marks are guesses: check the model answer." in text

    def test_in_korean(self, client_for, candidate, attempt):
        client = client_for(candidate)
        wrong = {**POINTS[0], "status": "wrong"}
        _judged(attempt, key_points=[wrong, {**POINTS[1], "status": "unsure"}])

        text = client.get(attempt.get_absolute_url(), headers={"accept-language": "ko"}).text

        for words in ("이 부분은 반대예요", "확실하지 않아요", "표시는 추측이에요"):
            assert words in text

    def test_when_it_failed_it_says_so_and_offers_another_try(self, client_for, candidate, attempt):
        Feedback.objects.update(
            status="failed", error_code="inference_cut", error_detail="Traceback in prose"
        )

        text = client_for(candidate).get(attempt.get_absolute_url()).text

        assert "Feedback broke off midway. Your answer is safe; try again." in text
        assert reverse("interview:feedback_retry", args=[attempt.pk]) in text
        assert "Traceback" not in text

    def test_markup_from_everyone_is_text(self, client_for, candidate, question, sent):
        evil = "<img src=x onerror=alert(1)>"
        attempt, _created = services.attempt_submit(
            user=candidate, question=question, answer=evil, language="en", idempotency_key="e"
        )
        point = {**POINTS[0], "text": evil, "quote": {"start": 0, "end": 28, "text": evil}}
        _judged(attempt, prose=evil, key_points=[point])
        Question.objects.update(text_en=evil, model_answer_en=evil, common_mistakes_en=evil)

        text = client_for(candidate).get(attempt.get_absolute_url()).text

        assert "<img" not in text
        assert "&lt;img src=x onerror=alert(1)&gt;" in text

    def test_change_against_the_last_judged_attempt(
        self, client_for, candidate, question, attempt, sent
    ):
        _judged(attempt, score=40)
        second, _created = services.attempt_submit(
            user=candidate, question=question, answer="b", language="en", idempotency_key="k2"
        )
        _judged(second, score=65, key_points=[])

        response = client_for(candidate).get(second.get_absolute_url())

        assert response.context["score_change"] == 25
        assert [sibling.pk for sibling in response.context["siblings"]] == [attempt.pk]

    def test_another_persons_attempt_is_not_there(
        self, client_for, other_candidate, staff, attempt
    ):
        for person in (other_candidate, staff):
            assert client_for(person).get(attempt.get_absolute_url()).status_code == 404

    def test_unknown(self, client_for, candidate):
        assert client_for(candidate).get(f"/attempts/{uuid4()}/").status_code == 404

    def test_no_cache_keeps_it(self, client_for, candidate, attempt):
        for path in (attempt.get_absolute_url(), attempt.question.get_absolute_url()):
            assert "no-store" in client_for(candidate).get(path)["Cache-Control"]

    def test_a_visitor_is_asked_to_log_in(self, client, attempt):
        assert client.get(attempt.get_absolute_url()).status_code == 302

    def test_it_rejects_post(self, client_for, candidate, attempt):
        assert client_for(candidate).post(attempt.get_absolute_url()).status_code == 405

    def test_a_constant_number_of_queries(
        self, client_for, candidate, question, attempt, sent, django_assert_num_queries
    ):
        def again(numbers):
            for number in numbers:
                later, _created = services.attempt_submit(
                    user=candidate,
                    question=question,
                    answer="b",
                    language="en",
                    idempotency_key=f"n{number}",
                )
                _judged(later)

        _judged(attempt)
        client = client_for(candidate)
        again(range(1))
        with django_assert_num_queries(11):
            client.get(attempt.get_absolute_url())
        again(range(1, 26))

        with django_assert_num_queries(11):
            client.get(attempt.get_absolute_url())


class TestRetry:
    @pytest.fixture
    def retry(self, attempt):
        return reverse("interview:feedback_retry", args=[attempt.pk])

    def test_it_works(self, client_for, candidate, attempt, retry, sent):
        Feedback.objects.update(status="failed", error_code="internal", failures=4)
        sent.clear()

        response = client_for(candidate).post(retry)

        assert (response.status_code, response.url) == (302, attempt.get_absolute_url())
        feedback = Feedback.objects.get()
        assert (feedback.status, feedback.failures) == ("queued", 0)
        assert sent == [([str(feedback.pk)], None)]

    @pytest.mark.parametrize("status", ["queued", "running", "succeeded"])
    def test_what_has_not_failed_is_left_alone(
        self, client_for, candidate, attempt, retry, sent, status
    ):
        Feedback.objects.update(status=status)
        sent.clear()

        client_for(candidate).post(retry)

        assert Feedback.objects.get().status == status
        assert sent == []

    def test_another_persons_is_not_there(self, client_for, other_candidate, retry):
        Feedback.objects.update(status="failed")

        assert client_for(other_candidate).post(retry).status_code == 404
        assert Feedback.objects.get().status == "failed"

    def test_a_get_leads_to_the_answer_and_asks_nothing(
        self, client_for, candidate, retry, attempt, sent
    ):
        Feedback.objects.update(status="failed")

        response = client_for(candidate).get(retry)

        assert response.url == attempt.get_absolute_url()
        assert Feedback.objects.get().status == "failed"
        assert sent == []
