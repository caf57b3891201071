"""Jobs: claiming, fencing, retrying, sweeping. Feedback stands for every kind."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from unittest.mock import Mock
from uuid import uuid4

import pytest
from celery import current_app
from django.apps import apps
from django.core.cache import cache
from django.db import OperationalError, connection, transaction
from kombu.exceptions import OperationalError as BrokerError

from apps.common import clock as clock_of_database
from apps.common import jobs, queues, tasks
from apps.interview.models import Attempt, Feedback

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Clock:
    """The database's, and a worker's monotonic one."""

    def __init__(self, monkeypatch):
        self.now = NOW
        self._seconds = 1000.0
        monkeypatch.setattr("apps.common.clock.now", lambda: self.now)
        monkeypatch.setattr("apps.common.jobs.monotonic", lambda: self._seconds)

    def passes(self, **duration):
        self.now += timedelta(**duration)
        self._seconds += timedelta(**duration).total_seconds()


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr("random.uniform", lambda low, high: 1.0)
    return Clock(monkeypatch)


@pytest.fixture
def job(clock, candidate, question):
    attempt = Attempt.objects.create(
        user=candidate,
        question=question,
        number=1,
        language="en",
        answer="Memory.",
        idempotency_key=uuid4().hex,
    )
    return Feedback.objects.create(attempt=attempt, due_at=NOW, queued_at=NOW)


def _claim(job):
    claimed = Feedback.claim(job.pk)
    assert claimed is not None
    return claimed


def _perform(job, work):
    jobs.perform(Feedback, str(job.pk), work)
    job.refresh_from_db()


def _failing(error):
    def work(job, stream):
        raise error

    return work


def _wins(job, stream):
    return {"score": 70, "prose": "Good."}


class TestClaim:
    def test_it_works(self, job, clock):
        claimed = _claim(job)

        assert claimed.status == "running"
        assert claimed.attempts == 1
        assert claimed.started_at == claimed.heartbeat_at == NOW
        assert claimed.lease_until == NOW + timedelta(seconds=75)

    def test_once_only(self, job):
        assert Feedback.claim(job.pk)
        assert Feedback.claim(job.pk) is None

    @pytest.mark.parametrize("status", ["succeeded", "failed", "cancelled"])
    def test_not_when_it_is_over(self, job, status):
        Feedback.objects.filter(pk=job.pk).update(status=status)

        assert Feedback.claim(job.pk) is None

    def test_a_job_whose_worker_is_gone_can_be_claimed(self, job, clock):
        _claim(job)
        clock.passes(seconds=76)

        assert _claim(job).attempts == 2

    def test_unknown(self, clock):
        assert Feedback.claim(uuid4()) is None

    def test_it_forgets_the_last_error(self, job):
        Feedback.objects.filter(pk=job.pk).update(error_code="inference_busy", error_detail="x")

        claimed = _claim(job)

        assert (claimed.error_code, claimed.error_detail) == ("", "")


class TestFencing:
    def test_the_loser_of_a_lease_saves_nothing(self, job, clock):
        old = _claim(job)
        clock.passes(seconds=76)
        new = _claim(job)

        with pytest.raises(jobs.LeaseLost):
            old.succeed(score=1, prose="stale")
        with pytest.raises(jobs.LeaseLost):
            old.fail(jobs.JobError("internal"))
        clock.passes(seconds=10)
        with pytest.raises(jobs.LeaseLost):
            old.beat()
        new.succeed(score=90, prose="fresh")

        job.refresh_from_db()
        assert (job.status, job.score, job.prose) == ("succeeded", 90, "fresh")

    def test_a_worker_that_loses_its_lease_at_work_leaves_no_trace(self, job, clock, sent):
        def work(mine, stream):
            clock.passes(seconds=76)
            _claim(job).succeed(score=90, prose="fresh")
            return {"score": 1, "prose": "stale"}

        _perform(job, work)

        assert (job.status, job.score, job.prose) == ("succeeded", 90, "fresh")
        assert sent == []

    def test_a_beat_renews_the_lease_every_ten_seconds_at_most(self, job, clock):
        claimed = _claim(job)
        clock.passes(seconds=9)
        claimed.beat()
        job.refresh_from_db()
        assert job.lease_until == NOW + timedelta(seconds=75)

        clock.passes(seconds=1)
        claimed.beat()

        job.refresh_from_db()
        assert job.heartbeat_at == NOW + timedelta(seconds=10)
        assert job.lease_until == NOW + timedelta(seconds=85)

    def test_a_job_whose_row_is_deleted_at_work_ends_quietly(self, job, sent):
        def work(mine, stream):
            Attempt.objects.filter(pk=job.attempt_id).delete()
            return {"score": 1, "prose": "nobody reads it"}

        jobs.perform(Feedback, str(job.pk), work)

        assert Feedback.objects.count() == 0
        assert sent == []


class TestPerform:
    def test_a_live_stream_that_breaks_in_any_way_ends_no_job(self, job, monkeypatch):
        def broken():
            raise ValueError("I/O operation on closed file")

        monkeypatch.setattr("apps.common.live._pool", broken)

        _perform(job, _wins)

        assert (job.status, job.score) == ("succeeded", 70)

    def test_it_works(self, job, clock):
        _perform(job, _wins)

        assert (job.status, job.score, job.prose) == ("succeeded", 70, "Good.")
        assert job.finished_at == NOW
        assert job.lease_until is None

    def test_delivered_twice_it_runs_once(self, job):
        runs = []

        def work(mine, stream):
            runs.append(mine.pk)
            return {"score": 70, "prose": "Good."}

        _perform(job, work)
        _perform(job, work)

        assert len(runs) == 1

    def test_a_bug_fails_at_once_and_never_lands_in_a_result(self, job, sent):
        _perform(job, _failing(ZeroDivisionError("secret detail")))

        assert (job.status, job.error_code) == ("failed", "internal")
        assert job.error_detail == "ZeroDivisionError: secret detail"
        assert "secret" not in str(job.error_message)
        assert (job.prose, job.score) == ("", None)
        assert sent == []

    def test_a_locked_database_is_retried(self, job, sent):
        _perform(job, _failing(OperationalError("database is locked")))

        assert (job.status, job.failures) == ("queued", 1)
        assert sent == [([str(job.pk)], 2.0)]

    def test_what_cannot_heal_fails_at_once(self, job, clock, sent):
        _perform(job, _failing(jobs.JobError("answer_too_long_for_model", "413")))

        assert (job.status, job.error_code) == ("failed", "answer_too_long_for_model")
        assert (job.error_detail, job.finished_at) == ("413", NOW)
        assert sent == []

    def test_what_can_heal_is_tried_four_times_with_growing_pauses(self, job, clock, sent):
        error = jobs.JobError("inference_cut", retryable=True)
        due = []
        for _run in range(3):
            _perform(job, _failing(error))
            assert (job.status, job.error_code) == ("queued", "inference_cut")
            due.append((job.due_at - clock.now).total_seconds())
            clock.now = job.due_at

        _perform(job, _failing(error))

        assert due == [2.0, 4.0, 8.0]
        assert [countdown for _arguments, countdown in sent] == [2.0, 4.0, 8.0]
        assert (job.status, job.failures, job.attempts) == ("failed", 4, 4)

    def test_retry_after_sets_the_pause(self, job, clock, sent):
        _perform(job, _failing(jobs.JobError("x", retryable=True, retry_after=7)))

        assert job.due_at == NOW + timedelta(seconds=7)

    def test_waiting_is_not_counted_but_ends(self, job, clock, sent):
        wait = jobs.JobError("inference_loading", wait_limit=timedelta(minutes=30))
        for _run in range(10):
            _perform(job, _failing(wait))
            clock.passes(minutes=2)
        assert (job.status, job.failures) == ("queued", 0)
        assert job.due_at == clock.now - timedelta(minutes=2) + timedelta(seconds=3)

        clock.passes(minutes=10)
        _perform(job, _failing(wait))

        assert (job.status, job.error_code) == ("failed", "inference_loading")

    def test_the_pause_is_spread(self, job, monkeypatch, sent):
        asked = []

        def spread(low, high):
            asked.append((low, high))
            return high

        monkeypatch.setattr("random.uniform", spread)

        _perform(job, _failing(jobs.JobError("x", retryable=True)))

        assert asked == [(0.8, 1.3)]
        assert sent[0][1] == pytest.approx(2.6)


class TestRequeue:
    def test_a_failed_job_starts_afresh(self, job, clock):
        _perform(job, _failing(jobs.JobError("answer_too_long_for_model", "413")))
        clock.passes(hours=1)

        assert job.requeue() is True

        job.refresh_from_db()
        assert (job.status, job.failures, job.error_code, job.error_detail) == ("queued", 0, "", "")
        assert job.queued_at == job.due_at == clock.now
        assert job.finished_at is None

    @pytest.mark.parametrize("status", ["queued", "running", "succeeded", "cancelled"])
    def test_only_a_failed_one(self, job, status):
        Feedback.objects.filter(pk=job.pk).update(status=status)

        assert job.requeue() is False

        job.refresh_from_db()
        assert job.status == status


class TestEnqueue:
    def test_it_waits_for_the_commit(self, job, sent, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            jobs.enqueue_on_commit(job)
            assert sent == []

        assert sent == [([str(job.pk)], None)]

    @pytest.mark.parametrize("error", [BrokerError("down"), ConnectionRefusedError()])
    def test_a_broker_that_is_down_stops_nobody(self, job, error, monkeypatch):
        def refuse(app, name, **options):
            raise error

        monkeypatch.setattr("celery.Celery.send_task", refuse)

        jobs.enqueue(job)

        job.refresh_from_db()
        assert job.status == "queued"


class TestSweep:
    def test_a_fresh_job_is_left_alone(self, job, clock, sent):
        clock.passes(seconds=60)
        assert jobs.sweep(clock.now) == 0
        assert sent == []

    def test_a_lost_message_is_sent_again_once(self, job, clock, sent):
        clock.passes(seconds=61)

        assert jobs.sweep(clock.now) == 1
        assert jobs.sweep(clock.now) == 0

        assert sent == [([str(job.pk)], None)]

    def test_a_retry_that_is_not_due_is_left_alone(self, job, clock, sent):
        Feedback.objects.filter(pk=job.pk).update(due_at=NOW + timedelta(minutes=5))
        clock.passes(minutes=4)

        assert jobs.sweep(clock.now) == 0

    def test_a_living_worker_is_left_alone(self, job, clock, sent):
        _claim(job)
        clock.passes(seconds=75)

        assert jobs.sweep(clock.now) == 0

    def test_a_lost_worker_counts_and_the_job_runs_again(self, job, clock, sent):
        _claim(job)
        clock.passes(seconds=76)

        tasks.sweep_jobs()
        tasks.sweep_jobs()

        job.refresh_from_db()
        assert (job.status, job.failures, job.due_at) == ("queued", 1, clock.now)
        assert sent == [([str(job.pk)], None)]
        _perform(job, _wins)
        assert (job.status, job.attempts, job.score) == ("succeeded", 2, 70)

    def test_a_job_that_kills_its_worker_ends_with_the_fourth(self, job, clock, sent, valkey):
        for _run in range(4):
            _claim(job)
            clock.passes(seconds=76)
            jobs.sweep(clock.now)

        job.refresh_from_db()
        assert (job.status, job.error_code, job.failures) == ("failed", "worker_lost", 4)
        assert job.finished_at == clock.now
        assert len(sent) == 3
        [(_id, told)] = valkey.xrange(job.stream_key)
        assert told[b"event"] == b"error"

    @pytest.mark.parametrize("status", ["succeeded", "failed", "cancelled"])
    def test_what_is_over_is_left_alone(self, job, clock, sent, status):
        Feedback.objects.filter(pk=job.pk).update(status=status)
        clock.passes(days=1)

        assert jobs.sweep(clock.now) == 0
        assert sent == []


class TestClock:
    """Leases are the database's, whatever a machine's own clock says."""

    @pytest.mark.parametrize("minutes", [3, -3])
    def test_a_machine_whose_clock_is_off_takes_no_living_workers_job(
        self, candidate, question, monkeypatch, sent, minutes
    ):
        attempt = Attempt.objects.create(
            user=candidate, question=question, number=1, language="en", answer="Memory."
        )
        job = Feedback.objects.create(attempt=attempt)
        claimed = _claim(job)
        wrong = datetime.now(UTC) + timedelta(minutes=minutes)
        monkeypatch.setattr("django.utils.timezone.now", lambda: wrong)

        for _sweep in range(2):
            tasks.sweep_jobs()

        assert Feedback.claim(job.pk) is None
        claimed.succeed(score=70, prose="Good.")
        assert sent == []

    def test_it_is_the_databases(self, db):
        told = clock_of_database.now()

        assert told.tzinfo is UTC
        assert abs((told - datetime.now(UTC)).total_seconds()) < 60


class TestDatabaseAway:
    """Whoever asked a model waits for the database, and does not ask again."""

    AWAY = OperationalError(2003, "Can't connect")

    @pytest.fixture
    def database(self, monkeypatch):
        """Called with True or False: whether it answers the jobs' updates."""
        monkeypatch.setattr("apps.common.connections.TRY_AGAIN_SECONDS", 0)
        # Within a test's transaction nothing would wait.
        monkeypatch.setattr("apps.common.connections.connection", Mock(in_atomic_block=False))
        update, answers = Feedback._update_mine, True

        def update_or_fail(job, **fields):
            if not answers:
                raise self.AWAY
            update(job, **fields)

        def set_answers(value):
            nonlocal answers
            answers = value

        monkeypatch.setattr(Feedback, "_update_mine", update_or_fail)
        return set_answers

    def test_a_lease_is_renewed_as_soon_as_it_is_back(self, job, clock, database):
        claimed = _claim(job)
        database(False)
        clock.passes(seconds=10)
        claimed.beat()
        database(True)
        clock.passes(seconds=1)
        claimed.beat()
        job.refresh_from_db()
        assert job.lease_until == NOW + timedelta(seconds=75)

        clock.passes(seconds=1)
        claimed.beat()

        job.refresh_from_db()
        assert job.lease_until == NOW + timedelta(seconds=87)

    def test_a_mistake_in_a_renewal_is_told(self, job, clock, monkeypatch):
        claimed = _claim(job)
        clock.passes(seconds=10)
        mistake = OperationalError(1054, "Unknown column")
        monkeypatch.setattr(Feedback, "_update_mine", Mock(side_effect=mistake))

        with pytest.raises(OperationalError):
            claimed.beat()

    def test_a_result_waits_until_it_is_back(self, job, clock, database, monkeypatch):
        def work(mine, stream):
            database(False)
            return {"score": 70, "prose": "Good."}

        waits = []

        def back(seconds):
            waits.append(seconds)
            if len(waits) == 3:
                database(True)

        monkeypatch.setattr("apps.common.connections.time.sleep", back)

        _perform(job, work)

        assert len(waits) == 3
        assert (job.status, job.attempts, job.score) == ("succeeded", 1, 70)

    def test_after_it_was_away_living_workers_come_before_the_sweeper(self, job, clock, sent):
        claimed = _claim(job)
        clock.passes(seconds=100)
        cache.clear()  # what a sweep leaves is gone after as long as a lease holds

        tasks.sweep_jobs()
        claimed.beat()
        tasks.sweep_jobs()

        job.refresh_from_db()
        assert (job.status, job.attempts, job.failures) == ("running", 1, 0)
        assert sent == []


