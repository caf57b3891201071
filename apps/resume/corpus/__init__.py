"""Fictional résumés with exact truth, made through several producers, to measure the parser."""
