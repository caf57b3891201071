"""What people send twice, empty, too long, with markup in it, or to somebody else's address."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest

from tests.people import QUESTION, Person
from tests.scripted_sidecar import Reply, ScriptedSidecar
from tests.stack import Stack

pytestmark = pytest.mark.faults

MARKUP = "<script>alert('markup')</script><img src=x onerror=alert(1)> & <b>bold</b>"


def count(person: Person) -> int:
    return len(person.page("/account/export").json()["interview"]["attempts"])


def test_one_key_is_one_attempt_and_one_generation(sidecar: ScriptedSidecar, alice: Person):
    key = uuid.uuid4().hex
    with ThreadPoolExecutor(8) as threads:
        attempts = list(threads.map(lambda _n: alice.submit("sent at once", key=key), range(8)))
    attempts.append(alice.submit("sent at once", key=key))
    assert len({attempt["id"] for attempt in attempts}) == 1
    assert alice.finished(attempts[0]["id"])["job"]["status"] == "succeeded"
    assert alice.submit("sent at once", key=key)["job"]["status"] == "succeeded"
    assert len(sidecar.calls("sent at once")) == 1


def test_a_double_click_is_one_attempt(sidecar: ScriptedSidecar, bob: Person):
    fields = {
        "answer": "clicked twice",
        "language": "en",
        "idempotency_key": uuid.uuid4().hex,
    }
    bob.page(f"/questions/{QUESTION}/")
    with ThreadPoolExecutor(2) as threads:
        pages = list(
            threads.map(lambda _n: bob.post(f"/questions/{QUESTION}/attempts", **fields), range(2))
        )
    assert [page.status_code for page in pages] == [200, 200]
    assert pages[0].url == pages[1].url
    assert bob.finished(pages[0].url.rstrip("/").rpartition("/")[2])["job"]["status"] == "succeeded"
    assert len(sidecar.calls("clicked twice")) == 1


def test_a_key_serves_one_answer_only(alice: Person):
    key = uuid.uuid4().hex
    alice.submit("first under the key", key=key)
    reply = alice.api(
        "POST",
        f"questions/{QUESTION}/attempts",
        json={"answer": "second under the key", "language": "en"},
        headers={"Idempotency-Key": key},
    )
    assert (reply.status_code, reply.json()["error"]["code"]) == (409, "conflict")


def test_answers_sent_together_are_all_kept_and_numbered(alice: Person):
    question = "context-switch-cost"
    with ThreadPoolExecutor(6) as threads:
        attempts = list(
            threads.map(lambda n: alice.submit(f"answer {n}", question=question), range(6))
        )
    assert sorted(attempt["number"] for attempt in attempts) == [1, 2, 3, 4, 5, 6]
    for attempt in attempts:
        assert alice.finished(attempt["id"])["feedback"]["score"] == 61


@pytest.mark.parametrize(
    "answer", ["", " \n\t ", "x" * 4001], ids=["empty", "white space", "over-long"]
)
def test_an_answer_that_cannot_be_taken(answer: str, bob: Person):
    before = count(bob)
    page = bob.post(
        f"/questions/{QUESTION}/attempts",
        answer=answer,
        language="en",
        idempotency_key=uuid.uuid4().hex,
    )
    assert page.status_code == 422
    kept = unescape(page.text.partition("<textarea")[2].partition(">\n")[2].split("</text")[0])
    assert kept == answer
    error = page.text.partition('id="answer-error"')[2].partition("</p>")[0]
    expected = "1 character over" if answer.strip() else "Write your answer first"
    assert expected in error

    reply = bob.api(
        "POST", f"questions/{QUESTION}/attempts", json={"answer": answer, "language": "en"}
    )
    assert reply.status_code == 422
    assert expected in reply.json()["error"]["fields"]["answer"][0]
    assert count(bob) == before


def test_the_longest_answer_is_taken_to_the_letter(sidecar: ScriptedSidecar, alice: Person):
    answer = ("가장 긴 답 " + "가🙂" * 2000)[:3998] + "\n "
    attempt = alice.finished(alice.submit(answer)["id"])
    assert attempt["answer"] == answer
    assert sidecar.calls("가장 긴 답")[0]["answer"] == answer


def test_nobody_reaches_anothers_attempt(alice: Person, bob: Person):
    own = alice.finished(alice.submit("alice's own words")["id"])["id"]
    replies = [
        bob.page(f"/attempts/{own}/"),
        bob.page(f"/attempts/{own}/stream"),
        bob.post(f"/attempts/{own}/retry"),
        bob.api("GET", f"attempts/{own}"),
        bob.api("GET", f"attempts/{own}/events"),
        bob.api("POST", f"attempts/{own}/retry"),
    ]
    assert [reply.status_code for reply in replies] == [404] * 6
    assert not any("own words" in reply.text for reply in replies)
    # The same addresses do exist: for her.
    assert alice.page(f"/attempts/{own}/").status_code == 200
    assert alice.page(f"/attempts/{own}/stream").status_code == 200
    assert alice.api("GET", f"attempts/{own}/events").status_code == 200
    assert alice.api("POST", f"attempts/{own}/retry").status_code == 409


def test_nobody_sees_or_changes_anothers_draft(alice: Person, bob: Person):
    path = "/questions/virtual-memory-and-paging/"
    assert alice.post(f"{path}draft", text="alice's draft", revision="0").json() == {"revision": 1}
    assert "alice&#x27;s draft" in alice.page(path).text
    assert "alice" not in bob.page(path).text
    assert bob.post(f"{path}draft", text="bob's draft", revision="0").json() == {"revision": 1}
    assert "alice&#x27;s draft" in alice.page(path).text


def test_markup_is_text_everywhere(stack: Stack, sidecar: ScriptedSidecar, alice: Person):
    stack.manage(
        "shell",
        "--no-imports",
        "-c",
        "from apps.interview.models import Question, Topic\n"
        f"text = {MARKUP!r}\n"
        "question = Question.objects.create(slug='markup', topic=Topic.objects.first(),\n"
        "    text_en=text, text_ko=text, model_answer_en='model ' + text,\n"
        "    model_answer_ko=text, common_mistakes_en='mistake ' + text, status='published')\n"
        "question.key_points.create(slug='point', text_en=text, text_ko=text)\n",
    )
    link = "[a link](javascript:alert(2)) ![a picture](https://example.org/x.png)"
    sidecar.script(MARKUP, Reply(pieces=[f"prose {MARKUP}\n\n", link]))
    attempt = alice.finished(alice.submit(MARKUP, question="markup")["id"])
    pages = [
        alice.page("/questions/?q=onerror").text,
        alice.page("/questions/markup/").text,
        alice.page(f"/attempts/{attempt['id']}/").text,
        "".join(str(event.data) for event in alice.page_events(attempt["id"])),
    ]
    for page in pages:
        assert "&lt;script&gt;alert" in page
        for raw in ("<script>alert", "<img", "<b>bold", 'href="javascript:', "<a link"):
            assert raw not in page
    assert "prose &lt;script&gt;" in pages[2]
    assert "model &lt;script&gt;" in pages[2]
    assert "mistake &lt;script&gt;" in pages[2]
    # Its first words are the quote: cut inside a tag, and still text.
    assert (
        '<mark class="evidence evidence-covered" data-points="1">&lt;script&gt;aler</mark>'
        in pages[2]
    )
