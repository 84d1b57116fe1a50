"""Calls run where they are made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..cancellation import CancelToken
from .base import T


class InlineEngine:
    """Runs calls in the calling thread; nothing to start or stop, nothing can be interrupted."""

    name = "inline"

    def call(self, function: Callable[..., T], *args: Any, cancel: CancelToken) -> T:
        """See :class:`~qiskit_local_runtime.engines.base.Engine`."""
        cancel.check()
        result = function(*args)
        cancel.check()
        return result

    def close(self) -> None:
        """Nothing to do."""
