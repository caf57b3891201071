"""Staff: curate questions, import and export them, read attempts, retry failed feedback."""

from __future__ import annotations

import csv
import io
from uuid import uuid4

import pytest
import tablib
from django.urls import reverse

from apps.interview.models import (
    Attempt,
    Feedback,
    KeyPoint,
    Misconception,
    Question,
    Topic,
)
from apps.sheets.tests.desk import (
    as_file,
    choose,
    confirm,
    counts,
    problems,
    sheet_file,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client, django_user_model):
    staff = django_user_model.objects.create_superuser("boss@example.org", "staff-password-1")
    client.force_login(staff)
    return client


@pytest.fixture
def topic():
    return Topic.objects.create(slug="systems", name_ko="시스템", name_en="Systems")


def _question(topic, slug="paging", points=3, status="draft"):
    question = Question.objects.create(
        topic=topic,
        slug=slug,
        status=status,
        text_ko="페이징이 뭔가요?",
        text_en="What is paging?",
        model_answer_ko="답",
        model_answer_en="Answer",
    )
    for number in range(points):
        KeyPoint.objects.create(
            question=question, slug=f"p{number}", text_ko="점", text_en="Point", position=number
        )
    return question


def _form(admin, question):
    """What the question's page would post when nothing is changed."""
    page = admin.get(reverse("admin:interview_question_change", args=[question.pk]))
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    return {
        field.html_name: "" if field.value() is None else field.value()
        for form in forms
        for field in form
    }


MISTAKE = {
    "statement_ko": "페이지 크기는 제각각이다",
    "statement_en": "Pages differ in size",
    "correction_ko": "크기가 모두 같아요.",
    "correction_en": "They are all of one size.",
}


class TestMisconceptions:
    def _post(self, admin, question, rows, **changes):
        prefix = "misconceptions"
        data = _form(admin, question) | changes
        data[f"{prefix}-TOTAL_FORMS"] = len(rows)
        for number, row in enumerate(rows):
            data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
        return admin.post(reverse("admin:interview_question_change", args=[question.pk]), data)

    def test_they_are_edited_on_their_questions_page(self, admin, topic):
        question = _question(topic)
        point = question.key_points.get(slug="p1")

        response = self._post(admin, question, [{**MISTAKE, "key_point": point.pk, "position": 0}])

        assert response.status_code == 302
        made = Misconception.objects.get()
        assert (made.question, made.key_point) == (question, point)
        [words] = Misconception.objects.values_list("statement_en", "correction_ko")
        assert words == ("Pages differ in size", "크기가 모두 같아요.")

    def test_both_languages_are_asked_for(self, admin, topic):
        question = _question(topic)
        point = question.key_points.get(slug="p1")

        response = self._post(
            admin,
            question,
            [{**MISTAKE, "correction_en": "", "key_point": point.pk, "position": 0}],
        )

        assert response.status_code == 200
        assert not Misconception.objects.exists()

    def test_a_key_point_of_another_question_cannot_be_named(self, admin, topic):
        question, other = _question(topic), _question(topic, "swapping")
        point = other.key_points.first()

        response = self._post(admin, question, [{**MISTAKE, "key_point": point.pk, "position": 0}])

        assert response.status_code == 200
        assert not Misconception.objects.exists()

    def test_no_more_than_the_judge_takes(self, admin, topic):
        question = _question(topic)
        point = question.key_points.get(slug="p1")

        response = self._post(
            admin, question, [{**MISTAKE, "key_point": point.pk, "position": 0}] * 9
        )

        assert "more than 8 misconceptions" in response.text
        assert not Misconception.objects.exists()

    def test_one_changed_while_its_key_point_goes_goes_with_it(self, admin, topic):
        question = _question(topic, points=4)
        point = question.key_points.get(slug="p3")
        made = Misconception.objects.create(question=question, key_point=point, **MISTAKE)
        row = {**MISTAKE, "statement_en": "Changed", "key_point": point.pk, "position": 0}

        response = self._post(
            admin,
            question,
            [row | {"id": made.pk, "question": question.pk}],
            **{"key_points-3-DELETE": "on", "misconceptions-INITIAL_FORMS": 1},
        )

        assert response.status_code == 302
        assert question.key_points.count() == 3
        assert not Misconception.objects.exists()

    def test_a_new_question_asks_for_its_key_points_first(self, admin):
        text = admin.get(reverse("admin:interview_question_add")).text

        assert "key_points-TOTAL_FORMS" in text
        assert "misconceptions-TOTAL_FORMS" not in text


