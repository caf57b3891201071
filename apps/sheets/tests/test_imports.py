"""A sheet's way in: checked, confirmed, imported whole or not at all."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import OperationalError
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import account_delete, account_export
from apps.common import clock, jobs, storage
from apps.common.jobs import Job, LeaseLost
from apps.common.models import Leftover
from apps.companies.models import Company
from apps.companies.resources import CompanyResource
from apps.companies.tests.cast import make_company
from apps.interview.models import Question
from apps.sheets import importing, progress, services, tasks
from apps.sheets.models import SheetImport

from .desk import as_file, choose, confirm, counts, page_of, problems, ran, sheet_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sheet_files")]
LIST = "/admin/sheets/sheetimport/"
START = "/admin/companies/company/import/"
ROWS = [
    {"slug": f"company-{number}", "name_ko": f"회사{number}", "name_en": f"Company {number}",
     "industry": "games"}
    for number in range(3)
]  # fmt: skip


@pytest.fixture
def admin(client_for, staff):
    return client_for(staff)


@pytest.fixture
def curator(db):
    """Staff who may import companies, and nothing else."""
    return _curator("curator@example.org")


def _curator(email):
    user = User.objects.create_user(email, "x", is_staff=True)
    names = ["company", "companyalias"]
    user.user_permissions.set(Permission.objects.filter(content_type__model__in=names))
    return user


def _checked(client, rows=ROWS):
    return choose(client, START, sheet_file(rows), "companies.company")


def _confirmed(client, rows=ROWS):
    """Its import stands in the queue."""
    checked = _checked(client, rows)
    client.post(f"{page_of(checked)}confirm/")
    checked.refresh_from_db()
    return checked


def _slugs():
    return sorted(Company.objects.values_list("slug", flat=True))


# Choosing


def test_a_file_is_kept_and_its_check_is_queued(
    admin, staff, sheet_files, sent_tasks, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(START, {"sheet": "companies.company", "file": sheet_file(ROWS)})

    begun = SheetImport.objects.get()
    assert (begun.stage, begun.user, begun.filename, begun.kind, begun.language) == (
        "checking", staff, "sheet.csv", "csv", "en"
    )  # fmt: skip
    assert sheet_files[begun.key].startswith(b"slug,name_ko")
    assert sent_tasks == [("apps.sheets.tasks.run_sheet_import", [str(begun.pk)])]
    assert not Leftover.objects.exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"%PDF-1.7 no sheet", "This file cannot be read. Save it as XLSX, or as CSV"),
        (b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
        (b"", "The submitted file is empty."),
    ],
)
def test_what_is_no_sheet_is_refused_on_its_form(admin, sheet_files, content, message):
    page = admin.post(START, {"sheet": "companies.company", "file": as_file(content)})

    assert message in page.text
    assert (SheetImport.objects.count(), sheet_files) == (0, {})


def test_a_sheet_of_another_list_is_no_choice(admin):
    page = admin.post(START, {"sheet": "interview.question", "file": sheet_file(ROWS)})

    assert page.status_code == 200
    assert not SheetImport.objects.exists()


def test_a_store_that_is_away_is_told_and_nothing_is_kept(admin, monkeypatch):
    def away(*_args, **_kwargs):
        raise storage.StorageError("refused")

    monkeypatch.setattr(storage, "write", away)
    page = admin.post(START, {"sheet": "companies.company", "file": sheet_file(ROWS)})

    assert "The file store could not be reached" in page.text
    assert not SheetImport.objects.exists()
    assert Leftover.objects.count() == 1  # the sweep looks whether something came of it


def test_so_many_a_minute_and_no_more(admin):
    for _time in range(20):
        admin.post(START, {"sheet": "companies.company", "file": sheet_file(ROWS)})
    page = admin.post(START, {"sheet": "companies.company", "file": sheet_file(ROWS)})

    assert "That was a lot at once." in page.text
    assert SheetImport.objects.count() == 20


# Checking


def test_the_check_shows_what_would_change_and_writes_nothing(admin):
    make_company(slug="company-0", name_ko="회사0", name_en="Company Zero", industry="games")

    checked = _checked(admin)

    assert (checked.stage, counts(checked)) == ("to_confirm", (2, 1, 0))
    assert _slugs() == ["company-0"]
    first, second, _third = checked.report["changes"]
    assert (first["row"], first["kind"]) == (2, "update")
    changed = {cell["column"]: cell["parts"] for cell in first["cells"]}
    assert changed == {"name_en": [[0, "Company "], [-1, "Zero"], [1, "0"]]}
    assert (second["row"], second["kind"]) == (3, "new")
    page = admin.get(checked.get_absolute_url()).text
    assert "<del>Zero</del><ins>0</ins>" in page
    assert "Import 3 rows" in page


def test_a_problem_names_row_column_and_cell(admin):
    content = "slug,name_ko,name_en,industry\nfine,가,A,games\n\nodd,나,B,magic\n".encode()

    refused = choose(admin, START, as_file(content), "companies.company")

    assert (refused.stage, refused.rows_wrong) == ("refused", 1)
    [problem] = refused.report["problems"]
    assert (problem["row"], problem["column"], problem["value"]) == (4, "industry", "magic")
    page = admin.get(refused.get_absolute_url()).text
    assert "1 row to correct" in page
    assert "Choose the corrected file" in page
    assert not Company.objects.exists()


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"a,b\n1,2\n", "The first row has no column slug."),
        (b"slug,name_ko\n", "This sheet has no rows below the first, which names the columns."),
        (bytes(range(256)), "This file cannot be read. Save it as XLSX, or as CSV in UTF-8 or "
                            "CP949, and choose it again."),
    ],
)  # fmt: skip
def test_a_file_of_which_no_row_can_be_told_is_refused_as_a_whole(admin, content, text):
    refused = choose(admin, START, as_file(content), "companies.company")

    assert (refused.stage, problems(refused)) == ("refused", [(0, "", text)])
    assert text in admin.get(refused.get_absolute_url()).text


def test_a_sheet_in_the_encoding_of_korean_excel_comes_in(admin):
    content = "slug,name_ko,name_en,industry\nnarae,나래정밀,Narae,games\n".encode("cp949")

    confirm(admin, choose(admin, START, as_file(content), "companies.company"))

    assert Company.objects.get().name_ko == "나래정밀"  # type: ignore[attr-defined]


def test_problems_are_told_in_the_language_of_the_page(staff, client_for):
    client = client_for(staff)
    client.cookies["django_language"] = "ko"

    refused = choose(client, START, as_file(b"a,b\n1,2\n"), "companies.company")

    assert problems(refused) == [(0, "", "첫 줄에 slug 열이 없어요.")]


def test_a_mended_topic_lets_the_same_file_pass(admin, topic):
    rows = [
        {"slug": "paging", "topic": "memory", "difficulty": "easy", "status": "draft",
         "text_ko": "질문", "text_en": "Question", "model_answer_ko": "답",
         "model_answer_en": "Answer"}
    ]  # fmt: skip
    start = "/admin/interview/question/import/"
    refused = choose(admin, start, sheet_file(rows), "interview.question")
    assert refused.stage == "refused"

    topic.slug = "memory"
    topic.save()
    admin.post(f"{page_of(refused)}again/")

    assert ran(refused).stage == "to_confirm"
    assert not Question.objects.exists()


# Importing


def test_what_is_confirmed_is_written_logged_and_its_file_goes(admin, staff):
    make_company(slug="company-0", name_ko="회사0", name_en="Old", industry="games")
    checked = _checked(admin)
    key = checked.key

    done = confirm(admin, checked)

    assert (done.stage, counts(done), done.key) == ("done", (2, 1, 0), "")
    assert _slugs() == ["company-0", "company-1", "company-2"]
    assert [leftover.key for leftover in Leftover.objects.all()] == [key]
    entries = LogEntry.objects.order_by("action_flag", "object_repr")
    assert [(e.user, e.action_flag, e.get_change_message()) for e in entries] == [
        (staff, 1, "Imported from sheet.csv."),
        (staff, 1, "Imported from sheet.csv."),
        (staff, 2, "Imported from sheet.csv."),
    ]


def test_a_second_click_imports_nothing_twice(admin, sent_tasks):
    confirmed = _confirmed(admin)
    sent_tasks.clear()

    page = admin.post(f"{page_of(confirmed)}confirm/", follow=True)

    assert "There was nothing to confirm here any more." in page.text
    assert sent_tasks == []
    assert counts(ran(confirmed)) == (3, 0, 0)


def test_what_needs_corrections_cannot_be_confirmed(admin):
    refused = _checked(admin, [ROWS[0] | {"industry": "magic"}])

    assert confirm(admin, refused).stage == "refused"
    assert not Company.objects.exists()


def test_rows_that_went_wrong_since_the_check_are_told_and_nothing_is_written(admin):
    rows = [ROWS[0] | {"aliases": ""}, ROWS[1] | {"aliases": "나래"}]
    confirmed = _confirmed(admin, rows)
    make_company(slug="other").aliases.create(name="나래")

    refused = ran(confirmed)

    assert (refused.stage, refused.rows_wrong) == ("refused", 1)
    assert [(row, column) for row, column, _text in problems(refused)] == [(3, "status")]
    assert _slugs() == ["other"]
    assert refused.key
    assert not LogEntry.objects.exists()


class Killed(BaseException):
    """What no handler of errors stops, as kill -9."""


def _at_row(monkeypatch, place, act):
    """``act`` before the row at this place, once."""
    plain = CompanyResource.before_import_row
    seen = []

    def before_import_row(self, row, **kwargs):
        seen.append(kwargs["row_number"])
        if seen.count(place) == 1 and seen[-1] == place:
            act()
        plain(self, row, **kwargs)

    monkeypatch.setattr(CompanyResource, "before_import_row", before_import_row)


def test_a_worker_killed_in_the_middle_leaves_nothing_half_and_the_next_does_it_once(
    admin, monkeypatch, sent_tasks
):
    confirmed = _confirmed(admin)
    saved = []

    def kill():
        saved.extend(_slugs())
        raise Killed

    _at_row(monkeypatch, 3, kill)
    with pytest.raises(Killed):
        tasks.run_sheet_import(str(confirmed.pk))

    assert saved == ["company-0", "company-1"]
    confirmed.refresh_from_db()
    assert (confirmed.status, confirmed.phase, _slugs()) == ("running", "apply", [])
    assert not LogEntry.objects.exists()
    assert not Leftover.objects.exists()
    assert admin.get(confirmed.get_absolute_url()).context["stage"] == "importing"

    SheetImport.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    sent_tasks.clear()
    jobs.sweep(clock.now())
    assert sent_tasks == [("apps.sheets.tasks.run_sheet_import", [str(confirmed.pk)])]

    done = ran(confirmed)
    assert (done.stage, counts(done), done.attempts) == ("done", (3, 0, 0), 3)
    assert LogEntry.objects.count() == 3
    assert ran(done).attempts == 3
    assert LogEntry.objects.count() == 3


def test_a_worker_that_lost_its_job_writes_nothing(admin, monkeypatch):
    confirmed = _confirmed(admin)

    def taken_over():
        # The last row is through: only the end of the transaction can find it out.
        SheetImport.objects.update(attempts=9)

    monkeypatch.setattr(importing, "_log", lambda *_args: taken_over())
    tasks.run_sheet_import(str(confirmed.pk))

    confirmed.refresh_from_db()
    assert (confirmed.status, _slugs()) == ("running", [])


def test_a_discarded_import_is_written_by_no_worker(admin, monkeypatch):
    confirmed = _confirmed(admin)
    monkeypatch.setattr(importing, "_log", lambda *_args: SheetImport.objects.all().delete())

    tasks.run_sheet_import(str(confirmed.pk))

    assert _slugs() == []


def test_a_lock_in_the_database_is_tried_again(admin, monkeypatch):
    confirmed = _confirmed(admin)

    def deadlock():
        raise OperationalError(1213, "Deadlock found")

    _at_row(monkeypatch, 2, deadlock)
    waiting = ran(confirmed)

    assert (waiting.status, waiting.failures, _slugs()) == ("queued", 1, [])
    assert "It is tried again by itself." in admin.get(waiting.get_absolute_url()).text
    assert ran(waiting).stage == "done"


def test_rows_that_take_too_long_end_in_a_failure_that_says_what_to_do(admin, monkeypatch):
    confirmed = _confirmed(admin)
    times = iter([0.0, 1.0, importing.MOST_SECONDS + 1])
    monkeypatch.setattr(importing, "monotonic", lambda: next(times))

    failed = ran(confirmed)

    assert (failed.stage, failed.error_code, _slugs()) == ("failed", "rows_too_slow", [])
    page = admin.get(failed.get_absolute_url()).text
    assert "Split the sheet into several and import each." in page
    assert "Choose another file" in page
    assert services.sheet_import_again(sheet_import=failed) is False


def test_a_file_that_is_gone_is_told(admin, sheet_files):
    confirmed = _confirmed(admin)
    sheet_files.clear()

    failed = ran(confirmed)

    assert (failed.stage, failed.error_code) == ("failed", "file_missing")
    assert "Please choose it again." in admin.get(failed.get_absolute_url()).text


def test_a_row_that_breaks_something_of_ours_is_told_without_its_insides(admin, monkeypatch):
    def broken():
        raise RuntimeError("secret")

    _at_row(monkeypatch, 2, broken)
    refused = _checked(admin)

    assert problems(refused) == [(3, "", "This row met a problem on our side.")]


# Who may


def test_another_persons_import_is_not_there(admin, curator, client_for):
    checked = _checked(client_for(curator))
    other = client_for(_curator("other@example.org"))

    addresses = [f"{page_of(checked)}{act}/" for act in ("confirm", "again", "discard")]
    assert other.get(checked.get_absolute_url()).status_code == 404
    assert [other.post(address).status_code for address in addresses] == [404, 404, 404]
    assert "sheet.csv" not in other.get(LIST).text
    assert admin.get(checked.get_absolute_url()).status_code == 200
    checked.refresh_from_db()
    assert checked.stage == "to_confirm"


@pytest.mark.parametrize("act", ["confirm", "again", "discard"])
def test_an_address_that_writes_takes_no_get(admin, act):
    checked = _checked(admin)

    assert admin.get(f"{page_of(checked)}{act}/").status_code == 405
    assert admin.post(f"{LIST}nonsense/{act}/").status_code == 404


def test_a_permission_that_has_gone_is_asked_for_at_each_step(curator, client_for):
    confirmed = _confirmed(client_for(curator))
    curator.user_permissions.remove(Permission.objects.get(codename="change_company"))
    client = client_for(User.objects.get(pk=curator.pk))

    assert client.get(LIST).status_code == 403
    assert client.get(confirmed.get_absolute_url()).status_code == 403
    assert client.post(f"{page_of(confirmed)}confirm/").status_code == 403
    failed = ran(confirmed)
    assert (failed.stage, failed.error_code, _slugs()) == ("failed", "not_allowed", [])


# Pages


def test_the_page_tells_how_far_it_is_and_its_part_comes_alone(admin):
    checked = _checked(admin)
    SheetImport.objects.update(status=Job.Status.RUNNING, attempts=2)
    checked.refresh_from_db()
    address = checked.get_absolute_url()

    assert "The file is being read." in admin.get(address).text
    progress.tell(checked, 3, 10)
    part = admin.get(address, headers={"hx-request": "true"}).text
    assert "3 of 10 rows" in part
    assert 'hx-trigger="every 2s"' in part
    assert "<html" not in part

    SheetImport.objects.update(status=Job.Status.SUCCEEDED)
    part = admin.get(address, headers={"hx-request": "true"}).text
    assert "hx-trigger" not in part
    assert "Import 3 rows" in part


def test_staff_come_back_to_their_imports_by_the_list(admin):
    checked = _checked(admin)

    assert checked.get_absolute_url() in admin.get(LIST).text
    start = admin.get(START).text
    assert "Your latest imports" in start
    assert checked.get_absolute_url() in start


@pytest.mark.parametrize("times", [1, 4])
def test_the_list_asks_as_much_for_many_as_for_one(admin, times, django_assert_num_queries):
    for _time in range(times):
        _checked(admin)

    with django_assert_num_queries(4):
        admin.get(LIST)


def test_a_page_asks_as_much_for_many_rows_as_for_one(admin, django_assert_num_queries):
    few, many = _checked(admin, ROWS[:1]), _checked(admin)

    for checked in (few, many):
        with django_assert_num_queries(3):
            admin.get(checked.get_absolute_url())


# Going


def test_what_is_discarded_goes_with_its_file(admin):
    checked = _checked(admin)

    page = admin.post(f"{page_of(checked)}discard/", follow=True)

    assert "“sheet.csv” was discarded." in page.text
    assert not SheetImport.objects.exists()
    assert [leftover.key for leftover in Leftover.objects.all()] == [checked.key]


def test_after_a_month_an_import_is_forgotten(admin):
    old, new, running = _checked(admin), _checked(admin), _checked(admin)
    long_ago = timezone.now() - timedelta(days=31)
    SheetImport.objects.exclude(pk=new.pk).update(queued_at=long_ago)
    SheetImport.objects.filter(pk=running.pk).update(status=Job.Status.RUNNING)

    tasks.sweep_sheet_imports()

    assert set(SheetImport.objects.values_list("pk", flat=True)) == {new.pk, running.pk}
    assert [leftover.key for leftover in Leftover.objects.all()] == [old.key]


def test_it_is_in_the_export_of_its_person_and_goes_with_them(curator, client_for):
    checked = _checked(client_for(curator))

    [exported] = account_export(user=curator)["sheet_imports"]
    assert (exported["sheet"], exported["filename"]) == ("companies.company", "sheet.csv")
    account_delete(user=curator)

    assert not SheetImport.objects.exists()
    assert [leftover.key for leftover in Leftover.objects.all()] == [checked.key]


# The keeper of a lease


class _Beaten:
    stream_key = "job:sheet-import:1"

    def __init__(self, error=None):
        self.error = error
        self.times = 0
        self.is_beaten = threading.Event()

    def beat(self):
        self.times += 1
        if self.times > 1:
            self.is_beaten.set()
        if self.error:
            raise self.error


def test_a_keeper_renews_the_lease_beside_the_work():
    job: Any = _Beaten()

    with importing.Keeper(job, seconds=0.001) as keeper:
        assert job.is_beaten.wait(10)

    assert not keeper.is_lost


def test_a_keeper_outlives_a_database_that_is_away():
    job: Any = _Beaten(OperationalError("gone away"))

    with importing.Keeper(job, seconds=0.001) as keeper:
        assert job.is_beaten.wait(10)

    assert not keeper.is_lost


def test_work_ends_at_the_next_row_where_the_lease_is_lost(admin, monkeypatch):
    confirmed = _confirmed(admin)
    monkeypatch.setattr(importing.Keeper, "__enter__", lambda self: self)
    monkeypatch.setattr(importing.Keeper, "__exit__", lambda *_args: None)
    monkeypatch.setattr(SheetImport, "beat", lambda self: (_ for _ in ()).throw(LeaseLost("1")))
    keepers = []
    plain = importing.Keeper.__init__

    def lost_at_once(self, job):
        plain(self, job)
        keepers.append(self)
        self._over.wait = lambda _seconds: False
        self._keep()

    monkeypatch.setattr(importing.Keeper, "__init__", lost_at_once)
    tasks.run_sheet_import(str(confirmed.pk))

    assert [keeper.is_lost for keeper in keepers] == [True]
    confirmed.refresh_from_db()
    assert (confirmed.status, _slugs()) == ("running", [])
