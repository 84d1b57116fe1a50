"""An engine that runs calls when it is told to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..cancellation import Cancelled, CancelToken
from ..engines.base import C, P, T


class HandEngine:
    """Calls wait until :meth:`step` lets one of them run, in the order they came.

    Use it to hold a job "on the QPU" for as long as a test wants.
    """

    name = "hand"
    workers = 1

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[object] = []
        self._allowed: set[object] = set()
        self._closed = False

    def call(self, function: Callable[..., T], *args: Any, cancel: CancelToken) -> T:
        """See :class:`~qiskit_local_runtime.engines.base.Engine`."""
        me = object()
        cancel.on_cancel(self._wake)
        with self._changed:
            self._waiting.append(me)
            self._changed.notify_all()
            self._changed.wait_for(lambda: me in self._allowed or cancel.cancelled or self._closed)
            if me in self._waiting:
                self._waiting.remove(me)
            self._allowed.discard(me)
        cancel.check()
        if self._closed:
            raise Cancelled("the engine was closed")
        return function(*args)

    def map(self, function: Callable[[C, P], T], common: C, parts: Sequence[P], *, cancel: CancelToken) -> Iterator[T]:
        """See :class:`~qiskit_local_runtime.engines.base.Engine`; every part is a call of its own."""
        for part in parts:
            yield self.call(function, common, part, cancel=cancel)

    def wait_for_call(self, timeout: float = 10.0) -> bool:
        """Wait until a call is waiting; ``False`` if none came within ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._waiting), timeout)

    def step(self) -> None:
        """Let the call that waits longest run.

        Raises:
            LookupError: no call is waiting.
        """
        with self._changed:
            if not self._waiting:
                raise LookupError("No call is waiting. Use wait_for_call() first.")
            self._allowed.add(self._waiting.pop(0))
            self._changed.notify_all()

    def close(self) -> None:
        """End every waiting call."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
