"""Two answers side by side: words, points and score; on the page and in the API."""

from __future__ import annotations

import time
import uuid

import pytest
from django.urls import reverse

from apps.accounts.tokens import token_create
from apps.interview import services
from apps.interview.comparison import point_changes, word_diff
from apps.interview.models import Attempt, Feedback, Question


def _shown(pieces):
    return [(piece.op, piece.text) for piece in pieces]


def test_words_that_came_and_went():
    pieces = word_diff("Threads share the heap.", "Threads of one process share memory.")

    assert _shown(pieces) == [
        ("equal", "Threads "),
        ("added", "of one process "),
        ("equal", "share "),
        ("removed", "the heap."),
        ("added", "memory."),
    ]
    assert (pieces[3].before, pieces[3].after) == ((14, 23), None)
    assert (pieces[4].before, pieces[4].after) == (None, (29, 36))


def test_korean_words():
    assert _shown(word_diff("스레드는 힙을 나눠 써요", "스레드는 힙과 코드를 나눠 써요")) == [
        ("equal", "스레드는 "),
        ("removed", "힙을 "),
        ("added", "힙과 코드를 "),
        ("equal", "나눠 써요"),
    ]


def test_white_space_alone_is_no_change():
    assert _shown(word_diff("a b\nc", "a  b c\n")) == [("equal", "a  b c\n")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "new"),
        ("old", ""),
        ("", ""),
        ("  🧵🧵 a\n\nb ", "\tb 👩‍💻 a  "),
        ("a b c d " * 200, "b c a " * 250),
    ],
)
def test_the_pieces_make_up_both_texts(before, after):
    pieces = word_diff(before, after)

    for piece in pieces:
        if piece.before:
            assert piece.op == "equal" or before[slice(*piece.before)] == piece.text
        if piece.after:
            assert after[slice(*piece.after)] == piece.text
    assert "".join(p.text for p in pieces if p.op != "removed") == after
    assert "".join(before[slice(*p.before)] for p in pieces if p.before) == before


def test_the_longest_answers_take_no_time():
    started = time.perf_counter()
    word_diff("a " * 2000, "b a " * 1000)
    word_diff("a b " * 95, "a " * 190)

    assert time.perf_counter() - started < 2.0


def _mark(name, status):
    return {"id": name, "text": f"{name}.", "status": status, "weight": 1, "confidence": 0.9}


@pytest.mark.parametrize(
    ("before", "after", "group"),
    [
        ("missing", "covered", "gained"),
        ("missing", "partial", "gained"),
        ("wrong", "missing", "gained"),
        ("covered", "partial", "lost"),
        ("missing", "wrong", "lost"),
        ("partial", "unsure", "missing"),
        ("missing", "missing", "missing"),
        ("covered", "covered", "kept"),
        (None, "covered", "gained"),
        (None, "missing", "missing"),
    ],
)
def test_what_became_of_a_point(before, after, group):
    known = [_mark("a", before)] if before else []

    changes = point_changes(known, [_mark("a", after)])

    found = {
        name: [(change.id, change.before, change.after) for change in getattr(changes, name)]
        for name in ("gained", "lost", "missing", "kept")
    }
    assert found.pop(group) == [("a", before, after)]
    assert set(map(tuple, found.values())) == {()}


def test_a_point_that_is_asked_no_more_is_left_out():
    changes = point_changes([_mark("old", "covered")], [])

    assert (changes.gained, changes.lost, changes.missing, changes.kept) == ([], [], [], [])


@pytest.fixture
def answers(candidate, question, sent):
    """Two judged answers of Alice's: 40 and 70 points."""
    made = []
    for number, (answer, score, statuses) in enumerate(
        [
            ("Threads share.", 40, ("missing", "covered")),
            ("Threads share memory.", 70, ("covered", "missing")),
        ]
    ):
        attempt, _created = services.attempt_submit(
            user=candidate,
            question=question,
            answer=answer,
            language="en",
            idempotency_key=f"k{number}",
        )
        points = [_mark("memory", statuses[0]), _mark("sharing", statuses[1])]
        Feedback.objects.filter(attempt=attempt).update(
            status="succeeded", score=score, key_points=points, prose="So.", method="judge"
        )
        made.append(attempt)
    return made


