"""The progress page and the list of key points, in words and numbers."""

from __future__ import annotations

import re

import pytest

from apps.interview.models import KeyPoint, Question
from apps.progress.models import PointStanding
from apps.reviews.models import ReviewCard

from .story import told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

PAGE = "/progress/"
POINTS = "/progress/points/"


@pytest.fixture
def story(candidate, question, second_question):
    told(candidate, question, {"memory": "covered", "sharing": "missing", "switching": "partial"},
         day=7, score=40)  # fmt: skip
    told(candidate, question, {"memory": "covered", "sharing": "wrong", "switching": "covered"},
         number=2, day=9, score=60)  # fmt: skip
    told(candidate, second_question, {"order": "covered", "loss": "covered"},
         day=10, score=90, guess=True)  # fmt: skip


def words(html: str) -> str:
    main = html.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main))


def test_a_newcomer_is_told_what_to_do_first(client_for, candidate):
    response = client_for(candidate).get(PAGE)

    assert "Answer one question first." in response.text
    assert response.text.count("btn-primary") == 1
    assert 'class="btn btn-primary" href="/questions/"' in response.text
    assert "<table" not in response.text


def test_its_numbers(client_for, candidate, story):
    response = client_for(candidate).get(PAGE)

    text = words(response.text)
    context = response.context
    assert [(one.dot.x, one.dot.y, one.dot.guess) for one in context["plotted"]] == [
        (0, 60, False), (50, 40, False), (100, 10, True),
    ]  # fmt: skip
    assert '<circle class="chart-dot" cx="0.0%" cy="60.0%" r="4">' in response.text
    assert '<svg class="chart-place" x="100.0%" y="10.0%"><path class="chart-guess"' in (
        response.text
    )
    assert "Your newest 3 answers, a dot each · 50 points on average" in text
    assert "Scores of 3 answers, from 40 at the oldest to 90 at the newest" in response.text
    assert "Guesses bend no line." in text
    rows = {row.topic.slug: row for row in context["progress"].topics}
    assert [
        (row.known, row.shaky, row.unknown, row.total, row.percent) for row in rows.values()
    ] == [(0, 2, 0, 2, 0), (2, 0, 1, 3, 67)]
    assert "67% 2 of 3" in text
    assert "Days in a row 2 Days with an answer 3 Answers 3" in text
    assert "Unknown 1" in text and "Shaky 2" in text and "Known 2" in text
    assert "1 of them solid" in text


def test_days_in_a_row(client_for, candidate, story):
    """The 10th and the 11th of October, and the 8th before a day without."""
    practice = client_for(candidate).get(PAGE).context["progress"].practice

    assert [(day.isoformat(), answers) for day, answers in practice.days.items()] == [
        ("2026-10-11", 1), ("2026-10-10", 1), ("2026-10-08", 1),
    ]  # fmt: skip
    assert practice.streak == 2


def test_the_weakest_comes_first_with_its_past(client_for, candidate, story):
    points = client_for(candidate).get(PAGE).context["weakest"]

    assert [(point.standing.key_point.slug, point.note) for point in points] == [
        ("sharing", "Missed 2 times"),
        ("order", "A guess: the model was too small to judge"),
        ("loss", "A guess: the model was too small to judge"),
        ("switching", "Said once"),
        ("memory", "Said 2 times in a row"),
    ]


def test_in_korean(client_for, candidate, story):
    candidate.interface_language = "ko"
    candidate.save()

    response = client_for(candidate).get(PAGE)

    text = words(response.text)
    assert "내 기록" in text
    assert "2026년 10월 11일" in text
    assert "2번 놓쳤어요" in text
    assert "스레드는 힙을 나눠 써요." in text
    assert "연속 일수 2 답변한 날 3 답변 3" in text
    assert "67%" in text
    assert "Unknown" not in text


