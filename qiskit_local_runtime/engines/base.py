"""What an engine offers: a place to run a call, out of the caller's way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from ..cancellation import CancelToken

T = TypeVar("T")


class Engine(Protocol):
    """A place to run calls; blocks the calling (worker) thread until the result is there."""

    name: str

    def call(self, function: Callable[..., T], *args: Any, cancel: CancelToken) -> T:
        """Run ``function(*args)`` and return what it returns, or raise what it raises.

        ``function`` is importable by name, arguments and result can be pickled. Ends with
        :class:`~qiskit_local_runtime.cancellation.Cancelled` within a second of ``cancel.cancel()`` where the
        place allows it.
        """

    def close(self) -> None:
        """Stop everything that was started and wait for it; idempotent."""
