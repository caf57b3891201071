"""Summarise companies whose sources have changed, as the weekly batch does."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, Q

from apps.common.jobs import Job
from apps.companies import batch
from apps.companies.models import Company, SummaryJob, SummaryRun

LOOK_EVERY = 1.0


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--company",
            nargs="+",
            default=[],
            metavar="SLUG",
            help="only these; an id or an alias does, too",
        )
        parser.add_argument(
            "--anew", action="store_true", help="even where nothing has changed since"
        )
        parser.add_argument(
            "--once", metavar="NAME", help="nothing where a run of this name has been"
        )
        parser.add_argument(
            "--wait", action="store_true", help="until it is over; status 1 when a summary failed"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # A company may be called by two of its names.
        chosen = dict.fromkeys(self._called(reference) for reference in options["company"])
        run = batch.start_run(
            trigger=SummaryRun.Trigger.COMMAND,
            companies=list(chosen) or None,
            anew=options["anew"],
            slot=options["once"],
        )
        if run is None:
            self.stdout.write(f"The run {options['once']!r} has been.")
            return
        self.stdout.write(f"Run {run.pk}: {run.summaries_planned} summaries")
        if options["wait"]:
            self._wait(run)

    def _called(self, reference: str) -> Company:
        company = Company.objects.called(reference)
        if company is None:
            raise CommandError(f"No company has the slug, id or alias {reference!r}.")
        return company

    def _wait(self, run: SummaryRun) -> None:
        said = ""
        while not run.is_over:
            time.sleep(LOOK_EVERY)
            now = self._state(run)
            if now != said:
                self.stdout.write(now)
                said = now
            run.refresh_from_db()
        for job in SummaryJob.objects.filter(run=run, status=Job.Status.FAILED):
            self.stdout.write(
                f"{job.company.slug} {job.language}: {job.error_code} {job.error_detail}".rstrip()
            )
        self.stdout.write(
            f"{run.written} written, {run.skipped} unchanged, {run.failed} failed, "
            f"{run.tokens} tokens, {run.took.total_seconds():.0f} s"
        )
        if run.failed:
            raise CommandError("Some summaries failed.")

    def _state(self, run: SummaryRun) -> str:
        counted = SummaryJob.objects.filter(run=run).aggregate(
            ended=Count("pk", filter=Q(finished_at__isnull=False)),
            running=Count("pk", filter=Q(status=Job.Status.RUNNING)),
            queued=Count("pk", filter=Q(status=Job.Status.QUEUED)),
        )
        return "{ended} ended, {running} running, {queued} waiting".format(**counted)