@pytest.mark.django_db
class TestPage:
    def _url(self, one, other):
        return reverse("interview:attempt_compare", args=[one.pk, other.pk])

    def test_it_works(self, client_for, candidate, answers):
        client = client_for(candidate)

        response = client.get(self._url(*answers))

        assert response.status_code == 200
        assert "Answers 1 and 2 side by side" in response.text
        added = '<ins><span class="visually-hidden">new: </span>share memory.</ins>'
        assert added in response.text
        removed = '<del><span class="visually-hidden">only before: </span>share.</del>'
        assert removed in response.text
        assert "30 points more" in response.text
        comparison = response.context["comparison"]
        assert [(group["kind"], group["points"][0]["text"]) for group in comparison["changes"]] == [
            ("gained", "memory."),
            ("lost", "sharing."),
        ]
        assert "Not there yet → Covered" in response.text
        assert "Covered → Not there yet" in response.text
        assert not comparison["is_guessed"]

    def test_the_earlier_one_stands_first_whichever_way_it_is_asked(
        self, client_for, candidate, answers
    ):
        comparison = client_for(candidate).get(self._url(*answers[::-1])).context["comparison"]

        assert (comparison["before"].number, comparison["after"].number) == (1, 2)

    def test_guesses_compare_as_guesses(self, client_for, candidate, answers):
        Feedback.objects.filter(attempt=answers[0]).update(method="retrieval")

        text = client_for(candidate).get(self._url(*answers)).text

        assert "Some of these marks are guesses" in text

    def test_before_the_feedback_the_words_are_compared(self, client_for, candidate, answers):
        Feedback.objects.filter(attempt=answers[1]).update(
            status="running", score=None, key_points=[]
        )

        response = client_for(candidate).get(self._url(*answers))

        assert response.context["comparison"]["changes"] is None
        assert "compared once both answers have their feedback" in response.text
        assert "share memory." in response.text

    def test_markup_in_an_answer_is_text(self, client_for, candidate, answers):
        Attempt.objects.filter(pk=answers[1].pk).update(answer="<img src=x> & more")

        text = client_for(candidate).get(self._url(*answers)).text

        assert "<img" not in text
        assert "&lt;img src=x&gt; &amp; more" in text

    def test_another_persons_is_not_there(self, client_for, other_candidate, staff, answers):
        for person in (other_candidate, staff):
            assert client_for(person).get(self._url(*answers)).status_code == 404

    def test_another_persons_beside_ones_own_is_not_there(
        self, client_for, other_candidate, question, answers
    ):
        own, _created = services.attempt_submit(
            user=other_candidate, question=question, answer="a", language="en", idempotency_key="o"
        )

        assert client_for(other_candidate).get(self._url(own, answers[0])).status_code == 404

    def test_an_answer_to_another_question_is_not_there(
        self, client_for, candidate, topic, answers
    ):
        other = Question.objects.create(topic=topic, slug="b", status="published", text="B?")
        answer, _created = services.attempt_submit(
            user=candidate, question=other, answer="a", language="en", idempotency_key="o"
        )

        assert client_for(candidate).get(self._url(answers[0], answer)).status_code == 404

    def test_it_rejects_post(self, client_for, candidate, answers):
        assert client_for(candidate).post(self._url(*answers)).status_code == 405

    def test_a_visitor_is_asked_to_log_in(self, client, answers):
        assert client.get(self._url(*answers)).status_code == 302

    def test_the_page_of_an_answer_compares_it_with_the_one_before(
        self, client_for, candidate, answers
    ):
        client = client_for(candidate)

        second = client.get(answers[1].get_absolute_url())
        first = client.get(answers[0].get_absolute_url())

        assert second.context["comparison"]["before"] == answers[0]
        assert 'id="comparison"' in second.text
        assert first.context["comparison"] is None
        assert 'id="comparison"' not in first.text


@pytest.mark.django_db
class TestApi:
    @pytest.fixture
    def get(self, client, candidate):
        headers = {"authorization": f"Token {token_create(user=candidate)}"}
        return lambda url: client.get(url, headers=headers)

    def _url(self, attempt, other=""):
        return f"/api/v1/attempts/{attempt.pk}/compare" + (f"?with={other}" if other else "")

    def test_it_works(self, get, answers):
        first, second = answers

        response = get(self._url(second))

        assert response.status_code == 200
        assert response.json() == {
            "before": str(first.pk),
            "after": str(second.pk),
            "score_difference": 30,
            "guess": False,
            "diff": [
                {
                    "op": "equal",
                    "text": "Threads ",
                    "before": {"start": 0, "end": 8},
                    "after": {"start": 0, "end": 8},
                },
                {
                    "op": "removed",
                    "text": "share.",
                    "before": {"start": 8, "end": 14},
                    "after": None,
                },
                {
                    "op": "added",
                    "text": "share memory.",
                    "before": None,
                    "after": {"start": 8, "end": 21},
                },
            ],
            "points": {
                "gained": [
                    {"id": "memory", "text": "memory.", "before": "missing", "after": "covered"}
                ],
                "lost": [
                    {"id": "sharing", "text": "sharing.", "before": "covered", "after": "missing"}
                ],
                "missing": [],
                "kept": [],
            },
        }

    def test_any_two(self, get, answers):
        first, second = answers

        body = get(self._url(first, second.pk)).json()

        assert (body["before"], body["after"]) == (str(first.pk), str(second.pk))

    def test_no_earlier_answer(self, get, answers):
        response = get(self._url(answers[0]))

        assert response.status_code == 422
        assert response.json()["error"]["fields"] == {
            "with": ["There is no earlier answer with feedback. Name another attempt."]
        }

    def test_no_id(self, get, answers):
        assert get(self._url(answers[0], "x")).json()["error"]["fields"] == {
            "with": ["Write the id of an attempt."]
        }

    def test_unknown(self, get, answers):
        assert get(self._url(answers[0], uuid.uuid4())).status_code == 404

    def test_another_persons_is_not_there(self, client, other_candidate, answers):
        headers = {"authorization": f"Token {token_create(user=other_candidate)}"}

        assert client.get(self._url(answers[1]), headers=headers).status_code == 404
