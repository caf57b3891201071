"""The addresses of the REST API, version 1."""

from django.urls import path, re_path

from apps.accounts.api import TokenView
from apps.common.api import not_found
from apps.interview import api as interview

urlpatterns = [
    path("auth/token", TokenView.as_view()),
    path("questions", interview.QuestionListView.as_view()),
    path("questions/<slug:slug>", interview.QuestionDetailView.as_view()),
    path("questions/<slug:slug>/attempts", interview.AttemptCreateView.as_view()),
    path("attempts", interview.AttemptListView.as_view()),
    path("attempts/<uuid:attempt_id>", interview.AttemptDetailView.as_view()),
    path("attempts/<uuid:attempt_id>/retry", interview.AttemptRetryView.as_view()),
    path("attempts/<uuid:attempt_id>/events", interview.AttemptEventsView.as_view()),
    re_path(r"(?P<rest>.*)", not_found),
]
