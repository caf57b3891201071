"""Writes that staff and pipelines trigger."""
