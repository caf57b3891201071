from django.urls import path

from . import views

app_name = "progress"
urlpatterns = [
    path("progress/", views.progress, name="progress"),
    path("progress/points/", views.point_list, name="point_list"),
]
