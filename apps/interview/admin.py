"""Where staff curate questions, read attempts and mend failed feedback."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.forms import BaseInlineFormSet, ModelChoiceField, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.common.admin import ReadOnlyAdmin
from apps.common.markdown import render as render_markdown
from apps.sheets.admin import SheetModelAdmin

from . import services
from .forms import DisputeDecisionForm
from .models import (
    MISCONCEPTIONS_MAX,
    Attempt,
    Dispute,
    Feedback,
    KeyPoint,
    Misconception,
    Question,
    Topic,
)
from .presentation import STATUS_WORDS, marked_answer, status_word
from .resources import KeyPointResource, QuestionResource


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    list_display = ["name_ko", "name_en", "slug", "position", "questions_count"]
    list_editable = ["position"]
    fields = [("name_ko", "name_en"), "slug", "position"]
    prepopulated_fields = {"slug": ["name_en"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        return (
            super()
            .get_queryset(request)
            .annotate(questions_count=Count("questions", filter=Q(questions__follows__isnull=True)))
        )

    @admin.display(description=_("questions"))
    def questions_count(self, topic: Topic) -> int:
        return topic.questions_count  # type: ignore[attr-defined]


class KeyPointFormSet(BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        kept = [
            form
            for form in self.forms
            if getattr(form, "cleaned_data", None) and not form.cleaned_data.get("DELETE")
        ]
        published = self.instance.status == Question.Status.PUBLISHED
        allowed = self.instance.points_allowed
        if published and not allowed.holds(len(kept)):
            raise ValidationError(
                _("A published question has %(min)d to %(max)d key points; this one has %(n)d."),
                params={"min": allowed.minimum, "max": allowed.maximum, "n": len(kept)},
            )


class KeyPointInline(admin.StackedInline):
    model = KeyPoint
    formset = KeyPointFormSet
    extra = 0
    fields = [
        ("text_ko", "text_en"),
        ("aliases_ko", "aliases_en"),
        ("slug", "weight", "position"),
    ]


class MisconceptionFormSet(BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        named = Counter(
            form.cleaned_data["key_point"]
            for form in self.forms
            if getattr(form, "cleaned_data", {}).get("key_point")
            and not form.cleaned_data.get("DELETE")
        )
        for key_point, count in named.items():
            if count > MISCONCEPTIONS_MAX:
                raise ValidationError(
                    _("“%(point)s” has more than %(max)d misconceptions."),
                    params={"point": key_point, "max": MISCONCEPTIONS_MAX},
                )


class MisconceptionInline(admin.StackedInline):
    model = Misconception
    formset = MisconceptionFormSet
    extra = 0
    fields = [
        ("statement_ko", "statement_en"),
        ("correction_ko", "correction_en"),
        ("key_point", "position"),
    ]

    def get_formset(self, request: HttpRequest, obj: Question | None = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        # Only the question's own: a mistake about another's key point would never be asked.
        own = KeyPoint.objects.filter(question=obj)
        formset.form.base_fields["key_point"].queryset = own  # type: ignore[attr-defined]
        return formset


class QuestionForm(ModelForm):
    """Where a follow-up is asked: after a question that is none, at one of its key points."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        point = self.fields.get("follows_point")  # none for whoever may only look
        if isinstance(point, ModelChoiceField):
            point.queryset = KeyPoint.objects.filter(question=self._followed())
            point.help_text = _("Choose the question and save; then its key points stand here.")
            point.error_messages["invalid_choice"] = _(
                "This key point is not one of the question that it follows."
            )

    def _followed(self) -> int | None:
        chosen = str(self["follows"].value() or "")
        return int(chosen) if chosen.isdecimal() else None

    def clean_follows(self) -> Question | None:
        followed: Question | None = self.cleaned_data["follows"]
        if followed is None:
            return None
        if followed.pk == self.instance.pk:
            raise ValidationError(_("A question cannot follow itself."))
        if followed.follows_id:
            raise ValidationError(
                _("“%(question)s” is a follow-up itself. Choose the question that it follows."),
                params={"question": followed},
            )
        if self.instance.pk and self.instance.follow_ups.exists():
            raise ValidationError(_("This question has follow-ups, so it cannot be one."))
        return followed


class FollowUpFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("first", _("first questions")), ("follow-up", _("follow-ups"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Question]) -> QuerySet[Question]:
        if self.value() not in ("first", "follow-up"):
            return queryset
        return queryset.filter(follows__isnull=self.value() == "first")


@admin.register(Question)
class QuestionAdmin(SheetModelAdmin):
    resource_classes = [QuestionResource, KeyPointResource]
    list_display = ["text_ko", "text_en", "topic", "difficulty", "status", "points", "preview"]
    list_filter = ["status", FollowUpFilter, "topic", "difficulty"]
    list_select_related = ["topic"]
    form = QuestionForm
    autocomplete_fields = ["follows"]
    readonly_fields = ["follow_up_links"]
    search_fields = ["slug", "text_ko", "text_en", "key_points__text_ko", "key_points__text_en"]
    fieldsets = [
        (None, {"fields": [("topic", "difficulty", "status"), "slug"]}),
        (_("Question"), {"fields": [("text_ko", "text_en")]}),
        (_("Model answer"), {"fields": [("model_answer_ko", "model_answer_en")]}),
        (_("Common mistakes"), {"fields": [("common_mistakes_ko", "common_mistakes_en")]}),
        (
            _("Follow-ups"),
            {"fields": [("follows", "follows_point"), "follow_up_links"]},
        ),
    ]
    inlines = [KeyPointInline, MisconceptionInline]
    actions = ["publish", "unpublish"]

    def get_inlines(self, request: HttpRequest, obj: Question | None) -> Any:
        """A mistake names a key point, so a question has some before it gets the first."""
        return self.inlines if obj else [KeyPointInline]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Mistakes first: one may have been changed whose key point goes with this save."""
        ordered = sorted(formsets, key=lambda formset: formset.model is not Misconception)
        super().save_related(request, form, ordered, change)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        return super().get_queryset(request).annotate(points=Count("key_points", distinct=True))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Question], search_term: str
    ) -> tuple[QuerySet[Question], bool]:
        found, may_double = super().get_search_results(request, queryset, search_term)
        if request.GET.get("field_name") == "follows":  # what a follow-up may follow
            found = found.filter(follows__isnull=True)
        return found, may_double

    @admin.display(description=_("asked after it"))
    def follow_up_links(self, question: Question) -> SafeString | str:
        if not question.pk:
            return gettext("Save the question first.")
        if question.follows_id:
            return gettext("Nothing is asked after a follow-up.")
        lines = [
            (
                reverse("admin:interview_question_change", args=[item.pk]),
                item,
                item.follows_point or _("at no key point"),
                item.get_status_display(),
            )
            for item in question.follow_ups.select_related("follows_point")
        ]
        return format_html(
            '<ul>{}</ul><a href="{}?follows={}&amp;topic={}">{}</a>',
            format_html_join("", '<li><a href="{}">{}</a> · {} · {}</li>', lines),
            reverse("admin:interview_question_add"),
            question.pk,
            question.topic_id,
            _("Write a follow-up"),
        )

    @admin.display(description=_("key points"), ordering="points")
    def points(self, question: Question) -> int:
        return question.points  # type: ignore[attr-defined]

    @admin.display(description=_("preview"))
    def preview(self, question: Question) -> SafeString:
        return format_html(
            '<a href="{}" target="_blank" rel="noopener">{}</a>',
            question.get_absolute_url(),
            _("See the page"),
        )

    @admin.action(description=_("Publish the selected questions"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Question]) -> None:
        counted = queryset.annotate(n=Count("key_points", distinct=True))
        ready = []
        for question in counted:
            allowed = question.points_allowed
            if allowed.holds(question.n):
                ready.append(question.pk)
                continue
            self.message_user(
                request,
                _("“%(question)s” stays a draft: it needs %(min)d to %(max)d key points.")
                % {"question": question, "min": allowed.minimum, "max": allowed.maximum},
                messages.WARNING,
            )
        self._set_status(request, ready, Question.Status.PUBLISHED)

    @admin.action(description=_("Unpublish the selected questions"), permissions=["change"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Question]) -> None:
        chosen = list(queryset.values_list("pk", flat=True))
        self._set_status(request, chosen, Question.Status.DRAFT)

    def _set_status(self, request: HttpRequest, pks: list[int], status: str) -> None:
        changed = Question.objects.filter(pk__in=pks).update(status=status)
        text = ngettext("%(n)d question changed.", "%(n)d questions changed.", changed)
        self.message_user(request, text % {"n": changed})


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    list_display = ["question", "number", "user", "language", "score", "state", "created_at"]
    list_filter = ["feedback__status", "language", "question__topic"]
    list_select_related = ["question", "user", "feedback"]
    search_fields = ["=id", "question__slug", "user__email"]
    search_help_text = _("Attempt id, question slug or e-mail")
    show_full_result_count = False
    fields = [
        "question",
        "number",
        "user",
        "language",
        "created_at",
        "seconds_spent",
        "marked",
        "score",
        "state",
    ]
    readonly_fields = ["marked", "score", "state"]

    @admin.display(description=_("answer"))
    def marked(self, attempt: Attempt) -> SafeString:
        html = marked_answer(attempt.answer, attempt.feedback.key_points)
        return format_html('<div class="answer-text">{}</div>', html)

    @admin.display(description=_("score"), ordering="feedback__score")
    def score(self, attempt: Attempt) -> int | None:
        return attempt.feedback.score

    @admin.display(description=_("feedback"), ordering="feedback__status")
    def state(self, attempt: Attempt) -> str:
        return attempt.feedback.get_status_display()


@admin.register(Feedback)
class FeedbackAdmin(ReadOnlyAdmin):
    list_display = [
        "attempt",
        "status",
        "error_code",
        "score",
        "model",
        "prompt_version",
        "failures",
        "created_at",
        "seconds",
    ]
    list_filter = ["status", "error_code", "model", "prompt_version", "prose_method"]
    list_select_related = ["attempt__question"]
    search_fields = ["=id", "=attempt__id", "attempt__question__slug", "attempt__user__email"]
    show_full_result_count = False
    ordering = ["-created_at"]
    actions = ["retry"]
    exclude = ["prose", "key_points", "lease_until", "heartbeat_at"]
    readonly_fields = ["prose_html", "points_html"]

    @admin.display(description=_("seconds"))
    def seconds(self, feedback: Feedback) -> str:
        total = feedback.timing.get("total_ms")
        return f"{total / 1000:.1f}" if total else ""

    @admin.display(description=_("feedback"))
    def prose_html(self, feedback: Feedback) -> SafeString:
        return format_html('<div class="prose-in-admin">{}</div>', render_markdown(feedback.prose))

    @admin.display(description=_("key points"))
    def points_html(self, feedback: Feedback) -> SafeString:
        lines = [
            (
                status_word(point),
                point["text"],
                point["confidence"],
                point.get("misconception", {}).get("statement", ""),
            )
            for point in feedback.key_points
        ]
        return format_html(
            '<div class="prose-in-admin"><ul>{}</ul></div>',
            format_html_join("", "<li>{}: {} ({}) {}</li>", lines),
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        # A job's own name says which row it is, not whose answer it is about.
        if feedback := kwargs.get("obj"):
            context["subtitle"] = str(feedback.attempt)
        return super().render_change_form(request, context, *args, **kwargs)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("interview.change_feedback")

    @admin.action(description=_("Ask for the failed feedback again"), permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Feedback]) -> None:
        chosen = list(queryset)
        retried = sum(services.feedback_retry(feedback=feedback) for feedback in chosen)
        text = ngettext(
            "%(n)d feedback asked for again.", "%(n)d feedbacks asked for again.", retried
        )
        self.message_user(request, text % {"n": retried})
        if retried < len(chosen):
            left = _("The others had not failed, so nothing was asked for.")
            self.message_user(request, left, messages.WARNING)


@admin.register(Dispute)
class DisputeAdmin(admin.ModelAdmin):
    """Where staff answer candidates who say that a mark is wrong, each once."""

    form = DisputeDecisionForm
    list_display = ["created_at", "status", "question", "point_text", "mark", "decided_by"]
    list_filter = ["status", "feedback__attempt__question__topic", "feedback__attempt__language"]
    list_select_related = ["feedback__attempt__question", "decided_by"]
    ordering = ["-created_at"]
    search_fields = ["=feedback__attempt__id", "feedback__attempt__question__slug", "reason"]
    search_help_text = _("Attempt id, question slug or words of the reason")
    shown = ["question", "point_text", "mark", "answer", "model_answer", "reason", "created_at"]
    decided = ["status", "mark_after", "reply", "decided_by", "decided_at"]
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Dispute | None = None) -> bool:
        """What is decided stays; who may decide still sees it."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.status == Dispute.Status.OPEN)

    def has_view_permission(self, request: HttpRequest, obj: Dispute | None = None) -> bool:
        return super().has_view_permission(request, obj) or request.user.has_perm(
            "interview.change_dispute"
        )

    def get_fields(self, request: HttpRequest, obj: Dispute | None = None) -> Any:
        if self.has_change_permission(request, obj):
            return [*self.shown, "decision", "reply"]
        return [*self.shown, *self.decided]

    def get_readonly_fields(self, request: HttpRequest, obj: Dispute | None = None) -> Any:
        if self.has_change_permission(request, obj):
            return self.shown
        return [*self.shown, *self.decided]

    def save_model(self, request: HttpRequest, obj: Dispute, form: Any, change: bool) -> None:
        assert isinstance(request.user, User)
        try:
            services.dispute_decide(
                dispute=obj,
                decided_by=request.user,
                reply=form.cleaned_data["reply"],
                mark_after=form.mark_after(),
            )
        except services.AlreadyDecided:
            request.came_too_late = True  # type: ignore[attr-defined]

    def response_change(self, request: HttpRequest, obj: Dispute) -> HttpResponse:
        """Nothing is said to be saved where somebody else was faster."""
        if getattr(request, "came_too_late", False):
            told = _("Somebody else answered this meanwhile. Nothing of yours was saved.")
            self.message_user(request, told, messages.WARNING)
            return redirect("admin:interview_dispute_change", obj.pk)
        return super().response_change(request, obj)

    @admin.display(description=_("question"))
    def question(self, dispute: Dispute) -> str:
        return str(dispute.feedback.attempt.question)

    @admin.display(description=_("key point"))
    def point_text(self, dispute: Dispute) -> str:
        return _point(dispute).get("text", dispute.key_point)

    @admin.display(description=_("mark"))
    def mark(self, dispute: Dispute) -> str:
        return str(STATUS_WORDS.get(dispute.mark_before, dispute.mark_before))

    @admin.display(description=_("answer"))
    def answer(self, dispute: Dispute) -> SafeString:
        """With the words underlined that the mark rests on."""
        html = marked_answer(dispute.feedback.attempt.answer, [_point(dispute)])
        return format_html('<div class="answer-text">{}</div>', html)

    @admin.display(description=_("model answer"))
    def model_answer(self, dispute: Dispute) -> SafeString:
        html = render_markdown(dispute.feedback.attempt.question.model_answer)
        return format_html('<div class="prose-in-admin">{}</div>', html)


def _point(dispute: Dispute) -> dict[str, Any]:
    """What was judged; without evidence where the feedback names it no more."""
    points = dispute.feedback.key_points
    unknown = {"status": dispute.mark_before, "text": dispute.key_point}
    return next((point for point in points if point["id"] == dispute.key_point), unknown)
