"""What one person may take of the site, so that it is there for the others."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.common import live, streaming, turns
from apps.common.jobs import JobError
from apps.interview import services
from apps.interview.models import Attempt, Feedback

pytestmark = pytest.mark.django_db


def _submit(user, question, key):
    attempt, _created = services.attempt_submit(
        user=user, question=question, answer="Threads.", language="en", idempotency_key=key
    )
    return attempt


def _post(client, question, key, answer="Threads."):
    given = {"answer": answer, "language": "en", "idempotency_key": key}
    return client.post(reverse("interview:attempt_create", args=[question.slug]), given)


class TestAnswers:
    def test_ninety_by_the_form_are_thirty(self, client_for, candidate, question, sent):
        client = client_for(candidate)

        statuses = [_post(client, question, f"k{n}").status_code for n in range(90)]

        assert statuses == [302] * 30 + [429] * 60
        assert Attempt.objects.count() == 30

    def test_who_is_stopped_keeps_what_they_wrote(self, client_for, candidate, question, sent):
        client = client_for(candidate)
        for number in range(30):
            _submit(candidate, question, f"k{number}")

        response = _post(client, question, "last", answer="All of it.")

        assert response.status_code == 429
        assert response.context["form"]["answer"].value() == "All of it."
        [error] = response.context["form"].non_field_errors()
        assert error.startswith("That was a lot at once. Please try again in ")

    def test_the_form_and_the_api_are_one_way_in(self, client_for, candidate, question, sent):
        client = client_for(candidate)
        for number in range(30):
            _post(client, question, f"k{number}")

        url = f"/api/v1/questions/{question.slug}/attempts"
        body = {"answer": "Threads.", "language": "en"}
        response = client.post(url, body, content_type="application/json")

        assert response.status_code == 429
        assert response.json()["error"]["code"] == "throttled"
        assert 1 <= int(response["Retry-After"]) <= 60

    def test_asking_again_counts_and_staff_do_not(self, client_for, candidate, question, sent):
        attempt = _submit(candidate, question, "k")
        client = client_for(candidate)
        url = reverse("interview:feedback_retry", args=[attempt.pk])
        for _number in range(29):
            Feedback.objects.update(status="failed")
            client.post(url)
        asked = len(sent)

        Feedback.objects.update(status="failed")
        response = client.post(url, follow=True)

        assert len(sent) == asked
        assert "That was a lot at once" in response.text
        assert services.feedback_retry(feedback=Feedback.objects.get())


class TestShareOfTheModel:
    @pytest.fixture
    def five_running(self, candidate, question, sent):
        """Alice's, in the order in which they began."""
        jobs = [_submit(candidate, question, f"k{number}").feedback for number in range(5)]
        for number, job in enumerate(jobs):
            started = timezone.now() - timedelta(seconds=10 - number)
            Feedback.objects.filter(pk=job.pk).update(status="running", started_at=started)
        return [Feedback.objects.get(pk=job.pk) for job in jobs]

    def test_while_another_waits_four_of_one_person_run(
        self, candidate, other_candidate, question, five_running, sent
    ):
        _submit(other_candidate, question, "b")

        for job in five_running[:4]:
            turns.let_others_pass(job, candidate.pk)
        with pytest.raises(JobError) as caught:
            turns.let_others_pass(five_running[4], candidate.pk)

        assert caught.value.code == "taking_turns"
        assert caught.value.wait_limit == timedelta(minutes=30)  # so it is not counted
        assert caught.value.retry_after == 2

    def test_while_nobody_waits_all_of_them_run(
        self, candidate, other_candidate, question, five_running, sent
    ):
        job = _submit(other_candidate, question, "b").feedback
        later = timezone.now() + timedelta(seconds=30)
        Feedback.objects.filter(pk=job.pk).update(due_at=later)

        turns.let_others_pass(five_running[4], candidate.pk)

    def test_the_other_goes_before_them(
        self, candidate, other_candidate, question, five_running, sent
    ):
        job = _submit(other_candidate, question, "b").feedback
        _submit(candidate, question, "k6")
        job.started_at = timezone.now()

        turns.let_others_pass(job, other_candidate.pk)

    def test_the_page_says_why_it_waits(self, client_for, candidate, question, sent):
        attempt = _submit(candidate, question, "k")
        Feedback.objects.update(error_code="taking_turns")

        text = client_for(candidate).get(attempt.get_absolute_url()).text

        assert "Several of your answers came at once. They are read one after another." in text


