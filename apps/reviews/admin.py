"""Where staff read review answers and mend those whose judgement failed."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.common.admin import ReadOnlyAdmin
from apps.interview.presentation import marked_answer, status_word

from . import services
from .models import ReviewAnswer


@admin.register(ReviewAnswer)
class ReviewAnswerAdmin(ReadOnlyAdmin):
    list_display = ["question", "user", "said", "status", "error_code", "model", "created_at"]
    list_filter = ["status", "error_code", "language", "model"]
    list_select_related = ["question", "user"]
    search_fields = ["=id", "question__slug", "user__email"]
    show_full_result_count = False
    ordering = ["-created_at"]
    actions = ["retry"]
    fields = [
        "question", "user", "language", "created_at", "marked", "said", "status", "error_code",
        "error_detail", "method", "guess", "model",
    ]  # fmt: skip
    readonly_fields = ["marked", "said"]

    @admin.display(description=_("answer"))
    def marked(self, answer: ReviewAnswer) -> SafeString:
        html = marked_answer(answer.answer, [answer.mark] if answer.mark else [])
        return format_html('<div class="answer-text">{}</div>', html)

    @admin.display(description=_("mark"))
    def said(self, answer: ReviewAnswer) -> str:
        return f"{status_word(answer.mark)}: {answer.mark['text']}" if answer.mark else ""

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("reviews.change_reviewanswer")

    @admin.action(description=_("Ask again for the failed judgements"), permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[ReviewAnswer]) -> None:
        chosen = list(queryset)
        retried = sum(services.review_answer_retry(answer=answer) for answer in chosen)
        text = ngettext(
            "%(n)d judgement asked for again.", "%(n)d judgements asked for again.", retried
        )
        self.message_user(request, text % {"n": retried})
        if retried < len(chosen):
            left = _("The others had not failed, so nothing was asked for.")
            self.message_user(request, left, messages.WARNING)
