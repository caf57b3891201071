"""The batch on real workers and clocks: killed, restarted, triggered twice, it ends the same."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from scripts.setup import ROOT
from tests.scripted_sidecar import QUOTED, Reply, ScriptedSidecar
from tests.stack import Stack

pytestmark = pytest.mark.faults

LONGEST_RECOVERY = 180
"""Seconds: a lease, two sweeps, and room for a busy machine."""
TEXT = {
    "en": "{name} builds sensors for greenhouses and sells them in eleven countries.",
    "ko": "{name}은 온실용 센서를 만들어 열한 나라에 판매하는 회사예요. 본사는 전주에 있어요.",
}
_MAKE = """
from apps.companies.models import Company, SourceText
company = Company.objects.create(
    slug={slug!r}, name_ko={slug!r}, name_en={slug!r}, industry="manufacturing"
)
for language, text in {texts!r}.items():
    SourceText.objects.create(
        company=company, kind="introduction", title="About us", language=language, text=text
    )
"""
# A process of manage.py takes seconds: it waits by itself, and looks at all runs in one go.
_STATES = """
import json, time
from apps.companies.models import Summary, SummaryJob, SummaryRun
ends = time.monotonic() + {seconds}
found = []
for run in SummaryRun.objects.filter(pk__in={runs}).order_by("pk"):
    while not run.is_over and time.monotonic() < ends:
        time.sleep(0.3)
        run.refresh_from_db()
    found.append({{
        "over": run.is_over,
        "counts": [run.written, run.skipped, run.failed, run.cancelled, run.gone],
        "tokens": run.tokens,
        "jobs": {{
            f"{{job.company.slug}}.{{job.language}}": [job.status, job.error_code]
            for job in SummaryJob.objects.filter(run=run).select_related("company")
        }},
        "summaries": [
            [f"{{one.company.slug}}.{{one.language}}", one.version, next(one.sentences)["text"]]
            for one in Summary.objects.filter(company__slug__in={slugs}).order_by("language")
        ],
    }})
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Batch:
    """What staff do at a terminal."""

    stack: Stack

    def shell(self, code: str) -> str:
        return self.stack.manage("shell", "--no-imports", "-c", code)

    def company(self, slug: str) -> None:
        texts = {language: text.format(name=slug) for language, text in TEXT.items()}
        self.shell(_MAKE.format(slug=slug, texts=texts))

    def run(self, *slugs: str) -> int:
        said = self.stack.manage("run_summaries", "--company", *slugs)
        return int(said.splitlines()[-1].split()[1].rstrip(":"))

    def state(self, run: int) -> dict[str, Any]:
        """How it stands now."""
        return self._states([run], [], seconds=0)[0]

    def over(self, run: int, *slugs: str) -> dict[str, Any]:
        """How it ended, and the summaries of these companies."""
        return self.all_over([run], *slugs)[0]

    def all_over(self, runs: list[int], *slugs: str) -> list[dict[str, Any]]:
        states = self._states(runs, list(slugs), seconds=LONGEST_RECOVERY)
        assert all(state["over"] for state in states), states
        return states

    def _states(self, runs: list[int], slugs: list[str], seconds: int) -> list[dict[str, Any]]:
        said = self.shell(_STATES.format(runs=runs, slugs=slugs, seconds=seconds))
        states: list[dict[str, Any]] = json.loads(said.splitlines()[-1])
        return states


@pytest.fixture(scope="module")
def batch(stack: Stack) -> Batch:
    return Batch(stack)


def whole(slug: str, version: int = 1) -> list[list[Any]]:
    """One summary in each language, as the sidecar said it."""
    return [
        [f"{slug}.{language}", version, TEXT[language].format(name=slug)[:QUOTED]]
        for language in ("en", "ko")
    ]


def test_a_worker_and_the_store_killed_in_the_middle(
    batch: Batch, stack: Stack, sidecar: ScriptedSidecar
):
    for slug in ("firm-at-work", "firm-in-line"):
        batch.company(slug)
    sidecar.script("firm-at-work.en", Reply(hold_after=0), Reply())
    begun = batch.run("firm-at-work")
    stack.until(lambda: bool(sidecar.calls("firm-at-work.en")))
    stack.until(lambda: batch.state(begun)["jobs"]["firm-at-work.ko"][0] == "succeeded")

    stack.kill("worker-bulk")
    stack.kill("valkey")
    queued = batch.run("firm-in-line")  # while there is no broker
    stack.restart("valkey")
    stack.restart("worker-bulk")
    # As if the lost messages had been due six minutes ago.
    batch.shell(
        "from datetime import timedelta; from django.db.models import F\n"
        "from apps.companies.models import SummaryJob\n"
        f"jobs = SummaryJob.objects.filter(run={queued})\n"
        "jobs.update(due_at=F('due_at') - timedelta(minutes=6))"
    )

    state = batch.over(begun, "firm-at-work")
    assert state["counts"] == [2, 0, 0, 0, 0]
    assert state["summaries"] == whole("firm-at-work")
    assert len(sidecar.calls("firm-at-work.en")) == 2
    assert len(sidecar.calls("firm-at-work.ko")) == 1
    state = batch.over(queued, "firm-in-line")
    assert state["counts"] == [2, 0, 0, 0, 0]
    assert state["summaries"] == whole("firm-in-line")
    assert len(sidecar.calls("firm-in-line")) == 2


