"""content/ into the database: idempotent, staff's edits win, bad files name themselves."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command

from apps.common.content import ContentError
from apps.interview import content
from apps.interview.models import KeyPoint, Question, Topic

pytestmark = pytest.mark.django_db
SHIPPED = settings.BASE_DIR / "content"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """One topic with the first two shipped questions on operating systems."""
    (tmp_path / "questions").mkdir()
    topics = yaml.safe_load((SHIPPED / "topics.yaml").read_text())[:1]
    items = yaml.safe_load((SHIPPED / "questions/operating-systems.yaml").read_text())[:2]
    _write(tmp_path / "topics.yaml", topics)
    _write(tmp_path / "questions/operating-systems.yaml", items)
    return tmp_path


def _write(path: Path, data: object) -> None:
    path.write_text(yaml.safe_dump(data, allow_unicode=True))


def _edit(directory: Path, **changes: object) -> None:
    path = directory / "questions/operating-systems.yaml"
    items = yaml.safe_load(path.read_text())
    items[0].update(changes)
    _write(path, items)


def _text_en() -> str:
    return Question.objects.values_list("text_en", flat=True).get(slug="process-vs-thread")


def test_shipped_content_is_complete_in_both_languages():
    report = content.load(SHIPPED)

    assert len(report.created) >= 60
    assert Topic.objects.count() == 8
    for topic in Topic.objects.all():
        assert Question.objects.published().filter(topic=topic).count() >= 7, topic.slug
    points = list(KeyPoint.objects.values_list("question__slug", flat=True))
    for slug in report.created:
        assert 3 <= points.count(slug) <= 7, slug
    for name in ("text", "model_answer", "common_mistakes"):
        assert not Question.objects.filter(**{f"{name}_ko": ""}).exists()
        assert not Question.objects.filter(**{f"{name}_en": ""}).exists()


def test_loading_twice_changes_nothing(small):
    first = content.load(small)
    before = list(Question.objects.order_by("pk").values())
    second = content.load(small)

    assert len(first.created) == 2
    assert (second.created, second.updated, second.kept) == ([], [], [])
    assert list(Question.objects.order_by("pk").values()) == before


def test_changed_files_update_untouched_rows(small):
    content.load(small)
    _edit(small, text={"ko": "새 질문이에요?", "en": "A new wording?"})

    report = content.load(small)

    assert report.updated == ["process-vs-thread"]
    assert (
        Question.objects.values_list("text_en", flat=True).get(slug="process-vs-thread")
        == "A new wording?"
    )


def test_edits_by_staff_win(small):
    content.load(small)
    Question.objects.filter(slug="process-vs-thread").update(text_en="Staff wrote this?")
    _edit(small, text={"ko": "새 질문이에요?", "en": "A new wording?"})

    report = content.load(small)

    assert report.kept == ["process-vs-thread"]
    assert (
        Question.objects.values_list("text_en", flat=True).get(slug="process-vs-thread")
        == "Staff wrote this?"
    )


def test_a_key_point_that_staff_added_keeps_the_question(small):
    content.load(small)
    question = Question.objects.get(slug="process-vs-thread")
    question.key_points.create(slug="extra", text_ko="덧붙인 점", text_en="An extra point")
    _edit(small, difficulty="hard")

    assert content.load(small).kept == ["process-vs-thread"]
    assert question.key_points.filter(slug="extra").exists()


def test_an_unpublished_question_stays_unpublished(small):
    content.load(small)
    Question.objects.filter(slug="process-vs-thread").update(status="draft")
    _edit(small, difficulty="hard")

    content.load(small)

    assert Question.objects.get(slug="process-vs-thread").status == "draft"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"difficulty": "impossible"}, "difficulty"),
        ({"text": {"ko": "한국어만"}}, "en"),
        ({"key_points": []}, "key_points"),
        ({"unknown": 1}, "unknown"),
        ({"slug": "Not A Slug"}, "slug"),
    ],
)
def test_a_bad_file_is_named_and_nothing_is_written(small, change, named):
    _edit(small, **change)

    with pytest.raises(CommandError) as refused:
        call_command("loadcontent", dir=small)

    assert "operating-systems.yaml" in str(refused.value)
    assert named in str(refused.value)
    assert not Topic.objects.exists()


def test_broken_yaml_is_named(small):
    (small / "questions/operating-systems.yaml").write_text("- slug: [")

    with pytest.raises(ContentError, match=r"operating-systems\.yaml"):
        content.load(small)


def test_the_same_slug_twice_is_refused(small):
    path = small / "questions/operating-systems.yaml"
    items = yaml.safe_load(path.read_text())
    _write(path, [items[0], items[0]])

    with pytest.raises(ContentError, match=r"process-vs-thread.*twice"):
        content.load(small)


def test_a_missing_file_is_named(small):
    shutil.rmtree(small / "questions")

    with pytest.raises(ContentError, match=r"operating-systems\.yaml"):
        content.load(small)
