"""Execution modes: sessions and batches."""

from .batch import Batch
from .session import Session

__all__ = ["Batch", "Session"]
