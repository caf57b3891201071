"""A profile (JSON Resume v1.0.0) becomes a Word file.

`render` fills one of the shipped templates, `render_file` any Word file with the same
fields, and `check_template` says whether such a file works before anybody relies on it.
"""

from .checking import check_template
from .errors import PhotoUnreadable, ProfileInvalid, RenderingError, TemplateBroken
from .filling import render, render_file
from .registry import TEMPLATES, WordTemplate

__all__ = [
    "TEMPLATES",
    "PhotoUnreadable",
    "ProfileInvalid",
    "RenderingError",
    "TemplateBroken",
    "WordTemplate",
    "check_template",
    "render",
    "render_file",
]
