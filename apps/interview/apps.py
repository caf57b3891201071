from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InterviewConfig(AppConfig):
    name = "apps.interview"
    verbose_name = _("interview practice")

    def ready(self) -> None:
        from apps.accounts.services import register_exporter
        from apps.common import turns
        from apps.common.content import register_loader
        from apps.sheets.resources import register_sheet

        from . import content
        from .export import export
        from .models import Feedback
        from .resources import KeyPointResource, QuestionResource

        register_exporter("interview", export)
        register_loader("questions", content.load)
        register_sheet(QuestionResource)
        register_sheet(KeyPointResource)
        turns.register(Feedback, "attempt__user")
