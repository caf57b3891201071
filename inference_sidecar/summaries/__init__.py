"""Summaries of a company: its sources' own sentences, or sentences written from them."""
