"""Draw the pictures by which people choose a template. They are kept with the site."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from PIL import Image, ImageDraw

from apps.resume import office
from apps.resume.pictures import draw
from apps.resume.rendering import TEMPLATES, render
from apps.resume.rendering.sample import ENGLISH_PROFILE, FULL_PROFILE

PROFILES = {"ko": FULL_PROFILE, "en": ENGLISH_PROFILE}
FOLDER = Path(settings.BASE_DIR) / "static" / "img" / "templates"
SIZE = (480, 679)


class Command(BaseCommand):
    help = f"Draw the first page of each template in both languages (LibreOffice), to {FOLDER}."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for template in TEMPLATES.values():
            photo = _portrait() if template.takes_photo else None
            for language, profile in PROFILES.items():
                day = date(2026, 3, 2)
                word = render(profile, template.slug, language, photo, today=day)
                try:
                    pages = draw(office.to_pdf(word))
                except office.OfficeError as error:
                    raise CommandError(f"LibreOffice: {error}") from error
                if not pages:
                    raise CommandError(f"No page of {template.slug} could be drawn.")
                picture = Image.open(io.BytesIO(pages[0].png)).convert("RGB")
                path = FOLDER / f"{template.slug}-{language}.webp"
                picture.resize(SIZE, Image.Resampling.LANCZOS).save(path, quality=80, method=6)
                self.stdout.write(f"{path.name}: {path.stat().st_size} bytes")


def _portrait() -> bytes:
    """Head and shoulders of nobody."""
    scale = 4
    picture = Image.new("RGB", (300 * scale, 400 * scale), "#dfe5ec")
    pen = ImageDraw.Draw(picture)
    for box in ((30, 275, 270, 620), (92, 85, 208, 225)):
        pen.ellipse([side * scale for side in box], fill="#9aa8b8")
    pen.rectangle([side * scale for side in (130, 200, 170, 300)], fill="#9aa8b8")
    written = io.BytesIO()
    picture.resize((300, 400), Image.Resampling.LANCZOS).save(written, "JPEG", quality=90)
    return written.getvalue()
