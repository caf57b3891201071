"""A résumé as PDF becomes JSON Resume, with where on the page each value was read.

`parse` reads in the calling process. Files from people go through
`limits.Parser`, which does the same in a child process with time and memory limits.
"""

from .reading import WARNINGS, Limits, ParsedResume, check, parse
from .refusals import MESSAGES, RefusedFile

PARSER_VERSION = "1"
"""Raise it when the same file gives another résumé: it is read anew when it comes again."""

__all__ = [
    "MESSAGES",
    "PARSER_VERSION",
    "WARNINGS",
    "Limits",
    "ParsedResume",
    "RefusedFile",
    "check",
    "parse",
]
