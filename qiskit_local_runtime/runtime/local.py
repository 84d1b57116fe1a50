"""The runtime of this process: one queue and one worker thread a backend, jobs in the order they came."""

from __future__ import annotations

import atexit
import os
import threading
import uuid
import weakref
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ..clock import Clock, SystemClock
from ..engines.base import Engine
from ..engines.processes import ProcessEngine
from ..errors import (
    IBMInputValueError,
    IBMRuntimeError,
    RuntimeJobCancelledError,
    RuntimeJobFailureError,
    RuntimeJobMaxTimeoutError,
    RuntimeJobNotFound,
    RuntimeProgramNotFound,
)
from ..records.job import Job
from ..records.request import Request
from ..routines import ROUTINES
from ..routines.base import Routine
from ..store.base import Store
from ..store.memory import MemoryStore
from .worker import RAN_TOO_LONG, Ticket, work


@dataclass(eq=False)
class _Queue:
    """The jobs waiting for one backend, and the thread that runs them."""

    arrived: threading.Condition
    """On the runtime's lock; of this queue alone, so that a job wakes no other backend's thread."""
    waiting: deque[Ticket] = field(default_factory=deque)
    thread: threading.Thread | None = None


_LINGER = 0.5
"""Seconds a worker thread waits for another job: starting a thread costs more than a small job."""


