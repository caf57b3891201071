"""The addresses of the REST API, version 1."""

from django.urls import path, re_path

from apps.accounts.api import TokenView
from apps.common.api import not_found
from apps.companies.api import companies, intake
from apps.interview import api as interview
from apps.practice import api as practice
from apps.progress import api as progress
from apps.resume.api import documents, profile, resumes
from apps.reviews import api as reviews

urlpatterns = [
    path("auth/token", TokenView.as_view()),
    path("questions", interview.QuestionListView.as_view()),
    path("questions/<slug:slug>", interview.QuestionDetailView.as_view()),
    path("questions/<slug:slug>/bookmark", interview.QuestionBookmarkView.as_view()),
    path("questions/<slug:slug>/attempts", interview.AttemptCreateView.as_view()),
    path("attempts", interview.AttemptListView.as_view()),
    path("attempts/<uuid:attempt_id>", interview.AttemptDetailView.as_view()),
    path("attempts/<uuid:attempt_id>/retry", interview.AttemptRetryView.as_view()),
    path("attempts/<uuid:attempt_id>/compare", interview.AttemptCompareView.as_view()),
    path("attempts/<uuid:attempt_id>/disputes", interview.AttemptDisputeView.as_view()),
    path("attempts/<uuid:attempt_id>/events", interview.AttemptEventsView.as_view()),
    path("companies", companies.CompanyListView.as_view()),
    path("companies/<slug:slug>", companies.CompanyDetailView.as_view()),
    path("companies/<slug:slug>/practice", companies.CompanyPracticeView.as_view()),
    path("companies/<slug:slug>/follow", companies.CompanyFollowView.as_view()),
    path("company-texts", intake.CompanyTextCreateView.as_view()),
    path("progress", progress.ProgressView.as_view()),
    path("progress/points", progress.PointListView.as_view()),
    path("progress/days", progress.PracticeView.as_view()),
    path("resumes", resumes.ResumeListView.as_view()),
    path("resumes/<uuid:upload_id>", resumes.ResumeDetailView.as_view()),
    path("resumes/<uuid:upload_id>/finish", resumes.ResumeFinishView.as_view()),
    path("profile", profile.ProfileView.as_view()),
    path("document-templates", documents.DocumentTemplateListView.as_view()),
    path("documents", documents.DocumentListView.as_view()),
    path("documents/<uuid:document_id>", documents.DocumentDetailView.as_view()),
    path("reviews", reviews.ReviewListView.as_view()),
    path("reviews/<uuid:card_id>", reviews.ReviewDetailView.as_view()),
    path("reviews/<uuid:card_id>/answers", reviews.ReviewAnswerCreateView.as_view()),
    path("reviews/<uuid:card_id>/skip", reviews.ReviewSkipView.as_view()),
    path("review-answers/<uuid:answer_id>", reviews.ReviewAnswerDetailView.as_view()),
    path("review-answers/<uuid:answer_id>/retry", reviews.ReviewAnswerRetryView.as_view()),
    path("questions-for-me", practice.QuestionsForMeView.as_view()),
    path("sessions", practice.SessionListView.as_view()),
    path("sessions/<uuid:session_id>", practice.SessionDetailView.as_view()),
    path("sessions/<uuid:session_id>/start", practice.SessionStartView.as_view()),
    path("sessions/<uuid:session_id>/end", practice.SessionEndView.as_view()),
    path("sessions/<uuid:session_id>/debrief", practice.SessionDebriefView.as_view()),
    path(
        "sessions/<uuid:session_id>/questions/<int:position>/answer",
        practice.StepAnswerView.as_view(),
    ),
    path(
        "sessions/<uuid:session_id>/questions/<int:position>/skip",
        practice.StepSkipView.as_view(),
    ),
    path("review-settings", reviews.ReviewSettingsView.as_view()),
    re_path(r"(?P<rest>.*)", not_found),
]
