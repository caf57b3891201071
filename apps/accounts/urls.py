from django.urls import path

from . import views

urlpatterns = [
    path("language", views.language, name="account_language"),
    path("settings", views.account_settings, name="account_settings"),
    path("export", views.export, name="account_export"),
    path("delete", views.delete, name="account_delete"),
]
