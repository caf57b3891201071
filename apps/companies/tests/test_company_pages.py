"""The company list, a company's page, following, and the home page."""

from __future__ import annotations

import pytest

from apps.companies.models import CompanyFollow, Summary
from apps.interview.models import Question, QuestionProgress

from .cast import make_company, make_summary, sections

pytestmark = pytest.mark.django_db
LIST = "/companies/"
PAGE = "/companies/cloud-bakery/"


@pytest.fixture
def company(db):
    company = make_company()
    make_summary(company)
    return company


def _slugs(response):
    return [row["company"].slug for row in response.context["rows"]]


class TestList:
    @pytest.fixture
    def shelf(self, company, topic):
        tide = make_company("tide-lab", name_ko="물결연구소", name_en="Tide Lab", industry="cloud")
        make_summary(tide).topics.add(topic)
        make_company("hidden", name_en="Hidden Bakery", is_published=False)
        make_company("bare", name_en="Bare Bakery")
        make_summary(make_company("draft", name_en="Draft Bakery"), status=Summary.Status.DRAFT)
        return tide

    def test_a_visitor_sees_those_with_a_published_summary(self, client, shelf):
        response = client.get(LIST)

        assert response.status_code == 200
        assert _slugs(response) == ["cloud-bakery", "tide-lab"]
        assert "It bakes bread in the cloud." in response.text

    @pytest.mark.parametrize(
        ("query", "slugs"),
        [
            ("q=bakery", ["cloud-bakery"]),
            ("q=구름", ["cloud-bakery"]),
            ("q=물결", ["tide-lab"]),
            ("q=tide-lab+bakers", ["tide-lab"]),
            ("q=bakery+tide", []),
            ("industry=cloud", ["tide-lab"]),
            ("topic=systems", ["tide-lab"]),
            ("industry=cloud&topic=systems&q=lab", ["tide-lab"]),
            ("industry=steel", ["cloud-bakery", "tide-lab"]),
            ("page=99", ["cloud-bakery", "tide-lab"]),
        ],
    )
    def test_it_is_searched_and_filtered(self, client, shelf, query, slugs):
        assert _slugs(client.get(f"{LIST}?{query}")) == slugs

    @pytest.mark.parametrize("status", ["draft", "rejected", "archived"])
    def test_a_topic_that_no_reader_sees_of_a_company_does_not_find_it(
        self, client, company, topic, status
    ):
        make_summary(company, version=2, status=status).topics.add(topic)

        assert _slugs(client.get(f"{LIST}?topic=systems")) == []

    def test_a_company_with_summaries_in_both_languages_stands_there_once(self, client, company):
        make_summary(company, "ko", sections=sections("구름에서 빵을 구워요."))

        assert _slugs(client.get(LIST)) == ["cloud-bakery"]
        assert "구름에서" not in client.get(LIST).text
        assert "구름에서" in client.get(LIST, headers={"accept-language": "ko"}).text

    def test_nothing_fits(self, client, shelf):
        assert "No company fits all of these." in client.get(f"{LIST}?q=nobody").text

    def test_nothing_is_there_yet(self, client, db):
        assert "There are no companies yet." in client.get(LIST).text

    def test_the_followed_ones(self, client_for, candidate, shelf):
        CompanyFollow.objects.create(user=candidate, company=shelf)

        assert _slugs(client_for(candidate).get(f"{LIST}?followed=on")) == ["tide-lab"]

    def test_scripts_get_the_results_alone(self, client, company):
        response = client.get(LIST, headers={"HX-Request": "true"})

        assert "Cloud Bakery" in response.text
        assert "<html" not in response.text

    def test_it_asks_as_often_for_many_as_for_one(
        self, client_for, candidate, company, django_assert_num_queries
    ):
        web = client_for(candidate)
        web.get(LIST)
        for number in range(15):
            make_summary(make_company(f"company-{number}"))

        with django_assert_num_queries(8):
            web.get(LIST)

    def test_it_rejects_post(self, client):
        assert client.post(LIST).status_code == 405


