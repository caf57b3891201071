from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from apps.common import jobs

from . import parse_job, preview_job, render_job
from .models import Document, DocumentPreview, ResumeParse, Upload

UNFINISHED_FOR = timedelta(days=1)


@shared_task(name=ResumeParse.TASK)
def run_parse(parse_id: str) -> None:
    jobs.perform(ResumeParse, parse_id, parse_job.read)


@shared_task(name=Document.TASK)
def run_render(document_id: str) -> None:
    jobs.perform(Document, document_id, render_job.write)


@shared_task(name=DocumentPreview.TASK)
def run_preview(preview_id: str) -> None:
    jobs.perform(DocumentPreview, preview_id, preview_job.preview)


@shared_task
def sweep_uploads() -> None:
    """Every day: forget uploads that never arrived. Their files go by their leftover notes."""
    Upload.objects.unfinished(timezone.now() - UNFINISHED_FOR).delete()
