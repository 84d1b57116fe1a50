"""Results as they were computed, until they are asked for the first time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

_KEPT = 32
_LARGEST = 1 << 16
"""Bytes of a packed result; what is larger is read from the store."""


class Lately:
    """The latest small results, each given out once: who asks again reads one of his own from the store.

    A variational algorithm asks for each result right after its job has ended.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._results: OrderedDict[str, Any] = OrderedDict()

    def add(self, job_id: str, result: Any, size: int) -> None:
        """Keep a result that takes ``size`` bytes when packed, for a while."""
        if size > _LARGEST:
            return
        with self._lock:
            self._results[job_id] = result
            if len(self._results) > _KEPT:
                self._results.popitem(last=False)

    def take(self, job_id: str) -> Any:
        """A job's result, which is kept no more; ``None``: it is not here."""
        with self._lock:
            return self._results.pop(job_id, None)