def test_staff_read_which_mistake_was_made(admin, topic, django_user_model):
    user = django_user_model.objects.create_user("alice@example.org", "x")
    mark = {"text": "Frames", "confidence": 0.9, "weight": 1}
    wrong = {
        **mark,
        "status": "wrong",
        "quote": {"start": 3, "end": 9, "text": "frames"},
        "misconception": {"statement": "Pages differ in size", "correction": "They do not."},
    }
    feedback = _attempt(
        user,
        _question(topic),
        status="succeeded",
        score=50,
        key_points=[wrong, {**mark, "status": "unsure"}],
    )

    page = admin.get(reverse("admin:interview_feedback_change", args=[feedback.pk])).text

    assert "This says the opposite: Frames (0.9) Pages differ in size" in page
    assert "Not sure: Frames (0.9)" in page


def _attempt(user, question, **feedback):
    attempt = Attempt.objects.create(
        user=user,
        question=question,
        number=1,
        language="en",
        answer="<b>frames</b> and pages",
        idempotency_key=uuid4().hex,
    )
    return Feedback.objects.create(attempt=attempt, **feedback)


def _run(admin, action, *objects):
    model = objects[0]._meta.model_name
    return admin.post(
        reverse(f"admin:interview_{model}_changelist"),
        {"action": action, "_selected_action": [str(o.pk) for o in objects]},
        follow=True,
    )


def test_both_languages_stand_side_by_side(admin, topic):
    question = _question(topic)

    page = admin.get(reverse("admin:interview_question_change", args=[question.pk]))

    html = page.content.decode()
    for name in ("text_ko", "text_en", "model_answer_ko", "model_answer_en"):
        assert f'name="{name}"' in html
    assert 'name="key_points-0-aliases_ko"' in html
    assert "form-multiline" in html


def test_publish_and_unpublish(admin, topic):
    question = _question(topic)

    _run(admin, "publish", question)
    question.refresh_from_db()
    assert question.status == "published"

    _run(admin, "unpublish", question)
    question.refresh_from_db()
    assert question.status == "draft"


def test_a_question_without_enough_key_points_stays_a_draft(admin, topic):
    ready, bare = _question(topic), _question(topic, "bare", points=2)

    page = _run(admin, "publish", ready, bare)

    bare.refresh_from_db()
    ready.refresh_from_db()
    assert (ready.status, bare.status) == ("published", "draft")
    assert "3" in page.content.decode()


def test_preview_shows_a_draft_to_staff_and_404_to_others(admin, client, topic, django_user_model):
    question = _question(topic)
    assert admin.get(question.get_absolute_url()).status_code == 200

    client.force_login(django_user_model.objects.create_user("alice@example.org", "x"))
    assert client.get(question.get_absolute_url()).status_code == 404


def test_attempts_and_feedback_are_read_only(admin, topic, django_user_model):
    user = django_user_model.objects.create_user("alice@example.org", "x")
    feedback = _attempt(user, _question(topic), status="succeeded", prose="<script>x</script>")

    for model, pk in (("attempt", feedback.attempt_id), ("feedback", feedback.pk)):
        assert admin.get(reverse(f"admin:interview_{model}_add")).status_code == 403
        url = reverse(f"admin:interview_{model}_change", args=[pk])
        assert admin.post(url, {"answer": "changed"}).status_code == 403
        page = admin.get(url).content.decode()
        assert "paging #1" in page
        assert "<script>x" not in page
        assert "<b>frames" not in page
    feedback.attempt.refresh_from_db()
    assert feedback.attempt.answer == "<b>frames</b> and pages"


def test_retry_queues_failed_feedback_only(admin, topic, django_user_model, monkeypatch):
    sent = []
    monkeypatch.setattr("apps.common.jobs.enqueue", lambda job: sent.append(job.pk))
    user = django_user_model.objects.create_user("alice@example.org", "x")
    failed = _attempt(user, _question(topic), status="failed", error_code="inference_cut")
    done = _attempt(user, _question(topic, "other"), status="succeeded", score=70)

    page = _run(admin, "retry", failed, done)

    assert [str(message) for message in page.context["messages"]] == [
        "1 feedback asked for again.",
        "The others had not failed, so nothing was asked for.",
    ]
    failed.refresh_from_db()
    done.refresh_from_db()
    assert (failed.status, failed.error_code) == ("queued", "")
    assert (done.status, done.score) == ("succeeded", 70)
    assert sent == [failed.pk]


def _sheet(rows):
    head = [
        "slug",
        "topic",
        "difficulty",
        "status",
        "text_ko",
        "text_en",
        "model_answer_ko",
        "model_answer_en",
        "common_mistakes_ko",
        "common_mistakes_en",
    ]
    return tablib.Dataset(*rows, headers=head)


def _row(slug, topic="systems", difficulty="easy"):
    return [slug, topic, difficulty, "draft", "질문", "Question", "답", "Answer", "", ""]


IMPORT = "/admin/interview/question/import/"


