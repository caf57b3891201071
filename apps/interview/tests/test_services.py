"""Submitting, retrying and drafting: what is written, also by two at once."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from apps.interview import services
from apps.interview.models import Attempt, Draft, Feedback, Question, QuestionProgress

pytestmark = pytest.mark.django_db


def _submit(user, question, answer="Memory.", language="en", key="1", **extra):
    return services.attempt_submit(
        user=user,
        question=question,
        answer=answer,
        language=language,
        idempotency_key=key,
        **extra,
    )


class TestSubmit:
    def test_it_works(self, candidate, question, sent, django_capture_on_commit_callbacks):
        Draft.objects.create(user=candidate, question=question, text="Memo", revision=4)

        with django_capture_on_commit_callbacks(execute=True):
            attempt, created = _submit(candidate, question, seconds_spent=12)
            assert sent == []

        assert created is True
        assert (attempt.number, attempt.answer, attempt.language) == (1, "Memory.", "en")
        assert attempt.seconds_spent == 12
        assert attempt.feedback.status == "queued"
        assert sent == [([str(attempt.feedback.pk)], None)]
        progress = QuestionProgress.objects.get()
        assert (progress.attempts, progress.last_score) == (1, None)
        draft = Draft.objects.get()
        assert (draft.text, draft.revision) == ("", 5)

    def test_attempts_are_numbered_for_each_person_and_question(
        self, candidate, other_candidate, question, sent
    ):
        numbers = [_submit(candidate, question, key=str(n))[0].number for n in range(3)]

        assert numbers == [1, 2, 3]
        assert _submit(other_candidate, question)[0].number == 1

    def test_the_same_key_gives_the_same_attempt_and_no_second_job(
        self, candidate, question, sent, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            first, _created = _submit(candidate, question)
            again, created = _submit(candidate, question)

        assert (again.pk, created) == (first.pk, False)
        assert len(sent) == 1
        assert QuestionProgress.objects.get().attempts == 1

    @pytest.mark.parametrize("other", [{"answer": "Else."}, {"language": "ko"}])
    def test_the_same_key_for_another_answer_is_refused(self, candidate, question, sent, other):
        _submit(candidate, question)

        with pytest.raises(services.IdempotencyConflict):
            _submit(candidate, question, **other)

        assert Attempt.objects.count() == 1

    def test_the_same_key_for_another_question_is_refused(self, candidate, question, sent):
        _submit(candidate, question)
        other = Question.objects.create(
            topic=question.topic, slug="other", status="published", text_en="?"
        )

        with pytest.raises(services.IdempotencyConflict):
            _submit(candidate, other)

    def test_keys_are_each_persons_own(self, candidate, other_candidate, question, sent):
        _submit(candidate, question)

        assert _submit(other_candidate, question, answer="Else.")[1] is True

    def test_a_broker_that_is_down_loses_nothing(
        self, candidate, question, monkeypatch, django_capture_on_commit_callbacks
    ):
        def refuse(app, name, **options):
            raise ConnectionRefusedError

        monkeypatch.setattr("celery.Celery.send_task", refuse)

        with django_capture_on_commit_callbacks(execute=True):
            attempt, _created = _submit(candidate, question)

        assert Feedback.objects.get(attempt=attempt).status == "queued"


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def _at_once(self, work, people=5):
        start = threading.Barrier(people)
        outcomes = []

        def run(number):
            try:
                start.wait(10)
                outcomes.append(work(number))
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=[n]) for n in range(people)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(outcomes) == people
        return outcomes

    def test_one_submission_sent_five_times_is_one_attempt(self, candidate, question, sent):
        outcomes = self._at_once(lambda number: _submit(candidate, question))

        assert len({attempt.pk for attempt, _created in outcomes}) == 1
        assert sum(created for _attempt, created in outcomes) == 1
        assert len(sent) == 1

    def test_five_answers_get_five_numbers(self, candidate, question, sent):
        outcomes = self._at_once(lambda number: _submit(candidate, question, key=str(number)))

        assert sorted(attempt.number for attempt, _created in outcomes) == [1, 2, 3, 4, 5]
        assert QuestionProgress.objects.get().attempts == 5

    def test_one_of_five_devices_saves_its_draft(self, candidate, question):
        def save(number):
            try:
                return services.draft_save(
                    user=candidate, question=question, text=f"device {number}", revision=0
                ).text
            except services.DraftConflict as conflict:
                return conflict.current.text

        texts = set(self._at_once(save))

        assert texts == {Draft.objects.get().text}
        assert Draft.objects.get().revision == 1


class TestRetry:
    def test_it_works(self, candidate, question, sent, valkey):
        attempt, _created = _submit(candidate, question)
        feedback = attempt.feedback
        Feedback.objects.filter(pk=feedback.pk).update(status="failed", error_code="internal")
        valkey.xadd(feedback.stream_key, {"event": "error", "data": '{"code": "internal"}'})
        sent.clear()

        assert services.feedback_retry(feedback=feedback) is True

        feedback.refresh_from_db()
        assert (feedback.status, feedback.error_code) == ("queued", "")
        assert sent == [([str(feedback.pk)], None)]
        [(_id, fields)] = valkey.xrange(feedback.stream_key)
        assert fields[b"data"] == b'{"state": "queued"}'

    def test_twice_asks_once(self, candidate, question, sent):
        attempt, _created = _submit(candidate, question)
        Feedback.objects.update(status="failed")
        sent.clear()

        assert services.feedback_retry(feedback=attempt.feedback) is True
        assert services.feedback_retry(feedback=attempt.feedback) is False

        assert len(sent) == 1


class TestDraft:
    def _save(self, user, question, text, revision):
        return services.draft_save(user=user, question=question, text=text, revision=revision)

    def test_it_works(self, candidate, question):
        assert self._save(candidate, question, "Mem", 0).revision == 1
        draft = self._save(candidate, question, "Memory", 1)

        assert (draft.text, draft.revision) == ("Memory", 2)

    def test_an_older_revision_is_refused_with_the_newer_text(self, candidate, question):
        self._save(candidate, question, "phone", 0)

        with pytest.raises(services.DraftConflict) as caught:
            self._save(candidate, question, "laptop", 0)

        assert (caught.value.current.text, caught.value.current.revision) == ("phone", 1)
        assert Draft.objects.get().text == "phone"

    def test_a_save_whose_reply_was_lost_may_come_again(self, candidate, question):
        self._save(candidate, question, "same", 0)

        assert self._save(candidate, question, "same", 0).revision == 1


class TestOneDraftInTwoTabs:
    def submit(self, user, question, answer, revision, key):
        return services.attempt_submit(
            user=user,
            question=question,
            answer=answer,
            language="en",
            idempotency_key=key,
            draft_revision=revision,
        )

    def test_sent_from_both_it_is_one_attempt(self, candidate, question):
        services.draft_save(user=candidate, question=question, text="Threads", revision=0)

        first, is_new = self.submit(candidate, question, "Threads", 1, "tab one")
        again, is_new_again = self.submit(candidate, question, "Threads", 1, "tab two")

        assert (is_new, is_new_again) == (True, False)
        assert again == first
        assert Attempt.objects.count() == Feedback.objects.count() == 1

    def test_also_where_no_draft_was_ever_saved(self, candidate, question):
        first, _new = self.submit(candidate, question, "Threads", 0, "tab one")
        again, is_new = self.submit(candidate, question, "Threads", 0, "tab two")

        assert (again, is_new) == (first, False)

    def test_other_words_are_another_attempt(self, candidate, question):
        self.submit(candidate, question, "Threads", 0, "tab one")
        _attempt, is_new = self.submit(candidate, question, "Threads share", 0, "tab two")

        assert is_new
        assert Attempt.objects.count() == 2

    def test_the_same_words_from_a_page_that_knows_of_the_first_are_meant(
        self, candidate, question
    ):
        self.submit(candidate, question, "Threads", 0, "tab one")
        now = Draft.objects.get().revision
        _attempt, is_new = self.submit(candidate, question, "Threads", now, "tab two")

        assert is_new


def test_the_page_names_the_draft_that_it_sends(client_for, candidate, question):
    services.draft_save(user=candidate, question=question, text="Threads", revision=0)
    web = client_for(candidate)
    page = web.get(question.get_absolute_url()).text
    sent = {"answer": "Threads", "language": "en", "draft_revision": "1"}

    first = web.post(f"{question.get_absolute_url()}attempts", sent)
    again = web.post(f"{question.get_absolute_url()}attempts", sent)

    assert '<input type="hidden" name="draft_revision" value="1">' in page
    assert first.url == again.url
