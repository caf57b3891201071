from .cast import card, now  # noqa: F401
