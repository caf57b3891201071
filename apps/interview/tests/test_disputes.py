"""A mark that looks wrong: said by the candidate, answered by staff, kept as a case."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import yaml
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.tokens import token_create
from apps.common.limits import LimitReached
from apps.interview import services
from apps.interview.models import Dispute, Feedback, KeyPoint, QuestionProgress
from apps.interview.signals import assessed

pytestmark = pytest.mark.django_db
QUOTE = {"start": 0, "end": 10, "text": "Own memory"}
POINTS = [
    {
        "id": "memory",
        "text": "Processes have separate memory.",
        "weight": 3,
        "status": "wrong",
        "confidence": 0.8,
        "quote": QUOTE,
        "misconception": {"statement": "All share.", "correction": "Each has its own."},
    },
    {
        "id": "sharing",
        "text": "Threads share.",
        "weight": 2,
        "status": "covered",
        "confidence": 0.9,
        "quote": QUOTE,
    },
]


@pytest.fixture
def attempt(candidate, question, sent):
    attempt, _created = services.attempt_submit(
        user=candidate, question=question, answer="Own memory.", language="en", idempotency_key="k"
    )
    Feedback.objects.filter(attempt=attempt).update(
        status="succeeded", score=40, key_points=POINTS, prose="So.", method="judge"
    )
    QuestionProgress.objects.update(last_score=40, best_score=40, last_score_attempt=1)
    attempt.feedback.refresh_from_db()
    return attempt


@pytest.fixture
def dispute(attempt):
    return services.dispute_open(attempt=attempt, key_point="memory", reason="I said so.")


@pytest.fixture
def url(attempt):
    return reverse("interview:dispute_create", args=[attempt.pk])


@pytest.fixture
def editor(db):
    """Staff who may decide disputes, and nothing else."""
    person = User.objects.create_user("editor@example.org", "x", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="change_dispute"))
    return person


GIVEN = {"key_point": "memory", "reason": "I said\r\nthat."}


class TestOpen:
    def test_it_works(self, client_for, candidate, attempt, url):
        client = client_for(candidate)

        response = client.post(url, GIVEN, follow=True)

        assert response.redirect_chain == [(attempt.get_absolute_url(), 302)]
        dispute = Dispute.objects.get()
        assert (dispute.key_point, dispute.reason, dispute.mark_before, dispute.status) == (
            "memory",
            "I said\nthat.",
            "wrong",
            "open",
        )
        assert "Thank you. Staff look at it, and answer on this page." in response.text
        assert "Waiting for an answer" in response.text
        assert [point["id"] for point in response.context["disputable"]] == ["sharing"]
        assert Feedback.objects.get().key_points == POINTS

    def test_once_a_mark(self, client_for, candidate, dispute, url):
        response = client_for(candidate).post(url, GIVEN)

        assert response.status_code == 409
        assert "You told us of this mark already" in response.text
        assert Dispute.objects.get().reason == "I said so."

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"reason": " "}, "Write in a sentence what is wrong about the mark."),
            ({"key_point": "nothing"}, "Choose one of the marks."),
            ({"reason": "x" * 1001}, "at most 1000 characters"),
        ],
    )
    def test_bad_input_is_said_and_kept(self, client_for, candidate, url, wrong, words):
        response = client_for(candidate).post(url, {**GIVEN, **wrong})

        assert response.status_code == 422
        assert words in response.text
        assert Dispute.objects.count() == 0

    @pytest.mark.parametrize("status", ["queued", "running", "failed"])
    def test_without_marks_there_is_nothing_to_dispute(
        self, client_for, candidate, attempt, url, status
    ):
        Feedback.objects.update(status=status, score=None, key_points=[])
        client = client_for(candidate)

        assert client.post(url, GIVEN).status_code == 409
        assert "This mark is wrong?" not in client.get(attempt.get_absolute_url()).text

    def test_another_persons_is_not_there(self, client_for, other_candidate, staff, url):
        for person in (other_candidate, staff):
            assert client_for(person).post(url, GIVEN).status_code == 404
        assert Dispute.objects.count() == 0

    def test_a_get_leads_to_the_answer(self, client_for, candidate, attempt, url):
        assert client_for(candidate).get(url).url == attempt.get_absolute_url()

    def test_a_visitor_is_asked_to_log_in(self, client, url):
        assert client.post(url, GIVEN).status_code == 302

    def test_so_many_a_day(self, attempt):
        for _time in range(20):
            with pytest.raises(services.UnknownMark):
                services.dispute_open(attempt=attempt, key_point="x", reason="r")

        with pytest.raises(LimitReached):
            services.dispute_open(attempt=attempt, key_point="memory", reason="r")

    def test_markup_in_a_reason_is_text(self, client_for, candidate, attempt):
        services.dispute_open(attempt=attempt, key_point="memory", reason="<img src=x>")

        text = client_for(candidate).get(attempt.get_absolute_url()).text

        assert "&lt;img src=x&gt;" in text
        assert "<img" not in text


class TestDecide:
    def test_the_mark_stays(self, dispute, staff):
        decided = services.dispute_decide(
            dispute=dispute, decided_by=staff, reply="It is the reverse."
        )

        assert (decided.status, decided.mark_after, decided.decided_by) == ("upheld", "", staff)
        feedback = Feedback.objects.get()
        assert (feedback.score, feedback.key_points) == (40, POINTS)

    def test_the_same_mark_is_no_correction(self, dispute, staff):
        decided = services.dispute_decide(
            dispute=dispute, decided_by=staff, reply="Yes.", mark_after="wrong"
        )

        assert (decided.status, decided.mark_after) == ("upheld", "")

    def test_a_correction_changes_mark_score_and_progress(self, dispute, staff):
        heard = []

        def listen(sender, attempt, marks, guess, **kwargs):
            heard.append((attempt.pk, [mark["status"] for mark in marks], guess))

        assessed.connect(listen)
        try:
            decided = services.dispute_decide(
                dispute=dispute, decided_by=staff, reply="You are right.", mark_after="partial"
            )
        finally:
            assessed.disconnect(listen)

        assert (decided.status, decided.mark_before, decided.mark_after) == (
            "corrected",
            "wrong",
            "partial",
        )
        feedback = Feedback.objects.get()
        assert feedback.score == 70
        assert feedback.key_points[0] == {
            "id": "memory",
            "text": "Processes have separate memory.",
            "weight": 3,
            "status": "partial",
            "confidence": 1.0,
            "quote": QUOTE,
        }
        assert feedback.key_points[1] == POINTS[1]
        progress = QuestionProgress.objects.get()
        assert (progress.last_score, progress.best_score) == (70, 70)
        assert heard == [(feedback.attempt_id, ["partial", "covered"], False)]

    def test_a_correction_downwards_takes_the_best_back(self, attempt, staff):
        dispute = services.dispute_open(attempt=attempt, key_point="sharing", reason="Too kind.")

        services.dispute_decide(
            dispute=dispute, decided_by=staff, reply="True.", mark_after="missing"
        )

        feedback = Feedback.objects.get()
        assert (feedback.score, "quote" in feedback.key_points[1]) == (0, False)
        progress = QuestionProgress.objects.get()
        assert (progress.last_score, progress.best_score) == (0, 0)

    def test_a_later_answer_keeps_its_last_score(self, candidate, question, dispute, staff, sent):
        later, _created = services.attempt_submit(
            user=candidate, question=question, answer="b", language="en", idempotency_key="b"
        )
        Feedback.objects.filter(attempt=later).update(status="succeeded", score=55)
        QuestionProgress.objects.update(last_score=55, best_score=55, last_score_attempt=2)

        services.dispute_decide(
            dispute=dispute, decided_by=staff, reply="Right.", mark_after="covered"
        )

        progress = QuestionProgress.objects.get()
        assert (progress.last_score, progress.best_score) == (55, 100)

    def test_it_is_decided_once(self, dispute, staff):
        services.dispute_decide(dispute=dispute, decided_by=staff, reply="One.")

        with pytest.raises(services.AlreadyDecided):
            services.dispute_decide(
                dispute=dispute, decided_by=staff, reply="Two.", mark_after="covered"
            )

        assert Dispute.objects.get().reply == "One."
        assert Feedback.objects.get().score == 40

    def test_when_the_rest_fails_nothing_is_decided(self, dispute, staff, monkeypatch):
        monkeypatch.setattr(services, "record_progress", lambda *_: 1 / 0)

        with pytest.raises(ZeroDivisionError):
            services.dispute_decide(
                dispute=dispute, decided_by=staff, reply="Yes.", mark_after="covered"
            )

        assert Dispute.objects.get().status == "open"
        assert Feedback.objects.get().key_points == POINTS


class TestTold:
    @pytest.fixture
    def answered(self, dispute, staff):
        return services.dispute_decide(
            dispute=dispute, decided_by=staff, reply="You are right.", mark_after="covered"
        )

    def test_on_the_page_of_the_answer(self, client_for, candidate, attempt, answered):
        text = client_for(candidate).get(attempt.get_absolute_url()).text

        assert "The mark was corrected" in text
        assert "This says the opposite → Covered" in text
        assert "You are right." in text
        assert "This was written before staff corrected a mark." in text
        assert "100<small>/100" in text
        assert "staff@example.org" not in text

    def test_on_the_first_page_for_a_week(self, client_for, candidate, other_candidate, answered):
        words = "Staff looked at a mark that you asked about, and corrected it."

        assert words in client_for(candidate).get("/").text
        assert words not in client_for(other_candidate).get("/").text
        Dispute.objects.update(decided_at=timezone.now() - timedelta(days=8))
        assert words not in client_for(candidate).get("/").text

    def test_in_the_download_of_everything(self, client_for, candidate, attempt, answered):
        data = client_for(candidate).get(reverse("account_export")).json()

        [dispute] = data["interview"]["disputes"]
        assert (dispute["feedback__attempt"], dispute["reply"]) == (
            str(attempt.pk),
            "You are right.",
        )


class TestStaff:
    def _url(self, dispute):
        return reverse("admin:interview_dispute_change", args=[dispute.pk])

    def test_the_queue(self, client_for, editor, dispute):
        response = client_for(editor).get(reverse("admin:interview_dispute_changelist"))

        assert response.status_code == 200
        assert "Processes have separate memory." in response.text

    def test_what_it_shows(self, client_for, editor, dispute):
        text = client_for(editor).get(self._url(dispute)).text

        assert "How does a process differ from a thread?" in text
        assert "I said so." in text
        assert '<mark class="evidence evidence-wrong" data-points="1">Own memory</mark>' in text
        assert "owns an address space" in text
        assert "Keep the mark" in text

    @pytest.mark.parametrize(
        ("decision", "status", "score"),
        [("keep", "upheld", 40), ("covered", "corrected", 100), ("missing", "corrected", 40)],
    )
    def test_it_decides(self, client_for, editor, dispute, decision, status, score):
        response = client_for(editor).post(
            self._url(dispute), {"decision": decision, "reply": "Looked at it."}
        )

        assert response.status_code == 302
        dispute.refresh_from_db()
        assert (dispute.status, dispute.reply, dispute.decided_by) == (
            status,
            "Looked at it.",
            editor,
        )
        assert Feedback.objects.get().score == score

    @pytest.mark.parametrize("given", [{"decision": "keep"}, {"reply": "a"}, {"decision": "x"}])
    def test_bad_input(self, client_for, editor, dispute, given):
        assert client_for(editor).post(self._url(dispute), given).status_code == 200
        assert Dispute.objects.get().status == "open"

    def test_what_is_decided_is_read_only(self, client_for, editor, dispute):
        services.dispute_decide(dispute=dispute, decided_by=editor, reply="Done.")
        client = client_for(editor)

        assert "Keep the mark" not in client.get(self._url(dispute)).text
        again = client.post(self._url(dispute), {"decision": "covered", "reply": "b"})
        assert again.status_code == 403
        assert Dispute.objects.get().reply == "Done."

    def test_the_slower_of_two_is_told(self, client_for, editor, dispute, monkeypatch):
        def faster(**given):
            raise services.AlreadyDecided

        monkeypatch.setattr(services, "dispute_decide", faster)

        response = client_for(editor).post(
            self._url(dispute), {"decision": "covered", "reply": "b"}, follow=True
        )

        assert "Somebody else answered this meanwhile" in response.text
        assert "changed successfully" not in response.text

    def test_being_staff_is_no_permission(self, client_for, dispute):
        plain = User.objects.create_user("plain@example.org", "x", is_staff=True)

        assert client_for(plain).get(self._url(dispute)).status_code == 403


class TestCases:
    def _cases(self, tmp_path):
        file = tmp_path / "disputes.yaml"
        call_command("export_disputes", str(file))
        return yaml.safe_load(file.read_text(encoding="utf-8"))

    def test_a_decided_dispute_is_a_case(self, attempt, staff, tmp_path):
        dispute = services.dispute_open(attempt=attempt, key_point="sharing", reason="Mine.")
        services.dispute_decide(dispute=dispute, decided_by=staff, reply="R.", mark_after="missing")

        assert self._cases(tmp_path) == [
            {
                "question": {
                    "ko": "프로세스와 스레드는 어떻게 다른가요?",
                    "en": "How does a process differ from a thread?",
                },
                "key_point": {
                    "ko": "스레드는 힙을 나눠 써요.",
                    "en": "Threads of a process share its heap.",
                },
                "misconceptions": [
                    {
                        "ko": "스레드마다 힙이 따로 있다.",
                        "en": "Each thread has a heap of its own.",
                    },
                    {"ko": "스레드는 스택을 나눠 쓴다.", "en": "Threads share a stack."},
                ],
                "language": "en",
                "answer": "Own memory.",
                "expected": "missing",
            }
        ]

    def test_it_names_nobody(self, dispute, staff, tmp_path):
        services.dispute_decide(dispute=dispute, decided_by=staff, reply="Secret reply.")

        text = json.dumps(self._cases(tmp_path))

        for word in ("alice", "staff", "I said so", "Secret", str(dispute.feedback_id)):
            assert word not in text

    def test_open_ones_and_what_stayed_unsure_are_left_out(self, attempt, staff, tmp_path):
        unsure = {**POINTS[1], "status": "unsure"}
        Feedback.objects.update(key_points=[POINTS[0], unsure])
        services.dispute_open(attempt=attempt, key_point="memory", reason="Open.")
        kept = services.dispute_open(attempt=attempt, key_point="sharing", reason="Kept.")
        services.dispute_decide(dispute=kept, decided_by=staff, reply="R.")

        assert self._cases(tmp_path) == []

    def test_a_key_point_that_was_removed(self, dispute, staff, tmp_path):
        services.dispute_decide(dispute=dispute, decided_by=staff, reply="R.")
        KeyPoint.objects.all().delete()

        [case] = self._cases(tmp_path)

        words = "Processes have separate memory."
        assert (case["key_point"], case["misconceptions"]) == ({"ko": words, "en": words}, [])


class TestApi:
    @pytest.fixture
    def headers(self, candidate):
        return {"authorization": f"Token {token_create(user=candidate)}"}

    @pytest.fixture
    def post(self, client, headers, attempt):
        def post(body):
            return client.post(
                f"/api/v1/attempts/{attempt.pk}/disputes",
                json.dumps(body),
                content_type="application/json",
                headers=headers,
            )

        return post

    def test_it_works(self, post, client, headers, attempt):
        response = post({"key_point": "memory", "reason": "I said so."})

        assert response.status_code == 201
        body = response.json()
        assert body.pop("created_at")
        assert body == {
            "key_point": "memory",
            "reason": "I said so.",
            "status": "open",
            "mark_before": "wrong",
            "mark_after": "",
            "reply": "",
            "decided_at": None,
        }
        shown_attempt = client.get(f"/api/v1/attempts/{attempt.pk}", headers=headers)
        [shown] = shown_attempt.json()["disputes"]
        assert shown["key_point"] == "memory"

    def test_once_a_mark(self, post, dispute):
        response = post({"key_point": "memory", "reason": "again"})

        assert (response.status_code, response.json()["error"]["code"]) == (409, "conflict")

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"key_point": "nothing", "reason": "r"}, "key_point"),
            ({"key_point": "memory", "reason": ""}, "reason"),
            ({"reason": "r"}, "key_point"),
        ],
    )
    def test_bad_input(self, post, body, field):
        response = post(body)

        assert response.status_code == 422
        assert list(response.json()["error"]["fields"]) == [field]

    def test_another_persons_is_not_there(self, client, other_candidate, attempt):
        response = client.post(
            f"/api/v1/attempts/{attempt.pk}/disputes",
            json.dumps({"key_point": "memory", "reason": "r"}),
            content_type="application/json",
            headers={"authorization": f"Token {token_create(user=other_candidate)}"},
        )

        assert response.status_code == 404
