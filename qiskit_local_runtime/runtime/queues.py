"""Queues: which backends share one, which process runs it, and what a process that ended has left in it."""

from __future__ import annotations

import logging
import threading
import uuid
import weakref
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

from qiskit.providers import BackendV2

from ..clock import Clock
from ..errors import IBMBackendError, IBMInputValueError
from ..records.change import changed
from ..records.job import UNFINISHED, Job
from ..records.query import Query
from ..scheduler import Refused
from ..scheduler.events import Submitted
from ..scheduler.loop import Loop
from ..store import Store
from .leases import PRIVATE, Leases
from .ticket import Ticket
from .tickets import Tickets
from .workloads import Workloads

_LOG = logging.getLogger(__name__)

GONE = (
    "its backend was an object that only the process that submitted it had, and that process has ended; submit it again, or "
    "use a backend other processes can make: a fake backend, AerSimulator() or one of QiskitRuntimeService"
)


class Queues:
    """The queues of a runtime."""

    def __init__(
        self,
        store: Store,
        tickets: Tickets,
        loop: Loop,
        workloads: Workloads,
        clock: Clock,
        configure: Callable[[str], None],
    ) -> None:
        self._store, self._tickets, self._loop, self._workloads = store, tickets, loop, workloads
        self._clock, self._configure = clock, configure
        self._leases = Leases(store.locks if store.durable else None)
        self._names: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()
        self._backends: weakref.WeakValueDictionary[str, Any] = weakref.WeakValueDictionary()
        self._mine, self._count = uuid.uuid4().hex[:12], count(1)
        self._half: set[str] = set()
        """Queues in which something could not be taken over yet."""
        self.lock = threading.RLock()
        """Held while a job is put into a queue and while queues are looked through."""

    def of(self, backend: BackendV2) -> str:
        """The name of a backend's queue.

        Backends that another process can make as well have the same queue in all processes that share a store.
        """
        with self.lock:
            name = self._names.get(backend)
            if name is None:
                shared = _shared_name(backend) if self._store.durable else None
                name = self._names[backend] = shared or self._private_name(backend)
                self._backends[name] = backend
            return name

    def _private_name(self, backend: BackendV2) -> str:
        own = getattr(backend, "name", None) or type(backend).__name__
        return f"{own}{PRIVATE}{self._mine}-{next(self._count)}"

    def backend(self, queue: str) -> BackendV2:
        """A backend of a queue.

        Raises:
            IBMBackendError: it was an object of another process.
        """
        with self.lock:
            found: BackendV2 | None = self._backends.get(queue)
        if found is not None:
            return found
        if PRIVATE in queue:
            raise IBMBackendError(f"The backend {queue.split(PRIVATE)[0]!r} is gone: it was an object of another process.")
        from ..devices.registry import backend_of_queue

        return backend_of_queue(queue)

    def mine(self) -> tuple[str, ...]:
        """The queues this process runs."""
        return self._leases.queues()

    def own(self, queue: str) -> bool:
        """Whether this process runs a queue; if nobody does, it does from now on.

        Raises:
            IBMRuntimeError: what is in it cannot be read; the queue is left to others.
        """
        with self.lock:
            if self._leases.holds(queue):
                return True
            if not self._leases.acquire(queue):
                return False
            try:
                self._configure(queue)
                if self._store.durable:
                    self._adopt(queue)
            except BaseException:
                self._leases.release(queue)
                raise
            return True

    def recover(self) -> None:
        """Take over what processes that have ended left unfinished."""
        if not self._store.durable:
            return
        left = [*self._store.busy_queues(), *(row.queue for row in self._store.workloads(open_only=True))]
        for queue in dict.fromkeys(left):
            self.own(queue)
        for queue in list(self._half):
            with self.lock:
                self._adopt(queue)

    def close(self) -> None:
        """Let others run the queues."""
        self._leases.release_all()

    # --- taking over

    def _adopt(self, queue: str) -> None:
        """What a process that ran the queue before has left: its workloads go on, its jobs start again."""
        unfinished = self._store.find(Query(statuses=UNFINISHED, queues=(queue,), descending=False))
        workloads = [row for row in self._store.workloads(open_only=True) if row.queue == queue]
        # from here on nothing is given back: what fails is tried again
        self._half.discard(queue)
        gone = self._is_gone(queue)
        busy = set() if gone else {row.workload_id for row in unfinished}
        for workload in workloads:
            if not self._workloads.knows(workload.id):
                self._try(queue, partial(self._workloads.restore, workload, has_jobs=workload.id in busy, gone=gone))
        for row in unfinished:
            ticket = self._tickets.get(row.id)
            if ticket is None or ticket.remote:
                self._try(queue, partial(self._start_again, row, gone))

    def _is_gone(self, queue: str) -> bool:
        return PRIVATE in queue and queue not in self._backends

    def _try(self, queue: str, take_over: Callable[[], None]) -> None:
        try:
            take_over()
        except Exception:
            self._half.add(queue)
            _LOG.exception("Something in the queue %s could not be taken over; it will be tried again.", queue)

    def _start_again(self, row: Job, gone: bool) -> None:
        again = self._queued_again(row)
        if again.status != row.status:
            self._store.put(again)
        ticket = self._tickets.get(row.id) or Ticket(row.id, None)
        ticket.remote, ticket.foreign = False, True
        self._tickets.add(ticket, again)
        if gone:
            self._tickets.settle(ticket, "ERROR", GONE, self._clock.now())
            return
        # a session that ended let its running jobs complete
        alone = row.status == "RUNNING" and self._workloads.is_closed(row.workload_id)
        self.post(Submitted(row.id, row.queue, row.instance, None if alone else row.workload_id, again=True))

    def _queued_again(self, row: Job) -> Job:
        fresh = changed(row, busy_seconds=0.0, quantum_seconds=None)
        if row.status == "QUEUED":
            return fresh
        line = f"{self._clock.now().isoformat()} WARNING the process that ran it ended; it is queued again"
        return changed(fresh, status="QUEUED", phase="", running=None, granted=None, log=(*row.log, line))

    def post(self, event: Submitted) -> None:
        """Queue a job that was acknowledged: one that cannot run any more ends with the reason."""
        ticket = self._tickets.get(event.job)
        assert ticket is not None
        try:
            self._workloads.known(event.workload)
            self._loop.post(event)
        except (Refused, IBMInputValueError) as refusal:
            reason = self._workloads.why_closed(event.workload) or str(refusal)
            self._tickets.settle(ticket, "ERROR", reason, self._clock.now())


def _shared_name(backend: BackendV2) -> str | None:
    from ..devices.registry import queue_name

    return queue_name(backend)
