"""Where a page is cut into columns."""

from apps.resume.parsing.columns import best_split
from apps.resume.parsing.segments import Segment, Vector


def run(text: str, x0: float, y0: float, x1: float, y1: float, size: float, bold: bool) -> Segment:
    return Segment(text, x0, y0, x1, y1, y1 - 2, size, bold, False, 0, "Sans", 0)


def test_a_column_of_which_nothing_is_left_above_the_other_side_s_heading_is_none() -> None:
    """Two cards of a broken file, of which one lost the word over its list."""
    segments = [
        run("Skills", 34, 535, 65, 551, 14, True),
        run("Language", 42, 565, 92, 578, 11, True),
        run("SQL, C#, TypeScript, JavaScript, Kotlin", 42, 582, 216, 593, 10, False),
        run("Django, Next.js, Spring Boot, FastAPI, Flask, JPA", 313, 582, 533, 593, 10, False),
        run("% K", 313, 585, 326, 593, 5.4, False),
        run("P", 320, 585, 325, 593, 5.4, False),
    ]
    cards = [
        Vector(34, 558, 291, 602, 0, stroked=False),
        Vector(305, 558, 561, 602, 0, stroked=False),
    ]

    assert best_split(segments, cards) is None
