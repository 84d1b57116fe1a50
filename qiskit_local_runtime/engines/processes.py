"""Calls run in child processes, which can be killed."""

from __future__ import annotations

import atexit
import itertools
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from typing import Any, Generic

from ..cancellation import Cancelled, CancelToken
from ..errors import IBMRuntimeError
from .base import C, CannotTravelError, P, T
from .common import Done, Lacking, Parcel, Postbook, Unreadable, packed, run_part
from .cores import usable_cores
from .crew import LOST, Crew, CrewLostError
from .named import count_of
from .window import Again, Window

_TRIES = 2
"""A part whose process died is run once more: the same bits, and another process may have taken the memory."""
_LOSSES = 20
"""How often in a row a part may lose its processes to the deaths of others."""


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
        self.postbook = Postbook(self.workers)
        self.on_start = on_start
        self._lock = threading.Lock()
        self._crew: Crew | None = None
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
        for losses in itertools.count(1):
            cancel.check()
            crew = self.crew()
            try:
                with _explained(cancel):
                    future: Any = crew.schedule(function, args)
                    cancel.on_cancel(future.cancel)
                    result: T = crew.result(future)
                    return result
            except CrewLostError as err:
                self.replace(crew)
                _check_losses(losses, err)
            except IBMRuntimeError as err:
                if _died(err):
                    self.replace(crew)
                raise
        raise AssertionError("counting has no end")

    def map(self, function: Callable[[C, P], T], common: C, parts: Sequence[P], *, cancel: CancelToken) -> Iterator[T]:
        """See :class:`~qiskit_local_runtime.engines.base.Engine`.

        Raises:
            IBMRuntimeError: a part's child died twice.
        """
        cancel.check()
        mapping: _Mapping[P, T] = _Mapping(self, packed(common), function, cancel)
        window: Window[P, T] = Window(2 * self.workers, mapping.start, mapping.finish)
        yield from window.results(parts, cancel)

    @property
    def started(self) -> bool:
        """Whether its processes are there."""
        return self._crew is not None and self._owner == os.getpid()

    def close(self) -> None:
        """Stop the children and wait for them; idempotent."""
        with self._lock:
            crew, self._crew = self._crew, None
        if crew is not None and self._owner == os.getpid():
            atexit.unregister(self.close)
            crew.end("its engine was closed")

    def crew(self) -> Crew:
        """The processes, new ones where there are none."""
        with self._lock:
            if self._crew is None or self._owner != os.getpid():
                self._crew = Crew(self.workers)
                self.postbook.forget_all()
                self._owner = os.getpid()
                atexit.unregister(self.close)
                atexit.register(self.close)
                if self.on_start is not None:
                    self.on_start()
            return self._crew

    def replace(self, crew: Crew) -> None:
        """End processes of which one died, so that the next call gets new ones."""
        with self._lock:
            if self._crew is not crew:
                return
            self._crew = None
        crew.end(LOST)


class _Mapping(Generic[P, T]):
    """How parts of one ``map`` are sent, and sent again."""

    def __init__(self, engine: ProcessEngine, parcel: Parcel, function: Callable[[Any, P], T], cancel: CancelToken) -> None:
        self._engine, self._parcel, self._function, self._cancel = engine, parcel, function, cancel
        self._crews: dict[Future[Any], Crew] = {}
        self._deaths = self._losses = 0

    def start(self, part: P) -> Future[Any]:
        return self._send(part, self._engine.postbook.enclosed(self._parcel))

    def finish(self, future: Future[Any], part: P) -> T | Again:
        crew = self._crews.pop(future)
        try:
            with _explained(self._cancel):
                answer = crew.result(future)
        except CrewLostError as err:
            self._lose(crew, err)
            return Again(self._send(part, self._parcel.data))
        except IBMRuntimeError as err:
            if not _died(err):
                raise
            self._engine.replace(crew)
            self._deaths += 1
            if self._deaths == _TRIES:
                raise
            return Again(self._send(part, self._parcel.data))
        return self._opened(answer, part)

    def _opened(self, answer: Done | Lacking | Unreadable, part: P) -> T | Again:
        if isinstance(answer, Lacking):
            self._engine.postbook.forget(answer.process)
            return Again(self._send(part, self._parcel.data))
        if isinstance(answer, Unreadable):
            raise CannotTravelError(f"What is to run cannot be read in a child process: {answer.why}")
        self._engine.postbook.note(self._parcel, answer.process)
        self._deaths = self._losses = 0
        result: T = answer.result
        return result

    def _send(self, part: P, data: bytes | None) -> Future[Any]:
        while True:
            self._cancel.check()
            crew = self._engine.crew()
            try:
                future = crew.schedule(run_part, [self._parcel.key, data, self._function, part])
            except CrewLostError as err:
                self._lose(crew, err)
            else:
                self._crews[future] = crew
                return future

    def _lose(self, crew: Crew, err: CrewLostError) -> None:
        self._engine.replace(crew)
        self._losses += 1
        _check_losses(self._losses, err)


def _check_losses(losses: int, err: CrewLostError) -> None:
    if losses >= _LOSSES:
        raise IBMRuntimeError(
            f"The child processes ended {losses} times before the simulation was done, each time for another reason than the "
            "simulation itself; the machine may be out of memory. Run the job again."
        ) from err


def _died(error: IBMRuntimeError) -> bool:
    """Whether the process that ran the call died of it."""
    from pebble import ProcessExpired

    return isinstance(error.__cause__, ProcessExpired)


@contextmanager
def _explained(cancel: CancelToken) -> Iterator[None]:
    """Pebble's errors as ours."""
    from pebble import ProcessExpired

    try:
        yield
    except CancelledError:
        raise Cancelled(cancel.reason) from None
    except ProcessExpired as err:
        raise IBMRuntimeError(
            f"The child process that ran the simulation died with exit code {err.exitcode}; it may have run out of "
            "memory. Use fewer qubits or a method that needs less (options.simulator.method)."
        ) from err
