"""The child process of limits.Parser: reads PDFs from stdin, answers JSON on stdout.

Each message is eight bytes of length, big endian, and that many bytes. The first answer,
empty, says that the child is ready.
"""

from __future__ import annotations

import json
import os
import resource
import sys

from .limits import FRAME, MEMORY_SPENT
from .reading import Limits, parse
from .refusals import RefusedFile


def main() -> int:
    size, pages, megabytes = (int(argument) for argument in sys.argv[1:4])
    limits = Limits(size=size, pages=pages, megabytes=megabytes)
    # Whatever a library prints must not land among the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    cap = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (cap, cap))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def answer(body: bytes) -> None:
        answers.write(FRAME.pack(len(body)) + body)
        answers.flush()

    answer(b"")
    requests = sys.stdin.buffer
    while head := requests.read(FRAME.size):
        (length,) = FRAME.unpack(head)
        pdf = requests.read(length)
        try:
            parsed = parse(pdf, limits=limits)
        except RefusedFile as refusal:
            answer(json.dumps({"refused": refusal.code}).encode())
            continue
        except (MemoryError, RecursionError):
            return MEMORY_SPENT
        except Exception as error:  # a file that breaks the reader is a damaged file
            if "malloc" in str(error) or "alloc" in str(error):
                return MEMORY_SPENT
            answer(json.dumps({"refused": "damaged"}).encode())
            continue
        answer(
            json.dumps(
                {
                    "resume": parsed.resume, "language": parsed.language,
                    "pages": parsed.pages, "warnings": parsed.warnings,
                },
                ensure_ascii=False,
            ).encode()
        )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
