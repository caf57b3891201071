"""Staff: review a summary, edit it, publish and reject it; run the batch and watch it."""

from __future__ import annotations

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from apps.companies import batch
from apps.companies.models import Company, Summary, SummaryJob, SummaryRun

from .summing import ENGLISH, make_company, make_source

pytestmark = pytest.mark.django_db
FIRST = "Hanbit Harvest builds sensors for greenhouses."
SECOND = "In 2025 its revenue was 41.2 billion won, 18% more than the year before."


@pytest.fixture
def desk(client_for, staff):
    return client_for(staff)


@pytest.fixture
def company():
    return make_company()


@pytest.fixture
def source(company):
    return make_source(company)


def _sentence(source, text, *, said="", **citation):
    start = source.text.index(text)
    return {
        "text": said or text,
        "origin": "quoted",
        "citations": [
            {
                "source_id": str(source.pk),
                "start": start,
                "end": start + len(text),
                "text": text,
                "before": source.text[:start],
                "after": source.text[start + len(text) :],
                **citation,
            }
        ],
    }


def _summary(source, *sentences, version=1, status="draft", **fields):
    return Summary.objects.create(
        company=source.company,
        language="en",
        version=version,
        status=status,
        published_at=timezone.now() if status in ("published", "archived") else None,
        sections=[
            {
                "key": "what_it_does",
                "heading": "What it does",
                "sentences": list(sentences) or [_sentence(source, FIRST)],
            }
        ],
        **{
            "sources": [
                {
                    "id": str(source.pk),
                    "title": source.title,
                    "kind": "ir",
                    "language": "en",
                    "published_on": "2026-03-02",
                    "url": "",
                }
            ],
            "model": "scripted",
            "method": "quoted",
            "prompt_version": "1",
            "inputs_hash": "0" * 64,
            "dropped": {"citation": 2, "number": 1},
            **fields,
        },
    )


@pytest.fixture
def draft(source):
    return _summary(source, _sentence(source, FIRST), _sentence(source, SECOND))


def _address(summary, act="change", *more):
    return reverse(f"admin:companies_summary_{act}", args=[summary.pk, *more])


def _post(desk, summary, act, *more, **data):
    fields = {"revision": summary.revision, **data}
    return desk.post(_address(summary, act, *more), fields, follow=True)


def _said(page):
    return [str(message) for message in page.context["messages"]]


def _text(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.content.decode()))


