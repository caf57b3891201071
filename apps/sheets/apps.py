from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SheetsConfig(AppConfig):
    name = "apps.sheets"
    verbose_name = _("sheets")

    def ready(self) -> None:
        from apps.accounts.services import register_eraser, register_exporter

        from .export import export, file_keys

        register_exporter("sheet_imports", export)
        register_eraser(file_keys)
