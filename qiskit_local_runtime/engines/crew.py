"""Child processes that live and die together, and what is under way in them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future
from typing import Any

from ..errors import IBMRuntimeError
from .children import new_pool

LOST = "one of them died"
"""Why a crew ends whose calls another may run."""
_LOOK = 0.5
"""Seconds between looks at whether the processes are still there."""


class CrewLostError(Exception):
    """The processes have ended before they came to a call, or in the middle of it: another crew may run it."""


class Crew:
    """A pool of processes, started when it is first given something.

    A pool is not mended: a process that is killed from outside may hold the lock of the pipe that all share, and Pebble gives
    up a pool whose idle process dies. So the whole crew is replaced by another, see
    :class:`~qiskit_local_runtime.engines.processes.ProcessEngine`.

    Args:
        workers: how many processes.
    """

    def __init__(self, workers: int) -> None:
        self._pool = new_pool(workers)
        self._lock = threading.Lock()
        self._under_way: set[Future[Any]] = set()
        self._end = ""
        self._died = False
        """A process died of a call."""

    def schedule(self, function: Callable[..., Any], args: Sequence[Any]) -> Future[Any]:
        """Start a call.

        Raises:
            CrewLostError: there are no processes any more.
            IBMRuntimeError: Python is exiting.
        """
        with self._lock:
            if self._end:
                raise self._why()
            try:
                future: Future[Any] = self._pool.schedule(function, args=list(args))
            except RuntimeError as err:
                raise self._why() from err
            self._under_way.add(future)
        future.add_done_callback(self._done)
        return future

    def result(self, future: Future[Any]) -> Any:
        """Wait for what came of a call.

        Raises:
            CancelledError: the future was cancelled.
            CrewLostError: the processes have ended, for another reason than this call.
            ProcessExpired: the process that ran this call died.
            IBMRuntimeError: the crew was dismissed, or Python is exiting.
        """
        while True:
            try:
                return future.result(_LOOK)
            except TimeoutError:
                if future.done():
                    # it has just come, or the error is the call's own
                    return future.result()
                if self._died or not self._pool.active:
                    raise self._why() from None
            except BrokenExecutor as err:
                raise self._why() from err
            except CancelledError:
                if self._end:
                    raise self._why() from None
                raise

    def end(self, why: str) -> None:
        """Stop the processes and wait for them; calls under way are lost.

        Args:
            why: :data:`LOST`: another crew may run the calls; anything else: they are over, for this reason.
        """
        with self._lock:
            self._end = self._end or why
            under_way = list(self._under_way)
        self._pool.stop()  # type: ignore[no-untyped-call]
        for future in under_way:
            future.cancel()
        self._pool.join()

    def _done(self, future: Future[Any]) -> None:
        from pebble import ProcessExpired

        self._under_way.discard(future)
        if not future.cancelled() and isinstance(future.exception(), ProcessExpired):
            # it may have held the lock, so that others cannot answer: who waits for them need not wait for its turn
            self._died = True

    def _why(self) -> Exception:
        if not threading.main_thread().is_alive():
            return IBMRuntimeError("The pool of child processes ended while it ran the simulation: Python is exiting.")
        if self._end not in ("", LOST):
            return IBMRuntimeError(f"The pool of child processes ended while it ran the simulation: {self._end}.")
        return CrewLostError("The child processes have ended.")
