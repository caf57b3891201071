from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from apps.common import jobs

from . import importing, services
from .models import SheetImport

KEPT_FOR = timedelta(days=30)


@shared_task(name=SheetImport.TASK)
def run_sheet_import(import_id: str) -> None:
    jobs.perform(SheetImport, import_id, importing.run)


@shared_task
def sweep_sheet_imports() -> None:
    """Every day: forget imports that ended, or wait for nobody, with their files."""
    services.sheet_imports_forget(before=timezone.now() - KEPT_FOR)
