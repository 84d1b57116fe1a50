"""Handles: an id and a runtime."""

from .job import RuntimeJob

__all__ = ["RuntimeJob"]
