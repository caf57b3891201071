from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResumeConfig(AppConfig):
    name = "apps.resume"
    verbose_name = _("résumés")

    def ready(self) -> None:
        from apps.accounts.services import register_eraser, register_exporter

        from .erasing import file_keys
        from .export import export

        register_exporter("resume", export)
        register_eraser(file_keys)
