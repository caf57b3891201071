"""Which fields exist once for each language (django-modeltranslation)."""

from modeltranslation.translator import TranslationOptions, register

from .models import Company


@register(Company)
class CompanyTranslation(TranslationOptions):
    fields = ("name",)
    required_languages = ("ko", "en")
