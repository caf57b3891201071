"""manage.py run_summaries: begin a run from a terminal, and wait for it."""

from __future__ import annotations

import time

import pytest
from django.core.management import CommandError, call_command

from apps.companies import batch
from apps.companies.models import CompanyAlias, SummaryJob, SummaryRun

from .summing import make_company, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(sent_tasks):
    return make_source(make_company())


@pytest.fixture
def a_second_passes(monkeypatch):
    """Instead of waiting: each second, the next of ``acts`` happens."""

    def install(*acts):
        rest = iter(acts)
        monkeypatch.setattr(time, "sleep", lambda _seconds: next(rest)())

    return install


def test_it_begins_a_run(source, capsys):
    make_source(make_company("second"))

    call_command("run_summaries")

    run = SummaryRun.objects.get()
    assert (run.trigger, run.summaries_planned, run.anew) == ("command", 4, False)
    assert capsys.readouterr().out == f"Run {run.pk}: 4 summaries\n"


def test_a_run_of_a_name_happens_once(source, capsys):
    for _twice in range(2):
        call_command("run_summaries", "--once", "demo")

    assert SummaryRun.objects.get().slot == "demo"
    assert "The run 'demo' has been." in capsys.readouterr().out


def test_of_named_companies(source):
    second = make_company("second")
    CompanyAlias.objects.create(company=second, name="Second Inc.")

    call_command("run_summaries", "--anew", "--company", "hanbit-harvest", "second inc", "second")

    run = SummaryRun.objects.get()
    assert (run.chosen, run.anew) == (["hanbit-harvest", "second"], True)


def test_a_company_that_nobody_knows(source):
    with pytest.raises(CommandError, match="No company has the slug, id or alias 'nobody'"):
        call_command("run_summaries", "--company", "hanbit-harvest", "nobody")

    assert not SummaryRun.objects.exists()


def _end(language, **fields):
    jobs = SummaryJob.objects.filter(language=language)
    jobs.update(**fields, finished_at=SummaryRun.objects.get().started_at)
    batch.close_runs()


def test_waiting(source, capsys, a_second_passes):
    a_second_passes(
        lambda: SummaryJob.objects.filter(language="ko").update(status="running"),
        lambda: _end("ko", status="succeeded", outcome="written", prompt_tokens=900),
        lambda: None,
        lambda: _end("en", status="succeeded", outcome="skipped"),
    )

    call_command("run_summaries", "--wait")

    lines = capsys.readouterr().out.splitlines()
    assert lines[1:] == [
        "0 ended, 1 running, 1 waiting",
        "1 ended, 0 running, 1 waiting",
        "2 ended, 0 running, 0 waiting",
        "1 written, 1 unchanged, 0 failed, 900 tokens, 0 s",
    ]


def test_waiting_for_one_that_fails(source, capsys, a_second_passes):
    a_second_passes(
        lambda: _end("ko", status="succeeded", outcome="written"),
        lambda: _end("en", status="failed", error_code="inference_down", error_detail="refused"),
    )

    with pytest.raises(CommandError, match="Some summaries failed"):
        call_command("run_summaries", "--wait")

    assert "hanbit-harvest en: inference_down refused" in capsys.readouterr().out
