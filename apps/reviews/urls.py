from django.urls import path

from . import streaming, views

app_name = "reviews"
urlpatterns = [
    path("reviews/", views.review_list, name="review_list"),
    path("reviews/settings/", views.review_settings, name="settings"),
    path("reviews/unsubscribe/<str:signed>/", views.unsubscribe, name="unsubscribe"),
    path("reviews/<uuid:card_id>/", views.card_detail, name="card_detail"),
    path("reviews/<uuid:card_id>/answers", views.answer_create, name="answer_create"),
    path("reviews/<uuid:card_id>/skip", views.card_skip, name="card_skip"),
    path("review-answers/<uuid:answer_id>/", views.answer_detail, name="answer_detail"),
    path("review-answers/<uuid:answer_id>/stream", streaming.answer_stream, name="answer_stream"),
    path("review-answers/<uuid:answer_id>/retry", views.answer_retry, name="answer_retry"),
]
