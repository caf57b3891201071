"""manage.py prepare_storage: the bucket, and leave for our pages to send files to it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.common import storage


class Command(BaseCommand):
    help = "Make the S3 bucket where it is missing and set its CORS rules. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            storage.prepare_bucket()
        except storage.StorageError as error:
            raise CommandError(f"The file store could not be prepared: {error}") from error
        self.stdout.write(f"The bucket {settings.S3['bucket']} is ready.")
