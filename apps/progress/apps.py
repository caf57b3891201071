from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgressConfig(AppConfig):
    name = "apps.progress"
    verbose_name = _("progress")

    def ready(self) -> None:
        from apps.accounts.services import register_exporter
        from apps.interview.signals import assessed
        from apps.reviews.signals import reviewed

        from .export import export
        from .receivers import on_assessed, on_reviewed

        register_exporter("progress", export)
        assessed.connect(on_assessed, dispatch_uid="progress")
        reviewed.connect(on_reviewed, dispatch_uid="progress")
