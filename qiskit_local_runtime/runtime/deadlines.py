"""Calls made later: one thread for all time limits of running jobs."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable

_LINGER = 0.5
"""Seconds between looks by itself, and those without a call after which the thread ends."""


class Deadlines:
    """Calls functions when their time has come, unless they are forgotten before. Real time, whatever the runtime's clock."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._calls: list[tuple[float, int]] = []
        self._functions: dict[int, Callable[[], object]] = {}
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None
        self._wakes = self._used = 0.0
        """When the thread looks next by itself, and when it was given a call last."""

    def after(self, seconds: float, function: Callable[[], object]) -> Callable[[], None]:
        """Call a function after some seconds.

        Returns:
            What forgets it.
        """
        with self._changed:
            number = next(self._numbers)
            self._functions[number] = function
            if len(self._calls) > 64 + 2 * len(self._functions):
                self._calls = [call for call in self._calls if call[1] in self._functions]
                heapq.heapify(self._calls)
            self._used = time.monotonic()
            when = self._used + seconds
            heapq.heappush(self._calls, (when, number))
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="qiskit-local-runtime limits", daemon=True)
                self._wakes = 0.0
                self._thread.start()
            elif when < self._wakes:
                # waking a thread for each job that ends long before its limit costs more than the limit is worth
                self._changed.notify()
        return lambda: self._forget(number)

    def _forget(self, number: int) -> None:
        with self._changed:
            self._functions.pop(number, None)

    def _serve(self) -> None:
        while True:
            with self._changed:
                now = time.monotonic()
                while self._calls and self._calls[0][1] not in self._functions:
                    heapq.heappop(self._calls)
                if not self._functions and now - self._used >= _LINGER:
                    self._thread = None
                    return
                left = self._calls[0][0] - now if self._calls else _LINGER
                if left > 0:
                    self._wakes = now + min(left, _LINGER)
                    self._changed.wait(min(left, _LINGER))
                    continue
                _, number = heapq.heappop(self._calls)
                function = self._functions.pop(number, None)
            if function is not None:
                function()
