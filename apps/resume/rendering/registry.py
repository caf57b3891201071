"""The templates that come with Ssammu. build_templates.py makes their files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "word_templates"


@dataclass(frozen=True)
class WordTemplate:
    slug: str
    name_ko: str
    name_en: str
    languages: tuple[str, ...]
    """Labels and dates can be written in these; the first is what it is made for."""
    takes_photo: bool = False

    def name(self, language: str) -> str:
        return self.name_ko if language == "ko" else self.name_en

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.slug}.docx"


TEMPLATES: dict[str, WordTemplate] = {
    template.slug: template
    for template in (
        WordTemplate(
            "korean-form", "이력서 (표 양식)", "Korean form", ("ko", "en"), takes_photo=True
        ),
        WordTemplate(
            "korean-developer",
            "개발자 이력서와 경력기술서",
            "Korean developer résumé",
            ("ko", "en"),
        ),
        WordTemplate("english", "영문 이력서", "English résumé", ("en", "ko")),
    )
}


@cache
def template_bytes(slug: str) -> bytes:
    """The Word file of a shipped template. KeyError: there is none of this name."""
    return TEMPLATES[slug].path.read_bytes()