def test_reviews_come_first(client_for, candidate, story):
    """A missed point is due again before the others are practised."""
    response = client_for(candidate).get(PAGE)

    assert response.context["progress"].reviews_due > 0
    assert 'class="btn btn-primary" href="/reviews/">Start today&#x27;s review' in response.text
    assert response.text.count("btn-primary") == 1


def test_without_reviews_the_weakest_point_is_practised(
    client_for, candidate, question, monkeypatch
):
    told(candidate, question, {"memory": "missing"}, day=10)
    ReviewCard.objects.all().delete()
    response = client_for(candidate).get(PAGE)

    assert response.context["action"] == {
        "url": question.get_absolute_url(),
        "label": "Practise the weakest point",
    }
    assert "Nothing is due for review today." in response.text


def test_what_staff_took_back_is_not_shown(client_for, candidate, story, second_question):
    Question.objects.filter(pk=second_question.pk).update(status=Question.Status.DRAFT)

    context = client_for(candidate).get(PAGE).context

    assert [row.topic.slug for row in context["progress"].topics] == ["systems"]
    assert {point.standing.question.slug for point in context["weakest"]} == {"process-and-thread"}
    assert len(context["plotted"]) == 3  # the answers were given all the same


def test_points_of_follow_ups_are_listed_and_cover_no_topic(client_for, candidate, question):
    follow_up = Question.objects.create(
        topic=question.topic, slug="further", status=Question.Status.PUBLISHED,
        text_ko="더?", text_en="Further?", follows=question,
    )  # fmt: skip
    KeyPoint.objects.create(question=follow_up, slug="more", text_ko="더", text_en="More")
    told(candidate, follow_up, {"more": "missing"})

    context = client_for(candidate).get(PAGE).context

    [row] = context["progress"].topics
    assert (row.total, row.unknown) == (3, 0)
    assert [point.standing.key_point.slug for point in context["weakest"]] == ["more"]
    assert context["progress"].not_asked == 3


def test_nothing_of_others(client_for, other_candidate, story):
    response = client_for(other_candidate).get(PAGE)

    assert "Answer one question first." in response.text
    assert client_for(other_candidate).get(POINTS).context["points"] == []


class TestPoints:
    def test_it_filters_and_pages(self, client_for, candidate, story):
        client = client_for(candidate)

        def slugs(query: str) -> list[str]:
            points = client.get(POINTS + query).context["points"]
            return [point.standing.key_point.slug for point in points]

        assert slugs("") == ["sharing", "order", "loss", "switching", "memory"]
        assert slugs("?level=unknown") == ["sharing"]
        assert slugs("?level=shaky") == ["order", "loss"]
        assert slugs("?level=known") == ["switching", "memory"]
        assert slugs("?topic=networks") == ["order", "loss"]
        assert slugs("?level=nonsense&topic=nowhere") == slugs("")

    def test_none_fits(self, client_for, candidate, story):
        response = client_for(candidate).get(f"{POINTS}?level=unknown&topic=networks")

        assert "None of your key points fits these." in response.text
        assert "Show all key points" in response.text

    def test_a_newcomer(self, client_for, candidate):
        response = client_for(candidate).get(POINTS)

        assert "Answer one question first" in response.text

    def test_two_pages(self, client_for, candidate, question):
        for number in range(25):
            KeyPoint.objects.create(
                question=question, slug=f"more-{number}", text_ko="더", text_en="More"
            )
        told(candidate, question, {f"more-{number}": "missing" for number in range(25)})
        assert PointStanding.objects.count() == 25

        page = client_for(candidate).get(f"{POINTS}?level=unknown&page=2")

        assert len(page.context["points"]) == 5
        assert 'start="21"' in page.text
        assert "?level=unknown&amp;page=1" in page.text


@pytest.mark.parametrize("address", [PAGE, POINTS])
class TestWhoMay:
    def test_a_visitor_logs_in_first(self, client, address):
        assert client.get(address)["Location"] == f"/accounts/login/?next={address}"

    def test_it_only_reads(self, client_for, candidate, address):
        assert client_for(candidate).post(address).status_code == 405
