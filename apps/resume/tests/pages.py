"""Small PDFs for the tests, drawn word by word."""

from __future__ import annotations

from typing import Any

import pymupdf

from apps.resume.parsing import parse

LETTER = (612.0, 792.0)


class Sheet:
    """A PDF under construction: `put` places text by its left end and baseline."""

    def __init__(self, size: tuple[float, float] = LETTER) -> None:
        self.document = pymupdf.open()
        self.size = size
        self.page = self.document.new_page(width=size[0], height=size[1])

    def put(
        self, x: float, y: float, text: str, size: float = 10, bold: bool = False, **options: Any
    ) -> None:
        korean = any("가" <= character <= "힣" for character in text)
        font = "korea" if korean else ("hebo" if bold else "helv")
        self.page.insert_text((x, y), text, fontname=font, fontsize=size, **options)

    def lines(self, x: float, y: float, *texts: str, step: float = 14) -> float:
        for text in texts:
            self.put(x, y, text)
            y += step
        return y

    def next_page(self) -> None:
        self.page = self.document.new_page(width=self.size[0], height=self.size[1])

    def bytes(self, **options: Any) -> bytes:
        data: bytes = self.document.tobytes(**options)
        return data

    def read(self) -> dict[str, Any]:
        return parse(self.bytes()).resume


def resume() -> Sheet:
    """A plain one-page résumé, enough for every section's reader to have something."""
    sheet = Sheet()
    sheet.put(50, 60, "Nora Lindholm", 22, bold=True)
    sheet.put(50, 78, "nora@lindholm.test | (503) 555-0117 | Portland, OR")
    sheet.put(50, 110, "EXPERIENCE", 13, bold=True)
    sheet.put(50, 128, "Harborlight Inc.", bold=True)
    sheet.put(480, 128, "Mar 2021 - Present")
    sheet.put(50, 142, "Backend Engineer")
    sheet.put(60, 156, "- Cut the latency of checkout in half")
    sheet.put(50, 176, "Fernway", bold=True)
    sheet.put(480, 176, "Jun 2018 - Feb 2021")
    sheet.put(50, 190, "Software Engineer")
    sheet.put(60, 204, "- Built the search index")
    sheet.put(50, 234, "EDUCATION", 13, bold=True)
    sheet.put(50, 252, "Calder State University", bold=True)
    sheet.put(480, 252, "2014 - 2018")
    sheet.put(50, 266, "Bachelor of Science in Computer Science, GPA 3.8/4.0")
    sheet.put(50, 296, "SKILLS", 13, bold=True)
    sheet.put(50, 314, "Languages: Go, Python, SQL")
    sheet.put(50, 328, "Tools: Docker, Git")
    return sheet
