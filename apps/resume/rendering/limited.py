"""Rendering apart from the worker: a template is a program that somebody else wrote."""

from __future__ import annotations

import base64
import json
import sys
import threading
from datetime import date
from pathlib import Path
from typing import Any

from apps.common import children

from . import errors
from .child import MADE
from .errors import RenderingError, TemplateBroken

ROOT = Path(__file__).resolve().parents[3]
MEGABYTES = 1024
SECONDS = 20.0
"""A full profile takes a tenth of a second and a tenth of the memory."""
CHECK_SECONDS = 30.0
"""For four documents."""

_threads = threading.local()


def render_limited(
    template: bytes,
    profile: dict[str, Any],
    language: str,
    photo: bytes | None,
    *,
    today: date,
) -> bytes:
    """As ``render_file`` in a child process. Raises RenderingError."""
    return _ask(
        _own_child(),
        {
            "do": "render",
            "template": _sent(template),
            "profile": profile,
            "language": language,
            "photo": _sent(photo) if photo else "",
            "today": today.isoformat(),
        },
        SECONDS,
    )


def check_limited(template: bytes) -> None:
    """As ``check_template`` in a child process. Raises TemplateBroken."""
    with _new_child() as child:  # in a web process, where it comes once in a while
        _ask(child, {"do": "check", "template": _sent(template)}, CHECK_SECONDS)


def html_limited(document: bytes) -> str:
    """A Word file as safe HTML, made in a child process. Raises RenderingError."""
    return _ask(_own_child(), {"do": "html", "document": _sent(document)}, SECONDS).decode()


def _sent(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _new_child() -> children.Kept:
    longest = max(SECONDS, CHECK_SECONDS)
    return children.Kept(
        [sys.executable, "-m", "apps.resume.rendering.child", str(longest)],
        megabytes=MEGABYTES,
        folder=str(ROOT),
    )


def _own_child() -> children.Kept:
    """One for each thread of the worker, kept over many documents."""
    if not hasattr(_threads, "child"):
        _threads.child = _new_child()
    child: children.Kept = _threads.child
    return child


def _ask(child: children.Kept, request: dict[str, Any], seconds: float) -> bytes:
    try:
        answer = child.ask(json.dumps(request).encode(), seconds)
    except (children.ChildTimeout, children.ChildDied) as error:
        raise _too_much() from error
    if answer[:1] == MADE:
        return answer[1:]
    told = json.loads(answer[1:])
    kind: type[RenderingError] = getattr(errors, told["kind"])
    raise kind(told["korean"], told["english"])


def _too_much() -> TemplateBroken:
    return TemplateBroken(
        "이 양식은 시간이나 메모리를 너무 많이 써요. 반복하는 태그를 확인해 주세요.",
        "This template takes too much time or memory. Look at the tags that repeat.",
    )
