from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PracticeConfig(AppConfig):
    name = "apps.practice"
    verbose_name = _("practice sessions")

    def ready(self) -> None:
        from apps.accounts.services import register_exporter

        from .export import export

        register_exporter("practice", export)
