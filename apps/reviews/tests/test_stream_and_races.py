"""What the page of an answer is told while it is judged; and what two at once do."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import AsyncClient
from django.utils import translation

from apps.common.live import Event, Publisher
from apps.interview.models import Attempt
from apps.reviews import judging, services
from apps.reviews.models import ReviewAnswer, ReviewCard, ReviewRating
from apps.reviews.scheduling import follow_marks
from apps.reviews.streaming import HtmlWriter

from .cast import make_card

MARK = {"id": "memory", "status": "covered", "confidence": 1}


def _answer(user, card, **fields):
    return ReviewAnswer.objects.create(
        user=user,
        card=card,
        question=card.key_point.question,
        language="en",
        answer="Apart.",
        idempotency_key=uuid.uuid4().hex,
        **fields,
    )


def _watch(person, url):
    client = AsyncClient()
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")

    async def watch():
        response: Any = await client.get(url, headers={"accept-language": "en"})
        return response, "".join([piece.decode() async for piece in response.streaming_content])

    return async_to_sync(watch)()


@pytest.mark.django_db
class TestStream:
    def test_of_a_finished_answer_it_ends_at_once(self, candidate, card):
        given = _answer(candidate, card, status="succeeded", mark=MARK)

        response, text = _watch(candidate, f"/review-answers/{given.pk}/stream")

        assert response["Content-Type"] == "text/event-stream"
        assert text == "event: end\ndata: done\n\n"

    def test_states_are_drawn_as_they_come(self, candidate, card, valkey):
        given = _answer(candidate, card)
        stream = Publisher(given.stream_key)
        stream.restart({"state": "running", "run": 1})
        stream.publish("progress", {"state": "waiting", "reason": "inference_busy"})
        stream.publish("done", {"state": "succeeded"})

        _response, text = _watch(candidate, f"/review-answers/{given.pk}/stream")

        assert text.endswith("event: end\ndata: done\n\n")

    @pytest.mark.parametrize(
        ("data", "shown"),
        [
            ({"state": "running", "run": 1}, "reading your answer"),
            ({"state": "waiting", "reason": "inference_busy"}, "Many answers came at once."),
            ({"state": "waiting", "reason": "inference_loading"}, "Warming up."),
            ({"state": "queued"}, "waiting for its turn"),
        ],
    )
    def test_each_state_has_its_words(self, candidate, card, rf, data, shown):
        given = _answer(candidate, card)
        request = rf.get("/")
        request.user = candidate

        with translation.override("en"):
            [piece] = HtmlWriter(request)(given, [Event("1-1", "progress", data)])

        assert piece.startswith("event: state\n")
        assert shown in piece


def _at_once(*works):
    """Their outcomes, an exception as such: each in a thread with a connection of its own."""
    start = threading.Barrier(len(works))
    outcomes = []

    def run(work):
        try:
            start.wait(10)
            outcomes.append(work())
        except Exception as error:
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(outcomes) == len(works)
    return outcomes


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_of_six_devices_one_wins(self, candidate, question, sent_tasks):
        card = make_card(candidate, question)

        def send(number):
            return services.review_answer_submit(
                user=candidate,
                card=card,
                answer=f"Words {number}.",
                language="en",
                idempotency_key=str(number),
                revision=0,
            )

        outcomes = _at_once(*[lambda number=number: send(number) for number in range(6)])

        moved = [outcome for outcome in outcomes if isinstance(outcome, services.CardMoved)]
        assert (len(moved), ReviewAnswer.objects.count()) == (5, 1)
        assert ReviewCard.objects.get().revision == 1

    def test_marks_and_reviews_of_one_person_meet_without_a_deadlock(self, candidate, question):
        """First marks of several attempts at once, told twice, while reviews are recorded."""
        attempts = [
            Attempt.objects.create(
                user=candidate,
                question=question,
                number=number,
                language="en",
                answer="Own.",
                idempotency_key=str(number),
            )
            for number in range(3)
        ]
        marks = [{"id": slug, "status": "covered"} for slug in ("memory", "sharing", "switching")]
        card = make_card(candidate, question, "memory")
        answers = [_answer(candidate, card) for _number in range(2)]

        outcomes = _at_once(
            *[
                lambda attempt=attempt: follow_marks(
                    Attempt, attempt=attempt, marks=marks, guess=False
                )
                for attempt in attempts * 2
            ],
            *[lambda answer=answer: judging.record(answer, MARK, False) for answer in answers],
        )

        assert outcomes == [None] * 8
        assert ReviewCard.objects.count() == 3
        assert ReviewRating.objects.count() == 3 * 3 + 2
