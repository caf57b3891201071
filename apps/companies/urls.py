from django.urls import path

from . import views

app_name = "companies"
urlpatterns = [
    path("companies/", views.company_list, name="company_list"),
    path("companies/<slug:slug>/", views.company_detail, name="company_detail"),
    path("companies/<slug:slug>/follow", views.company_follow, name="company_follow"),
    path("companies/<slug:slug>/practice", views.company_practice, name="company_practice"),
]
