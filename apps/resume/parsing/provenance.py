"""A value read from a page, with where it was read and how sure the reading is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .segments import Segment


@dataclass(slots=True, eq=False)
class Value:
    """`text` as it goes into the résumé; `sources` are the runs of text it came from."""

    text: str
    sources: list[tuple[Segment, int, int]] = field(default_factory=list)
    confidence: float = 0.9

    def where(self) -> dict[str, Any]:
        """Page (from 1), box in points, the words on the page, and the confidence, 0 to 1."""
        page = self.sources[0][0].page
        if len(self.sources) == 1 and self.sources[0][1] == 0:
            # Most values are a whole run.
            segment, _, end = self.sources[0]
            if end >= len(segment.text):
                return {
                    "page": page + 1,
                    "box": [
                        round(segment.x0, 1), round(segment.y0, 1),
                        round(segment.x1, 1), round(segment.y1, 1),
                    ],
                    "text": segment.text.strip(),
                    "confidence": round(self.confidence, 2),
                }  # fmt: skip
        x0 = y0 = float("inf")
        x1 = y1 = 0.0
        words = []
        for segment, begin, end in self.sources:
            words.append(segment.text[begin:end].strip())
            if segment.page != page:
                continue  # the box is on the page where the value begins
            left = segment.across(begin)[0]
            right = segment.across(max(begin, end - 1))[1]
            x0, x1 = min(x0, left), max(x1, right)
            y0, y1 = min(y0, segment.y0), max(y1, segment.y1)
        return {
            "page": page + 1,
            "box": [round(x0, 1), round(y0, 1), round(x1, 1), round(y1, 1)],
            "text": " ".join(words),
            "confidence": round(self.confidence, 2),
        }


def whole(segment: Segment, confidence: float = 0.9) -> Value:
    return Value(segment.text, [(segment, 0, len(segment.text))], confidence)


def joined(segments: Iterable[Segment], confidence: float = 0.9) -> Value:
    """Several runs read as one text, spaces between them."""
    parts = list(segments)
    text = " ".join(part.text for part in parts)
    return Value(text, [(part, 0, len(part.text)) for part in parts], confidence)


def unfold(tree: Any, pointer: str, provenance: dict[str, dict[str, Any]]) -> Any:
    """Turn a tree of values into plain JSON, noting where each came from under its pointer."""
    if isinstance(tree, Value):
        if tree.sources:
            provenance[pointer] = tree.where()
        return tree.text
    if isinstance(tree, dict):
        return {
            key: unfold(value, f"{pointer}/{key}", provenance)
            for key, value in tree.items()
            if value not in (None, [], {})
        }
    if isinstance(tree, list):
        return [unfold(value, f"{pointer}/{index}", provenance) for index, value in enumerate(tree)]
    return tree
