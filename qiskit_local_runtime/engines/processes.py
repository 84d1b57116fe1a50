"""Calls run in child processes, which can be killed."""

from __future__ import annotations

import atexit
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic

from ..cancellation import Cancelled, CancelToken
from ..errors import IBMRuntimeError
from .base import C, CannotTravelError, P, T
from .common import Done, Lacking, Parcel, Postbook, Unreadable, packed, run_part
from .cores import usable_cores
from .named import count_of
from .window import Again, Window

if TYPE_CHECKING:
    from pebble import ProcessPool

_CHILD_ENVIRONMENT = {
    "OMP_WAIT_POLICY": "PASSIVE",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "QISKIT_PARALLEL": "FALSE",
    "QISKIT_IN_PARALLEL": "TRUE",
}
"""Set before NumPy and Aer load: spinning OpenMP threads make small circuits ten times slower, children that run side by side
share the cores already, and a child must not fork further. Aer's own threads are set by call."""
_TRIES = 2
"""A part whose process died is run once more: the same bits, and another process may have taken the memory."""
_PRELOAD = ["qiskit_aer", "qiskit_local_runtime.pipeline.sharded"]
"""Imported once, by the process that children are forked from: what runs in them most often."""


class ProcessEngine:
    """A pool of child processes, started when first needed.

    Args:
        workers: how many; ``None``: one a core.
        on_start: called when the pool has been started; what it registers with ``atexit`` runs before the pool's own end.
    """

    name = "processes"

    def __init__(self, workers: int | None = None, on_start: Callable[[], object] | None = None) -> None:
        self.workers = workers or usable_cores()
        self.forgone = 0.0
        """Seconds that would have been saved so far, had the pool been started: see :mod:`.choice`."""
        self._postbook = Postbook(self.workers)
        self.on_start = on_start
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None
        self._owner = 0

    @classmethod
    def named(cls, argument: str | None) -> ProcessEngine:
        """The engine of a name, see :func:`~qiskit_local_runtime.engines.named.engine_named`."""
        return cls(count_of(cls.name, argument))

    def call(self, function: Callable[..., T], *args: Any, cancel: CancelToken) -> T:
        """See :class:`~qiskit_local_runtime.engines.base.Engine`.

        Raises:
            IBMRuntimeError: the child died (out of memory, most often).
        """
        cancel.check()
        future = self._started().schedule(function, args=list(args))
        cancel.on_cancel(future.cancel)
        with _explained(cancel):
            result: T = future.result()
        return result

    def map(self, function: Callable[[C, P], T], common: C, parts: Sequence[P], *, cancel: CancelToken) -> Iterator[T]:
        """See :class:`~qiskit_local_runtime.engines.base.Engine`.

        Raises:
            IBMRuntimeError: a part's child died twice.
        """
        cancel.check()
        mapping = _Mapping(self._started(), self._postbook, packed(common), function, cancel)
        window: Window[P, T] = Window(2 * self.workers, mapping.start, mapping.finish)
        cancel.on_cancel(window.end)
        try:
            yield from window.results(parts, cancel)
        finally:
            window.end()

    @property
    def started(self) -> bool:
        """Whether its processes are there."""
        return self._pool is not None and self._owner == os.getpid()

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
                self._pool = _new_pool(self.workers)
                self._postbook.forget_all()
                self._owner = os.getpid()
                atexit.register(self.close)
                if self.on_start is not None:
                    self.on_start()
            return self._pool


class _Mapping(Generic[P, T]):
    """How parts of one ``map`` are sent, and sent again."""

    def __init__(
        self, pool: ProcessPool, postbook: Postbook, parcel: Parcel, function: Callable[[Any, P], T], cancel: CancelToken
    ) -> None:
        self._pool, self._postbook, self._parcel = pool, postbook, parcel
        self._function, self._cancel = function, cancel

        self._deaths = 0

    def start(self, part: P) -> Future[Any]:
        return self._send(part, self._postbook.enclosed(self._parcel))

    def finish(self, future: Future[Any], part: P) -> T | Again:
        from pebble import ProcessExpired

        try:
            with _explained(self._cancel):
                answer = future.result()
        except IBMRuntimeError as error:
            if not isinstance(error.__cause__, ProcessExpired) or self._deaths + 1 == _TRIES:
                raise
            self._deaths += 1
            self._postbook.forget_all()
            return Again(self._send(part, self._parcel.data))
        return self._opened(answer, part)

    def _opened(self, answer: Done | Lacking | Unreadable, part: P) -> T | Again:
        if isinstance(answer, Lacking):
            self._postbook.forget(answer.process)
            return Again(self._send(part, self._parcel.data))
        if isinstance(answer, Unreadable):
            raise CannotTravelError(f"What is to run cannot be read in a child process: {answer.why}")
        self._postbook.note(self._parcel, answer.process)
        self._deaths = 0
        result: T = answer.result
        return result

    def _send(self, part: P, data: bytes | None) -> Future[Any]:
        future: Future[Any] = self._pool.schedule(run_part, args=[self._parcel.key, data, self._function, part])
        return future


@contextmanager
def _explained(cancel: CancelToken) -> Iterator[None]:
    """Pebble's errors as ours."""
    from pebble import ProcessExpired

    try:
        yield
    except CancelledError:
        raise Cancelled(cancel.reason) from None
    except BrokenExecutor as err:
        raise IBMRuntimeError("The pool of child processes ended while it ran the simulation: Python is exiting.") from err
    except ProcessExpired as err:
        raise IBMRuntimeError(
            f"The child process that ran the simulation died with exit code {err.exitcode}; it may have run out of "
            "memory. Use fewer qubits or a method that needs less (options.simulator.method)."
        ) from err


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
