"""manage.py rebuild_progress: the progress page's tallies from all feedback that there is."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.models import User
from apps.interview.models import Attempt
from apps.progress import keeping


class Command(BaseCommand):
    help = (
        "Build what progress pages show from the feedback of all answers: needed once, for "
        "answers from before there were such pages. Running it again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", help="of one person; default: everybody who has answered")

    def handle(self, *args: Any, **options: Any) -> None:
        people = User.objects.filter(pk__in=Attempt.objects.order_by().values("user"))
        if options["email"]:
            people = people.filter(email__iexact=options["email"])
            if not people.exists():
                raise CommandError("Nobody with this address has answered a question.")
        found = list(people.order_by("pk"))
        answers = sum(keeping.rebuild(user) for user in found)
        self.stdout.write(f"{len(found)} people, {answers} answers")
