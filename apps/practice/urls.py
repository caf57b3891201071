from django.urls import path

from . import views

app_name = "practice"
urlpatterns = [
    path("practice/", views.session_list, name="session_list"),
    path("practice/from-resume", views.from_resume, name="from_resume"),
    path("practice/new", views.session_new, name="session_new"),
    path("practice/<uuid:session_id>/", views.session_detail, name="session_detail"),
    path("practice/<uuid:session_id>/start", views.session_start, name="session_start"),
    path("practice/<uuid:session_id>/debrief", views.debrief, name="debrief"),
    path("practice/<uuid:session_id>/<int:position>/answer", views.step_answer, name="step_answer"),
    path("practice/<uuid:session_id>/<int:position>/draft", views.draft_save, name="step_draft"),
    path("practice/<uuid:session_id>/<int:position>/skip", views.step_skip, name="step_skip"),
    path("practice/<uuid:session_id>/<int:position>/end", views.session_end, name="session_end"),
    path("practice/<uuid:session_id>/<int:position>/retry", views.step_retry, name="step_retry"),
]
