"""What an engine offers: a place to run calls, out of the caller's way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from ..cancellation import CancelToken

T = TypeVar("T")
C = TypeVar("C")
P = TypeVar("P")


class CannotTravelError(TypeError):
    """What a call needs cannot be sent to where it would run: it cannot be pickled, or is defined in the user's script."""


class Engine(Protocol):
    """A place to run calls; blocks the calling (worker) thread until results are there."""

    name: str

    @property
    def workers(self) -> int:
        """How many calls run side by side."""

    def call(self, function: Callable[..., T], *args: Any, cancel: CancelToken) -> T:
        """Run ``function(*args)`` and return what it returns, or raise what it raises.

        ``function`` is importable by name, arguments and result can be pickled. Ends with
        :class:`~qiskit_local_runtime.cancellation.Cancelled` within a second of ``cancel.cancel()`` where the
        place allows it.
        """

    def map(self, function: Callable[[C, P], T], common: C, parts: Sequence[P], *, cancel: CancelToken) -> Iterator[T]:
        """Run ``function(common, part)`` for each part; the results come in the order of the parts.

        At most ``2 × workers`` parts are under way or done and not yet taken, so that memory stays bounded. ``common``
        travels once to a worker, not with each part. What applies to :meth:`call` applies to each part; after the first
        error (or when the iterator is closed) nothing more is started, and what is under way is stopped where the place
        allows it.

        Raises:
            CannotTravelError: ``common`` cannot be sent; run the parts with an engine that shares our memory.
        """

    def close(self) -> None:
        """Stop everything that was started and wait for it; idempotent."""
