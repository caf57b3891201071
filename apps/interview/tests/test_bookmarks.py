"""Questions that somebody keeps."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.accounts.tokens import token_create
from apps.interview import services
from apps.interview.models import Bookmark, Question

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(question):
    return reverse("interview:bookmark", args=[question.slug])


class TestPage:
    def test_it_is_kept_and_dropped(self, client_for, candidate, question, url):
        client = client_for(candidate)

        kept = client.post(url, {"next": "/questions/?q=thread"})
        assert (kept.status_code, kept.url) == (302, "/questions/?q=thread")
        assert Bookmark.objects.get().user == candidate
        assert 'aria-pressed="true"' in client.get(question.get_absolute_url()).text

        client.post(url, {"unset": "1"})
        assert Bookmark.objects.count() == 0

    def test_twice_is_as_once(self, client_for, candidate, url):
        client = client_for(candidate)
        for _time in range(2):
            client.post(url)

        assert Bookmark.objects.count() == 1

    @pytest.mark.parametrize("elsewhere", ["", "https://evil.example/", "//evil.example"])
    def test_it_leads_nowhere_else(self, client_for, candidate, question, url, elsewhere):
        response = client_for(candidate).post(url, {"next": elsewhere})

        assert response.url == question.get_absolute_url()

    def test_htmx_gets_the_button_alone(self, client_for, candidate, question, url):
        given = {"next": "/questions/?q=a", "row": "1"}
        response = client_for(candidate).post(url, given, headers={"hx-request": "true"})

        assert response.status_code == 200
        assert 'name="next" value="/questions/?q=a"' in response.text
        assert f'aria-label="Bookmark: {question.text_en}"' in response.text
        assert "<html" not in response.text
        assert f'id="bookmark-{question.slug}" aria-pressed="true"' in response.text
        assert 'name="unset"' in response.text

    def test_the_list_shows_and_filters_ones_own(
        self, client_for, candidate, other_candidate, topic, question, url
    ):
        Question.objects.create(topic=topic, slug="other", status="published", text="Other?")
        client = client_for(candidate)
        client.post(url)

        assert client.get("/questions/").text.count('aria-pressed="true"') == 2  # and the language
        page = client.get("/questions/?state=bookmarked").context["page"]
        assert [row.slug for row in page] == [question.slug]
        others = client_for(other_candidate).get("/questions/?state=bookmarked")
        assert list(others.context["page"]) == []

    def test_a_visitor_sees_no_button(self, client, question):
        assert "bookmark-button" not in client.get("/questions/").text
        assert "bookmark-button" not in client.get(question.get_absolute_url()).text

    def test_a_visitor_is_asked_to_log_in(self, client, url):
        assert client.post(url).status_code == 302
        assert Bookmark.objects.count() == 0

    def test_a_get_leads_to_the_question(self, client_for, candidate, question, url):
        assert client_for(candidate).get(url).url == question.get_absolute_url()
        assert Bookmark.objects.count() == 0

    def test_a_draft_question_is_not_there(self, client_for, candidate, url):
        Question.objects.update(status="draft")

        assert client_for(candidate).post(url).status_code == 404

    def test_the_download_of_everything_holds_them(self, client_for, candidate, question, url):
        client = client_for(candidate)
        client.post(url)

        [kept] = client.get(reverse("account_export")).json()["interview"]["bookmarks"]
        assert kept["question__slug"] == question.slug


class TestApi:
    @pytest.fixture
    def ask(self, client, candidate):
        headers = {"authorization": f"Token {token_create(user=candidate)}"}
        return lambda method, url: getattr(client, method)(url, headers=headers)

    def test_it_works(self, ask, question):
        url = f"/api/v1/questions/{question.slug}"

        assert ask("get", url).json()["bookmarked"] is False
        assert ask("put", f"{url}/bookmark").status_code == 204
        assert ask("put", f"{url}/bookmark").status_code == 204
        assert ask("get", url).json()["bookmarked"] is True
        listed = ask("get", "/api/v1/questions?state=bookmarked").json()["results"]
        assert [row["slug"] for row in listed] == [question.slug]
        assert ask("delete", f"{url}/bookmark").status_code == 204
        assert ask("get", url).json()["bookmarked"] is False

    def test_unknown(self, ask):
        assert ask("put", "/api/v1/questions/nothing/bookmark").status_code == 404

    def test_other_methods(self, ask, question):
        assert ask("post", f"/api/v1/questions/{question.slug}/bookmark").status_code == 405


def test_it_goes_with_its_person(candidate, question):
    services.bookmark_set(user=candidate, question=question)
    services.bookmark_set(user=candidate, question=question)

    candidate.delete()

    assert Bookmark.objects.count() == 0
