"""The list of questions, a question's page and its draft."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.interview import services
from apps.interview.models import Draft, Feedback, KeyPoint, Question, QuestionProgress, Topic

pytestmark = pytest.mark.django_db
LIST = "/questions/"


def _question(topic, slug, difficulty=2, status="published", **texts):
    texts = {"text_ko": f"{slug}?", "text_en": f"{slug}?", **texts}
    return Question.objects.create(
        topic=topic, slug=slug, difficulty=difficulty, status=status, **texts
    )


def _slugs(response):
    return [question.slug for question in response.context["page"]]


@pytest.fixture
def shelf(topic):
    networks = Topic.objects.create(
        slug="networks", name_ko="네트워크", name_en="Networks", position=1
    )
    tcp = _question(networks, "tcp", 1, text_ko="TCP는 왜 느린가요?", text_en="Why is TCP slow?")
    KeyPoint.objects.create(
        question=tcp, slug="a", text_ko="3방향 핸드셰이크", text_en="Three-way handshake"
    )
    return {
        "paging": _question(topic, "paging", 1, text_en="What is paging?"),
        "deadlock": _question(topic, "deadlock", 3),
        "tcp": tcp,
        "hidden": _question(topic, "hidden", status="draft"),
    }


class TestList:
    def test_a_visitor_sees_what_is_published(self, client, shelf):
        response = client.get(LIST)

        assert response.status_code == 200
        assert _slugs(response) == ["paging", "deadlock", "tcp"]
        assert "What is paging?" in response.text

    def test_staff_see_no_drafts_in_it(self, client_for, staff, shelf):
        assert "hidden" not in _slugs(client_for(staff).get(LIST))

    @pytest.mark.parametrize(
        ("query", "slugs"),
        [
            ("q=paging", ["paging"]),
            ("q=PAGING", ["paging"]),
            ("q=slow tcp", ["tcp"]),
            ("q=왜 tcp", ["tcp"]),
            ("q=handshake", ["tcp"]),
            ("q=핸드셰이크", ["tcp"]),
            ("q=networks", ["tcp"]),
            ("q=tcp paging", []),
            ("q=%25", []),
            ("topic=networks", ["tcp"]),
            ("difficulty=1", ["paging", "tcp"]),
            ("topic=systems&difficulty=3", ["deadlock"]),
            ("topic=nothing", ["paging", "deadlock", "tcp"]),
            ("difficulty=9", ["paging", "deadlock", "tcp"]),
            ("difficulty=x&state=x&page=x", ["paging", "deadlock", "tcp"]),
            ("q=" + "x" * 200, ["paging", "deadlock", "tcp"]),
            ("state=new", ["paging", "deadlock", "tcp"]),
        ],
    )
    def test_search_and_filters(self, client, shelf, query, slugs):
        assert _slugs(client.get(f"{LIST}?{query}")) == slugs

    @pytest.mark.parametrize(
        ("state", "slugs"),
        [
            ("new", ["tcp"]),
            ("tried", ["paging", "deadlock"]),
            ("improve", ["paging"]),
            ("", ["paging", "deadlock", "tcp"]),
        ],
    )
    def test_by_own_progress(self, client_for, candidate, other_candidate, shelf, state, slugs):
        QuestionProgress.objects.create(
            user=candidate, question=shelf["paging"], attempts=1, last_score=79
        )
        QuestionProgress.objects.create(
            user=candidate, question=shelf["deadlock"], attempts=1, last_score=80
        )
        QuestionProgress.objects.create(
            user=other_candidate, question=shelf["tcp"], attempts=1, last_score=1
        )

        assert _slugs(client_for(candidate).get(f"{LIST}?state={state}")) == slugs

    def test_own_progress_is_shown_and_nobody_elses(
        self, client_for, candidate, other_candidate, shelf
    ):
        QuestionProgress.objects.create(
            user=other_candidate, question=shelf["tcp"], attempts=7, last_score=63
        )

        assert "63<small>" not in client_for(candidate).get(LIST).text
        assert "63<small>" in client_for(other_candidate).get(LIST).text

    def test_pages_keep_the_query(self, client, topic):
        for number in range(25):
            _question(topic, f"q{number:02}", difficulty=1)

        first = client.get(f"{LIST}?difficulty=1")
        second = client.get(f"{LIST}?difficulty=1&page=2")

        assert (len(_slugs(first)), len(_slugs(second))) == (20, 5)
        assert "?difficulty=1&amp;page=2" in first.text
        assert not set(_slugs(first)) & set(_slugs(second))

    def test_htmx_gets_the_results_alone(self, client, shelf):
        response = client.get(f"{LIST}?q=tcp", headers={"hx-request": "true"})

        assert "<html" not in response.text
        assert "Why is TCP slow?" in response.text

    def test_markup_in_a_question_is_text(self, client, topic):
        _question(topic, "x", text_en="What does <script>alert(1)</script> do?")

        text = client.get(LIST).text

        assert "What does &lt;script&gt;alert(1)&lt;/script&gt; do?" in text

    @pytest.mark.parametrize(("signed_in", "queries"), [(False, 5), (True, 8)])
    def test_a_constant_number_of_queries(
        self, client, client_for, candidate, topic, signed_in, queries, django_assert_num_queries
    ):
        client = client_for(candidate) if signed_in else client
        for number in range(3):
            question = _question(topic, f"a{number}")
            QuestionProgress.objects.create(user=candidate, question=question, last_score=50)
        with django_assert_num_queries(queries):
            client.get(LIST)
        for number in range(30):
            question = _question(topic, f"b{number}")
            QuestionProgress.objects.create(user=candidate, question=question, last_score=50)

        with django_assert_num_queries(queries):
            client.get(LIST)

    def test_it_rejects_post(self, client):
        assert client.post(LIST).status_code == 405


class TestPage:
    def test_a_visitor_reads_it_without_the_model_answer(self, client, question):
        response = client.get(question.get_absolute_url())

        assert response.status_code == 200
        assert "How does a process differ from a thread?" in response.text
        assert "owns an address space" not in response.text
        assert "Saying that threads share a stack" not in response.text
        assert "Threads of a process share its heap" not in response.text

    def test_in_korean(self, client, question):
        response = client.get(question.get_absolute_url(), headers={"accept-language": "ko"})

        assert "프로세스와 스레드는 어떻게 다른가요?" in response.text

    def test_the_model_answer_opens_with_the_first_attempt(
        self, client_for, candidate, other_candidate, question, sent
    ):
        services.attempt_submit(
            user=candidate, question=question, answer="a", language="en", idempotency_key="1"
        )
        url = question.get_absolute_url()

        assert "owns an address space" in client_for(candidate).get(url).text
        assert "owns an address space" not in client_for(other_candidate).get(url).text

    def test_the_draft_comes_back_on_another_device(self, client_for, candidate, question):
        services.draft_save(user=candidate, question=question, text="Mem<b>ory", revision=0)

        response = client_for(candidate).get(question.get_absolute_url())

        assert response.context["draft"].revision == 1
        assert "Mem&lt;b&gt;ory</textarea>" in response.text

    def test_another_persons_draft_stays_theirs(
        self, client_for, candidate, other_candidate, question
    ):
        services.draft_save(user=candidate, question=question, text="secret", revision=0)

        assert "secret" not in client_for(other_candidate).get(question.get_absolute_url()).text

    def test_the_feedback_language_is_the_persons_choice(self, client_for, candidate, question):
        candidate.feedback_language = "ko"
        candidate.save()

        response = client_for(candidate).get(question.get_absolute_url())

        assert response.context["form"]["language"].value() == "ko"

    def test_each_page_has_a_key_of_its_own(self, client_for, candidate, question):
        client = client_for(candidate)

        keys = {
            client.get(question.get_absolute_url()).context["form"]["idempotency_key"].value()
            for _time in range(2)
        }

        assert len(keys) == 2

    def test_a_draft_question_is_for_staff_alone(
        self, client, client_for, candidate, staff, question
    ):
        Question.objects.update(status="draft")
        url = question.get_absolute_url()

        assert client.get(url).status_code == 404
        assert client_for(candidate).get(url).status_code == 404
        assert client_for(staff).get(url).status_code == 200

    def test_unknown(self, client, db):
        assert client.get("/questions/nothing/").status_code == 404

    def test_it_rejects_post(self, client, question):
        assert client.post(question.get_absolute_url()).status_code == 405

    @pytest.mark.parametrize(("signed_in", "queries"), [(False, 2), (True, 7)])
    def test_a_constant_number_of_queries(
        self,
        client,
        client_for,
        candidate,
        question,
        signed_in,
        queries,
        sent,
        django_assert_num_queries,
    ):
        client = client_for(candidate) if signed_in else client
        url = question.get_absolute_url()
        with django_assert_num_queries(queries):
            client.get(url)
        for number in range(25):
            services.attempt_submit(
                user=candidate,
                question=question,
                answer="a",
                language="en",
                idempotency_key=str(number),
            )
        Feedback.objects.update(status="succeeded", score=50)

        with django_assert_num_queries(queries):
            client.get(url)

    def test_it_says_that_feedback_warms_up(self, client, question, scripted_sidecar):
        from apps.common.tests.scripted_sidecar import Reply

        body = b'{"error": {"code": "loading", "message": "Wait.", "retryable": true}}'
        scripted_sidecar.ready = Reply(503, {}, [body])

        assert client.get(question.get_absolute_url()).context["inference"].state == "loading"
        assert client.get(reverse("feedback_status")).status_code == 200


class TestBeginWith:
    """What an answer is begun with: the draft, an earlier answer, or nothing."""

    @pytest.fixture
    def answered(self, candidate, question, sent):
        attempt, _created = services.attempt_submit(
            user=candidate, question=question, answer="First.", language="en", idempotency_key="1"
        )
        Feedback.objects.update(status="succeeded", score=41, prose="So.")
        return attempt

    def _shown(self, response):
        return response.context["form"]["answer"].value()

    def test_an_earlier_answer(self, client_for, candidate, question, answered):
        response = client_for(candidate).get(
            question.get_absolute_url(), {"from": str(answered.pk)}
        )

        assert self._shown(response) == "First."
        assert "data-draft-unsaved" in response.text
        assert Draft.objects.get().text == "", "looking writes nothing"

    def test_an_empty_page_sets_the_draft_aside(self, client_for, candidate, question, answered):
        services.draft_save(user=candidate, question=question, text="Half done", revision=1)

        response = client_for(candidate).get(question.get_absolute_url(), {"from": "empty"})

        assert self._shown(response) == ""
        assert "Your draft is kept until you write or send something else" in response.text
        assert "Half done" in response.text
        assert "data-draft-unsaved" not in response.text, "the draft is kept until one types"
        assert Draft.objects.get().text == "Half done"

    def test_the_draft_comes_first(self, client_for, candidate, question, answered):
        services.draft_save(user=candidate, question=question, text="Half done", revision=1)

        assert self._shown(client_for(candidate).get(question.get_absolute_url())) == "Half done"

    def test_old_marks_are_shown_only_when_asked_for(
        self, client_for, candidate, question, answered
    ):
        text = client_for(candidate).get(question.get_absolute_url()).text

        before, _summary, folded = text.partition("Your earlier answers")
        assert "41 points" not in before
        assert "owns an address space" not in before
        assert before.rstrip().endswith('<summary class="card-part">')
        assert "41 points" in folded

    @pytest.mark.parametrize("value", ["x", "00000000-0000-4000-8000-000000000000"])
    def test_what_is_not_there(self, client_for, candidate, question, answered, value):
        response = client_for(candidate).get(question.get_absolute_url(), {"from": value})

        assert response.status_code == 404

    def test_another_persons_answer_is_not_there(
        self, client_for, other_candidate, question, answered
    ):
        response = client_for(other_candidate).get(
            question.get_absolute_url(), {"from": str(answered.pk)}
        )

        assert response.status_code == 404

    def test_a_visitor_reads_the_question(self, client, question):
        assert client.get(question.get_absolute_url(), {"from": "empty"}).status_code == 200


class TestDraft:
    def _save(self, client, question, **data):
        return client.post(reverse("interview:draft_save", args=[question.slug]), data)

    def test_it_works(self, client_for, candidate, question):
        response = self._save(client_for(candidate), question, text="a\r\nb", revision=0)

        assert (response.status_code, response.json()) == (200, {"revision": 1})
        assert Draft.objects.get().text == "a\nb"

    def test_an_empty_draft_is_one_too(self, client_for, candidate, question):
        assert self._save(client_for(candidate), question, text="", revision=0).status_code == 200

    def test_a_newer_draft_is_told(self, client_for, candidate, question):
        phone, laptop = client_for(candidate), client_for(candidate)
        self._save(phone, question, text="phone", revision=0)

        response = self._save(laptop, question, text="laptop", revision=0)

        assert response.status_code == 409
        assert response.json() == {"revision": 1, "text": "phone"}

    @pytest.mark.parametrize(
        "data",
        [
            {"text": "a"},
            {"text": "a", "revision": -1},
            {"text": "a", "revision": "x"},
            {"text": "a" * 8001, "revision": 0},
            {"text": "a\x00", "revision": 0},
        ],
    )
    def test_bad_input(self, client_for, candidate, question, data):
        response = self._save(client_for(candidate), question, **data)

        assert response.status_code == 422
        assert response.json()["errors"]
        assert Draft.objects.count() == 0

    def test_a_visitor_is_asked_to_log_in(self, client, question):
        assert self._save(client, question, text="a", revision=0).status_code == 302
        assert Draft.objects.count() == 0

    def test_unknown_question(self, client_for, candidate):
        response = client_for(candidate).post(
            "/questions/nothing/draft", {"text": "a", "revision": 0}
        )
        assert response.status_code == 404

    def test_it_rejects_get(self, client_for, candidate, question):
        url = reverse("interview:draft_save", args=[question.slug])
        assert client_for(candidate).get(url).status_code == 405
