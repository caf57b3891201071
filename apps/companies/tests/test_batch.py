"""Runs of the batch: begun once, sent, counted up, stopped and tried again."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from apps.common import jobs
from apps.companies import batch
from apps.companies.models import Company, Summary, SummaryJob, SummaryRun
from apps.companies.services import summaries as services
from apps.companies.tasks import (
    close_summary_runs,
    run_summaries,
    run_summary,
    send_summary_jobs,
)

from .summing import loads, make_company, make_source, sentence, summary_pieces

FIRST = "Hanbit Harvest builds sensors for greenhouses."
SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture
def company(db):
    return make_company()


@pytest.fixture
def source(company):
    return make_source(company)


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Do what waits for the commit at once."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def _start(**fields):
    return batch.start_run(trigger=SummaryRun.Trigger.STAFF, **fields)


def _claim(job):
    claimed = SummaryJob.claim(job.pk)
    assert claimed is not None
    return claimed


def _jobs(run):
    return [(job.company.slug, job.language) for job in SummaryJob.objects.filter(run=run)]


class TestStart:
    def test_all_that_have_sources(self, source, sent_tasks, committed):
        make_source(make_company("second"), is_active=False)
        make_company("third")

        with committed():
            run = _start()

        assert _jobs(run) == [("hanbit-harvest", "en"), ("hanbit-harvest", "ko")]
        assert (run.companies_seen, run.summaries_planned, run.is_over) == (1, 2, False)
        assert sent_tasks == [("apps.companies.tasks.send_summary_jobs", [str(run.pk)])]

    def test_chosen_ones_even_without_sources(self, source, staff, sent_tasks):
        bare = make_company("bare")

        run = _start(companies=[bare], requested_by=staff, anew=True)

        assert _jobs(run) == [("bare", "en"), ("bare", "ko")]
        assert (run.chosen, run.requested_by, run.anew) == (["bare"], staff, True)

    def test_nothing_to_do_is_over_at_once(self, company, sent_tasks):
        run = _start()
        run.refresh_from_db()

        assert (run.is_over, run.summaries_planned) == (True, 0)

    def test_a_slot_has_one_run(self, source, sent_tasks, committed):
        with committed():
            first = _start(slot="weekly 1")
            second = _start(slot="weekly 1")
            third = _start(slot="weekly 2")

        assert first is not None
        assert second is None
        assert third is not None
        assert SummaryJob.objects.count() == 4
        assert len(sent_tasks) == 2

    def test_each_job_is_sent(self, source, sent_tasks):
        run = _start()
        first, second = SummaryJob.objects.filter(run=run)
        SummaryJob.objects.filter(pk=first.pk).update(status="succeeded")

        send_summary_jobs(str(run.pk))

        assert sent_tasks == [("apps.companies.tasks.run_summary", [str(second.pk)])]

    def test_a_job_in_a_long_line_is_not_sent_again_and_again(self, source, sent_tasks):
        _start()
        now = timezone.now()
        SummaryJob.objects.filter(language="en").update(due_at=now - timedelta(minutes=4))
        SummaryJob.objects.filter(language="ko").update(due_at=now - timedelta(minutes=6))

        jobs.sweep(now)

        late = SummaryJob.objects.get(language="ko")
        assert sent_tasks == [("apps.companies.tasks.run_summary", [str(late.pk)])]


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def _at_once(self, *acts):
        results = []

        def act(number):
            try:
                results.append(acts[number]())
            finally:
                connection.close()

        threads = [threading.Thread(target=act, args=(n,)) for n in range(len(acts))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    def test_two_clocks_begin_one_run(self, source, sent_tasks):
        runs = self._at_once(*[lambda: _start(slot="weekly 1")] * 4)

        assert sum(run is not None for run in runs) == 1
        assert SummaryJob.objects.count() == 2

    def test_one_of_two_runs_gets_the_turn(self, source, sent_tasks):
        claimed = []
        for _turn in range(4):
            run = _start()
            job = SummaryJob.objects.filter(run=run, language="en").get()
            claimed.append(_claim(job))

        turns = self._at_once(*[job.take_turn for job in claimed])

        assert sorted(turns) == [False, False, False, True]

    def test_versions_do_not_collide(self, source, scripted_sidecar, sent_tasks):
        loads(scripted_sidecar)
        for _turn in range(3):
            scripted_sidecar.streams(*summary_pieces(sentence(source, FIRST)))
        runs = [_start(anew=True) for _turn in range(3)]
        pks = [SummaryJob.objects.get(run=run, language="en").pk for run in runs]

        for _round in range(3):
            self._at_once(*[lambda pk=pk: run_summary(str(pk)) for pk in pks])

        assert sorted(Summary.objects.values_list("version", flat=True)) == [1, 2, 3]
        assert len(scripted_sidecar.asked) == 3


class TestClose:
    def _ended(self, run, *states):
        for job, fields in zip(SummaryJob.objects.filter(run=run), states, strict=True):
            SummaryJob.objects.filter(pk=job.pk).update(**fields)

    def test_counts_are_kept(self, source, sent_tasks):
        make_source(make_company("second"))
        run = _start()
        self._ended(
            run,
            {"status": "succeeded", "outcome": "written", "prompt_tokens": 900},
            {"status": "succeeded", "outcome": "skipped"},
            {"status": "failed", "error_code": "internal"},
            {"status": "succeeded", "outcome": "written", "completion_tokens": 80},
        )

        close_summary_runs()

        run.refresh_from_db()
        assert (run.written, run.skipped, run.failed, run.cancelled) == (2, 1, 1, 0)
        assert (run.prompt_tokens, run.completion_tokens, run.tokens) == (900, 80, 980)
        assert run.finished_at is not None
        assert run.gone == 0

    def test_not_while_one_goes_on(self, source, sent_tasks):
        run = _start()
        self._ended(run, {"status": "succeeded"}, {"status": "running"})

        assert batch.close_run(run.pk) is False
        run.refresh_from_db()
        assert not run.is_over

    def test_once(self, source, sent_tasks):
        run = _start()
        self._ended(run, {"status": "succeeded"}, {"status": "succeeded"})

        assert batch.close_run(run.pk) is True
        assert batch.close_run(run.pk) is False

    def test_a_company_that_is_gone_is_told(self, source, sent_tasks):
        run = _start()
        Company.objects.all().delete()

        close_summary_runs()

        run.refresh_from_db()
        assert (run.is_over, run.companies_seen, run.gone) == (True, 1, 2)

    def test_a_job_that_the_sweeper_gave_up_closes_its_run(self, source, sent_tasks):
        run = _start()
        past = timezone.now() - timedelta(minutes=5)
        SummaryJob.objects.update(status="running", lease_until=past, failures=7)

        jobs.sweep(timezone.now())
        close_summary_runs()

        run.refresh_from_db()
        assert (run.failed, run.is_over) == (2, True)


class TestCancel:
    def test_it_works(self, source, sent_tasks, scripted_sidecar):
        run = _start()
        first, second = SummaryJob.objects.filter(run=run)
        worker = _claim(first)

        assert services.run_cancel(run=run) is True

        run.refresh_from_db()
        assert (run.is_over, run.cancelled) == (True, 2)
        assert run.cancelled_at is not None
        worker.heartbeat_at = None  # long ago
        with pytest.raises(jobs.LeaseLost):
            worker.note_steps(1, 2)
        run_summary(str(second.pk))
        assert scripted_sidecar.asked == []

    def test_what_is_written_stays(self, source, sent_tasks):
        run = _start()
        SummaryJob.objects.filter(run=run).update(status="succeeded", outcome="written")
        batch.close_run(run.pk)

        assert services.run_cancel(run=run) is False

        run.refresh_from_db()
        assert (run.cancelled_at, run.written) == (None, 2)


class TestRetry:
    def test_failed_ones_only(self, source, sent_tasks, committed):
        run = _start()
        first, _second = SummaryJob.objects.filter(run=run)
        SummaryJob.objects.filter(run=run).update(status="succeeded")
        SummaryJob.objects.filter(pk=first.pk).update(status="failed", error_code="internal")
        batch.close_run(run.pk)

        with committed():
            assert services.run_retry(run=run) == 1

        run.refresh_from_db()
        first.refresh_from_db()
        assert (first.status, first.error_code, run.is_over) == ("queued", "", False)
        assert sent_tasks == [("apps.companies.tasks.send_summary_jobs", [str(run.pk)])]

    def test_nothing_failed(self, source, sent_tasks, committed):
        run = _start()
        SummaryJob.objects.filter(run=run).update(status="succeeded")
        batch.close_run(run.pk)

        with committed():
            assert services.run_retry(run=run) == 0

        run.refresh_from_db()
        assert (run.is_over, sent_tasks) == (True, [])


class TestSlots:
    """Whenever a trigger arrives, its slot is the due moment of the schedule."""

    def _weekly(self, **fields):
        crontab = CrontabSchedule.objects.create(
            **{"minute": "0", "hour": "3", "day_of_week": "1", "timezone": SEOUL, **fields}
        )
        PeriodicTask.objects.create(name="weekly", task="x", crontab=crontab)

    @pytest.mark.parametrize(
        ("now", "due"),
        [
            ("2026-03-02T03:00:01", "2026-03-01T18:00:00Z"),  # a Monday
            ("2026-03-02T03:59:59", "2026-03-01T18:00:00Z"),
            ("2026-03-04T12:00:00", "2026-03-01T18:00:00Z"),  # a clock that was off till then
            ("2026-03-09T02:59:59", "2026-03-01T18:00:00Z"),
            ("2026-03-09T03:00:00", "2026-03-08T18:00:00Z"),
        ],
    )
    def test_weekly(self, db, now, due):
        self._weekly()

        slot = batch.slot_of("weekly", datetime.fromisoformat(now).replace(tzinfo=SEOUL))

        assert slot == f"weekly {due}"

    def test_several_times_a_day_on_a_day_of_the_month(self, db):
        self._weekly(minute="*/20", hour="9,21", day_of_week="*", day_of_month="15")

        now = datetime(2026, 4, 1, 12, 0, tzinfo=SEOUL)

        assert batch.slot_of("weekly", now) == "weekly 2026-03-15T12:40:00Z"

    def test_interval(self, db):
        interval = IntervalSchedule.objects.create(every=10, period="seconds")
        PeriodicTask.objects.create(name="often", task="x", interval=interval)

        def slot(second):
            return batch.slot_of("often", datetime(2026, 3, 2, 3, 0, second, tzinfo=UTC))

        assert slot(0) == slot(9) == "often 2026-03-02T03:00:00Z"
        assert slot(10) == "often 2026-03-02T03:00:10Z"

    def test_no_such_schedule(self, db):
        now = datetime(2026, 3, 2, 3, 0, 30, tzinfo=UTC)

        assert batch.slot_of("by hand", now) == "by hand 2026-03-02T03:00:00Z"

    def test_triggered_twice(self, source, sent_tasks):
        self._weekly()
        for _clock in range(2):
            run_summaries.apply(headers={"periodic_task_name": "weekly"})

        run = SummaryRun.objects.get()
        assert run.trigger == "schedule"
        assert re.fullmatch("weekly 20..-..-..T18:00:00Z", str(run.slot))
