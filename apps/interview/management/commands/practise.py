"""manage.py practise: the main job in a terminal, feedback streaming."""

from __future__ import annotations

import asyncio
import os
import sys
import uuid
from typing import Any

from asgiref.sync import sync_to_async
from django import forms
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.common import live
from apps.common.limits import LimitReached
from apps.interview import services
from apps.interview.forms import AnswerField
from apps.interview.models import Attempt, Feedback, Question
from apps.interview.streaming import finished_events

MARKS = {"covered": "✓", "partial": "~", "unsure": "?", "missing": "○", "wrong": "≠"}
TERMINAL_USER = "terminal@ssammu.test"


class Command(BaseCommand):
    help = "Answer a question in the terminal and watch the feedback stream in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--question", metavar="SLUG", help="default: one not tried yet")
        parser.add_argument("--answer", metavar="TEXT", help="default: read from the terminal")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES])
        parser.add_argument(
            "--email", default=TERMINAL_USER, help="whose attempt it is (default: %(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        language = options["language"] or (
            "ko" if os.environ.get("LANG", "").startswith("ko") else "en"
        )
        with translation.override(language):
            user, _created = User.objects.get_or_create(email=options["email"])
            question = self._question(user, options["question"])
            self.stdout.write(self.style.MIGRATE_HEADING(question.text))
            answer = self._answer(options["answer"])
            try:
                attempt, _new = services.attempt_submit(
                    user=user,
                    question=question,
                    answer=answer,
                    language=language,
                    idempotency_key=uuid.uuid4().hex,
                )
            except LimitReached as error:
                raise CommandError(error.message) from error
            asyncio.run(self._watch(attempt))

    def _question(self, user: User, slug: str | None) -> Question:
        questions = Question.objects.published()
        if slug:
            question = Question.objects.answerable().filter(slug=slug).first()
        else:
            question = questions.not_tried_by(user).first() or questions.first()
        if question is None:
            raise CommandError(
                _("There is no such published question. Run loadcontent first, or see --question.")
            )
        return question

    def _answer(self, given: str | None) -> str:
        if given is None:
            if sys.stdin.isatty():
                self.stdout.write(_("Write your answer; end it with Ctrl-D on an empty line."))
            given = sys.stdin.read()
        try:
            given.encode()  # what is not UTF-8 arrives as lone surrogates
        except UnicodeEncodeError:
            raise CommandError(_("Your answer is not text in UTF-8.")) from None
        try:
            return AnswerField().clean(given)
        except forms.ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error

    async def _watch(self, attempt: Attempt) -> None:
        """Show the feedback's events; ends with the job, like the page."""
        feedback = await Feedback.objects.aget(attempt=attempt)
        async for batch in live.follow(feedback.stream_key, block_ms=5000):
            if self._show(batch, feedback):
                return
            if not batch:  # silence: the stream may be gone while the row has the end
                await sync_to_async(feedback.refresh_from_db)()
                if feedback.is_finished:
                    self._show(finished_events(feedback), feedback)
                    return
                self.stdout.write(self.style.NOTICE(_("Waiting for feedback…")))
        raise CommandError(_("The live stream was lost. Your answer is saved."))

    def _show(self, batch: list[live.Event], feedback: Feedback) -> bool:
        for event in batch:
            if event.name == "assessment":
                self.stdout.write(f"\n{event.data['score']} / 100")
                for point in event.data["key_points"]:
                    quote = f"  “{point['quote']['text']}”" if point.get("quote") else ""
                    self.stdout.write(f" {MARKS[point['status']]} {point['text']}{quote}")
                self.stdout.write("")
            elif event.name == "delta":
                self.stdout.write(event.data["text"], ending="")
                self.stdout.flush()
            elif event.name == "progress" and event.data["state"] == "waiting":
                feedback.error_code = event.data["reason"]
                self.stdout.write(self.style.NOTICE(str(feedback.error_message)))
            elif event.name == "done":
                self.stdout.write("")
                return True
            elif event.name == "error":
                feedback.error_code = event.data["code"]
                raise CommandError(str(feedback.error_message))
        return False
