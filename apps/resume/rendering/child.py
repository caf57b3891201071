"""The child process of limited.py: a request is JSON, an answer what was made of it.

It dies of a request that takes more than its limits give.
"""

from __future__ import annotations

import base64
import json
import sys
from datetime import date
from typing import Any

from apps.common.children import serve

from .checking import check_template, fill
from .errors import RenderingError, TemplateBroken
from .web import to_html

MADE, FAULT = b"+", b"-"
MAX_BYTES = 20 * 1024 * 1024


def _render(request: dict[str, Any]) -> bytes:
    photo = request["photo"]
    document = fill(
        base64.b64decode(request["template"]),
        request["profile"],
        request["language"],
        base64.b64decode(photo) if photo else None,
        today=date.fromisoformat(request["today"]),
    )
    if len(document) > MAX_BYTES:
        raise TemplateBroken(
            "이 양식으로 만든 문서가 너무 커요.", "What this template makes is too large."
        )
    return document


def _check(request: dict[str, Any]) -> bytes:
    check_template(base64.b64decode(request["template"]))
    return b""


def _html(request: dict[str, Any]) -> bytes:
    return to_html(base64.b64decode(request["document"])).encode()


WORK = {"render": _render, "check": _check, "html": _html}


def answer(request: bytes) -> bytes:
    """What was asked for after MADE, or what is wrong with it after FAULT."""
    asked = json.loads(request)
    try:
        return MADE + WORK[asked["do"]](asked)
    except RenderingError as error:
        told = {"kind": type(error).__name__, "korean": error.korean, "english": error.english}
        return FAULT + json.dumps(told).encode()


if __name__ == "__main__":
    serve(answer, float(sys.argv[1]))
