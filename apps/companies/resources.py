"""Companies and source texts as CSV or XLSX, one row each.

A company is found by its slug, a text by its company and itself: the same sheet
again changes nothing, and a row whose text is known sets what stands beside it.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from import_export import fields, widgets

from apps.sheets.resources import ChoiceWidget, SheetResource

from .models import Company, CompanyAlias, SourceText
from .texts import content_hash, match_key, normalise

XLSX_CELL_MAX = 32_767
"""Characters; Excel cuts off the rest without a word."""


class CalledWidget(widgets.ForeignKeyWidget):
    """A company by its slug, id or alias; never by a bare name."""

    def __init__(self) -> None:
        super().__init__(Company, "slug")

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Company:
        company = Company.objects.called(str(value or ""))
        if company is None:
            raise ValueError(
                _("No company here has the slug, id or alias “%(value)s”.") % {"value": value}
            )
        return company


class WholeTextWidget(widgets.Widget):
    """A text that no spreadsheet has cut off."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = str(value or "")
        if len(text) == XLSX_CELL_MAX:
            raise ValueError(
                _(
                    "This text fills its cell to the last sign, so its end is probably cut off. "
                    "Upload it as a file instead."
                )
            )
        return text


class FlagWidget(widgets.Widget):
    """yes or no, as people and other programs write it."""

    WORDS = {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        word = str(value or "no").strip().lower()
        if word not in self.WORDS:
            raise ValueError(
                _("Write one of %(names)s here instead of “%(value)s”.")
                % {"names": ", ".join(self.WORDS), "value": value}
            )
        return self.WORDS[word]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "yes" if value else "no"


class AliasesField(fields.Field):
    """Names one a line. They are rows of their own, saved after their company."""

    def __init__(self) -> None:
        super().__init__("alias_names", "aliases")

    def get_value(self, instance: Company) -> list[str]:
        if not hasattr(instance, "alias_names"):
            aliases = instance.aliases.all() if instance.pk else []
            instance.alias_names = [alias.name for alias in aliases]  # type: ignore[attr-defined]
        return instance.alias_names  # type: ignore[attr-defined]

    def clean(self, row: Any, **kwargs: Any) -> list[str]:
        names = (line.strip() for line in str(row.get("aliases") or "").splitlines())
        return list({match_key(name): name for name in names if name}.values())

    def export(self, instance: Company, **kwargs: Any) -> str:
        return "\n".join(self.get_value(instance))


def _choices(choices: Any) -> ChoiceWidget:
    return ChoiceWidget({value: value for value in choices.values})


class CompanyResource(SheetResource):
    rewrites = (CompanyAlias,)
    industry = fields.Field("industry", "industry", _choices(Company.Industry))
    aliases = AliasesField()
    is_published = fields.Field("is_published", "is_published", FlagWidget())
    auto_publish = fields.Field("auto_publish", "auto_publish", FlagWidget())

    def rule_broken(self, instance: Company) -> str:
        """An alias that is another company's."""
        keys = [match_key(name) for name in self.fields["aliases"].get_value(instance)]
        taken = CompanyAlias.objects.filter(match_key__in=keys).exclude(company=instance.pk)
        if other := taken.select_related("company").first():
            return _("“%(name)s” already names %(company)s (%(slug)s).") % {
                "name": other.name,
                "company": other.company,
                "slug": other.company.slug,
            }
        return ""

    def after_save_instance(self, instance: Company, row: Any, **kwargs: Any) -> None:
        if "aliases" not in row:
            return
        wanted = {match_key(name): name for name in self.fields["aliases"].get_value(instance)}
        instance.aliases.exclude(match_key__in=wanted).delete()
        for key, name in wanted.items():
            CompanyAlias.objects.update_or_create(
                match_key=key, defaults={"company": instance, "name": name}
            )

    def get_export_queryset(self, queryset: Any = None, **kwargs: Any) -> Any:
        return super().get_export_queryset(queryset, **kwargs).prefetch_related("aliases")

    class Meta:
        model = Company
        import_id_fields = ("slug",)
        fields = (
            "slug",
            "name_ko",
            "name_en",
            "aliases",
            "industry",
            "homepage",
            "is_published",
            "auto_publish",
        )
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = False


class SourceTextResource(SheetResource):
    company = fields.Field("company", "company", CalledWidget())
    kind = fields.Field("kind", "kind", _choices(SourceText.Kind))
    language = fields.Field("language", "language", ChoiceWidget({"ko": "ko", "en": "en"}))
    text = fields.Field("text", "text", WholeTextWidget())

    def get_instance(self, instance_loader: Any, row: Any) -> SourceText | None:
        company = Company.objects.called(str(row.get("company") or ""))
        digest = content_hash(normalise(str(row.get("text") or "")))
        return SourceText.objects.filter(company=company, content_hash=digest).first()

    def init_instance(self, row: Any = None) -> SourceText:
        return SourceText(origin=SourceText.Origin.IMPORT)

    class Meta:
        model = SourceText
        import_id_fields = ("company", "text")
        fields = ("company", "kind", "language", "title", "published_on", "url", "text")
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = False