def _chosen(admin, rows, kind="csv"):
    return choose(admin, IMPORT, sheet_file(_dicts(rows), kind), "interview.question")


def _dicts(rows):
    return _sheet(rows).dict


@pytest.mark.usefixtures("sheet_files")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_sheet_is_checked_first_and_then_written(admin, topic, kind):
    checked = _chosen(admin, [_row("paging"), _row("swapping")], kind)

    assert checked.stage == "to_confirm"
    assert not Question.objects.exists()

    assert counts(confirm(admin, checked)) == (2, 0, 0)
    assert sorted(Question.objects.values_list("slug", flat=True)) == ["paging", "swapping"]


@pytest.mark.usefixtures("sheet_files")
def test_the_check_names_the_bad_rows_as_the_spreadsheet_numbers_them(admin, topic):
    rows = [_row("good"), _row("lost", topic="nowhere"), _row("odd", difficulty="brutal")]

    checked = _chosen(admin, rows)

    assert checked.stage == "refused"
    assert [(row, column) for row, column, _text in problems(checked)] == [
        (3, "topic"),
        (4, "difficulty"),
    ]
    html = admin.get(checked.get_absolute_url()).text
    assert "nowhere" in html
    assert "brutal" in html
    assert not Question.objects.exists()


@pytest.mark.usefixtures("sheet_files")
def test_a_bad_row_is_told_what_is_wrong_with_it_and_nothing_else(admin, topic):
    row = _row("odd slug!", topic="nowhere", difficulty="brutal")
    row[5] = ""

    checked = _chosen(admin, [row])

    columns = [column for _row_number, column, _text in problems(checked)]
    assert sorted(columns) == ["difficulty", "slug", "text_en", "topic"]


@pytest.mark.usefixtures("sheet_files")
def test_a_question_without_key_points_is_not_published_by_a_sheet(admin, topic):
    row = _row("paging")
    row[3] = "published"

    assert [column for _number, column, _text in problems(_chosen(admin, [row]))] == ["status"]

    _question(topic, "paging", points=3)
    assert _chosen(admin, [row]).stage == "to_confirm"


@pytest.mark.usefixtures("sheet_files")
def test_key_points_are_imported_by_their_questions_slug(admin, topic):
    question = _question(topic, points=0)
    row = {
        "question": "paging", "slug": "frames", "position": 0, "weight": 3,
        "text_ko": "프레임", "text_en": "Frames", "aliases_ko": "",
        "aliases_en": "fixed-size frames",
    }  # fmt: skip

    done = confirm(admin, choose(admin, IMPORT, sheet_file([row]), "interview.keypoint"))

    assert done.stage == "done"
    point = question.key_points.get()
    assert (point.slug, point.weight, point.text_en) == ("frames", 3, "Frames")
    page = admin.get(done.get_absolute_url()).text
    assert reverse("admin:interview_question_changelist") in page


def test_export_reads_back_as_what_it_was(admin, topic):
    _question(topic)
    page = admin.post(
        reverse("admin:interview_question_export"),
        {
            "format": "0",
            "resource": "0",
            **{f"questionresource_{name}": "on" for name in _sheet([]).headers},
        },
    )

    rows = list(csv.DictReader(io.StringIO(page.content.decode("utf-8-sig"))))
    assert [(r["slug"], r["topic"], r["difficulty"]) for r in rows] == [
        ("paging", "systems", "medium")
    ]


@pytest.mark.usefixtures("sheet_files")
@pytest.mark.parametrize(("extension", "format_index"), [("csv", "0"), ("xlsx", "1")])
@pytest.mark.parametrize(
    ("resource", "label", "rows"), [("0", "interview.question", 2), ("1", "interview.keypoint", 5)]
)
def test_what_is_exported_comes_back_unchanged(
    admin, topic, resource, label, rows, extension, format_index
):
    _question(topic, "paging", points=3)
    _question(topic, "swapping", points=2)

    sheet = admin.post(
        reverse("admin:interview_question_export"), {"resource": resource, "format": format_index}
    )
    checked = choose(admin, IMPORT, as_file(sheet.content, f"q.{extension}"), label)

    assert (checked.stage, counts(checked)) == ("nothing_new", (0, 0, rows))


def test_schedules_are_editable(admin):
    assert admin.get(reverse("admin:django_celery_beat_periodictask_changelist")).status_code == 200


def test_nobody_reads_tokens_or_keys_of_others(admin):
    html = admin.get(reverse("admin:index")).content.decode()

    assert reverse("admin:interview_question_changelist") in html
    for table in ("tokenproxy", "socialapp", "socialtoken", "accesslog"):
        assert table not in html


def test_candidates_have_no_admin(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("alice@example.org", "x"))
    assert client.get(reverse("admin:interview_question_changelist")).status_code == 302
