"""Threads that jobs run in."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

_LINGER = 0.5
"""Seconds a thread waits for more work: starting one costs more than a small job."""


class Threads:
    """As many threads as there is work; each lingers a little before it ends.

    Daemon threads, so that a forgotten runtime does not keep Python from exiting.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._arrived = threading.Condition(self._lock)
        self._work: deque[Callable[[], object]] = deque()
        self._threads: set[threading.Thread] = set()
        self._idle = 0
        self._closed = False

    def run(self, work: Callable[[], object]) -> None:
        """Call ``work`` in a thread, soon."""
        with self._lock:
            self._work.append(work)
            if self._idle >= len(self._work):
                self._arrived.notify()
                return
            thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
            self._threads.add(thread)
        thread.start()

    def close(self, timeout: float) -> None:
        """Take no further work, and wait for the threads; idempotent."""
        with self._lock:
            self._closed = True
            self._arrived.notify_all()
            threads = list(self._threads)
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(timeout=timeout)

    def _serve(self) -> None:
        while True:
            with self._lock:
                self._idle += 1
                self._arrived.wait_for(lambda: self._work or self._closed, _LINGER)
                self._idle -= 1
                if not self._work:
                    self._threads.discard(threading.current_thread())
                    return
                work = self._work.popleft()
            work()
            del work
