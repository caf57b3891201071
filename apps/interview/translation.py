"""Which fields exist once for each language (django-modeltranslation)."""

from modeltranslation.translator import TranslationOptions, register

from .models import KeyPoint, Misconception, Question, Topic


@register(Topic)
class TopicTranslation(TranslationOptions):
    fields = ("name",)
    required_languages = ("ko", "en")


@register(Question)
class QuestionTranslation(TranslationOptions):
    fields = ("text", "model_answer", "common_mistakes")
    required_languages = {"default": ("text", "model_answer")}


@register(KeyPoint)
class KeyPointTranslation(TranslationOptions):
    fields = ("text", "aliases")
    required_languages = {"default": ("text",)}


@register(Misconception)
class MisconceptionTranslation(TranslationOptions):
    fields = ("statement", "correction")
    required_languages = ("ko", "en")
