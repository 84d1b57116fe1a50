"""Calls run in child processes, which can be killed."""

from __future__ import annotations

import atexit
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..cancellation import Cancelled, CancelToken
from ..errors import IBMRuntimeError
from .base import T

if TYPE_CHECKING:
    from pebble import ProcessPool

_CHILD_ENVIRONMENT = {"OMP_WAIT_POLICY": "PASSIVE", "QISKIT_PARALLEL": "FALSE", "QISKIT_IN_PARALLEL": "TRUE"}
"""Set before Aer loads: spinning OpenMP threads make small circuits ten times slower, and a child must not fork further."""
_PRELOAD = ["qiskit_aer", "qiskit_local_runtime.engines.processes"]


class ProcessEngine:
    """A pool of child processes, started when first needed.

    Args:
        workers: how many; ``None``: one a core.
        on_start: called when the pool has been started; what it registers with ``atexit`` runs before the pool's own end.
    """

    name = "processes"

    def __init__(self, workers: int | None = None, on_start: Callable[[], object] | None = None) -> None:
        self._workers = workers or os.cpu_count() or 1
        self._on_start = on_start
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None
        self._owner = 0

    def call(self, function: Callable[..., T], *args: Any, cancel: CancelToken) -> T:
        """See :class:`~qiskit_local_runtime.engines.base.Engine`.

        Raises:
            IBMRuntimeError: the child died (out of memory, most often).
        """
        from pebble import ProcessExpired

        cancel.check()
        future = self._started().schedule(function, args=list(args))
        cancel.on_cancel(future.cancel)
        try:
            result: T = future.result()
        except CancelledError:
            raise Cancelled(cancel.reason) from None
        except BrokenExecutor as err:
            raise IBMRuntimeError("The pool of child processes ended while it ran the simulation: Python is exiting.") from err
        except ProcessExpired as err:
            raise IBMRuntimeError(
                f"The child process that ran the simulation died with exit code {err.exitcode}; it may have run out of "
                "memory. Use fewer qubits or a method that needs less (options.simulator.method)."
            ) from err
        return result

    def close(self) -> None:
        """Stop the children and wait for them; idempotent."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None and self._owner == os.getpid():
            atexit.unregister(self.close)
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()

    def _started(self) -> ProcessPool:
        with self._lock:
            if self._pool is None or self._owner != os.getpid():
                self._pool = _new_pool(self._workers)
                self._owner = os.getpid()
                atexit.register(self.close)
                if self._on_start is not None:
                    self._on_start()
            return self._pool


_CONTEXT: Any = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
_PROCESS: Any = _CONTEXT.Process


class HiddenMainProcess(_PROCESS):
    """A child that never imports the user's script.

    So scripts need no ``if __name__ == "__main__"``, and notebooks and ``python -c`` work.
    """

    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802 - the name multiprocessing calls
        with _STARTING, _environment(), _hidden_main():
            return _PROCESS._Popen(process_obj)


class _Context(type(_CONTEXT)):  # type: ignore[misc]
    """A context whose children hide the main module."""

    Process = HiddenMainProcess


def _new_pool(workers: int) -> ProcessPool:
    from pebble import CONSTS, ProcessPool

    # SIGTERM is not served while Aer holds the GIL: do not wait long before SIGKILL.
    CONSTS.term_timeout = 0.3
    context = _Context()
    if sys.platform != "win32":
        context.set_forkserver_preload(_PRELOAD)
    return ProcessPool(max_workers=workers, context=context, initializer=_initialize)


_STARTING = threading.Lock()
"""Held while a child starts: the environment and the main module are the whole process's."""


def _initialize() -> None:
    os.environ.update(_CHILD_ENVIRONMENT)


@contextmanager
def _environment() -> Iterator[None]:
    """The children's environment, in place while it starts."""
    before = {name: os.environ.get(name) for name in _CHILD_ENVIRONMENT}
    os.environ.update(_CHILD_ENVIRONMENT)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _hidden_main() -> Iterator[None]:
    """Keep children from importing the user's script: scripts need no ``if __name__ == "__main__"``."""
    main = sys.modules["__main__"]
    hidden = {name: getattr(main, name) for name in ("__file__", "__spec__") if hasattr(main, name)}
    try:
        main.__spec__ = None
        main.__dict__.pop("__file__", None)
        yield
    finally:
        for name, value in hidden.items():
            setattr(main, name, value)
