from django.urls import path

from . import streaming, views

app_name = "interview"
urlpatterns = [
    path("questions/", views.question_list, name="question_list"),
    path("questions/<slug:slug>/", views.question_detail, name="question_detail"),
    path("questions/<slug:slug>/answers", views.attempt_list, name="attempt_list"),
    path("questions/<slug:slug>/bookmark", views.bookmark, name="bookmark"),
    path("questions/<slug:slug>/draft", views.draft_save, name="draft_save"),
    path("questions/<slug:slug>/attempts", views.attempt_create, name="attempt_create"),
    path("attempts/", views.attempts, name="attempts"),
    path("attempts/<uuid:attempt_id>/", views.attempt_detail, name="attempt_detail"),
    path("attempts/<uuid:attempt_id>/stream", streaming.attempt_stream, name="attempt_stream"),
    path("attempts/<uuid:attempt_id>/retry", views.feedback_retry, name="feedback_retry"),
    path("attempts/<uuid:attempt_id>/follow-up", views.follow_up, name="follow_up"),
    path(
        "attempts/<uuid:attempt_id>/compare/<uuid:other_id>/",
        views.attempt_compare,
        name="attempt_compare",
    ),
    path("attempts/<uuid:attempt_id>/disputes", views.dispute_create, name="dispute_create"),
]
