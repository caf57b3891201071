"""What must not stand in a log: the keys in addresses that open an account.

Whoever reads a log could otherwise follow a reset or a confirmation mail in its owner's place.
"""

from __future__ import annotations

import logging
import re
from typing import Any

_KEY = re.compile(r"(/accounts/(?:password/reset/key|confirm-email)/)[^/\s?\"'#]+")
_QUERY = re.compile(r"(/accounts/[^\s?\"']*\?)[^\s\"']+")
"""Sign-in providers send their codes back in it."""


def mask(text: str) -> str:
    return _QUERY.sub(r"\1…", _KEY.sub(r"\1…", text))


def without_keys(logger: Any, name: str, event_dict: dict[str, Any]) -> dict[str, Any]:
    """Processor of structlog: for every line that our handler writes."""
    return {
        key: mask(value) if isinstance(value, str) else value for key, value in event_dict.items()
    }


class WithoutKeys(logging.Filter):
    """For uvicorn's access log, which keeps a handler of its own."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(mask(arg) if isinstance(arg, str) else arg for arg in record.args)
        return True
