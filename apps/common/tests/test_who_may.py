"""Who may do what: every address, asked by everybody.

An address that is new falls under the strictest rule that fits its path: a person's own for
whatever names a thing by id, a login for the rest, a permission under /admin/. One that is
meant to be open is added to OPEN or OPEN_TO_STAFF below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any
from unittest.mock import patch

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from apps.accounts.models import ApiToken, User
from apps.accounts.tokens import token_create
from apps.common.jobs import Job
from apps.companies.models import SourceText, SummaryRun
from apps.companies.tests.cast import make_company, make_summary
from apps.interview.models import (
    Attempt,
    Dispute,
    Feedback,
    KeyPoint,
    Question,
    QuestionProgress,
)
from apps.practice.services import session_start
from apps.resume.models import Document, DocumentPreview, DocumentTemplate, Profile
from apps.resume.tests.uploads import made
from apps.reviews.daily_mail import sign
from apps.reviews.models import ReviewAnswer, ReviewCard
from apps.sheets.models import SheetImport

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse 1"

OPEN = {
    "",
    "livez",
    "readyz",
    "metrics",
    "status/feedback",
    "account/language",
    "api/schema",
    "api/docs",
    "api/v1/auth/token",
    "api/v1/(?P<rest>.*)",
    "questions/",
    "questions/<slug:slug>/",
    "companies/",
    "companies/<slug:slug>/",
    "reviews/unsubscribe/<str:signed>/",
}
"""Anybody may ask; what a page then shows of a person is only that person's."""
OPEN_BY_POST_TOO = {"questions/<slug:slug>/attempts"}
"""A GET leads back to the question, as it does after the language switch."""
ALLAUTH = "accounts/"
"""allauth decides for each of these; here only that none of them breaks."""
OPEN_TO_STAFF = {
    "admin/",
    "admin/login/",
    "admin/logout/",
    "admin/password_change/",
    "admin/password_change/done/",
    "admin/jsi18n/",
}
STAFF_API = {"api/v1/company-texts"}
ROLES = ("anonymous", "owner", "stranger", "staff without permission", "superuser")


def _routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _routes(entry, route)
        else:
            assert isinstance(entry, URLPattern)
            yield route


@pytest.fixture
def world(candidate: User, question: Question) -> dict[str, str]:
    """One of everything that is Alice's, and of everything that staff keep."""
    attempt = Attempt.objects.create(
        user=candidate, question=question, number=1, language="en", answer="Threads share.",
        idempotency_key="a",
    )  # fmt: skip
    QuestionProgress.objects.create(user=candidate, question=question, attempts=1)
    feedback = Feedback.objects.create(
        attempt=attempt, status=Job.Status.SUCCEEDED, score=40, prose="So."
    )
    Dispute.objects.create(
        feedback=feedback, key_point="memory", reason="I said so.", mark_before="missing"
    )
    other = Attempt.objects.create(
        user=candidate, question=question, number=2, language="en", answer="They share.",
        idempotency_key="b",
    )  # fmt: skip
    Feedback.objects.create(attempt=other, status=Job.Status.SUCCEEDED, score=50, prose="So.")
    upload = made(candidate, {"basics": {"name": "Alice"}})
    profile = Profile.objects.create(user=candidate, data={"basics": {"name": "Alice"}})
    document = Document.objects.create(
        user=candidate, template="english", language="en", version=1, key="documents/x.docx",
        filename="x.docx", profile=profile.data, profile_revision=0,
        status=Job.Status.SUCCEEDED,
    )  # fmt: skip
    DocumentPreview.objects.create(
        document=document,
        status=Job.Status.SUCCEEDED,
        pages=[{"number": 1, "width": 1.0, "height": 1.0, "key": "pages/1.png"}],
    )
    company = make_company()
    summary = make_summary(company)
    source = SourceText.objects.create(
        company=company, kind="news", language="en", title="News", text="It opened an oven."
    )
    run = SummaryRun.objects.create(trigger=SummaryRun.Trigger.STAFF)
    template = DocumentTemplate.objects.create(slug="own", name_ko="나", name_en="Own", content=b"")
    SheetImport.objects.create(
        user=candidate, sheet="companies.company", filename="sheet.csv", kind="csv", size=1,
        language="en",
    )  # fmt: skip
    token_create(user=candidate)
    token = ApiToken.objects.get()
    card = ReviewCard.objects.create(user=candidate, key_point=question.key_points.all()[0])
    answer = ReviewAnswer.objects.create(
        user=candidate, card=card, question=question, language="en", answer="Apart.",
        idempotency_key="a",
    )  # fmt: skip
    session = session_start(user=candidate, questions=[question], language="en", time_limit=None)
    return {
        "session_id": str(session.pk),
        "position": "1",
        "card_id": str(card.pk),
        "answer_id": str(answer.pk),
        "signed": sign(candidate),
        "attempt_id": str(attempt.pk),
        "other_id": str(other.pk),
        "upload_id": str(upload.pk),
        "document_id": str(document.pk),
        "questions/slug": question.slug,
        "companies/slug": company.slug,
        "shipped/slug": "english",
        "template_id": str(template.pk),
        "source_id": str(source.pk),
        "summary/pk": str(summary.pk),
        "summaryrun/pk": str(run.pk),
        "number": "1",
        "section": "work",
        "mark": "new",
        "token_id": str(token.pk),
        "id": str(candidate.pk),
        "rest": "nothing",
        "url": "nothing",
        "app_label": "interview",
        "key": "1:2:3",
        "uidb36": "1",
        "content_type_id": "1",
    }


