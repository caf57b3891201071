"""The question of the day: to whom, when, what, and how it ends."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from apps.interview.models import Question, QuestionProgress
from apps.reviews import daily_mail, services
from apps.reviews.models import DailyMail, ReviewCard, ReviewSettings
from apps.reviews.tasks import send_daily_mail

from .cast import NOON

pytestmark = pytest.mark.django_db
SETTINGS = "/reviews/settings/"


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = "https://ssammu.example.org"


@pytest.fixture
def subscriber(candidate, now):
    services.settings_save(user=candidate, daily_mail=True, mail_hour=8)
    return candidate


def _link(message):
    [link] = re.findall(r"https://ssammu\.example\.org(/reviews/unsubscribe/\S+)", message.body)
    return link


class TestWhen:
    def test_it_is_off_until_it_is_wanted(self, candidate, question, now):
        services.settings_save(user=candidate, time_zone="Asia/Seoul")

        send_daily_mail()

        assert mail.outbox == []

    def test_once_a_day_whatever_restarts(self, subscriber, question, now):
        for minutes in range(0, 60 * 11, 10):
            now(NOON + timedelta(minutes=minutes))
            send_daily_mail()
        assert len(mail.outbox) == 1

        now(NOON + timedelta(days=1))
        send_daily_mail()
        assert len(mail.outbox) == 2

    def test_not_before_its_hour_in_the_persons_zone(self, subscriber, question, now):
        services.settings_save(user=subscriber, time_zone="America/New_York")  # 22:00 on Sunday
        send_daily_mail()
        assert DailyMail.objects.get().day.isoformat() == "2026-11-01"

        now(NOON + timedelta(hours=9))  # 07:00 on Monday
        send_daily_mail()
        assert len(mail.outbox) == 1

        now(NOON + timedelta(hours=10))  # 08:00
        send_daily_mail()
        assert len(mail.outbox) == 2

    def test_a_clock_that_jumps_neither_loses_nor_doubles_one(self, subscriber, question, now):
        send_daily_mail()
        now(NOON + timedelta(days=400))
        send_daily_mail()
        now(NOON)
        send_daily_mail()
        assert len(mail.outbox) == 2

        now(NOON + timedelta(days=1))
        send_daily_mail()
        assert len(mail.outbox) == 3

    def test_of_two_that_send_at_once_one_does(self, subscriber, question, monkeypatch):
        """The second found nothing sent a moment before the first wrote it down."""
        waiting = list(daily_mail._waiting())
        send_daily_mail()
        monkeypatch.setattr(daily_mail, "_waiting", lambda: iter(waiting))

        send_daily_mail()

        assert len(mail.outbox) == 1

    def test_a_server_that_is_away_stops_nobody_elses(
        self, subscriber, other_candidate, question, monkeypatch
    ):
        services.settings_save(user=other_candidate, daily_mail=True)

        def refuse(self, **options):
            raise OSError("away")

        monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)

        assert daily_mail.send_due() == 0
        assert DailyMail.objects.count() == 2

    def test_people_who_left_get_none(self, subscriber, question):
        subscriber.is_active = False
        subscriber.save()

        assert daily_mail.send_due() == 0

    def test_zones_cost_a_query_and_people_a_few(
        self, subscriber, question, django_assert_num_queries
    ):
        send_daily_mail()

        with django_assert_num_queries(2):
            send_daily_mail()


class TestWhat:
    def test_a_due_card_is_asked_without_its_answer(self, subscriber, card):
        send_daily_mail()

        [message] = mail.outbox
        assert message.to == ["alice@example.org"]
        assert message.subject == "[Ssammu] 오늘의 질문: 프로세스와 스레드는 어떻게 다른가요?"
        assert "프로세스는 …" in message.body
        assert "주소 공간" not in message.body
        assert f"https://ssammu.example.org/reviews/{card.pk}/" in message.body
        assert isinstance(message, mail.EmailMultiAlternatives)
        [html] = message.alternatives
        assert html[1] == "text/html"
        assert "프로세스는 …" in str(html[0])
        assert f'href="https://ssammu.example.org/reviews/{card.pk}/"' in str(html[0])

    def test_else_a_question_that_was_not_tried(self, subscriber, question):
        subscriber.interface_language = "en"
        subscriber.save()

        send_daily_mail()

        [message] = mail.outbox
        assert (
            message.subject == "[Ssammu] Today’s question: How does a process differ from a thread?"
        )
        assert "You have not tried this one yet." in message.body
        assert "https://ssammu.example.org/questions/process-and-thread/" in message.body

    def test_not_the_same_one_two_days_running(self, subscriber, question, topic, now):
        Question.objects.create(
            topic=topic, slug="locks", status="published", text_en="Locks?", text_ko="락?"
        )
        for days in range(3):
            now(NOON + timedelta(days=days))
            send_daily_mail()

        sent = DailyMail.objects.order_by("day").values_list("question__slug", flat=True)
        assert set(sent[:2]) == {"locks", "process-and-thread"}
        assert len(sent) == 3

    def test_who_has_tried_all_and_has_nothing_due_gets_none(self, subscriber, card, question):
        QuestionProgress.objects.create(user=subscriber, question=question)
        ReviewCard.objects.update(due=NOON + timedelta(days=3))

        assert daily_mail.send_due() == 0
        assert not DailyMail.objects.exists()

    def test_a_card_answered_today_is_not_asked_again(self, subscriber, card, question):
        QuestionProgress.objects.create(user=subscriber, question=question)
        ReviewCard.objects.update(answered_on=NOON.date())

        assert daily_mail.send_due() == 0


class TestEnd:
    def test_a_mail_program_ends_it_with_one_post(self, subscriber, question):
        send_daily_mail()
        [message] = mail.outbox
        link = _link(message)
        assert message.extra_headers == {
            "List-Unsubscribe": f"<https://ssammu.example.org{link}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
        program = Client(enforce_csrf_checks=True)

        response = program.post(link, {"List-Unsubscribe": "One-Click"})

        assert response.status_code == 200
        assert not ReviewSettings.objects.get().daily_mail

    def test_a_link_that_is_only_looked_at_ends_nothing(self, subscriber, question, client):
        send_daily_mail()
        link = _link(mail.outbox[0])

        page = client.get(link)

        assert page.status_code == 200
        assert '<button class="btn btn-primary">End the mails</button>' in page.text
        assert ReviewSettings.objects.get().daily_mail
        assert "No more questions by e-mail" in client.post(link).text
        assert "No more questions by e-mail" in client.post(link).text

    @pytest.mark.parametrize("signed", ["1", "1:nonsense", "x"])
    def test_what_we_did_not_sign_is_not_there(self, subscriber, client, signed):
        assert client.post(f"/reviews/unsubscribe/{signed}/").status_code == 404
        assert ReviewSettings.objects.get().daily_mail

    def test_the_link_outlives_the_account(self, subscriber, client):
        link = f"/reviews/unsubscribe/{daily_mail.sign(subscriber)}/"
        subscriber.delete()

        assert client.post(link).status_code == 200


class TestSettings:
    def test_it_is_chosen_there(self, client_for, candidate):
        client = client_for(candidate)
        page = client.get(SETTINGS)
        assert '<option value="Asia/Seoul" selected>Seoul</option>' in page.text
        assert "js/time-zone.js" in page.text

        given = {"daily_mail": "on", "mail_hour": "7", "time_zone": "Europe/Berlin"}
        response = client.post(SETTINGS, given, follow=True)

        assert "Saved." in response.text
        assert "js/time-zone.js" not in response.text
        row = ReviewSettings.objects.get()
        assert (row.user, row.daily_mail, row.mail_hour, row.time_zone) == (
            candidate, True, 7, "Europe/Berlin",
        )  # fmt: skip
        client.post(SETTINGS, {**given, "daily_mail": ""})
        assert not ReviewSettings.objects.get().daily_mail

    @pytest.mark.parametrize("wrong", [{"time_zone": "Mars/Olympus"}, {"mail_hour": "24"}])
    def test_what_is_not_offered_is_refused(self, client_for, candidate, wrong):
        given = {"mail_hour": "7", "time_zone": "UTC", **wrong}

        response = client_for(candidate).post(SETTINGS, given)

        assert response.status_code == 422
        assert not ReviewSettings.objects.exists()

    def test_the_account_leads_there(self, client_for, candidate):
        assert f'href="{SETTINGS}"' in client_for(candidate).get("/account/settings").text
