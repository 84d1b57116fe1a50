"""Queues: which backends share one, which process runs it, and what other processes put into it."""

from __future__ import annotations

import logging
import threading
import uuid
import weakref
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from qiskit.providers import BackendV2

from ..clock import Clock
from ..errors import IBMBackendError, IBMRuntimeError
from ..records.job import Job
from ..records.query import Query
from ..scheduler import Refused
from ..scheduler.events import Abandoned, Cancelled, Closed, Submitted
from ..scheduler.loop import Loop
from ..store import Store
from .leases import Leases
from .ticket import Ticket
from .tickets import Tickets
from .workloads import Workloads

_LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 0.03
"""How often other processes' messages and jobs are looked for."""
_TAKE_OVER_EVERY = 20
"""Every so many looks, queues are looked for whose process has died."""
_PRIVATE = "#"
"""In the names of queues whose backend is an object of one process."""

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
        self.lock = threading.RLock()
        """Held while a job is put into a queue and while queues are looked through."""
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def of(self, backend: BackendV2) -> str:
        """The name of a backend's queue.

        Backends that another process can make as well have the same queue in all processes that share a store.
        """
        with self.lock:
            name = self._names.get(backend)
            if name is None:
                shared = _shared_name(backend) if self._store.durable else None
                own = f"{getattr(backend, 'name', None) or type(backend).__name__}{_PRIVATE}{uuid.uuid4().hex[:8]}"
                name = self._names[backend] = shared or own
                self._backends[name] = backend
            return name

    def backend(self, queue: str) -> BackendV2:
        """A backend of a queue.

        Raises:
            IBMBackendError: it was an object of another process.
        """
        with self.lock:
            found: BackendV2 | None = self._backends.get(queue)
        if found is not None:
            return found
        if _PRIVATE in queue:
            raise IBMBackendError(f"The backend {queue.split(_PRIVATE)[0]!r} is gone: it was an object of another process.")
        from ..devices.registry import backend_of_queue

        return backend_of_queue(queue)

    def own(self, queue: str) -> bool:
        """Whether this process runs a queue; if nobody does, it does from now on."""
        with self.lock:
            if self._leases.holds(queue):
                return True
            if not self._leases.acquire(queue):
                return False
            self._configure(queue)
            if self._store.durable:
                self._adopt(queue)
                self.watch()
            return True

    def recover(self) -> None:
        """Take over what processes that have ended left unfinished."""
        if not self._store.durable:
            return
        unfinished = self._store.find(Query(statuses=("INITIALIZING", "QUEUED", "RUNNING"), descending=False))
        open_workloads = [row.queue for row in self._store.workloads() if row.state != "closed"]
        for queue in dict.fromkeys([*(row.queue for row in unfinished), *open_workloads]):
            self.own(queue)

    def watch(self) -> None:
        """Look for what other processes do, from now on."""
        with self.lock:
            if self._thread is None and self._store.durable and not self._stop.is_set():
                self._thread = threading.Thread(target=self._watch, name="qiskit-local-runtime store", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=5)

    def close(self) -> None:
        """Let others run the queues."""
        self._leases.release()

    # --- taking over

    def _adopt(self, queue: str) -> None:
        """What a process that ran the queue before has left: its workloads go on, its jobs start again."""
        unfinished = self._store.find(Query(statuses=("INITIALIZING", "QUEUED", "RUNNING"), queues=(queue,), descending=False))
        gone = _PRIVATE in queue
        busy = set() if gone else {row.workload_id for row in unfinished}
        for workload in self._store.workloads():
            if workload.queue == queue and workload.state != "closed":
                self._workloads.restore(workload, has_jobs=workload.id in busy)
                if gone:
                    self._loop.post(Abandoned(workload.id))
        for row in unfinished:
            self._start_again(row, gone)

    def _start_again(self, row: Job, gone: bool) -> None:
        ticket = self._tickets.get(row.id) or Ticket(row.id, None, foreign=True)
        ticket.remote = False
        line = f"{self._clock.now().isoformat()} WARNING the process that ran it ended; it is queued again"
        again = (
            row
            if row.status == "QUEUED"
            else replace(row, status="QUEUED", phase="", running=None, granted=None, log=(*row.log, line))
        )
        again = replace(again, busy_seconds=0.0, quantum_seconds=None)
        self._tickets.add(ticket, again)
        if again.status != row.status:
            self._store.put(again)
        if gone:
            self._tickets.settle(ticket, "ERROR", GONE, self._clock.now())
        else:
            self._post(row.id, Submitted(row.id, row.queue, row.instance, row.workload_id, again=True))

    def _post(self, job_id: str, event: Submitted) -> None:
        """Queue a job that was acknowledged: one that cannot run any more ends with the reason."""
        ticket = self._tickets.get(job_id)
        assert ticket is not None
        try:
            self._workloads.known(event.workload)
            self._loop.post(event)
        except Refused as refusal:
            reason = self._workloads.why_closed(event.workload) or str(refusal)
            self._tickets.settle(ticket, "ERROR", reason, self._clock.now())

    # --- other processes

    def _watch(self) -> None:
        look, told = 0, ""
        while not self._stop.wait(_LOOK_SECONDS):
            look += 1
            try:
                self._look(everything=look % _TAKE_OVER_EVERY == 0)
                told = ""
            except IBMRuntimeError as error:
                # a disk that is full now may have room later: look again, and say it once
                if str(error) != told and not self._stop.is_set():
                    _LOG.warning("%s", error)
                told = str(error)

    def _look(self, *, everything: bool) -> None:
        if self._store.changed() or everything:
            with self.lock:
                self._take_messages()
                self._take_jobs()
                self._end_remote()
        if everything:
            for queue in {ticket.row.queue for ticket in self._tickets.remote() if ticket.row is not None}:
                self.own(queue)

    def _take_messages(self) -> None:
        for kind, target in self._store.receive(self._leases.queues()):
            if kind == "cancel":
                self._loop.post(Cancelled(target))
            else:
                self._workloads.tell(Closed(target) if kind == "close" else Abandoned(target))

    def _take_jobs(self) -> None:
        """Jobs other processes have put into queues of this one."""
        for row in self._store.find(Query(statuses=("QUEUED",), queues=self._leases.queues(), descending=False)):
            if not self._tickets.known(row.id):
                # a job of this process that has ended meanwhile, and whose handle is gone, is not known either
                now = self._store.get(row.id)
                if now is None or now.status != "QUEUED":
                    continue
                self._tickets.add(Ticket(row.id, None, foreign=True), row)
                self._post(row.id, Submitted(row.id, row.queue, row.instance, row.workload_id))
            else:
                self._mine_after_all(row)

    def _mine_after_all(self, row: Job) -> None:
        """A job this process submitted to another's queue, which it runs now."""
        ticket = self._tickets.get(row.id)
        if ticket is not None and ticket.remote:
            ticket.remote = False
            self._tickets.add(ticket, row)
            self._post(row.id, Submitted(row.id, row.queue, row.instance, row.workload_id, again=True))

    def _end_remote(self) -> None:
        for ticket in self._tickets.remote():
            row = self._store.get(ticket.id)
            if row is None or row.final:
                self._tickets.end(ticket)


def _shared_name(backend: BackendV2) -> str | None:
    from ..devices.registry import queue_name

    return queue_name(backend)
