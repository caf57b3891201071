"""Answering a review: what is saved, asked of the sidecar, and made of its mark."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.common.jobs import Job
from apps.common.limits import LimitReached
from apps.common.tests.scripted_sidecar import LOADED, Reply, event
from apps.interview.models import Feedback
from apps.interview.services import IdempotencyConflict, attempt_submit
from apps.reviews import judging, services
from apps.reviews.models import ReviewAnswer, ReviewCard, ReviewRating
from apps.reviews.tasks import run_review

from .cast import NOON, make_card

pytestmark = pytest.mark.django_db
ANSWER = "Each process has memory of its own."


def _mark(status, start=None, end=None, **more):
    mark = {"id": "memory", "status": status, "confidence": 0.9, **more}
    if start is not None:
        mark["quote"] = {"start": start, "end": end, "text": ANSWER[start:end]}
    return mark


def _submit(user, card, answer=ANSWER, language="en", key="1", revision=None):
    given, _created = services.review_answer_submit(
        user=user,
        card=card,
        answer=answer,
        language=language,
        idempotency_key=key,
        revision=revision,
    )
    return given


def _run(answer):
    run_review(str(answer.pk))
    return ReviewAnswer.objects.get(pk=answer.pk)


class TestSubmit:
    def test_it_works(self, candidate, card, sent_tasks, now, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            given = _submit(candidate, card, revision=0)

        assert sent_tasks == [("apps.reviews.tasks.run_review", [str(given.pk)])]
        kept = ReviewAnswer.objects.get()
        assert (kept.user, kept.card, kept.question) == (candidate, card, card.key_point.question)
        assert (kept.answer, kept.language, kept.status) == (ANSWER, "en", "queued")
        assert kept.created_at == NOON
        moved = ReviewCard.objects.get()
        assert (moved.revision, moved.answered_on, moved.due) == (1, NOON.date(), card.due)

    def test_the_same_key_is_the_same_answer(self, candidate, card, sent_tasks):
        assert _submit(candidate, card) == _submit(candidate, card)

        assert ReviewCard.objects.get().revision == 1

    @pytest.mark.parametrize("other", [{"answer": "Another."}, {"language": "ko"}])
    def test_the_same_key_for_something_else_is_refused(self, candidate, card, sent_tasks, other):
        _submit(candidate, card)

        with pytest.raises(IdempotencyConflict):
            _submit(candidate, card, **other)

    def test_of_two_devices_one_wins_and_the_other_is_told(self, candidate, card, sent_tasks):
        first = _submit(candidate, card, key="phone", revision=0)

        with pytest.raises(services.CardMoved) as caught:
            _submit(candidate, card, answer="Something else.", key="desk", revision=0)

        assert (caught.value.card.revision, caught.value.answer) == (1, first)
        assert ReviewAnswer.objects.get() == first

    def test_the_same_words_from_both_are_one_answer(self, candidate, card, sent_tasks):
        first = _submit(candidate, card, key="phone", revision=0)

        assert _submit(candidate, card, key="desk", revision=0) == first

    def test_a_program_without_a_revision_waits_for_the_judgement(
        self, candidate, card, sent_tasks
    ):
        first = _submit(candidate, card)
        with pytest.raises(services.CardMoved):
            _submit(candidate, card, answer="More.", key="2")

        ReviewAnswer.objects.update(status="failed")

        assert _submit(candidate, card, answer="More.", key="2") != first

    def test_it_counts_with_the_answers_to_questions(self, candidate, card, question, sent_tasks):
        for number in range(29):
            attempt_submit(
                user=candidate,
                question=question,
                answer="Threads.",
                language="en",
                idempotency_key=f"k{number}",
            )
        _submit(candidate, card)

        with pytest.raises(LimitReached):
            _submit(candidate, card, key="2")


class TestJudge:
    @pytest.fixture
    def answer(self, candidate, card, sent_tasks):
        return _submit(candidate, card)

    def test_one_point_is_asked_about(self, answer, scripted_sidecar):
        scripted_sidecar.judges(key_points=[_mark("covered", 0, 12)])

        _run(answer)

        [asked] = scripted_sidecar.asked
        assert asked.path == "/v1/feedback"
        assert asked.body == {
            "id": str(answer.pk),
            "language": "en",
            "question": "How does a process differ from a thread?",
            "reference_answer": "A process owns an address space; its threads share it.",
            "key_points": [
                {
                    "id": "memory",
                    "text": "Processes have separate memory.",
                    "aliases": ["주소 공간", "address space", "own memory"],
                    "weight": 3,
                    "misconceptions": [],
                }
            ],
            "answer": ANSWER,
        }

    def test_its_mark_is_kept_and_rates_the_card(self, answer, scripted_sidecar):
        scripted_sidecar.judges(key_points=[_mark("covered", 0, 12)])

        kept = _run(answer)

        assert (kept.status, kept.method, kept.is_guess) == ("succeeded", "judge", False)
        assert kept.model == "scripted"
        assert kept.mark == {
            "id": "memory",
            "text": "Processes have separate memory.",
            "weight": 3,
            "status": "covered",
            "confidence": 0.9,
            "quote": {"start": 0, "end": 12, "text": "Each process"},
        }
        log = ReviewRating.objects.get()
        assert (log.source, log.rating, log.reviewed_at) == (answer.pk, 3, NOON)
        card = ReviewCard.objects.get()
        assert (card.last_review, (card.due - NOON).days) == (NOON, 2)

    @pytest.mark.parametrize(
        ("status", "rating"), [("covered", 3), ("partial", 2), ("missing", 1), ("wrong", 1)]
    )
    def test_each_mark_has_its_rating(self, answer, scripted_sidecar, status, rating):
        scripted_sidecar.judges(key_points=[_mark(status)])

        _run(answer)

        assert ReviewRating.objects.get().rating == rating

    @pytest.mark.parametrize("case", ["unsure", "guess"])
    def test_what_is_not_sure_schedules_nothing(self, answer, card, scripted_sidecar, case):
        if case == "guess":
            body = {**LOADED, "guess": True}
            scripted_sidecar.ready = Reply(200, {}, [json.dumps(body).encode()])
        scripted_sidecar.judges(key_points=[_mark("unsure" if case == "unsure" else "covered")])

        kept = _run(answer)

        assert kept.status == "succeeded"
        assert kept.is_guess is (case == "guess")
        assert not ReviewRating.objects.exists()
        assert ReviewCard.objects.get().due == card.due

    def test_delivered_twice_it_is_asked_and_rated_once(self, answer, scripted_sidecar):
        scripted_sidecar.judges(key_points=[_mark("covered")])

        _run(answer)
        _run(answer)

        assert len(scripted_sidecar.asked) == ReviewRating.objects.count() == 1

    def test_run_again_after_it_was_rated_it_is_rated_once(
        self, answer, scripted_sidecar, monkeypatch
    ):
        """A worker that died between the rating and the end of the job."""
        for _time in range(2):
            scripted_sidecar.judges(key_points=[_mark("covered")])
        _run(answer)
        due = ReviewCard.objects.get().due
        ReviewAnswer.objects.update(status=Job.Status.QUEUED)

        _run(answer)

        assert ReviewRating.objects.count() == 1
        assert ReviewCard.objects.get().due == due

    def test_the_rating_is_of_the_hour_of_the_answer(self, answer, scripted_sidecar, now):
        now(NOON + timedelta(hours=7))
        scripted_sidecar.judges(key_points=[_mark("covered")])

        _run(answer)

        assert ReviewCard.objects.get().last_review == NOON

    def test_a_sidecar_that_fails_is_told_and_can_be_asked_again(
        self, answer, candidate, scripted_sidecar, sent_tasks
    ):
        scripted_sidecar.refuses(422, "too_long", retryable=False)
        failed = _run(answer)
        assert (failed.status, failed.error_code) == ("failed", "answer_too_long_for_model")
        assert not services.review_answer_retry(answer=failed)

        ReviewAnswer.objects.update(error_code="inference_failed")
        failed.refresh_from_db()
        sent_tasks.clear()
        assert services.review_answer_retry(answer=failed, asked_by=candidate)
        assert sent_tasks == [("apps.reviews.tasks.run_review", [str(answer.pk)])]
        scripted_sidecar.judges(key_points=[_mark("covered")])
        assert _run(answer).status == "succeeded"

    def test_a_sidecar_that_is_away_is_waited_for(self, answer, sent_tasks):
        waiting = _run(answer)

        assert (waiting.status, waiting.error_code) == ("queued", "inference_down")
        assert waiting.answer == ANSWER

    @pytest.mark.parametrize(
        "marks",
        [
            [],
            [{"id": "sharing", "status": "covered", "confidence": 1}],
            [_mark("covered", quote={"start": 0, "end": 4, "text": "Nope"})],
        ],
    )
    def test_rubbish_is_not_kept(self, answer, scripted_sidecar, marks):
        scripted_sidecar.judges(key_points=marks)

        tried = _run(answer)

        assert (tried.status, tried.error_code, tried.mark) == ("queued", "inference_invalid", {})
        assert not ReviewRating.objects.exists()

    def test_no_assessment_is_tried_again(self, answer, scripted_sidecar):
        scripted_sidecar.streams(event("delta", {"text": "So."}))

        assert _run(answer).error_code == "inference_cut"

    def test_a_point_that_is_gone_ends_it_and_the_answer_stays(self, answer, card):
        card.key_point.delete()

        kept = _run(answer)

        assert (kept.status, kept.error_code, kept.card) == ("failed", "point_gone", None)
        assert kept.answer == ANSWER
        assert not kept.can_heal

    def test_a_point_removed_while_the_model_reads_loses_the_card_alone(
        self, answer, card, scripted_sidecar, monkeypatch
    ):
        def removed(job, mark, guess):
            card.key_point.delete()
            record(job, mark, guess)

        record = judging.record
        monkeypatch.setattr(judging, "record", removed)
        scripted_sidecar.judges(key_points=[_mark("covered")])

        kept = _run(answer)

        assert (kept.status, kept.mark["status"], kept.card) == ("succeeded", "covered", None)

    def test_it_takes_its_turn_with_the_persons_other_answers(
        self, answer, candidate, other_candidate, question, sent_tasks
    ):
        for number in range(4):
            attempt = attempt_submit(
                user=candidate,
                question=question,
                answer="Threads.",
                language="en",
                idempotency_key=f"k{number}",
            )[0]
            Feedback.objects.filter(attempt=attempt).update(
                status="running", started_at=timezone.now() - timedelta(days=400)
            )
        other = make_card(other_candidate, question)
        _submit(other_candidate, other, key="b")
        ReviewAnswer.objects.update(due_at=timezone.now() - timedelta(days=400))

        assert _run(answer).error_code == "taking_turns"


class TestSkip:
    def test_it_waits_for_tomorrow_unrated(self, candidate, card):
        assert services.review_skip(user=candidate, card=card, revision=0)

        kept = ReviewCard.objects.get()
        assert (kept.skipped_on, kept.revision, kept.due) == (NOON.date(), 1, card.due)
        assert not ReviewRating.objects.exists()

    def test_what_another_device_answered_is_not_skipped(self, candidate, card, sent_tasks):
        _submit(candidate, card)

        assert not services.review_skip(user=candidate, card=card, revision=0)
        assert ReviewCard.objects.get().skipped_on is None

    def test_not_anothers(self, other_candidate, card):
        assert not services.review_skip(user=other_candidate, card=card)
