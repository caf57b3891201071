"""What other rooms hear of this one, without being known here."""

from django.dispatch import Signal

assessed = Signal()
"""An attempt's marks stand: new ones, or after a dispute those that were corrected.

``attempt``: the Attempt; ``marks``: as ``Feedback.key_points``; ``guess``: whether they are
guesses. Sent inside the transaction that records them, and at least once for each: receivers
write rows only, and are safe to run twice.
"""
