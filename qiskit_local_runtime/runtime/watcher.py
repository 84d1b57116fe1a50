"""What other processes do with a store that is shared: their messages, their jobs, their ends."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial

from ..errors import IBMRuntimeError
from ..records.change import changed
from ..records.job import Job
from ..records.query import Query
from ..scheduler.events import Abandoned, Cancelled, Closed, Submitted
from ..scheduler.loop import Loop
from ..store import DamagedRowError, Store
from .queues import Queues
from .ticket import Ticket
from .tickets import Tickets
from .workloads import Workloads

_LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 0.03
"""How often other processes' messages and jobs are looked for."""
_SYNC_EVERY = 3
"""Every so many looks, what was written is made to survive a power cut."""
_TAKE_OVER_EVERY = 20
"""Every so many looks, queues are looked for whose process has ended."""


class Watcher:
    """A thread that looks into the store; without one, :meth:`look` does it once."""

    def __init__(
        self,
        store: Store,
        tickets: Tickets,
        loop: Loop,
        workloads: Workloads,
        queues: Queues,
        catch_up: Callable[[], None] = lambda: None,
    ) -> None:
        self._store, self._tickets, self._loop, self._workloads = store, tickets, loop, workloads
        self._queues, self._catch_up = queues, catch_up
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Look from now on; a store no other process sees needs no looking."""
        if self._store.durable:
            self._thread = threading.Thread(target=self._watch, name="qiskit-local-runtime store", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=5)

    def look(self, *, everything: bool) -> None:
        """Look once, and write what could not be written; ``everything``: look also for what ended processes left behind."""
        try:
            self._look(everything)
        finally:
            self._catch_up()

    def _look(self, everything: bool) -> None:
        if self._store.changed() or everything:
            with self._queues.lock:
                # messages first: the jobs they are about are then there when jobs are read
                messages = self._store.receive(self._queues.mine())
                self._take_jobs()
                self._heed(messages)
                self._end_remote()
        if everything:
            self._queues.recover()

    def _watch(self) -> None:
        look, told = 0, ""
        while not self._stop.wait(_LOOK_SECONDS):
            look += 1
            try:
                self.look(everything=look % _TAKE_OVER_EVERY == 0)
                if look % _SYNC_EVERY == 0:
                    self._store.sync()
                told = ""
            except Exception as error:
                # a disk that is full now may have room later: look again, and say it once
                if str(error) != told and not self._stop.is_set():
                    _LOG.warning("%s", error, exc_info=not isinstance(error, IBMRuntimeError))
                told = str(error)

    def _heed(self, messages: Sequence[tuple[int, str, str]]) -> None:
        done: list[int] = []
        for number, kind, target in messages:
            _guarded(partial(self._heed_one, kind, target), f"the message {kind} {target}")
            done.append(number)
        if done:
            self._store.discard(done)

    def _heed_one(self, kind: str, target: str) -> None:
        _HEED[kind](self, target)

    def _cancel(self, target: str) -> None:
        self._loop.post(Cancelled(target))

    def _close(self, target: str) -> None:
        self._workloads.tell(Closed(target))

    def _abandon(self, target: str) -> None:
        self._workloads.tell(Abandoned(target))

    def _tag(self, target: str) -> None:
        job_id, *tags = json.loads(target)
        ticket = self._tickets.get(job_id)
        if ticket is not None:
            self._tickets.change(ticket, lambda job: changed(job, tags=tuple(tags)), always=True)

    def _take_jobs(self) -> None:
        """Jobs other processes have put into queues of this one."""
        for row in self._store.find(Query(statuses=("QUEUED",), queues=self._queues.mine(), descending=False)):
            _guarded(partial(self._take, row), f"job {row.id}")

    def _take(self, row: Job) -> None:
        if not self._tickets.known(row.id):
            # a job of this process that has ended meanwhile, and whose handle is gone, is not known either
            now = self._store.get(row.id)
            if now is None or now.status != "QUEUED":
                return
            self._tickets.add(Ticket(row.id, None, foreign=True), row)
            self._queues.post(Submitted(row.id, row.queue, row.instance, row.workload_id))
            return
        ticket = self._tickets.get(row.id)
        if ticket is not None and ticket.remote:
            # this process had asked for it, and runs its queue now
            ticket.remote = False
            self._tickets.add(ticket, row)
            self._queues.post(Submitted(row.id, row.queue, row.instance, row.workload_id, again=True))

    def _end_remote(self) -> None:
        for ticket in self._tickets.remote():
            if self._is_over(ticket):
                self._tickets.end(ticket)

    def _is_over(self, ticket: Ticket) -> bool:
        try:
            row = self._store.get(ticket.id)
        except DamagedRowError:
            # who waits for it is told
            return True
        return row is None or row.final


_HEED: dict[str, Callable[[Watcher, str], None]] = {
    "cancel": Watcher._cancel,
    "close": Watcher._close,
    "abandon": Watcher._abandon,
    "tags": Watcher._tag,
}
"""What other processes may ask for."""


def _guarded(do: Callable[[], None], what: str) -> None:
    """One row that cannot be dealt with keeps nobody from the others."""
    try:
        do()
    except Exception:
        _LOG.exception("%s could not be dealt with.", what)
