from __future__ import annotations

from django.db import models
from django.utils import timezone


class Leftover(models.Model):
    """A stored file that is deleted once it is due; see leftovers.py."""

    key = models.CharField(max_length=200, primary_key=True)
    due_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.key