class TestStanding:
    """A message that may still stand in its queue is not sent a second time."""

    @pytest.fixture
    def broker(self, valkey, valkey_server, settings):
        settings.CELERY_BROKER_URL = settings.LIVE_STREAM_URL
        with current_app.connection_for_write(settings.CELERY_BROKER_URL) as connection:
            yield lambda job: current_app.send_task(
                job.TASK, args=[str(job.pk)], connection=connection
            )

    def test_however_often_it_is_swept(self, job, clock, broker, monkeypatch, valkey):
        broker(job)
        sent_again = Mock()
        monkeypatch.setattr(jobs, "enqueue", sent_again)
        for _half_minute in range(20):
            clock.passes(seconds=30)
            assert jobs.sweep(clock.now) == 0

        assert valkey.llen("interactive") == 1
        sent_again.assert_not_called()

        valkey.delete("interactive")  # its broker has forgotten it
        assert jobs.sweep(clock.now) == 1
        sent_again.assert_called_once()

    def test_another_jobs_message_is_not_its_own(self, job, clock, broker, valkey, monkeypatch):
        other = Mock(TASK=Feedback.TASK, pk=uuid4())
        broker(other)
        monkeypatch.setattr(queues, "PAGE", 1)
        broker(other)

        standing = queues.standing(Feedback.TASK)
        assert standing is not None
        assert other.pk in standing
        assert job.pk not in standing

    def test_without_a_broker_nothing_is_sent(self, job, clock, settings, sent):
        settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
        clock.passes(seconds=61)

        assert jobs.sweep(clock.now) == 0
        job.refresh_from_db()
        assert (job.due_at, sent) == (NOW, [])