PLACE = re.compile(
    r"\(\?P<(?P<group>\w+)>(?:\[[^]]*\]|[^()])*\)"  # as re_path writes it
    r"|<(?:\w+:)?(?P<name>\w+)>"  # as path does
)


def _path(route: str, world: dict[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        name = match["name"] or match["group"]
        if name == "object_id":
            return _object_id(route)
        for key, given in world.items():
            folder, _slash, last = key.rpartition("/")
            if last == name and (not folder or f"{folder}/" in route):
                return given
        raise AssertionError(f"{route}: say above what {name} is")

    return "/" + re.sub(r"[\^$\\]", "", PLACE.sub(value, route))


def _object_id(route: str) -> str:
    if "<path:object_id>" not in route:
        return ""
    app, model = route.split("/")[1:3]
    for known in admin.site._registry:
        if (known._meta.app_label, known._meta.model_name) == (app, model):
            first = known._default_manager.first()
            return str(first.pk) if first else "0"
    return "0"


def _logs_in(response: Any) -> bool:
    return response.status_code == 302 and "/login/?next=" in response["Location"]


def _outcome(response: Any) -> str:
    """in · login · 401 · 403 · 404; a method that the address does not have says nothing."""
    status = response.status_code
    if status >= 500:
        return f"broken {status}"
    if status == 405:
        return "no such method"
    if _logs_in(response):
        return "login"
    return str(status) if status in (401, 403, 404) else "in"


def _allowed(route: str, role: str) -> set[str]:
    """What may come of it."""
    personal = re.search(r"<uuid:|<int:token_id>", route) is not None
    if route.startswith("admin/"):
        if role == "superuser":
            return {"in", "404", "403", "login"}
        if role == "staff without permission":
            if route in OPEN_TO_STAFF:
                return {"in", "login"}
            # What is not there, or only leads on, leads on to an address that asks.
            leads_on = route.endswith("/<path:object_id>/") or _object_id(route) == "0"
            return {"403", "404", "in"} if leads_on else {"403", "404"}
        return {"in", "login"} if route in ("admin/login/", "admin/logout/") else {"login"}
    if route.startswith(ALLAUTH):
        return {"in", "login", "401", "403", "404"}
    if route in STAFF_API:
        return {"anonymous": {"401"}, "superuser": {"in"}}.get(role, {"403"})
    if route in OPEN:
        return {"in", "404"} if "rest" in route else {"in"}
    if role == "anonymous":
        return {"in", "login"} if route in OPEN_BY_POST_TOO else {"login", "401"}
    if personal:
        return {"in"} if role == "owner" else {"404"}
    return {"in", "404"} if "<" in route or route == "profile/photo" else {"in"}


def _client(role: str, candidate: User, other_candidate: User) -> Client:
    client = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    people = {
        "owner": candidate,
        "stranger": other_candidate,
        "staff without permission": User.objects.create_user("s@example.org", "x", is_staff=True),
        "superuser": User.objects.create_superuser("root@example.org", "x"),
    }
    if role in people:
        client.force_login(people[role], backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("role", ROLES)
def test_every_address_lets_in_whom_it_should(
    role, world, candidate, other_candidate, sent_tasks, monkeypatch
):
    """Superusers, too, get 404 for what is another person's."""
    monkeypatch.setattr("rest_framework.views.APIView.check_throttles", lambda *_: None)
    wrong = []
    asked = 0
    client = _client(role, candidate, other_candidate)
    cookies = dict(client.cookies)
    for route in _routes(get_resolver()):
        path = _path(route, world)
        for method in ("get", "post", "put", "delete") if "api/" in route else ("get", "post"):
            client.cookies = SimpleCookie(cookies)
            with transaction.atomic(), patch("apps.common.live.Publisher._send"):
                response = getattr(client, method)(path)
                transaction.set_rollback(True)
            asked += 1
            outcome = _outcome(response)
            if outcome not in _allowed(route, role) | {"no such method"}:
                wrong.append(f"{method.upper()} {path}: {outcome}")
            if role == "stranger" and outcome == "in" and not response.streaming:
                assert b"alice@example.org" not in response.content, path

    assert asked > 500
    assert wrong == [], "\n".join(wrong)


@pytest.fixture
def reader(db: None) -> User:
    """Staff who may look at everything, and change nothing."""
    user = User.objects.create_user("reader@example.org", PASSWORD, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    return user


def _sheet(content: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("sheet.csv", content.encode(), "text/csv")


def test_a_sheet_is_imported_by_those_alone_who_may_write_its_rows(client_for, reader):
    company = make_company(is_published=False)
    address = reverse("admin:companies_company_import")
    given = {
        "sheet": "companies.company",
        "file": _sheet(f"slug,is_published\n{company.slug},yes\n"),
    }

    assert client_for(reader).get(address).status_code == 403
    assert client_for(reader).post(address, given).status_code == 403
    assert not SheetImport.objects.exists()


@pytest.mark.parametrize(
    ("app", "model", "missing"),
    [
        ("companies", "company", "add_company"),
        ("companies", "company", "change_company"),
        ("companies", "company", "delete_companyalias"),
        ("interview", "question", "change_keypoint"),
        ("companies", "sourcetext", "add_sourcetext"),
    ],
)
def test_each_permission_that_a_sheet_needs_is_asked_for(client_for, reader, app, model, missing):
    address = reverse(f"admin:{app}_{model}_import")
    reader.user_permissions.set(Permission.objects.all())
    assert client_for(User.objects.get(pk=reader.pk)).get(address).status_code == 200

    reader.user_permissions.remove(Permission.objects.get(codename=missing))

    assert client_for(User.objects.get(pk=reader.pk)).get(address).status_code == 403


def test_who_may_look_may_export_and_nobody_else(client_for, reader):
    make_company()
    address = reverse("admin:companies_company_export")

    assert client_for(reader).get(address).status_code == 200
    reader.user_permissions.clear()
    assert client_for(User.objects.get(pk=reader.pk)).get(address).status_code == 403


def test_every_action_of_admin_names_its_permission():
    """Those of packages, too: without one, whoever may look at a list may use it."""
    unnamed = [
        f"{model._meta.label}: {name}"
        for model, model_admin in admin.site._registry.items()
        for name in model_admin.actions or []
        if not getattr(model_admin.get_action(name)[0], "allowed_permissions", None)  # type: ignore[index]
    ]

    assert unnamed == []


def test_company_texts_are_left_by_staff_who_may_add_them(client_for, reader):
    company = make_company()
    body = {
        "company": company.slug,
        "kind": "news",
        "title": "T",
        "language": "en",
        "text": "It bakes bread in the cloud. " * 9,
    }

    refused = client_for(reader).post("/api/v1/company-texts", body, "application/json")
    reader.user_permissions.add(Permission.objects.get(codename="add_sourcetext"))
    taken = client_for(User.objects.get(pk=reader.pk)).post(
        "/api/v1/company-texts", body, "application/json"
    )

    assert (refused.status_code, taken.status_code) == (403, 201)


def test_drafts_are_seen_by_staff_who_may_read_them(client_for, reader, question):
    Question.objects.update(status=Question.Status.DRAFT)
    KeyPoint.objects.all().delete()
    address = question.get_absolute_url()

    assert client_for(reader).get(address).status_code == 200
    reader.user_permissions.clear()
    assert client_for(User.objects.get(pk=reader.pk)).get(address).status_code == 404


def test_nobody_makes_themselves_more_than_they_are(client_for, staff, reader):
    """Who may change people changes neither their own rank nor anything of a superuser's."""
    reader.user_permissions.add(*Permission.objects.filter(content_type__model="user"))
    client = client_for(User.objects.get(pk=reader.pk))
    own = reverse("admin:accounts_user_change", args=[reader.pk])

    given = {"email": reader.email, "name": "R", "is_active": "on", "is_staff": "on"}
    client.post(own, {**given, "is_superuser": "on"})
    password = reverse("admin:auth_user_password_change", args=[staff.pk])
    taken = client.post(password, {"password1": "another-9-horse", "password2": "another-9-horse"})
    deleted = client.post(reverse("admin:accounts_user_delete", args=[staff.pk]), {"post": "yes"})

    changed = User.objects.get(pk=reader.pk)
    assert (changed.name, changed.is_superuser) == ("R", False)
    assert (taken.status_code, deleted.status_code) == (403, 403)
    assert User.objects.get(pk=staff.pk).check_password(PASSWORD)


def test_a_superusers_address_is_nobody_elses_to_change(client_for, staff, reader, candidate):
    """Whoever holds an address may have its account's password reset."""
    reader.user_permissions.add(*Permission.objects.filter(content_type__model="emailaddress"))
    client = client_for(User.objects.get(pk=reader.pk))
    theirs, own = (EmailAddress.objects.get(user=person) for person in (staff, candidate))

    def change(address: EmailAddress, **fields: Any) -> int:
        url = reverse("admin:account_emailaddress_change", args=[address.pk])
        return client.post(url, {"email": "mine@example.org", **fields}).status_code

    listed = client.get(reverse("admin:account_emailaddress_changelist")).text
    added = client.get(reverse("admin:account_emailaddress_add")).status_code
    refused = change(theirs)
    moved = change(own, user=staff.pk)

    assert staff.email not in listed
    assert candidate.email in listed
    assert (added, refused, moved) == (403, 302, 302)
    assert EmailAddress.objects.get(pk=theirs.pk).email == staff.email
    assert EmailAddress.objects.get(pk=own.pk).user == candidate
