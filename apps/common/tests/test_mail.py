"""Mail goes out through a task: nobody waits for a mail server."""

from __future__ import annotations

import smtplib
import socket
import time
from collections.abc import Iterator

import pytest
from celery.exceptions import Retry
from django.core import mail as django_mail
from django.core.mail import EmailMultiAlternatives
from kombu.exceptions import OperationalError

from apps.accounts.models import User
from apps.common import mail, tasks

NEW = {"email": "new@example.org", "password1": "tulip-canal-77", "name": "Jiwoo Park"}


@pytest.fixture
def hanging_server() -> Iterator[int]:
    """The port of a mail server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture(autouse=True)
def _through_a_task(settings):
    settings.EMAIL_BACKEND = "apps.common.mail.TaskBackend"
    settings.MAIL_DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def _message():
    message = EmailMultiAlternatives(
        "제목", "Text", "from@example.org", ["to@example.org"], headers={"X-One": "1"}
    )
    message.attach_alternative("<p>Text</p>", "text/html")
    return message


@pytest.mark.django_db(transaction=True)
class TestSignUp:
    def test_the_mail_is_a_task(self, client, sent_tasks):
        response = client.post("/accounts/signup/", NEW)

        assert response.status_code == 302
        [(task, [packed])] = sent_tasks
        assert task == "apps.common.tasks.send_mail"
        assert packed["to"] == ["new@example.org"]
        assert django_mail.outbox == []

        tasks.send_mail(packed)
        [message] = django_mail.outbox
        assert (message.to, message.subject) == (["new@example.org"], packed["subject"])
        assert "/accounts/confirm-email/" in message.body

    @pytest.mark.parametrize("state", ["down", "hanging"])
    def test_it_works_without_broker_and_mail_server(
        self, client, settings, monkeypatch, hanging_server, state
    ):
        def refuse(app, name, **options):
            raise OperationalError("down")

        monkeypatch.setattr("celery.Celery.send_task", refuse)
        settings.MAIL_DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = hanging_server if state == "hanging" else 1
        settings.EMAIL_TIMEOUT = 0.3
        started = time.monotonic()

        response = client.post("/accounts/signup/", NEW)

        assert (response.status_code, User.objects.count()) == (302, 1)
        assert time.monotonic() - started < 5

    def test_it_works_with_a_mail_server_that_hangs(self, client, sent_tasks, settings):
        """The page speaks to the broker alone, so what the server does cannot matter."""
        settings.MAIL_DELIVERY_BACKEND = "no.such.Backend"

        assert client.post("/accounts/signup/", NEW).status_code == 302


@pytest.mark.django_db
def test_nothing_is_sent_before_the_commit(sent_tasks, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        _message().send()
        assert sent_tasks == []

    assert len(sent_tasks) == 1


def test_a_message_arrives_as_it_was_written():
    mail.deliver(mail.pack(_message()))

    [message] = django_mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    assert (message.subject, message.body) == ("제목", "Text")
    assert (message.from_email, message.to) == ("from@example.org", ["to@example.org"])
    assert message.extra_headers == {"X-One": "1"}
    assert [tuple(part) for part in message.alternatives] == [("<p>Text</p>", "text/html")]


def test_a_server_that_hangs_is_tried_again_later(settings, hanging_server):
    settings.MAIL_DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = (
        "127.0.0.1",
        hanging_server,
        0.2,
    )

    with pytest.raises((Retry, OSError)):
        tasks.send_mail(mail.pack(_message()))
    assert tasks.send_mail.max_retries == 12


def test_a_recipient_that_nobody_knows_is_not_tried_again(monkeypatch, caplog):
    def refuse(message, **options):
        raise smtplib.SMTPRecipientsRefused({"to@example.org": (550, b"no such user")})

    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse)

    mail.deliver(mail.pack(_message()))

    assert "to@example.org" not in caplog.text


def test_it_has_a_queue_of_its_own(settings):
    assert settings.CELERY_TASK_ROUTES["apps.common.tasks.send_mail"] == {"queue": "mail"}
    assert settings.EMAIL_TIMEOUT == 10
