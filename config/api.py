"""The addresses of the REST API, version 1."""

from django.urls import path, re_path

from apps.accounts.api import TokenView
from apps.common.api import not_found
from apps.companies.api import companies, intake
from apps.interview import api as interview
from apps.resume.api import documents, profile, resumes

urlpatterns = [
    path("auth/token", TokenView.as_view()),
    path("questions", interview.QuestionListView.as_view()),
    path("questions/<slug:slug>", interview.QuestionDetailView.as_view()),
    path("questions/<slug:slug>/attempts", interview.AttemptCreateView.as_view()),
    path("attempts", interview.AttemptListView.as_view()),
    path("attempts/<uuid:attempt_id>", interview.AttemptDetailView.as_view()),
    path("attempts/<uuid:attempt_id>/retry", interview.AttemptRetryView.as_view()),
    path("attempts/<uuid:attempt_id>/events", interview.AttemptEventsView.as_view()),
    path("companies", companies.CompanyListView.as_view()),
    path("companies/<slug:slug>", companies.CompanyDetailView.as_view()),
    path("companies/<slug:slug>/follow", companies.CompanyFollowView.as_view()),
    path("company-texts", intake.CompanyTextCreateView.as_view()),
    path("resumes", resumes.ResumeListView.as_view()),
    path("resumes/<uuid:upload_id>", resumes.ResumeDetailView.as_view()),
    path("resumes/<uuid:upload_id>/finish", resumes.ResumeFinishView.as_view()),
    path("profile", profile.ProfileView.as_view()),
    path("document-templates", documents.DocumentTemplateListView.as_view()),
    path("documents", documents.DocumentListView.as_view()),
    path("documents/<uuid:document_id>", documents.DocumentDetailView.as_view()),
    re_path(r"(?P<rest>.*)", not_found),
]
