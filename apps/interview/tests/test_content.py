"""content/ into the database: idempotent, staff's edits win, bad files name themselves."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command

from apps.common.content import ContentError
from apps.interview import content
from apps.interview.models import KeyPoint, Misconception, Question, Topic

pytestmark = pytest.mark.django_db
SHIPPED = settings.BASE_DIR / "content"


LONG = {"ko": "가" * 301, "en": "a"}
MISTAKE = {
    "contradicts": "threads-share-memory",
    "statement": {"ko": "스레드마다 힙이 따로 있다", "en": "Each thread has a heap of its own"},
    "correction": {"ko": "힙은 나눠 써요.", "en": "Threads share the heap."},
}


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
    content.load(SHIPPED)

    slugs = list(Question.objects.published().values_list("slug", flat=True))
    assert len(slugs) >= 60
    assert Topic.objects.count() == 8
    for topic in Topic.objects.all():
        assert Question.objects.published().filter(topic=topic).count() >= 7, topic.slug
    points = list(KeyPoint.objects.values_list("question__slug", flat=True))
    for slug in slugs:
        assert 3 <= points.count(slug) <= 7, slug
        assert Misconception.objects.filter(question__slug=slug).count() >= 3, slug
    for name in ("text", "model_answer", "common_mistakes"):
        assert not Question.objects.published().filter(**{f"{name}_ko": ""}).exists()
        assert not Question.objects.published().filter(**{f"{name}_en": ""}).exists()
    for name in ("statement", "correction"):
        assert not Misconception.objects.filter(**{f"{name}_ko": ""}).exists()
        assert not Misconception.objects.filter(**{f"{name}_en": ""}).exists()


def test_each_shipped_question_has_two_follow_ups_at_points_of_its_own():
    content.load(SHIPPED)

    for question in Question.objects.published():
        follow_ups = list(question.follow_ups.select_related("follows_point"))
        points = [item.follows_point for item in follow_ups]
        assert len(follow_ups) >= 2, question.slug
        assert all(point and point.question_id == question.pk for point in points), question.slug
        assert len({point.pk for point in points}) >= 2, question.slug
    follow_up: Any
    for follow_up in Question.objects.filter(follows__isnull=False):
        texts = [follow_up.text_ko, follow_up.text_en]
        texts += [follow_up.model_answer_ko, follow_up.model_answer_en]
        assert all(texts), follow_up.slug
        points = list(follow_up.key_points.all())
        assert 2 <= len(points) <= 4, follow_up.slug
        assert all(point.text_ko and point.text_en for point in points), follow_up.slug
        assert follow_up.status == "published"


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


class TestMisconceptions:
    def _held(self):
        held = Misconception.objects.filter(question__slug="process-vs-thread")
        return list(held.values_list("key_point__slug", "statement_ko", "correction_en"))

    def test_they_come_with_their_question(self, small):
        _edit(small, misconceptions=[MISTAKE])

        content.load(small)

        assert self._held() == [
            ("threads-share-memory", "스레드마다 힙이 따로 있다", "Threads share the heap.")
        ]

    def test_changed_files_replace_them(self, small):
        content.load(small)
        _edit(small, misconceptions=[MISTAKE])

        report = content.load(small)

        assert (report.updated, len(self._held())) == (["process-vs-thread"], 1)
        assert content.load(small).updated == []

    def test_one_that_staff_edited_stays(self, small):
        content.load(small)
        before = len(self._held())
        Misconception.objects.filter(question__slug="process-vs-thread").update(
            statement_ko="직원이 고친 말"
        )
        _edit(small, misconceptions=[MISTAKE])

        report = content.load(small)

        assert report.kept == ["process-vs-thread"]
        assert len(self._held()) == before
        assert {statement for _slug, statement, _correction in self._held()} == {"직원이 고친 말"}

    def test_a_question_from_before_there_were_any_gets_them(self, small):
        """Its hash was made without them; that is no edit by staff."""
        _edit(small, misconceptions=[])
        content.load(small)
        _edit(small, misconceptions=[MISTAKE])

        assert content.load(small).updated == ["process-vs-thread"]
        assert len(self._held()) == 1

    def test_a_key_point_that_goes_takes_them_along(self, small):
        _edit(small, misconceptions=[MISTAKE])
        content.load(small)

        KeyPoint.objects.filter(slug="threads-share-memory").delete()

        assert self._held() == []


FOLLOW_UP: dict[str, Any] = {
    "slug": "why-heap-shared",
    "follows": "process-vs-thread",
    "at": "threads-share-memory",
    "difficulty": "medium",
    "text": {"ko": "힙을 나눠 쓰면 무엇이 위험한가요?", "en": "What is risky about a shared heap?"},
    "model_answer": {"ko": "경쟁 상태가 생겨요.", "en": "Threads race."},
    "key_points": [
        {"slug": slug, "weight": 2, "text": {"ko": f"{slug}를 말한다", "en": f"Says the {slug}"}}
        for slug in ("race", "lock")
    ],
}


def _write_follow_ups(directory: Path, *items: dict[str, Any]) -> None:
    (directory / "follow_ups").mkdir(exist_ok=True)
    _write(directory / "follow_ups/operating-systems.yaml", list(items))


class TestFollowUps:
    def _row(self) -> Any:
        return Question.objects.select_related("follows", "follows_point").get(
            slug="why-heap-shared"
        )

    def test_they_come_with_their_question(self, small):
        _write_follow_ups(small, FOLLOW_UP)

        report = content.load(small)

        row = self._row()
        assert "why-heap-shared" in report.created
        assert (row.follows.slug, row.follows_point.slug) == (
            "process-vs-thread",
            "threads-share-memory",
        )
        assert (row.status, row.difficulty, row.topic.slug) == ("published", 2, "operating-systems")
        assert list(row.key_points.values_list("slug", "text_en")) == [
            ("race", "Says the race"),
            ("lock", "Says the lock"),
        ]

    def test_loading_twice_changes_nothing(self, small):
        _write_follow_ups(small, FOLLOW_UP)
        content.load(small)

        again = content.load(small)

        assert (len(again.unchanged), again.updated, again.kept) == (3, [], [])

    def test_changed_files_move_one_to_another_point(self, small):
        _write_follow_ups(small, FOLLOW_UP)
        content.load(small)
        _write_follow_ups(small, FOLLOW_UP | {"at": "own-address-space"})

        assert content.load(small).updated == ["why-heap-shared"]
        assert self._row().follows_point.slug == "own-address-space"

    @pytest.mark.parametrize(
        "edit", [{"text_ko": "직원이 고친 질문인가요?"}, {"follows_point": None}]
    )
    def test_edits_by_staff_win(self, small, edit):
        _write_follow_ups(small, FOLLOW_UP)
        content.load(small)
        Question.objects.filter(slug="why-heap-shared").update(**edit)
        _write_follow_ups(small, FOLLOW_UP | {"difficulty": "hard"})

        assert content.load(small).kept == ["why-heap-shared"]
        assert self._row().difficulty == 2

    def test_a_point_that_the_files_rename_keeps_its_follow_up(self, small):
        """The old point goes first and leaves the follow-up without one: no edit by staff."""
        _write_follow_ups(small, FOLLOW_UP)
        content.load(small)
        path = small / "questions/operating-systems.yaml"
        path.write_text(path.read_text().replace("threads-share-memory", "threads-share-heap"))
        _write_follow_ups(small, FOLLOW_UP | {"at": "threads-share-heap"})

        report = content.load(small)

        assert sorted(report.updated) == ["process-vs-thread", "why-heap-shared"]
        assert self._row().follows_point.slug == "threads-share-heap"

    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ({"follows": "nowhere"}, "'nowhere', which is no question of the topic"),
            ({"at": "nowhere"}, "'nowhere', which is no key point of 'process-vs-thread'"),
            ({"key_points": FOLLOW_UP["key_points"][:1]}, "key_points"),
            ({"key_points": FOLLOW_UP["key_points"] * 3}, "key_points"),
            ({"model_answer": {"ko": "한국어만"}}, "en"),
            ({"slug": "process-vs-thread"}, "exists twice"),
            ({"unknown": 1}, "unknown"),
        ],
    )
    def test_a_bad_file_is_refused_and_nothing_is_written(self, small, change, named):
        _write_follow_ups(small, FOLLOW_UP | change)

        with pytest.raises(ContentError) as refused:
            content.load(small)

        assert named in str(refused.value)
        assert not Topic.objects.exists()

    def test_one_cannot_follow_another(self, small):
        second = FOLLOW_UP | {"slug": "second", "follows": "why-heap-shared", "at": "race"}
        _write_follow_ups(small, FOLLOW_UP, second)

        with pytest.raises(ContentError, match="'why-heap-shared', which is no question"):
            content.load(small)


def test_the_hash_of_a_question_without_misconceptions_is_what_it_was(topic):
    """Sites hold these hashes: another value reads as an edit by staff, for ever."""
    assert content._hash(topic, {"text_ko": "질문"}, [{"slug": "memory"}], []) == (
        "678861f4045dbb09dfd6babed58d1c7dbc6ea2e7370239684cdbadd5eab5675b"
    )


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
        ({"misconceptions": [MISTAKE | {"contradicts": "nowhere"}]}, "nowhere"),
        ({"misconceptions": [MISTAKE] * 9}, "more than 8"),
        ({"misconceptions": [MISTAKE | {"correction": {"ko": "한국어만"}}]}, "en"),
        ({"misconceptions": [MISTAKE | {"statement": LONG}]}, "longer than 200 characters"),
        ({"misconceptions": [MISTAKE | {"correction": LONG}]}, "longer than 300 characters"),
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
