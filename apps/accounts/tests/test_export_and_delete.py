"""Everything a person has here: taken along, and deleted."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from apps.accounts.models import ApiToken, User
from apps.accounts.tokens import token_create
from apps.interview.models import Attempt, Draft, Feedback, QuestionProgress
from apps.interview.services import attempt_submit, draft_save
from conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def history(candidate, other_candidate, question, sent):
    """Both have answered and begun another draft; only Alice's is hers."""
    attempts = {}
    for person in (candidate, other_candidate):
        attempts[person.email], _created = attempt_submit(
            user=person,
            question=question,
            answer=f"메모리 of {person.email}",
            language="ko",
            idempotency_key="key",
            seconds_spent=61,
        )
        draft_save(user=person, question=question, text=f"next of {person.email}", revision=1)
        token_create(user=person)
    Feedback.objects.filter(attempt=attempts[candidate.email]).update(
        status="succeeded", score=80, prose="**Good.**", model="m", key_points=[{"id": "memory"}]
    )
    return attempts


class TestProof:
    def test_passwords_are_not_guessed_at_an_open_browser(self, client_for, candidate):
        client = client_for(candidate)
        url = reverse("account_delete")
        wrong = [client.post(url, {"proof": f"wrong {n}"}).context["form"] for n in range(25)]

        right = client.post(url, {"proof": PASSWORD})

        told = [form.errors.as_data()["proof"][0].code for form in wrong]
        assert told == [None] * 10 + ["limit"] * 15
        assert right.status_code == 422
        assert "That was a lot at once. Please try again in 10 minutes." in right.text
        assert User.objects.filter(pk=candidate.pk).exists()


class TestExport:
    def test_it_holds_everything_and_nobody_elses(self, client_for, candidate, history):
        response = client_for(candidate).get(reverse("account_export"))

        assert response.status_code == 200
        assert response["Content-Disposition"] == 'attachment; filename="ssammu-export.json"'
        assert "메모리" in response.text
        assert "bob@example.org" not in response.text
        data = response.json()
        assert data["profile"]["email"] == "alice@example.org"
        assert data["profile"]["name"] == "Alice Kim"
        assert data["profile"]["email_addresses"] == [
            {"email": "alice@example.org", "verified": True, "primary": True}
        ]
        assert "password" not in data["profile"]
        interview = data["interview"]
        [draft] = interview["drafts"]
        assert (draft["question"], draft["text"]) == (
            "process-and-thread",
            "next of alice@example.org",
        )
        [attempt] = interview["attempts"]
        assert attempt["answer"] == "메모리 of alice@example.org"
        assert attempt["id"] == str(history["alice@example.org"].pk)
        assert attempt["seconds_spent"] == 61
        assert attempt["feedback"]["score"] == 80
        assert attempt["feedback"]["prose"] == "**Good.**"
        assert attempt["feedback"]["key_points"] == [{"id": "memory"}]
        [progress] = interview["progress"]
        assert progress["question__slug"] == "process-and-thread"
        assert progress["attempts"] == 1

    def test_a_constant_number_of_queries(
        self, client_for, candidate, history, question, sent, django_assert_num_queries
    ):
        client = client_for(candidate)
        with django_assert_num_queries(22):
            client.get(reverse("account_export"))
        for number in range(5):
            attempt_submit(
                user=candidate,
                question=question,
                answer="again",
                language="en",
                idempotency_key=str(number),
            )

        with django_assert_num_queries(22):
            client.get(reverse("account_export"))

    def test_a_visitor_is_asked_to_log_in(self, client):
        assert client.get(reverse("account_export")).status_code == 302

    def test_it_rejects_post(self, client_for, candidate):
        assert client_for(candidate).post(reverse("account_export")).status_code == 405


class TestDelete:
    url = "/account/delete"

    def test_asking_deletes_nothing(self, client_for, candidate):
        response = client_for(candidate).get(self.url)

        assert response.status_code == 200
        assert User.objects.filter(pk=candidate.pk).exists()

    def test_it_works(self, client_for, candidate, other_candidate, history):
        AccessAttempt.objects.create(username=candidate.email, failures_since_start=3)
        laptop, phone, bobs = client_for(candidate), client_for(candidate), Client()
        bobs.force_login(other_candidate, "django.contrib.auth.backends.ModelBackend")

        response = laptop.post(self.url, {"proof": PASSWORD}, follow=True)

        assert response.redirect_chain == [("/questions/", 302)]
        assert "deleted" in str(next(iter(response.context["messages"])))
        assert list(User.objects.all()) == [other_candidate]
        for model in (Attempt, Draft, QuestionProgress, ApiToken, EmailAddress):
            assert set(model.objects.values_list("user_id", flat=True)) == {other_candidate.pk}
        assert Feedback.objects.count() == 1
        assert AccessAttempt.objects.count() == 0
        kept = [session.get_decoded().get("_auth_user_id") for session in Session.objects.all()]
        assert str(candidate.pk) not in kept
        assert str(other_candidate.pk) in kept
        assert phone.get("/account/settings").status_code == 302
        assert bobs.get("/account/settings").status_code == 200

    @pytest.mark.parametrize("proof", ["wrong", "", "alice@example.org"])
    def test_without_the_password_nothing_is_deleted(self, client_for, candidate, proof):
        client = client_for(candidate)

        response = client.post(self.url, {"proof": proof})

        assert response.status_code == 422
        assert list(response.context["form"].errors) == ["proof"]
        assert User.objects.filter(pk=candidate.pk).exists()
        assert client.get("/account/settings").status_code == 200

    def test_who_has_no_password_types_the_address(self, client_for, candidate):
        candidate.set_unusable_password()
        candidate.save()
        SocialAccount.objects.create(user=candidate, provider="kakao", uid="1")
        client = client_for(candidate)

        wrong = client.post(self.url, {"proof": "bob@example.org"})
        assert wrong.status_code == 422
        client.post(self.url, {"proof": "Alice@Example.org"})

        assert User.objects.count() == 0
        assert SocialAccount.objects.count() == 0

    def test_a_visitor_is_asked_to_log_in(self, client):
        assert client.post(self.url, {"proof": "x"}).status_code == 302


def test_staff_delete_and_create_people_in_admin(client_for, staff, candidate):
    client = client_for(staff)

    for page in ("changelist", "add"):
        assert client.get(reverse(f"admin:accounts_user_{page}")).status_code == 200
    assert client.get(reverse("admin:accounts_user_change", args=[candidate.pk])).status_code == 200
    client.post(
        reverse("admin:accounts_user_add"),
        {
            "email": "carol@example.org",
            "usable_password": "true",
            "password1": "tulip-canal-77",
            "password2": "tulip-canal-77",
        },
    )

    assert User.objects.get(email="carol@example.org").check_password("tulip-canal-77")