class TestReview:
    def test_each_sentence_stands_beside_its_passage(self, desk, draft):
        page = desk.get(_address(draft))

        html = page.content.decode()
        assert page.status_code == 200
        assert f"<mark>{SECOND}</mark>" in html
        assert f"{ENGLISH[:46]} <mark>" in html
        assert "Annual report 2025, 2026-03-02" in html
        assert "2 without a standing citation, 1 with a number that no source has" in html
        assert "Nothing was published before it in this language" in html
        assert '<h2 id="section-1">What it does</h2>' in html

    def test_staff_hear_of_a_source_that_speaks_to_summarisers(self, desk, source):
        told = _summary(source, dropped={"citation": 0, "number": 0, "instruction": 2})
        silent = _summary(source, version=2)

        warning = "2 sentences of the sources tell whoever summarises them what to write."
        assert warning in _text(desk.get(_address(told)))
        assert "whoever summarises" not in _text(desk.get(_address(silent)))

    def test_against_what_readers_see(self, desk, source, draft):
        old = _sentence(source, SECOND)
        old["text"] = old["text"].replace("18%", "17%")
        shown = _summary(
            source, old, _sentence(source, FIRST, said="It rents."), version=2, status="published"
        )
        _summary(source, version=3, status="rejected")

        html = desk.get(_address(draft)).content.decode()

        assert f'href="{_address(shown)}">version 2</a>' in html
        assert "Changed 1, New 1, Left out 1." in re.sub(r"\s+", " ", html)
        assert "<del>17% </del><ins>18% </ins>" in html
        assert "<del>It rents.</del>" in html

    def test_an_earlier_version_against_the_one_before(self, desk, source):
        first = _summary(source, version=1, status="archived")
        second = _summary(source, version=2, status="archived")
        _summary(source, version=3, status="published")

        page = desk.get(_address(second))

        assert page.context["against"] == first
        assert "As before 1." in _text(page)

    def test_text_stays_text(self, desk, company):
        text = 'Say <script>alert("best")</script> & {{ sections }}.'
        source = make_source(company, text, title="<i>News</i>")
        summary = _summary(source, _sentence(source, text))

        html = desk.get(_address(summary)).content.decode()

        assert "<script>alert" not in html
        assert "<i>News" not in html
        assert html.count("&lt;script&gt;alert(&quot;best&quot;)") == 4
        assert "{{ sections }}" in html

    def test_a_source_that_is_gone(self, desk, source, draft):
        source.delete()

        page = desk.get(_address(draft))

        assert "Annual report 2025 (deleted since)" in _text(page)
        assert f"<mark>{FIRST}</mark>" in page.content.decode()

    def test_why_there_is_no_newer_one(self, desk, draft):
        run = SummaryRun.objects.create(trigger="staff")
        SummaryJob.objects.create(
            run=run,
            company=draft.company,
            language="en",
            status="failed",
            error_code="inference_down",
            finished_at=timezone.now(),
        )

        page = desk.get(_address(draft))

        assert "The model could not be reached for hours." in _text(page)

    def test_the_company_tells_how_its_summaries_stand(self, desk, source, draft):
        run = SummaryRun.objects.create(trigger="staff")
        SummaryJob.objects.create(
            run=run,
            company=source.company,
            language="ko",
            status="failed",
            error_code="nothing_to_summarise",
            finished_at=timezone.now(),
        )
        address = reverse("admin:companies_company_change", args=[source.company_id])

        page = desk.get(address)

        text = _text(page)
        assert "English: version 1, draft" in text
        assert "한국어: no summary yet" in text
        assert "No sentence of the sources could be used." in text
        assert desk.get(reverse("admin:companies_company_add")).status_code == 200

    def test_in_korean(self, staff, client_for, draft):
        desk = client_for(staff)

        page = desk.get(_address(draft), headers={"accept-language": "ko"})

        assert page.status_code == 200
        assert 'lang="ko"' in page.content.decode()

    def test_no_inline_script_or_style(self, desk, draft):
        html = desk.get(_address(draft)).content.decode()

        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=", html)

    @pytest.mark.parametrize("pk", ["999", "x"])
    def test_no_such_summary(self, desk, pk):
        assert desk.get(f"/admin/companies/summary/{pk}/change/").status_code == 404

    def test_the_list(self, desk, draft):
        page = desk.get(reverse("admin:companies_summary_changelist"), {"q": "hanbit"})

        assert "hanbit-harvest en #1" in page.content.decode()
        assert page.context["cl"].result_count == 1


