"""The pages of a day's reviews."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.common.limits import Limit
from apps.interview.models import KeyPoint, Question
from apps.interview.services import attempt_submit
from apps.interview.tasks import run_feedback
from apps.reviews import services
from apps.reviews.models import ReviewAnswer, ReviewCard, ReviewSettings
from apps.reviews.presentation import due_today, hint, opening, today_of
from apps.reviews.tasks import run_review

from .cast import NOON, make_card

pytestmark = pytest.mark.django_db
LIST = "/reviews/"
MARK = {
    "id": "memory",
    "text": "Processes have separate memory.",
    "weight": 3,
    "status": "covered",
    "confidence": 0.9,
    "quote": {"start": 0, "end": 5, "text": "Apart"},
}


@pytest.fixture
def client(client_for, candidate):
    return client_for(candidate)


def _post(client, card, answer="Apart from one another.", key="k", revision=0):
    given = {"answer": answer, "language": "en", "idempotency_key": key, "revision": revision}
    return client.post(reverse("reviews:answer_create", args=[card.pk]), given)


def _answered(user, card, **fields):
    return ReviewAnswer.objects.create(
        **{
            "user": user,
            "card": card,
            "question": card.key_point.question,
            "language": "en",
            "answer": "Apart from one another.",
            "idempotency_key": uuid.uuid4().hex,
            "status": "succeeded",
            "method": "judge",
            "mark": MARK,
            "created_at": timezone.now(),
            **fields,
        }
    )


class TestDay:
    def test_before_the_first_answer_it_says_what_to_do(self, client, now):
        page = client.get(LIST)

        assert "Answer a question first." in page.text
        assert 'href="/questions/"' in page.text

    def test_what_is_due_is_a_set_with_one_way_to_begin(self, client, card, candidate, question):
        make_card(candidate, question, "sharing", due=NOON - timedelta(days=3))
        make_card(candidate, question, "switching", due=NOON + timedelta(days=1))

        page = client.get(LIST)

        assert "2 points to review today" in page.text
        assert page.text.count("btn-primary") == 1
        assert [row["opening"] for row in page.context["cards"]] == ["Threads of …", "Processes …"]
        first = ReviewCard.objects.get(key_point__slug="sharing")
        assert f'<a class="btn btn-primary" href="{first.get_absolute_url()}">Start' in page.text
        assert "Processes have separate memory." not in page.text

    def test_due_today_is_by_midnight_of_the_person(self, candidate, card, now):
        card.due = NOON + timedelta(hours=11, minutes=59)  # 23:59 in Seoul
        card.save()
        assert due_today(candidate) == 1

        services.settings_save(user=candidate, time_zone="America/New_York")  # 22:00 there
        assert due_today(candidate) == 0

        services.settings_save(user=candidate, time_zone="Pacific/Kiritimati")  # 17:00
        assert due_today(candidate) == 0
        card.due = NOON + timedelta(hours=6)
        card.save()
        assert due_today(candidate) == 1

    def test_a_zone_that_is_none_is_the_sites(self, candidate, card):
        ReviewSettings.objects.create(user=candidate, time_zone="Mars/Olympus")

        assert due_today(candidate) == 1

    def test_no_more_than_twenty_a_day(self, client, candidate, card, topic, now):
        for number in range(24):
            other = Question.objects.create(
                topic=topic, slug=f"q{number}", status="published", text_en="Q", text_ko="Q"
            )
            point = KeyPoint.objects.create(question=other, slug="memory", text_en="A b c d")
            ReviewCard.objects.create(user=candidate, key_point=point, due=NOON)
        ReviewCard.objects.filter(due=NOON).filter(
            pk__in=list(ReviewCard.objects.filter(due=NOON).values_list("pk", flat=True)[:3])
        ).update(answered_on=NOON.date())

        page = client.get(LIST)

        standing = page.context["standing"]
        assert (standing.left, standing.done, standing.later, standing.tomorrow) == (17, 3, 5, 8)
        assert len(page.context["cards"]) == due_today(candidate) == 17
        assert "5 more are due and wait for the next days" in page.text

    def test_what_was_answered_or_left_comes_tomorrow(self, client, candidate, card, question, now):
        skipped = make_card(candidate, question, "sharing")
        services.review_skip(user=candidate, card=skipped)
        _post(client, card)

        page = client.get(LIST)
        assert "Today’s reviews are done" in page.text
        assert "2 points come tomorrow." in page.text

        now(NOON + timedelta(hours=13))  # past midnight
        assert due_today(candidate) == 2

    def test_nothing_due_says_when_the_next_comes(self, client, card, now):
        ReviewCard.objects.update(due=NOON + timedelta(days=4))

        page = client.get(LIST)

        assert "Nothing to review today" in page.text
        assert "The next point comes in 4 days." in page.text

    def test_what_was_answered_today_is_there_with_its_mark(self, client, candidate, card, now):
        _answered(candidate, card)
        _answered(candidate, card, status="failed", mark={}, error_code="internal")
        _answered(candidate, card, created_at=NOON - timedelta(days=1))

        page = client.get(LIST)

        assert {row["word"] for row in page.context["answers"]} == {"", "Covered"}
        assert len(page.context["answers"]) == 2
        assert "Not read yet: open it to ask again" in page.text

    def test_a_question_that_staff_took_back_is_not_asked(self, client, candidate, card):
        Question.objects.update(status="draft")

        assert due_today(candidate) == 0
        assert client.get(LIST).context["cards"] == []

    def test_who_has_begun_to_answer_it_may_end(self, client, card, sent_tasks):
        Question.objects.update(status="draft")

        assert _post(client, card)["Location"] == ReviewAnswer.objects.get().get_absolute_url()

    def test_a_card_that_a_jumped_clock_wrote_is_due(self, candidate, card, now):
        ahead = NOON + timedelta(days=365)
        ReviewCard.objects.update(last_review=ahead, due=ahead + timedelta(days=40))

        assert due_today(candidate) == 1

    def test_it_is_in_korean_too(self, client, card):
        page = client.get(LIST, headers={"accept-language": "ko"})

        assert "오늘 복습 1개" in page.text
        assert "프로세스는 …" in page.text

    @pytest.mark.parametrize("others", [0, 60])
    def test_its_queries_are_the_same_for_many(
        self, client, candidate, card, topic, others, now, django_assert_num_queries
    ):
        for number in range(others):
            other = Question.objects.create(
                topic=topic, slug=f"q{number}", status="published", text_en="Q", text_ko="Q"
            )
            point = KeyPoint.objects.create(question=other, slug="memory", text_en="A b c d")
            one = ReviewCard.objects.create(user=candidate, key_point=point, due=NOON)
            _answered(candidate, one)
        _answered(candidate, card)

        with django_assert_num_queries(7):
            assert client.get(LIST).status_code == 200
        with django_assert_num_queries(2):
            due_today(candidate)


class TestCard:
    def test_it_asks_without_telling(self, client, card):
        page = client.get(card.get_absolute_url())

        assert "How does a process differ from a thread?" in page.text
        assert "Processes …" in page.text
        assert "separate memory" not in page.text
        assert 'name="revision" value="0"' in page.text

    def test_anothers_is_not_there(self, client_for, other_candidate, card):
        other = client_for(other_candidate)

        assert other.get(card.get_absolute_url()).status_code == 404
        assert _post(other, card).status_code == 404
        skip = reverse("reviews:card_skip", args=[card.pk])
        assert other.post(skip, {"revision": 0}).status_code == 404
        assert ReviewCard.objects.get().revision == 0

    def test_a_visitor_logs_in_first(self, card):
        page = Client().get(card.get_absolute_url())

        assert page.status_code == 302
        assert page["Location"].startswith("/accounts/login/?next=")

    def test_its_queries_are_few(self, client, card, django_assert_num_queries):
        with django_assert_num_queries(6):
            client.get(card.get_absolute_url())


class TestAnswer:
    def test_it_is_sent_and_leads_to_its_page(self, client, card, sent_tasks):
        response = _post(client, card)

        given = ReviewAnswer.objects.get()
        assert (response.status_code, response["Location"]) == (302, given.get_absolute_url())
        page = client.get(given.get_absolute_url())
        assert "waiting for its turn" in page.text
        assert f'sse-connect="/review-answers/{given.pk}/stream"' in page.text

    def test_a_get_leads_back(self, client, card):
        response = client.get(reverse("reviews:answer_create", args=[card.pk]))

        assert (response.status_code, response["Location"]) == (302, card.get_absolute_url())

    @pytest.mark.parametrize(
        ("answer", "told"),
        [
            ("  ", "Write your answer first; a sentence is enough."),
            ("a" * 601, "Your answer is 1 character over the limit of 600."),
        ],
    )
    def test_what_is_no_answer_is_told(self, client, card, answer, told):
        response = _post(client, card, answer)

        assert response.status_code == 422
        assert told in response.text
        assert not ReviewAnswer.objects.exists()

    def test_a_point_removed_a_moment_ago_is_not_there(self, client, card, monkeypatch):
        def removed(user):
            card.key_point.delete()
            return today_of(user)

        monkeypatch.setattr(services, "today_of", removed)

        assert _post(client, card).status_code == 404

    def test_the_second_device_is_told_and_keeps_its_words(self, client, card, sent_tasks):
        _post(client, card, key="phone")
        given = ReviewAnswer.objects.get()

        response = _post(client, card, "Other words.", key="desk")

        assert response.status_code == 409
        assert "answered or left on another device meanwhile" in response.text
        assert given.get_absolute_url() in response.text
        assert response.context["form"]["answer"].value() == "Other words."
        assert response.context["form"]["revision"].value() == 1
        assert ReviewAnswer.objects.count() == 1

    def test_a_page_used_for_other_words_gets_a_new_key(self, client, card, sent_tasks):
        _post(client, card)

        response = _post(client, card, "Other words.", revision=1)

        assert response.status_code == 409
        assert "This page was already used for another answer." in response.text
        assert response.context["form"]["idempotency_key"].value() != "k"

    def test_too_many_are_told_and_keep_their_words(self, client, card, sent_tasks, monkeypatch):
        monkeypatch.setattr("apps.reviews.services.ANSWERS", Limit("x", 0, 60))
        _post(client, card, "First.", key="0")

        response = _post(client, card, "Words.", key="1", revision=1)

        assert response.status_code == 429
        assert response.context["form"]["answer"].value() == "Words."


class TestAnswerPage:
    def test_it_shows_the_point_the_mark_and_when_it_comes_again(self, client, candidate, card):
        given = _answered(candidate, card)
        ReviewCard.objects.update(due=NOON + timedelta(days=3), answered_on=NOON.date())

        page = client.get(given.get_absolute_url())

        assert "Processes have separate memory." in page.text
        assert "Covered" in page.text
        assert "Asked again in 3 days" in page.text
        assert '<mark class="evidence evidence-covered" data-points="1">Apart</mark>' in page.text
        assert "A process owns an address space" in page.text
        assert "Today’s reviews are done" in page.text

    def test_the_passage_that_says_the_point_comes_first(self, client, candidate, card, question):
        Question.objects.update(
            model_answer_en="Threads share a heap.\n\nEach process has separate memory.\n\nSo."
        )
        given = _answered(candidate, card)

        page = client.get(given.get_absolute_url())

        assert page.context["passage"] == "Each process has separate memory."
        assert "The whole model answer" in page.text

    def test_the_next_one_leads_on(self, client, candidate, card, question):
        given = _answered(candidate, card)
        ReviewCard.objects.update(answered_on=NOON.date())
        other = make_card(candidate, question, "sharing")

        page = client.get(given.get_absolute_url())

        assert "Next point · 1 left" in page.text
        assert other.get_absolute_url() in page.text

    def test_an_unsure_one_comes_tomorrow(self, client, candidate, card):
        given = _answered(candidate, card, mark={**MARK, "status": "unsure"})
        ReviewCard.objects.update(answered_on=NOON.date())

        page = client.get(given.get_absolute_url())

        assert "We could not tell, so it counts neither way." in page.text
        assert "Asked again tomorrow" in page.text

    def test_what_is_due_again_says_today(self, client, candidate, card):
        given = _answered(candidate, card, created_at=NOON - timedelta(days=2))

        assert "Asked again today" in client.get(given.get_absolute_url()).text

    def test_a_failure_says_so_and_can_be_asked_again(self, client, candidate, card, sent_tasks):
        given = _answered(candidate, card, status="failed", mark={}, error_code="inference_failed")
        page = client.get(given.get_absolute_url())
        assert "Your answer is safe; try again." in page.text
        assert "Apart from one another." in page.text

        response = client.post(reverse("reviews:answer_retry", args=[given.pk]))

        assert response["Location"] == given.get_absolute_url()
        assert sent_tasks == [("apps.reviews.tasks.run_review", [str(given.pk)])]
        assert ReviewAnswer.objects.get().status == "queued"

    def test_it_stays_when_its_point_is_removed(self, client, candidate, card):
        given = _answered(candidate, card)
        card.key_point.delete()

        page = client.get(given.get_absolute_url())

        assert page.status_code == 200
        assert "Processes have separate memory." in page.text
        assert "Asked again" not in page.text
        assert client.get(LIST).status_code == 200

    def test_anothers_is_not_there(self, client_for, candidate, other_candidate, card):
        given = _answered(candidate, card)
        other = client_for(other_candidate)

        assert other.get(given.get_absolute_url()).status_code == 404
        assert other.post(reverse("reviews:answer_retry", args=[given.pk])).status_code == 404
        assert other.get(reverse("reviews:answer_stream", args=[given.pk])).status_code == 404

    def test_its_queries_are_few(self, client, candidate, card, django_assert_num_queries):
        given = _answered(candidate, card)

        with django_assert_num_queries(6):
            client.get(given.get_absolute_url())


class TestSkip:
    def test_it_leads_to_the_next(self, client, candidate, card, question):
        other = make_card(candidate, question, "sharing")
        url = reverse("reviews:card_skip", args=[card.pk])

        response = client.post(url, {"revision": 0}, follow=True)

        assert response.redirect_chain == [(other.get_absolute_url(), 302)]
        assert "Left for tomorrow." in response.text
        card.refresh_from_db()
        assert card.skipped_on == NOON.date()

    def test_the_last_one_leads_to_the_list(self, client, card):
        response = client.post(reverse("reviews:card_skip", args=[card.pk]), {"revision": 0})

        assert response["Location"] == LIST

    def test_a_get_skips_nothing(self, client, card):
        response = client.get(reverse("reviews:card_skip", args=[card.pk]))

        assert response["Location"] == card.get_absolute_url()
        assert ReviewCard.objects.get().skipped_on is None


class TestOpening:
    @pytest.mark.parametrize(
        ("text", "others", "begins", "more"),
        [
            ("가상 머신은 운영체제를 따로 실행한다", [], "가상 …", "가상 머신은 …"),
            ("A process owns its memory", [], "A process …", ""),
            ("Threads share one heap", ["Threads"], "Threads share …", ""),
            ("Threads share one heap and no stack", [], "Threads share …", "Threads share one …"),
            ("TCP is ordered and reliable", ["TCP is slow"], "TCP is …", ""),
            ("잠금", [], "잠금 …", ""),
        ],
    )  # fmt: skip
    def test_it_begins_so_that_one_knows_which_is_meant(self, question, text, others, begins, more):
        question.key_points.all().delete()
        for place, words in enumerate([text, *others]):
            KeyPoint.objects.create(question=question, slug=f"p{place}", text_ko=words)
        point = KeyPoint.objects.get(slug="p0")

        assert (opening(point), hint(point)) == (begins, more)


def test_three_days_of_one_candidate(
    client, candidate, question, scripted_sidecar, now, sent_tasks
):
    """An attempt on Monday, its points on Tuesday, and what is left of them on Wednesday."""

    def judged(*marks):
        scripted_sidecar.judges(
            key_points=[{"id": slug, "status": status, "confidence": 1} for slug, status in marks]
        )

    attempt, _created = attempt_submit(
        user=candidate, question=question, answer="Own memory.", language="en", idempotency_key="a"
    )
    type(attempt).objects.update(created_at=NOON)
    judged(("memory", "covered"), ("sharing", "partial"), ("switching", "missing"))
    run_feedback(str(attempt.feedback.pk))
    assert due_today(candidate) == 0
    assert "2 points come tomorrow." in client.get(LIST).text

    now(NOON + timedelta(days=1))
    assert due_today(candidate) == 2
    for slug, status in (("sharing", "covered"), ("switching", "missing")):
        card = ReviewCard.objects.get(key_point__slug=slug)
        response = _post(client, card, f"About {slug}.", key=slug)
        judged((slug, status))
        run_review(str(ReviewAnswer.objects.get(idempotency_key=slug).pk))
        page = client.get(response["Location"])
        assert "Asked again" in page.text
    assert due_today(candidate) == 0

    now(NOON + timedelta(days=2))
    due = {card.key_point.slug: card.due.date() for card in ReviewCard.objects.order_by("due")}
    assert due == {
        "switching": date(2026, 11, 4),
        "memory": date(2026, 11, 4),
        "sharing": date(2026, 11, 8),
    }
    assert due_today(candidate) == 2