def test_again_with_nothing_changed(batch: Batch, sidecar: ScriptedSidecar):
    batch.company("firm-unchanged")
    batch.over(batch.run("firm-unchanged"))
    asked = len(sidecar.calls("firm-unchanged"))

    state = batch.over(batch.run("firm-unchanged"), "firm-unchanged")

    assert (state["counts"], state["tokens"]) == ([0, 2, 0, 0, 0], 0)
    assert state["summaries"] == whole("firm-unchanged")
    assert (asked, len(sidecar.calls("firm-unchanged"))) == (2, 2)


def test_two_runs_at_once_do_the_work_once(batch: Batch, stack: Stack, sidecar: ScriptedSidecar):
    batch.company("firm-twice")
    sidecar.script("firm-twice", Reply(hold_after=0))
    runs = [batch.run("firm-twice"), batch.run("firm-twice")]
    stack.until(lambda: batch.state(runs[1])["jobs"]["firm-twice.en"] == ["queued", "taking_turns"])
    sidecar.release("firm-twice")

    states = batch.all_over(runs, "firm-twice")

    assert [state["counts"] for state in states] == [[2, 0, 0, 0, 0], [0, 2, 0, 0, 0]]
    assert states[1]["summaries"] == whole("firm-twice")
    assert len(sidecar.calls("firm-twice")) == 2


def test_a_sidecar_that_loads_and_breaks_off(batch: Batch, stack: Stack, sidecar: ScriptedSidecar):
    batch.company("firm-patient")
    sidecar.script(
        "firm-patient",
        Reply(status=503, code="loading", retry_after=1),
        Reply(ending="cut"),
        Reply(ending="early"),
        Reply(raw="event: summary\ndata: {}\n\n"),
        Reply(),
    )

    state = batch.over(batch.run("firm-patient"), "firm-patient")

    assert state["counts"] == [2, 0, 0, 0, 0]
    assert state["summaries"] == whole("firm-patient")


def test_a_failed_company_keeps_its_last_summary(
    batch: Batch, stack: Stack, sidecar: ScriptedSidecar
):
    batch.company("firm-fails")
    batch.over(batch.run("firm-fails"))
    sidecar.script("firm-fails", Reply(status=422, code="nothing_to_say", retryable=False))
    batch.shell(
        "from apps.companies.models import SourceText\n"
        "SourceText.objects.filter(company__slug='firm-fails').update(title='Changed')"
    )

    state = batch.over(batch.run("firm-fails"), "firm-fails")

    assert state["counts"] == [0, 0, 2, 0, 0]
    assert state["jobs"]["firm-fails.en"] == ["failed", "nothing_to_summarise"]
    assert state["summaries"] == whole("firm-fails")
    sidecar.script("firm-fails", Reply())  # or a later batch would fail at it, too


def test_a_company_deleted_in_the_middle(batch: Batch, stack: Stack, sidecar: ScriptedSidecar):
    batch.company("firm-deleted")
    sidecar.script("firm-deleted", Reply(hold_after=0))
    run = batch.run("firm-deleted")
    stack.until(lambda: len(sidecar.calls("firm-deleted")) == 2)
    batch.shell(
        "from apps.companies.models import Company\n"
        "Company.objects.filter(slug='firm-deleted').delete()"
    )
    sidecar.release("firm-deleted")

    state = batch.over(run, "firm-deleted")

    assert (state["counts"], state["jobs"], state["summaries"]) == ([0, 0, 0, 0, 2], {}, [])
    assert "Traceback" not in stack.log("worker-bulk")


@pytest.fixture
def second_clock(stack: Stack) -> Iterator[None]:
    log = (stack.supervisor.log_folder / "beat-2.log").open("wb")
    process = subprocess.Popen(
        stack.supervisor.commands["beat"],
        shell=True,
        cwd=ROOT,
        env=stack.env,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()


@pytest.mark.usefixtures("second_clock")
def test_two_clocks_and_one_batch(batch: Batch, stack: Stack, sidecar: ScriptedSidecar):
    """Real beats with a short schedule; the row is what staff would save in admin."""
    batch.company("firm-weekly")
    batch.shell(
        "from django_celery_beat.models import IntervalSchedule, PeriodicTask\n"
        "every, _made = IntervalSchedule.objects.get_or_create(every=20, period='seconds')\n"
        "PeriodicTask.objects.create(name='short', task='apps.companies.tasks.run_summaries',"
        " interval=every)"
    )
    sent = "Sending due task short"
    stack.until(
        lambda: stack.log("beat").count(sent) >= 3 and stack.log("beat-2").count(sent) >= 3,
        seconds=LONGEST_RECOVERY,
    )
    batch.shell(
        "from django_celery_beat.models import PeriodicTask\n"
        "PeriodicTask.objects.get(name='short').delete()"
    )

    said = batch.shell(
        "import json; from apps.companies.models import SummaryRun\n"
        "runs = SummaryRun.objects.filter(trigger='schedule')\n"
        "print(json.dumps([[run.pk, run.slot] for run in runs.order_by('pk')]))"
    )
    runs = json.loads(said.splitlines()[-1])
    triggers = stack.log("beat").count(sent) + stack.log("beat-2").count(sent)
    assert 3 <= len(runs) < triggers
    assert len({slot for _pk, slot in runs}) == len(runs)
    states = batch.all_over([pk for pk, _slot in runs], "firm-weekly")
    assert states[0]["summaries"] == whole("firm-weekly")
    assert len(sidecar.calls("firm-weekly")) == 2
    # The companies that the site ships with were summarised, too; then nothing had changed.
    written, skipped, *others = states[0]["counts"]
    assert (written > 2, others) == (True, [0, 0, 0])
    assert [state["tokens"] for state in states[1:]] == [0] * (len(states) - 1)
    assert states[-1]["counts"] == [0, written + skipped, 0, 0, 0]