class TestDecide:
    def test_publish(self, desk, source, staff):
        older = _summary(source, version=1)
        shown = _summary(source, version=2, status="published")
        draft = _summary(source, version=3)
        newer = _summary(source, version=4)

        page = _post(desk, draft, "publish")

        assert _said(page) == [
            "This version is published.",
            "Candidates do not see Hanbit Harvest yet: the company itself is not shown. "
            f'<a href="/admin/companies/company/{draft.company_id}/change/">Show the company</a>',
        ]
        states = dict(Summary.objects.values_list("version", "status"))
        assert states == {1: "archived", 2: "archived", 3: "published", 4: "draft"}
        draft.refresh_from_db()
        assert draft.published_by == staff
        assert draft.published_at is not None
        older.refresh_from_db()
        assert older.published_at is None
        assert LogEntry.objects.filter(user=staff, object_id=draft.pk).count() == 1
        assert (shown.language, newer.language) == ("en", "en")

    def test_an_earlier_version_again(self, desk, source):
        first = _summary(source, version=1, status="archived")
        _summary(source, version=2, status="published")
        newest = _summary(source, version=3)

        _post(desk, first, "publish")

        states = dict(Summary.objects.values_list("version", "status"))
        assert states == {1: "published", 2: "archived", 3: "draft"}
        assert newest.status == "draft"

    def test_not_in_another_language(self, desk, source):
        korean = _summary(source, status="published")
        Summary.objects.update(language="ko")
        draft = _summary(source, version=2)

        _post(desk, draft, "publish")

        korean.refresh_from_db()
        assert korean.status == "published"

    @pytest.mark.parametrize("status", ["published", "rejected"])
    def test_not_twice(self, desk, source, status):
        summary = _summary(source, status=status)

        page = _post(desk, summary, "publish")

        assert _said(page) == [
            "Somebody else has changed this summary meanwhile. This is how it is now."
        ]
        summary.refresh_from_db()
        assert summary.status == status

    def test_not_what_was_not_seen(self, desk, draft):
        page = _post(desk, draft, "publish", revision=7)

        draft.refresh_from_db()
        assert draft.status == "draft"
        assert "Somebody else" in _said(page)[0]

    @pytest.mark.parametrize("status", ["draft", "published"])
    def test_reject(self, desk, source, status):
        summary = _summary(source, status=status)

        page = _post(desk, summary, "reject", reason="The figures are of 2024.")

        summary.refresh_from_db()
        assert (summary.status, summary.reject_reason) == ("rejected", "The figures are of 2024.")
        assert _said(page) == ["Rejected."]
        assert "The figures are of 2024." in page.content.decode()

    @pytest.mark.parametrize("reason", ["", "  "])
    def test_reject_needs_a_reason(self, desk, draft, reason):
        page = _post(desk, draft, "reject", reason=reason)

        draft.refresh_from_db()
        assert draft.status == "draft"
        assert _said(page) == ["Say why you reject it: whoever mends the sources needs to know."]

    def test_what_was_published_is_edited_as_a_new_draft(self, desk, source, staff, topic):
        shown = _summary(source, version=4, status="published", prompt_tokens=900)
        shown.topics.add(topic)

        page = _post(desk, shown, "copy")

        copy = Summary.objects.get(version=5)
        shown.refresh_from_db()
        assert page.redirect_chain[-1][0] == _address(copy)
        assert (copy.status, copy.sections, copy.edited_by) == ("draft", shown.sections, staff)
        assert (copy.published_at, copy.prompt_tokens) == (None, 0)
        assert list(copy.topics.all()) == [topic]
        assert (shown.status, list(shown.topics.all())) == ("published", [topic])

    def test_a_copy_of_an_older_version_stands_for_the_sources_of_today(self, desk, source):
        older = _summary(source, version=1, status="archived", inputs_hash="1" * 64)
        _summary(source, version=2, status="rejected", inputs_hash="2" * 64)

        _post(desk, older, "copy")

        assert Summary.objects.get(version=3).inputs_hash == "2" * 64

    @pytest.mark.parametrize("act", ["publish", "reject", "copy"])
    def test_only_by_post(self, desk, draft, act):
        assert desk.get(_address(draft, act)).status_code == 405


class TestEdit:
    def test_it_works(self, desk, draft, staff):
        page = _post(desk, draft, "sentences", 1, text="Revenue: 41.2 billion won, up 18%.")

        assert _said(page) == ["Sentence saved."]
        assert page.redirect_chain[-1][0] == _address(draft) + "#sentence-1"
        draft.refresh_from_db()
        first, second = draft.sentences
        assert first["text"] == FIRST
        assert (second["text"], second["origin"]) == (
            "Revenue: 41.2 billion won, up 18%.",
            "edited",
        )
        assert second["citations"][0]["text"] == SECOND
        assert (draft.revision, draft.edited_by) == (1, staff)
        assert "Edited by staff" in page.content.decode()

    def test_a_number_that_no_passage_has(self, desk, draft):
        page = _post(desk, draft, "sentences", 1, text="Revenue was 42 billion won, up 18%.")

        html = page.content.decode()
        assert "No passage that this sentence cites says 42 billion." in html
        assert ">Revenue was 42 billion won, up 18%.</textarea>" in html
        assert 'aria-invalid="true"' in html
        draft.refresh_from_db()
        assert (draft.revision, [one["text"] for one in draft.sentences]) == (0, [FIRST, SECOND])

    @pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
    def test_a_text_that_is_none(self, desk, draft, text):
        page = _post(desk, draft, "sentences", 0, text=text)

        assert "Write the sentence in 1 to 2000 characters." in page.content.decode()
        draft.refresh_from_db()
        assert draft.revision == 0

    def test_two_at_once(self, desk, draft):
        _post(desk, draft, "sentences", 0, text="It builds sensors.")

        page = _post(desk, draft, "sentences", 1, text="Revenue grew by 18%.")

        assert _said(page) == [
            "Somebody else has changed this summary meanwhile. This is how it is now. "
            "You had written: “Revenue grew by 18%.”"
        ]
        draft.refresh_from_db()
        assert [one["text"] for one in draft.sentences] == ["It builds sensors.", SECOND]

    def test_leave_one_out(self, desk, draft):
        page = _post(desk, draft, "sentences", 0, drop="1", text="")

        draft.refresh_from_db()
        assert [one["text"] for one in draft.sentences] == [SECOND]
        assert _said(page) == ["Sentence left out."]

    def test_the_last_one_stays(self, desk, source):
        draft = _summary(source)

        page = _post(desk, draft, "sentences", 0, drop="1")

        draft.refresh_from_db()
        assert [one["text"] for one in draft.sentences] == [FIRST]
        assert _said(page) == ["This is its last sentence: reject the summary instead."]

    @pytest.mark.parametrize("status", ["published", "archived", "rejected"])
    def test_only_a_draft(self, desk, source, status):
        summary = _summary(source, status=status)

        _post(desk, summary, "sentences", 0, text="It builds sensors.")

        summary.refresh_from_db()
        assert [one["text"] for one in summary.sentences] == [FIRST]
        assert "<textarea" not in desk.get(_address(summary)).content.decode() or (
            status == "published"  # which has the reason's
        )

    def test_no_such_sentence(self, desk, draft):
        page = _post(desk, draft, "sentences", 2, text="It builds sensors.")

        assert "Somebody else" in _said(page)[0]


