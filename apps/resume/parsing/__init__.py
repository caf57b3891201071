"""A résumé as PDF becomes JSON Resume, with where on the page each value was read.

`parse` reads in the calling process. Files from people go through
`limits.Parser`, which does the same in a child process with time and memory limits.
"""

from .reading import Limits, ParsedResume, parse
from .refusals import MESSAGES, RefusedFile

__all__ = ["MESSAGES", "Limits", "ParsedResume", "RefusedFile", "parse"]
