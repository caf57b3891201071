"""The question of the day by e-mail: once a person and day of theirs, whatever restarts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from apps.accounts.models import User
from apps.interview.models import Question

from .days import Day, day_in
from .models import DailyMail, ReviewCard, ReviewSettings
from .presentation import opening

logger = structlog.get_logger(__name__)
_signer = Signer(salt="reviews.daily_mail")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a mail asks: a due card's point, or a question that was not tried yet."""

    question: Question
    card: ReviewCard | None


def send_due() -> int:
    """Send to everybody whose hour has come on a day without a mail. Returns how many."""
    return sum(_send(row, day) for row, day in _waiting())


def _waiting() -> Iterator[tuple[ReviewSettings, Day]]:
    wanted = ReviewSettings.objects.filter(daily_mail=True, user__is_active=True)
    for name in list(wanted.order_by().values_list("time_zone", flat=True).distinct()):
        day = day_in(name)
        here = wanted.filter(time_zone=name, mail_hour__lte=day.hour)
        sent = DailyMail.objects.filter(day=day.date)
        for row in here.exclude(user__in=sent.values("user")).select_related("user"):
            yield row, day


def _send(row: ReviewSettings, day: Day) -> bool:
    """1. Choose. 2. Insert the day's row: who comes second finds it. 3. Send.

    A process that dies between the last two loses this day's mail, and sends none twice.
    """
    with translation.override(language_of(row.user)):
        asked = choose(row.user, day)
        if asked is None:
            return False
        message = write(row.user, asked)
        try:
            with transaction.atomic():
                DailyMail.objects.create(user=row.user, day=day.date, question=asked.question)
        except IntegrityError:
            return False
        try:
            message.send()
        except OSError as error:  # where mail does not go out by a task: the day goes on
            logger.warning("question of the day not sent", error=str(error))
            return False
    return True


def language_of(user: User) -> str:
    return user.interface_language or user.feedback_language or settings.LANGUAGE_CODE


def choose(user: User, day: Day) -> Asked | None:
    """The card that is due longest; else a question not tried and not yet sent; else nothing."""
    cards = ReviewCard.objects.for_user(user).askable().due_on(day).with_texts()
    card = cards.order_by("due", "id").first()
    if card:
        return Asked(card.key_point.question, card)
    sent = DailyMail.objects.filter(user=user)
    questions = Question.objects.published().not_tried_by(user)
    question = questions.exclude(pk__in=sent.values("question")).first() or questions.first()
    return Asked(question, None) if question else None


def write(user: User, asked: Asked) -> EmailMultiAlternatives:
    """In the active language, which is that of its reader."""
    target = asked.card or asked.question
    leave = settings.SITE_URL + reverse("reviews:unsubscribe", args=[sign(user)])
    context = {
        "language": translation.get_language(),
        "question": asked.question,
        "opening": opening(asked.card.key_point) if asked.card else "",
        "address": settings.SITE_URL + target.get_absolute_url(),
        "unsubscribe": leave,
        "settings_address": settings.SITE_URL + reverse("reviews:settings"),
    }
    subject = render_to_string("reviews/email/daily_subject.txt", context)
    message = EmailMultiAlternatives(
        settings.ACCOUNT_EMAIL_SUBJECT_PREFIX + " ".join(subject.split()),
        render_to_string("reviews/email/daily_message.txt", context),
        to=[user.email],
        headers={  # RFC 8058: a mail program's own button
            "List-Unsubscribe": f"<{leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    message.attach_alternative(
        render_to_string("reviews/email/daily_message.html", context), "text/html"
    )
    return message


def sign(user: User) -> str:
    """What names the person in a mail's link: it ends the mails and opens nothing else."""
    return _signer.sign(str(user.pk))


def signed_user_id(signed: str) -> int | None:
    try:
        return int(_signer.unsign(signed))
    except (BadSignature, ValueError):
        return None
