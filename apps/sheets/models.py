"""A sheet on its way in: checked by one job, looked at by a person, imported by the next."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.common.jobs import Job, JobQuerySet

from .resources import SheetResource, sheet_of


class SheetImportQuerySet(JobQuerySet["SheetImport"]):
    def for_user(self, user: User) -> Self:
        """A person's own; all for a superuser."""
        return self if user.is_superuser else self.filter(user=user)

    def confirmable(self) -> Self:
        """Checked, with nothing wrong, and with something to write."""
        checked = self.filter(phase=SheetImport.Phase.CHECK, status=Job.Status.SUCCEEDED)
        return checked.filter(rows_wrong=0).exclude(rows_new=0, rows_changed=0)

    def checked(self) -> Self:
        return self.filter(phase=SheetImport.Phase.CHECK, status=Job.Status.SUCCEEDED)

    def over(self, on: datetime) -> Self:
        """Those that nobody has touched since ``on``."""
        working = (Job.Status.QUEUED, Job.Status.RUNNING)
        return self.filter(queued_at__lt=on).exclude(status__in=working)


class SheetImport(Job):
    """Two jobs in one row, so that a sheet is read twice and never half imported.

    The check writes nothing and ends with ``report``; what a person confirms is queued
    again in the other phase. Rows that went wrong meanwhile lead back to a check's end.
    """

    class Phase(models.TextChoices):
        CHECK = "check", _("check")
        APPLY = "apply", _("import")

    class Stage(models.TextChoices):
        """Where it stands for its person."""

        CHECKING = "checking", _("being checked")
        TO_CONFIRM = "to_confirm", _("waits for you")
        NOTHING_NEW = "nothing_new", _("nothing new")
        REFUSED = "refused", _("needs corrections")
        IMPORTING = "importing", _("being imported")
        DONE = "done", _("imported")
        FAILED = "failed", _("failed")

    KIND: ClassVar[str] = "sheet-import"
    TASK: ClassVar[str] = "apps.sheets.tasks.run_sheet_import"
    ERROR_MESSAGES: ClassVar[dict[str, str | Promise]] = {
        "file_missing": _("The file is not there any more. Please choose it again."),
        "storage_down": _("The file store could not be reached. Please try again soon."),
        "reading_too_slow": _(
            "Reading this file takes too long. Save it anew without formats and pictures, "
            "or split it into several, and import each."
        ),
        "rows_too_slow": _(
            "These rows take too long, so nothing was written. "
            "Split the sheet into several and import each."
        ),
        "not_allowed": _("You may not import these rows any more, so nothing was written."),
        "worker_lost": _("The import broke off and nothing was written. Please try again."),
    }
    HOPELESS: ClassVar[tuple[str, ...]] = ("file_missing", "reading_too_slow", "rows_too_slow")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="sheet_imports",
        verbose_name=_("imported by"),
    )
    sheet = models.CharField(_("sheet"), max_length=100)
    """The label of its rows' model: ``interview.question``."""
    filename = models.CharField(_("file"), max_length=255)
    key = models.CharField(max_length=200, blank=True)
    """The file in the store, until it is imported."""
    kind = models.CharField(max_length=4)
    """``csv`` or ``xlsx``, by its bytes."""
    size = models.PositiveIntegerField(_("bytes"))
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    """Of the page on which it was chosen: what is wrong with its rows is said in it."""
    phase = models.CharField(max_length=5, choices=Phase.choices, default=Phase.CHECK)
    rows_new = models.PositiveIntegerField(_("new"), default=0)
    rows_changed = models.PositiveIntegerField(_("changed"), default=0)
    rows_same = models.PositiveIntegerField(_("as they were"), default=0)
    rows_wrong = models.PositiveIntegerField(_("to correct"), default=0)
    report = models.JSONField(default=dict)
    """``problems`` and ``changes``, the first of each; see importing.py."""

    objects: ClassVar[Any] = SheetImportQuerySet.as_manager()

    class Meta(Job.Meta):
        abstract = False
        ordering = ["-created_at"]
        verbose_name = _("sheet import")
        verbose_name_plural = _("sheet imports")

    def __str__(self) -> str:
        return self.filename

    def get_absolute_url(self) -> str:
        return reverse("admin:sheets_sheetimport_change", args=[self.pk])

    @property
    def resource(self) -> type[SheetResource] | None:
        return sheet_of(self.sheet)

    @property
    def rows_to_write(self) -> int:
        return self.rows_new + self.rows_changed

    @property
    def stage(self) -> Stage:
        if self.status == self.Status.FAILED:
            return self.Stage.FAILED
        if self.phase == self.Phase.APPLY:
            done = self.status == self.Status.SUCCEEDED
            return self.Stage.DONE if done else self.Stage.IMPORTING
        if self.status != self.Status.SUCCEEDED:
            return self.Stage.CHECKING
        if self.rows_wrong:
            return self.Stage.REFUSED
        return self.Stage.TO_CONFIRM if self.rows_to_write else self.Stage.NOTHING_NEW

    def succeed(self, **result: Any) -> None:
        """An import has ended in its own transaction already. Raises LeaseLost."""
        if self.status != self.Status.SUCCEEDED:
            super().succeed(**result)
