"""Parts run side by side in threads of this process."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Any

from ..cancellation import Cancelled, CancelToken
from .base import C, P, T
from .cores import usable_cores
from .here import running
from .named import count_of
from .window import Window


class ThreadEngine:
    """A pool of threads: nothing to copy, quick to start, for simulations that release Python's global lock.

    Single calls run where they are made. Nothing is interrupted that does not look at its token.

    Args:
        workers: how many; ``None``: one a core.
    """

    name = "threads"

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or usable_cores()
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._owner = 0

    @classmethod
    def named(cls, argument: str | None) -> ThreadEngine:
        """The engine of a name, see :func:`~qiskit_local_runtime.engines.named.engine_named`."""
        return cls(count_of(cls.name, argument))

    def call(self, function: Callable[..., T], *args: Any, cancel: CancelToken) -> T:
        """See :class:`~qiskit_local_runtime.engines.base.Engine`."""
        cancel.check()
        with running(cancel):
            result = function(*args)
        cancel.check()
        return result

    def map(self, function: Callable[[C, P], T], common: C, parts: Sequence[P], *, cancel: CancelToken) -> Iterator[T]:
        """See :class:`~qiskit_local_runtime.engines.base.Engine`."""
        cancel.check()
        pool, stop = self._started(), CancelToken()
        cancel.on_cancel(lambda: stop.cancel(cancel.reason))

        def start(part: P) -> Future[T]:
            return pool.submit(self.call, function, common, part, cancel=stop)

        window: Window[P, T] = Window(2 * self.workers, start, _result)
        try:
            yield from window.results(parts, cancel)
        finally:
            stop.cancel(cancel.reason or "no longer wanted")

    def close(self) -> None:
        """Wait for the threads; idempotent."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None and self._owner == os.getpid():
            pool.shutdown(wait=True, cancel_futures=True)

    def _started(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._pool is None or self._owner != os.getpid():
                self._pool = ThreadPoolExecutor(self.workers, thread_name_prefix="qiskit-local-runtime part")
                self._owner = os.getpid()
            return self._pool


def _result(future: Future[T], part: object) -> T:
    try:
        return future.result()
    except CancelledError:
        raise Cancelled("no longer wanted") from None