class TestRights:
    @pytest.fixture
    def reader(self, django_user_model, client_for):
        user = django_user_model.objects.create_user("reader@example.org", "p", is_staff=True)
        codes = ["view_summary", "view_summaryrun", "view_company", "change_company"]
        user.user_permissions.set(Permission.objects.filter(codename__in=codes))
        return client_for(user)

    def test_who_may_look_may_not_change(self, reader, draft):
        page = reader.get(_address(draft))

        assert page.status_code == 200
        assert "<textarea" not in page.content.decode()
        for act, more in (("publish", []), ("reject", []), ("copy", []), ("sentences", [0])):
            assert _post(reader, draft, act, *more, reason="No", text="No").status_code == 403
        assert list(Summary.objects.values_list("status", "revision")) == [("draft", 0)]

    def test_nor_run(self, reader, source):
        run = SummaryRun.objects.create(trigger="staff")

        assert reader.get(reverse("admin:companies_summaryrun_add")).status_code == 403
        for act in ("cancel", "retry"):
            address = reverse(f"admin:companies_summaryrun_{act}", args=[run.pk])
            assert reader.post(address).status_code == 403
        companies = reader.get(reverse("admin:companies_company_changelist"))
        assert "summarise_now" not in companies.content.decode()

    def test_candidates_may_nothing(self, client_for, candidate, draft):
        page = client_for(candidate).get(_address(draft))

        assert page.status_code == 302
        assert page.url.startswith("/admin/login/")


