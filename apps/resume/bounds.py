"""How much of a résumé is kept, whatever it is read from."""

MOST_ENTRIES = 200
"""Of one section; ``profile_limits`` holds it. Long lists of publications have about as many."""
