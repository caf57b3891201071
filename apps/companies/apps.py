from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompaniesConfig(AppConfig):
    name = "apps.companies"
    verbose_name = _("companies")

    def ready(self) -> None:
        from apps.accounts.services import register_exporter
        from apps.common.content import register_loader
        from apps.sheets.resources import register_sheet

        from . import loading
        from .export import export
        from .resources import CompanyResource, SourceTextResource

        register_exporter("companies", export)
        register_loader("companies and their texts", loading.load, is_sample=True)
        register_sheet(CompanyResource)
        register_sheet(SourceTextResource)
