from django.urls import path

from . import views

urlpatterns = [
    path("language", views.language, name="account_language"),
    path("settings", views.account_settings, name="account_settings"),
    path("tokens/<int:token_id>/end", views.token_end, name="account_token_end"),
    path("logout-everywhere", views.logout_everywhere, name="account_logout_everywhere"),
    path("export", views.export, name="account_export"),
    path("delete", views.delete, name="account_delete"),
]
