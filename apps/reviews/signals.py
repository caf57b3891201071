"""What other rooms hear of this one, without being known here."""

from django.dispatch import Signal

reviewed = Signal()
"""A review answer's mark stands.

``answer``: the ReviewAnswer; ``key_point``: the primary key of the point that it is about;
``mark``: as ``ReviewAnswer.mark``; ``guess``: whether it is a guess. Sent inside the
transaction that records it, and at least once: receivers write rows only, and are safe to
run twice.
"""
