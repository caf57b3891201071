"""The child process of limits.Parser: a request is a PDF, an answer JSON."""

from __future__ import annotations

import json
import sys

from apps.common.children import serve

from .limits import MEMORY_SPENT
from .reading import Limits, parse
from .refusals import RefusedFile


def main() -> None:
    size, pages, seconds = sys.argv[1:4]
    limits = Limits(size=int(size), pages=int(pages))
    serve(lambda pdf: answer(pdf, limits), float(seconds))


def answer(pdf: bytes, limits: Limits) -> bytes:
    """What the file says, or why it is refused. Ends the process where memory ran out."""
    try:
        parsed = parse(pdf, limits=limits)
    except RefusedFile as refusal:
        return json.dumps({"refused": refusal.code}).encode()
    except (MemoryError, RecursionError):
        sys.exit(MEMORY_SPENT)
    except Exception as error:  # what a broken file raises is a refusal; this is our fault
        if "malloc" in str(error) or "alloc" in str(error):
            sys.exit(MEMORY_SPENT)
        return json.dumps({"refused": "not_read"}).encode()
    told = {
        "resume": parsed.resume,
        "language": parsed.language,
        "pages": parsed.pages,
        "warnings": parsed.warnings,
    }
    return json.dumps(told, ensure_ascii=False).encode()


if __name__ == "__main__":
    main()
