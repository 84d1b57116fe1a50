"""How a running computation learns that nobody wants its result any more."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Cancelled(BaseException):
    """Raised inside a computation by :meth:`CancelToken.check`; never seen by a user.

    It derives from ``BaseException`` so that no ``except Exception`` in a simulator swallows it.
    """


class CancelToken:
    """A flag that is set once; computations call :meth:`check` between chunks of some tens of milliseconds."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._callbacks: list[Callable[[], None]] = []
        self._lock = threading.Lock()
        self.reason = ""

    @property
    def cancelled(self) -> bool:
        """Whether :meth:`cancel` was called."""
        return self._event.is_set()

    def cancel(self, reason: str = "cancelled") -> None:
        """Set the flag and run what was registered with :meth:`on_cancel`; a second call does nothing."""
        with self._lock:
            if self._event.is_set():
                return
            self.reason = reason
            self._event.set()
            callbacks = list(self._callbacks)
        for callback in callbacks:
            callback()

    def on_cancel(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` when the flag is set, at once if it already is (used to kill a child process)."""
        with self._lock:
            if not self._event.is_set():
                self._callbacks.append(callback)
                return
        callback()

    def check(self) -> None:
        """Raise :class:`Cancelled` if the flag is set."""
        if self._event.is_set():
            raise Cancelled(self.reason)
