from django.urls import path

from .views import documents, profile, review, uploads

app_name = "resume"
urlpatterns = [
    path("resumes/", uploads.upload_list, name="upload_list"),
    path("resumes/start", uploads.upload_start, name="upload_start"),
    path("resumes/<uuid:upload_id>/", uploads.upload_detail, name="upload_detail"),
    path("resumes/<uuid:upload_id>/finish", uploads.upload_finish, name="upload_finish"),
    path("resumes/<uuid:upload_id>/stream", uploads.upload_stream, name="upload_stream"),
    path("resumes/<uuid:upload_id>/retry", uploads.upload_retry, name="upload_retry"),
    path("resumes/<uuid:upload_id>/delete", uploads.upload_delete, name="upload_delete"),
    path("resumes/<uuid:upload_id>/file", uploads.upload_file, name="upload_file"),
    path(
        "resumes/<uuid:upload_id>/pages/<int:number>.png", uploads.upload_page, name="upload_page"
    ),
    path("resumes/<uuid:upload_id>/review", review.review_save, name="review_save"),
    path("resumes/<uuid:upload_id>/apply", review.review_apply, name="review_apply"),
    path("resumes/<uuid:upload_id>/merge", review.review_merge, name="review_merge"),
    path("documents/", documents.document_list, name="document_list"),
    path("documents/new", documents.document_create, name="document_create"),
    path("documents/<uuid:document_id>/", documents.document_detail, name="document_detail"),
    path("documents/<uuid:document_id>/stream", documents.document_stream, name="document_stream"),
    path(
        "documents/<uuid:document_id>/file", documents.document_download, name="document_download"
    ),
    path("documents/<uuid:document_id>/retry", documents.document_retry, name="document_retry"),
    path("documents/<uuid:document_id>/delete", documents.document_delete, name="document_delete"),
    path("documents/<uuid:document_id>/preview", documents.preview_stream, name="preview_stream"),
    path(
        "documents/<uuid:document_id>/pages/<int:number>.png",
        documents.preview_page,
        name="preview_page",
    ),
    path("profile/", profile.profile_detail, name="profile"),
    path("profile/basics", profile.basics_edit, name="profile_basics"),
    path("profile/photo", profile.photo, name="profile_photo"),
    path("profile/import", profile.profile_import, name="profile_import"),
    path("profile/export", profile.profile_export, name="profile_export"),
    path("profile/<slug:section>/<slug:mark>", profile.entry_edit, name="profile_entry"),
    path("profile/<slug:section>/<slug:mark>/move", profile.entry_move, name="profile_entry_move"),
    path(
        "profile/<slug:section>/<slug:mark>/remove",
        profile.entry_remove,
        name="profile_entry_remove",
    ),
]
