"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from apps.common.views import feedback_status

# Questions in two languages need the width.
admin.site.enable_nav_sidebar = False

urlpatterns = [
    path("status/feedback", feedback_status, name="feedback_status"),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("account/", include("apps.accounts.urls")),
    path("api/schema", SpectacularAPIView.as_view(), name="api_schema"),
    path(
        "api/docs",
        SpectacularSwaggerSplitView.as_view(url_name="api_schema", template_name="api_docs.html"),
        name="api_docs",
    ),
    path("api/v1/", include("config.api")),
    path("", include("apps.interview.urls")),
    path("", include("apps.reviews.urls")),
    path("", include("apps.practice.urls")),
    path("", include("apps.progress.urls")),
    path("", include("apps.resume.urls")),
    path("", include("apps.companies.urls")),
    path("", include("apps.home.urls")),
]

handler403 = "apps.common.views.permission_denied"
handler404 = "apps.common.views.page_not_found"
handler500 = "apps.common.views.server_error"