class TestRun:
    def test_chosen_companies_by_the_form(self, desk, source, staff, sent_tasks):
        make_source(make_company("second"))
        address = reverse("admin:companies_summaryrun_add")
        assert "Hanbit Harvest (hanbit-harvest)" in _text(desk.get(address))

        page = desk.post(address, {"companies": [source.company.pk], "anew": "on"}, follow=True)

        run = SummaryRun.objects.get()
        assert (run.trigger, run.requested_by, run.anew) == ("staff", staff, True)
        assert run.chosen == ["hanbit-harvest"]
        assert page.redirect_chain[-1][0] == reverse(
            "admin:companies_summaryrun_change", args=[run.pk]
        )
        assert "1 company: 0 of 2 summaries ended" in _text(page)

    def test_all_by_the_form(self, desk, source, sent_tasks):
        make_source(make_company("second"))

        desk.post(reverse("admin:companies_summaryrun_add"), {})

        assert SummaryRun.objects.get().summaries_planned == 4

    def test_nothing_to_do(self, desk, company, sent_tasks):
        page = desk.post(reverse("admin:companies_summaryrun_add"), {}, follow=True)

        assert _said(page) == ["No company has a source text in use, so there was nothing to do."]

    def test_from_the_list_of_companies(self, desk, source, sent_tasks):
        page = desk.post(
            reverse("admin:companies_company_changelist"),
            {"action": "summarise_now", "_selected_action": [source.company.pk]},
            follow=True,
        )

        assert page.status_code == 200
        assert SummaryRun.objects.get().chosen == ["hanbit-harvest"]
        assert set(SummaryJob.objects.values_list("company__slug", "language")) == {
            ("hanbit-harvest", "ko"),
            ("hanbit-harvest", "en"),
        }

    def test_of_companies_that_were_deleted_meanwhile(self, desk, source, sent_tasks):
        gone = make_company("gone")
        selected = gone.pk
        gone.delete()

        page = desk.post(
            reverse("admin:companies_company_changelist"),
            {"action": "summarise_now", "_selected_action": [selected]},
            follow=True,
        )

        assert page.status_code == 200
        assert not SummaryJob.objects.exists()

    @pytest.fixture
    def run(self, source, sent_tasks):
        return batch.start_run(trigger=SummaryRun.Trigger.STAFF)

    def _page(self, desk, run, **headers):
        address = reverse("admin:companies_summaryrun_change", args=[run.pk])
        return desk.get(address, headers=headers)

    def test_it_is_watched(self, desk, run):
        first, second = SummaryJob.objects.filter(run=run)
        SummaryJob.claim(first.pk)
        SummaryJob.objects.filter(pk=first.pk).update(steps_done=3, steps_total=4)
        SummaryJob.objects.filter(pk=second.pk).update(
            status="failed", error_code="no_sources", finished_at=timezone.now()
        )

        page = self._page(desk, run)
        part = self._page(desk, run, **{"hx-request": "true"})

        for reply in (page, part):
            html = reply.content.decode()
            assert 'hx-trigger="every 3s"' in html
            assert '<progress max="100" value="75"' in html
            assert "1 company: 1 of 2 summaries ended" in _text(reply)
            assert "0 written, 0 unchanged, 1 failed" in _text(reply)
            assert "This company has no source text in use." in _text(reply)
        assert "<html" in page.content.decode()
        assert "<html" not in part.content.decode()
        assert "htmx.min.js" in page.content.decode()

    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("inference_busy", "Waiting until the model has room."),
            ("inference_cut", "It broke off and is tried again."),
        ],
    )
    def test_why_one_waits(self, desk, run, code, said):
        SummaryJob.objects.update(error_code=code, error_detail="cut <b>off</b>")

        page = self._page(desk, run)

        assert said in _text(page)
        assert "cut &lt;b&gt;off&lt;/b&gt;" in page.content.decode()

    def test_when_it_is_over(self, desk, run):
        SummaryJob.objects.update(status="succeeded", outcome="written", prompt_tokens=450)
        batch.close_run(run.pk)

        page = self._page(desk, run)

        assert "hx-trigger" not in page.content.decode()
        assert "2 written, 0 unchanged, 0 failed · 900 tokens" in _text(page)
        assert "Finished" in _text(page)

    def test_it_is_stopped(self, desk, run):
        address = reverse("admin:companies_summaryrun_cancel", args=[run.pk])
        assert desk.get(address).status_code == 405

        page = desk.post(address, follow=True)

        assert _said(page) == ["Stopped. What was written before stays."]
        assert "2 stopped" in _text(page)
        assert _said(desk.post(address, follow=True)) == ["Nothing was left to stop."]

    def test_failed_ones_are_tried_again(self, desk, run):
        SummaryJob.objects.update(status="failed", error_code="inference_down")
        batch.close_run(run.pk)
        assert "Try the failed ones again" in _text(self._page(desk, run))

        page = desk.post(reverse("admin:companies_summaryrun_retry", args=[run.pk]), follow=True)

        assert _said(page) == ["2 failed summaries are tried again."]
        assert set(SummaryJob.objects.values_list("status", flat=True)) == {"queued"}

    def test_the_ledger(self, desk, run):
        html = desk.get(reverse("admin:companies_summaryrun_changelist")).content.decode()

        assert f"Run {run.pk}" in html
        assert "Summarise now" in html

    def test_the_ledger_counts_what_has_ended_so_far(self, desk, run):
        ended = SummaryJob.objects.filter(run=run, language="ko")
        ended.update(status="succeeded", outcome="written", prompt_tokens=400, completion_tokens=50)

        html = desk.get(reverse("admin:companies_summaryrun_changelist")).content.decode()

        assert '<td class="field-written">1</td>' in html
        assert '<td class="field-tokens">450</td>' in html
        run.refresh_from_db()
        assert (run.written, run.prompt_tokens) == (0, 0)

    @pytest.mark.parametrize("pk", ["999", "x"])
    def test_no_such_run(self, desk, pk):
        assert desk.get(f"/admin/companies/summaryrun/{pk}/change/").status_code == 404

    def test_a_company_can_still_be_deleted(self, desk, run, draft):
        address = reverse("admin:companies_company_delete", args=[draft.company_id])

        page = desk.post(address, {"post": "yes"}, follow=True)

        assert page.status_code == 200
        assert not Company.objects.exists()
        assert not Summary.objects.exists()
        assert not SummaryJob.objects.exists()
        assert SummaryRun.objects.exists()