@pytest.mark.django_db(transaction=True)
class TestRaces:
    """Two workers at once, each with a connection of its own."""

    def _at_once(self, work, people=6):
        start = threading.Barrier(people)
        outcomes = []

        def run():
            try:
                start.wait(10)
                outcomes.append(work())
            finally:
                connection.close()

        threads = [threading.Thread(target=run) for _person in range(people)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert len(outcomes) == people
        return outcomes

    def test_one_of_many_claims_wins(self, job):
        claims = self._at_once(lambda: Feedback.claim(job.pk))

        assert sum(claim is not None for claim in claims) == 1
        job.refresh_from_db()
        assert job.attempts == 1

    def test_one_of_many_sweepers_sends_the_lost_message(self, job, clock, sent):
        clock.passes(seconds=61)

        swept = self._at_once(lambda: jobs.sweep(clock.now))

        assert sum(swept) == 1
        assert len(sent) == 1

    def test_one_of_many_sweepers_recovers_the_lost_worker(self, job, clock, sent):
        _claim(job)
        clock.passes(seconds=76)

        swept = self._at_once(lambda: jobs.sweep(clock.now))

        assert sum(swept) == 1
        job.refresh_from_db()
        assert job.failures == 1

    def test_nothing_is_sent_when_the_transaction_rolls_back(self, job, sent):
        with transaction.atomic():
            jobs.enqueue_on_commit(job)
            transaction.set_rollback(True)

        assert sent == []


def test_the_worker_finds_the_task_by_the_name_that_is_sent():
    from celery import current_app

    current_app.loader.import_default_modules()

    assert Feedback.TASK in current_app.tasks
    assert "apps.common.tasks.sweep_jobs" in current_app.tasks
    assert current_app.conf.task_routes[Feedback.TASK] == {"queue": "interactive"}


def test_the_sweeper_can_ask_for_the_lost_ones_of_every_kind(db):
    """A kind with a queryset of its own must not hide what all jobs have."""
    kinds = [model for model in apps.get_models() if issubclass(model, jobs.Job)]
    now = clock_of_database.now()

    assert len(kinds) >= 5
    assert [list(kind._default_manager.lease_expired(now)) for kind in kinds] == [[]] * len(kinds)
    assert [list(kind._default_manager.undelivered(now)) for kind in kinds] == [[]] * len(kinds)
