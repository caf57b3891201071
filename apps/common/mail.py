"""Mail goes out in a task: whoever signs up waits for no mail server, and needs none.

``TaskBackend`` is Django's EMAIL_BACKEND; the task sends through MAIL_DELIVERY_BACKEND and
tries for most of an hour. Where the broker is away the mail is sent at once instead.
"""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from typing import Any

import structlog
from celery import current_app
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from kombu.exceptions import OperationalError

logger = structlog.get_logger(__name__)
TASK = "apps.common.tasks.send_mail"
FIELDS = ("subject", "body", "from_email", "to", "cc", "bcc", "reply_to", "extra_headers")


class TaskBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            packed = pack(message)
            transaction.on_commit(lambda packed=packed: _hand_over(packed))  # type: ignore[misc]
        return len(email_messages)


def pack(message: EmailMessage) -> dict[str, Any]:
    """The message as JSON can carry it. We send no attachments."""
    if message.attachments:
        raise NotImplementedError("a mail with an attachment cannot go through a task")
    return {
        **{name: getattr(message, name) for name in FIELDS},
        "alternatives": [list(part) for part in getattr(message, "alternatives", None) or []],
    }


def deliver(packed: dict[str, Any]) -> None:
    """Send it now. Raises OSError, of which SMTPException is one, where that may heal."""
    fields = {name: packed[name] for name in FIELDS}
    fields["headers"] = fields.pop("extra_headers")
    message = EmailMultiAlternatives(
        **fields,
        alternatives=[(content, kind) for content, kind in packed["alternatives"]],
        connection=get_connection(settings.MAIL_DELIVERY_BACKEND),
    )
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused:  # its text holds the address
        logger.warning("mail refused: the server knows no such recipient")


def _hand_over(packed: dict[str, Any]) -> None:
    try:
        current_app.send_task(TASK, args=[packed])
    except (OperationalError, OSError) as error:
        logger.warning("mail sent without the broker", error=str(error))
        try:
            deliver(packed)
        except OSError as failure:
            # The page goes on; the mail can be asked for again.
            logger.error("mail lost: neither broker nor mail server", error=str(failure))