class LocalRuntime:
    """Runs jobs in worker threads of this process, long simulations in its child processes.

    Use it as a context manager, or call :meth:`close`; one that is left open is closed when Python exits. It belongs to
    the process that made it: in a forked child it refuses to work.

    Args:
        engine: where long calls run; ``None``: a pool of child processes, started when first needed.
        clock: for time stamps.
        store: where rows and results are kept; ``None``: in memory.
        routines: the bodies of jobs.
        unimplemented: what happens to options that are known but not applied yet: ``"raise"`` refuses them by name,
            ``"warn"`` ignores them with a warning.
    """

    def __init__(
        self,
        *,
        engine: Engine | None = None,
        clock: Clock | None = None,
        store: Store | None = None,
        routines: Mapping[str, Routine] = ROUTINES,
        unimplemented: Literal["raise", "warn"] = "raise",
    ) -> None:
        if unimplemented not in ("raise", "warn"):
            raise IBMInputValueError(f"unimplemented must be 'raise' or 'warn', found {unimplemented!r}.")
        self.unimplemented = unimplemented
        self._engine = engine if engine is not None else ProcessEngine()
        self._clock = clock if clock is not None else SystemClock()
        self._store: Store = store if store is not None else MemoryStore()
        self._routines = routines
        self._lock = threading.RLock()
        self._tickets: dict[str, Ticket] = {}
        self._queues: weakref.WeakKeyDictionary[Any, _Queue] = weakref.WeakKeyDictionary()
        self._closed = False
        self._owner = os.getpid()
        _OPEN.add(self)

    def __enter__(self) -> LocalRuntime:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @property
    def closed(self) -> bool:
        """Whether it takes no more jobs."""
        return self._closed

    def submit(self, request: Request) -> str:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        if request.routine not in self._routines:
            raise RuntimeProgramNotFound(
                f"No routine is named {request.routine!r}. Expected one of {', '.join(sorted(self._routines))}."
            )
        self._check_owner()
        self._routines[request.routine].accept(request)
        ticket = Ticket(uuid.uuid4().hex, request)
        with self._lock:
            if self._closed:
                raise IBMRuntimeError("The runtime is closed and takes no more jobs. Make a new one.")
            self._store.put(
                Job(
                    id=ticket.id,
                    routine=request.routine,
                    backend_name=getattr(request.backend, "name", None) or type(request.backend).__name__,
                    status="QUEUED",
                    created=self._clock.now(),
                    tags=request.tags,
                    private=request.private,
                )
            )
            self._tickets[ticket.id] = ticket
            self._enqueue(ticket)
        return ticket.id

    def job(self, job_id: str) -> Job:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        found = self._store.get(job_id)
        if found is None:
            raise RuntimeJobNotFound(f"No job has the id {job_id!r}.")
        return found

    def request(self, job_id: str) -> Request:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        return self._ticket(job_id).request

    def wait(self, job_id: str, timeout: float | None) -> bool:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        self._check_owner()
        return self._ticket(job_id).ended.wait(timeout)

    def result(self, job_id: str) -> Any:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        job = self.job(job_id)
        if job.status == "DONE":
            return self._store.get_result(job_id)
        if job.reason == RAN_TOO_LONG:
            raise RuntimeJobMaxTimeoutError(
                f"Job {job_id} used more quantum time than max_execution_time allows "
                f"({self.request(job_id).max_execution_time} s) and was stopped: ran too long."
            )
        if job.status == "CANCELLED":
            raise RuntimeJobCancelledError(f"Job {job_id} was cancelled, so it has no result.")
        raise RuntimeJobFailureError(f"Job {job_id} failed: {job.error}") from self._ticket(job_id).cause

    def cancel(self, job_id: str) -> bool:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        ticket = self._ticket(job_id)
        with self._lock:
            if self.job(job_id).final:
                return False
            queue = self._queues.get(ticket.request.backend)
            if queue is not None and ticket in queue.waiting:
                queue.waiting.remove(ticket)
                self._end_unstarted(ticket)
                return True
        ticket.token.cancel()
        return True

    def update_tags(self, job_id: str, tags: tuple[str, ...]) -> None:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        self._ticket(job_id)
        self._change(job_id, lambda job: replace(job, tags=tags))

    def queue_position(self, job_id: str) -> int | None:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        ticket = self._ticket(job_id)
        with self._lock:
            queue = self._queues.get(ticket.request.backend)
            if queue is None or ticket not in queue.waiting:
                return None
            return queue.waiting.index(ticket) + 1

    def hold(self, job_id: str) -> None:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        ticket = self._tickets.get(job_id)
        if ticket is not None:
            ticket.handles.append(None)
            ticket.released = False

    def release(self, job_id: str) -> None:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        ticket = self._tickets.get(job_id)
        if ticket is None:
            return
        ticket.handles.pop()
        if not ticket.handles:
            ticket.released = True
            self._forget_if_done(ticket)

    def _end(self, ticket: Ticket) -> None:
        ticket.ended.set()
        self._forget_if_done(ticket)

    def _forget_if_done(self, ticket: Ticket) -> None:
        """Without a lock: the later of the job's end and its last handle's end sees both; forgetting twice is harmless."""
        if ticket.released and ticket.ended.is_set():
            self._tickets.pop(ticket.id, None)
            self._store.drop(ticket.id)

    def close(self) -> None:
        """Cancel what is queued or running, wait for the workers, stop the children; idempotent."""
        _OPEN.discard(self)
        if self._owner != os.getpid():
            return
        with self._lock:
            self._closed = True
            threads = [queue.thread for queue in self._queues.values() if queue.thread is not None]
            for queue in self._queues.values():
                queue.arrived.notify_all()
                while queue.waiting:
                    self._end_unstarted(queue.waiting.popleft())
            running = [ticket for ticket in list(self._tickets.values()) if not ticket.ended.is_set()]
        for ticket in running:
            ticket.token.cancel("the runtime was closed")
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(timeout=5)
        self._engine.close()

    def _enqueue(self, ticket: Ticket) -> None:
        backend = ticket.request.backend
        queue = self._queues.get(backend)
        if queue is None:
            queue = self._queues[backend] = _Queue(threading.Condition(self._lock))
        queue.waiting.append(ticket)
        queue.arrived.notify()
        if queue.thread is None:
            name = f"qiskit-local-runtime {getattr(backend, 'name', '')}"
            queue.thread = threading.Thread(target=self._serve, args=(queue,), name=name, daemon=True)
            queue.thread.start()

    def _serve(self, queue: _Queue) -> None:
        """A worker thread: jobs of one backend one after the other, until none has come for a while."""
        while True:
            with self._lock:
                queue.arrived.wait_for(lambda: queue.waiting or self._closed, _LINGER)
                if not queue.waiting:
                    queue.thread = None
                    return
                ticket = queue.waiting.popleft()
            try:
                self._work(ticket)
            finally:
                self._end(ticket)
            del ticket

    def _work(self, ticket: Ticket) -> None:
        routine = self._routines[ticket.request.routine]
        work(
            ticket,
            routine,
            self._engine,
            self._clock,
            lambda function: self._change(ticket.id, function),
            lambda result: self._store.put_result(ticket.id, result),
        )

    def _change(self, job_id: str, function: Callable[[Job], Job]) -> None:
        with self._lock:
            self._store.put(function(self.job(job_id)))

    def _end_unstarted(self, ticket: Ticket) -> None:
        ticket.token.cancel()
        self._change(
            ticket.id,
            lambda job: replace(job, status="CANCELLED", finished=self._clock.now(), reason="cancelled", error="cancelled"),
        )
        self._end(ticket)

    def _ticket(self, job_id: str) -> Ticket:
        ticket = self._tickets.get(job_id)
        if ticket is None:
            raise RuntimeJobNotFound(f"No job has the id {job_id!r}.")
        return ticket

    def _check_owner(self) -> None:
        if self._owner != os.getpid():
            raise IBMRuntimeError(
                f"This runtime belongs to process {self._owner} and this is process {os.getpid()}, forked from it: its worker "
                "threads are not here. Make a new runtime (or primitive) in this process."
            )


_OPEN: weakref.WeakSet[LocalRuntime] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    for runtime in list(_OPEN):
        runtime.close()