class TestPage:
    def test_every_sentence_opens_its_passage(self, client, company):
        response = client.get(PAGE)

        assert response.status_code == 200
        text = response.text
        assert 'popovertarget="passage-1"' in text
        assert 'id="passage-1"' in text
        marked = (
            'Before it. <mark class="evidence evidence-covered">It has 40 ovens.</mark> After it.'
        )
        assert marked in text
        assert [(s.number, s.title, s.kind) for s in response.context["sources"]] == [
            (1, "Letter of 2026", "investor relations"),
            (2, "Who we are", "introduction"),
        ]
        assert "Quoted from its own texts" in text
        assert "as of 2026-08-12" in text

    def test_sources_are_untrusted(self, client, company):
        evil = "<script>alert(1)</script>"
        make_summary(
            company,
            version=2,
            sections=sections(evil),
            sources=[
                {"id": "6f0c0a4e-0000-4000-8000-000000000001", "title": evil, "kind": "ir",
                 "language": "en", "published_on": None, "url": "javascript:alert(1)"}
            ],
        )  # fmt: skip
        Summary.objects.filter(version=1).update(status=Summary.Status.ARCHIVED)

        text = client.get(PAGE).text

        assert "<script>alert" not in text
        assert "javascript:" not in text

    def test_the_other_language_serves_where_one_is_missing(self, client, company):
        response = client.get(PAGE, headers={"accept-language": "ko"})

        assert response.context["is_other_language"] is True
        assert '<div class="stack" lang="en">' in response.text

    def test_it_shows_how_the_reader_did(self, client_for, candidate, company, question):
        company.summaries.get().topics.add(question.topic)
        second = Question.objects.create(
            topic=question.topic, slug="paging", status="published", text_en="What is paging?"
        )
        QuestionProgress.objects.create(
            user=candidate, question=question, attempts=2, last_score=64
        )

        response = client_for(candidate).get(PAGE)

        practice = response.context["practice"]
        (part,) = practice.parts
        assert part.questions == [second, question]
        assert (practice.score, practice.asked) == (64, 2)
        assert "You answered 1 of these 2 questions, with 64 of 100 on average." in response.text
        assert "64 of 100" in response.text
        assert "not tried yet" in response.text

    def test_one_without_a_topic_says_so(self, client, company):
        assert "touch none of our topics" in client.get(PAGE).text

    @pytest.mark.parametrize(
        "change",
        [
            lambda company: company.summaries.update(status=Summary.Status.DRAFT),
            lambda company: type(company).objects.update(is_published=False),
            lambda company: type(company).objects.update(slug="other"),
        ],
        ids=["draft", "unpublished", "unknown"],
    )
    def test_it_is_not_there(self, client, company, change):
        change(company)

        assert client.get(PAGE).status_code == 404

    def test_it_rejects_post(self, client, company):
        assert client.post(PAGE).status_code == 405


class TestFollowing:
    URL = f"{PAGE}follow"

    def test_it_works(self, client_for, candidate, company):
        web = client_for(candidate)
        for _twice in range(2):
            assert web.post(self.URL).headers["Location"] == PAGE
        assert CompanyFollow.objects.filter(user=candidate, company=company).count() == 1
        assert "Stop following" in web.get(PAGE).text

        web.post(self.URL, {"stop": "1"})
        assert not CompanyFollow.objects.exists()

    def test_it_is_ones_own(self, client_for, candidate, other_candidate, company):
        client_for(candidate).post(self.URL)
        client_for(other_candidate).post(self.URL, {"stop": "1"})

        assert CompanyFollow.objects.get().user == candidate

    def test_a_visitor_logs_in_and_comes_back(self, client, client_for, candidate, company):
        assert client.post(self.URL).headers["Location"] == f"/accounts/login/?next={self.URL}"
        assert client_for(candidate).get(self.URL).headers["Location"] == PAGE
        assert not CompanyFollow.objects.exists()

    def test_a_company_that_is_not_there(self, client_for, candidate):
        assert client_for(candidate).post(self.URL).status_code == 404