class TestStreams:
    @pytest.fixture
    def finished(self, candidate, question, sent):
        attempt = _submit(candidate, question, "k")
        Feedback.objects.update(status="succeeded", score=1, prose="So.")
        return attempt

    @pytest.fixture
    def all_open(self, candidate, monkeypatch):
        monkeypatch.setitem(streaming._open, candidate.pk, streaming.STREAMS_EACH)

    @pytest.mark.parametrize("way", ["page", "api"])
    def test_one_too_many_is_refused(self, client_for, candidate, finished, all_open, way):
        url = {
            "page": reverse("interview:attempt_stream", args=[finished.pk]),
            "api": f"/api/v1/attempts/{finished.pk}/events",
        }[way]

        response = client_for(candidate).get(url)

        assert (response.status_code, response["Retry-After"]) == (429, "60")
        assert response.json()["error"] == {
            "code": "too_many_streams",
            "message": "Too many of your pages wait for news at once. Close some of them.",
        }

    def test_each_person_has_their_own(self, client_for, other_candidate, question, all_open, sent):
        attempt = _submit(other_candidate, question, "k")
        Feedback.objects.update(status="succeeded")

        url = reverse("interview:attempt_stream", args=[attempt.pk])
        assert client_for(other_candidate).get(url).status_code == 200

    def test_one_that_ends_makes_room(self, candidate, finished):
        """Also one whose watcher has gone in the middle."""

        async def pieces_of(stream, count):
            got = []
            async for piece in stream:
                got.append(piece)
                if len(got) == count:
                    break
            await stream.aclose()
            return got, streaming._open[candidate.pk]

        job = Feedback.objects.get()
        stream = streaming.JobStream(
            watcher=candidate.pk,
            load=lambda: finished,
            job_of=lambda attempt: job,
            write=lambda subject, batch: ["one", "two"],
            finished=lambda subject: [],
        )
        got, left = async_to_sync(pieces_of)(stream._counted_pieces(finished, live.START), 1)

        assert (got, left) == (["one"], 0)

    def test_of_many_at_the_same_moment_the_limit_get_one(
        self, client_for, candidate, finished, monkeypatch
    ):
        monkeypatch.setattr(streaming, "STREAMS_EACH", 1)
        client = client_for(candidate)
        url = reverse("interview:attempt_stream", args=[finished.pk])
        first, second = client.get(url), client.get(url)

        async def read_both():
            begun = first.streaming_content.__aiter__()
            one = await begun.__anext__()
            other = [piece async for piece in second.streaming_content]
            await begun.aclose()
            return one, other

        one, other = async_to_sync(read_both)()
        assert one
        assert other == []


class TestTryingAgain:
    @pytest.mark.parametrize(
        ("code", "can_help"),
        [("inference_cut", True), ("answer_too_long_for_model", False), ("internal", True)],
    )
    def test_the_stream_says_whether_it_can_help(
        self, client_for, candidate, question, sent, code, can_help
    ):
        attempt = _submit(candidate, question, "k")
        Feedback.objects.update(status="failed", error_code=code)
        client: Client = client_for(candidate)

        response = client.get(f"/api/v1/attempts/{attempt.pk}/events")
        pieces = async_to_sync(_read)(response)
        page = client.get(attempt.get_absolute_url()).text

        data = json.loads(pieces.split("event: error\ndata: ")[1].split("\n")[0])
        assert data == {"code": code, "retryable": can_help}
        assert ("Ask for feedback again" in page) is can_help


async def _read(response):
    return "".join([piece.decode() async for piece in response.streaming_content])
