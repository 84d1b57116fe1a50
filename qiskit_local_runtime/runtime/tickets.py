"""The jobs this process knows, and their rows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Literal

from ..records.change import changed
from ..records.job import Job
from ..store import Store
from .ticket import Ticket


class Tickets:
    """Tickets by job id.

    A row that changes often is kept here and written through when the status changes: of a job that runs, other processes
    see the status but no phase. What cannot be written then is owed, until :meth:`catch_up` can.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tickets: dict[str, Ticket] = {}
        self._owed: dict[str, Job] = {}
        """Rows the store does not have yet, by job, in the order they were to be written."""
        self._lock = threading.Lock()

    def add(self, ticket: Ticket, row: Job) -> None:
        """A new job."""
        ticket.row = row
        self._tickets[ticket.id] = ticket

    def remove(self, ticket: Ticket) -> None:
        """Of a job that was refused nothing is left."""
        self._tickets.pop(ticket.id, None)

    def get(self, job_id: str) -> Ticket | None:
        """A job's ticket; for one that only the store knows, a new one."""
        ticket = self._tickets.get(job_id)
        if ticket is None and self._store.durable:
            row = self._store.get(job_id)
            if row is not None:
                ticket = self._tickets.setdefault(job_id, _of_another(row))
        return ticket

    def known(self, job_id: str) -> bool:
        """Whether there is a ticket already."""
        return job_id in self._tickets

    def row(self, job_id: str) -> Job | None:
        """A job's row as it is now."""
        ticket = self._tickets.get(job_id)
        if ticket is None:
            return self._owed.get(job_id) or self._store.get(job_id)
        if ticket.remote or ticket.row is None:
            row = self._store.get(job_id)
            return row if row is None or ticket.tags is None else changed(row, tags=ticket.tags)
        return ticket.row

    def unfinished(self) -> list[Ticket]:
        """Jobs of this process that have not ended."""
        return [ticket for ticket in list(self._tickets.values()) if not ticket.ended.is_set() and not ticket.remote]

    def remote(self) -> list[Ticket]:
        """Jobs that another process runs and that had not ended when last looked at."""
        return [ticket for ticket in list(self._tickets.values()) if ticket.remote and not ticket.ended.is_set()]

    def change(self, ticket: Ticket, function: Callable[[Job], Job], *, always: bool = False) -> None:
        """Apply a function to a job's row, and write it through if the status changes: later, if it cannot be now.

        Args:
            ticket: the job.
            function: the row from what it was.
            always: write it, and now.

        Raises:
            IBMRuntimeError: ``always``, and the store cannot be written.
        """
        with self._lock:
            old = ticket.row if ticket.row is not None and not ticket.remote else self._store.get(ticket.id)
            if old is None:
                return
            new = function(old)
            if always:
                self._store.put(new)
                self._store.flush()
                self._owed.pop(new.id, None)
            elif new.status == "DONE":
                # its result was written together with its row
                self._owed.pop(new.id, None)
            elif new.status != old.status:
                self._write(new)
            ticket.row = new

    def _write(self, row: Job) -> None:
        self._owed[row.id] = row
        with suppress(Exception):  # catch_up() tells it
            self._pay()

    def catch_up(self) -> None:
        """Write what could not be written.

        Raises:
            Exception: it still cannot.
        """
        if self._owed:
            with self._lock:
                self._pay()

    def _pay(self) -> None:
        for job_id, row in list(self._owed.items()):
            self._store.put(row)
            del self._owed[job_id]

    def change_here(self, ticket: Ticket, function: Callable[[Job], Job]) -> None:
        """Apply a function to the row this process shows: while it closes, the store keeps what the job was before."""
        with self._lock:
            if ticket.row is not None:
                ticket.row = function(ticket.row)

    def settle(
        self, ticket: Ticket, outcome: Literal["CANCELLED", "ERROR"], reason: str, when: datetime, *, end: bool = True
    ) -> None:
        """A job has ended without running."""
        ticket.token.cancel(reason)
        level = "WARNING" if outcome == "CANCELLED" else "ERROR"
        line = f"{when.isoformat()} {level} {outcome.lower()}: {reason}"
        try:
            self.change(
                ticket,
                lambda job: changed(job, status=outcome, finished=when, error=reason, reason=reason, log=(*job.log, line)),
            )
        finally:
            if end:
                self.end(ticket)

    def failed(self, ticket: Ticket, when: datetime) -> None:
        """A job's thread ended without a word about the job."""
        error = "it stopped without a result, see the log of the process that ran it"
        self.change(ticket, lambda job: changed(job, status="ERROR", phase="", finished=when, error=error))

    def end(self, ticket: Ticket) -> None:
        """Wake who waits for the job."""
        ticket.ended.set()
        self._forget_if_done(ticket)

    def end_all(self) -> None:
        """Wake everybody who waits: there is nobody left to end a job."""
        for ticket in list(self._tickets.values()):
            ticket.ended.set()

    def forget(self, job_id: str) -> None:
        """Drop a job here and in the store.

        Raises:
            IBMRuntimeError: the store cannot be written; the job is still there.
        """
        with self._lock:
            self._store.drop(job_id)
            self._owed.pop(job_id, None)
            self._tickets.pop(job_id, None)

    def hold(self, job_id: str) -> None:
        """There is one more handle of a job."""
        ticket = self.get(job_id)
        if ticket is not None:
            ticket.handles.append(None)
            ticket.released = False

    def release(self, job_id: str) -> None:
        """There is one handle less; without a lock, see :meth:`~qiskit_local_runtime.runtime.port.Runtime.release`."""
        ticket = self._tickets.get(job_id)
        if ticket is None:
            return
        ticket.handles.pop()
        if not ticket.handles:
            ticket.released = True
            self._forget_if_done(ticket)

    def _forget_if_done(self, ticket: Ticket) -> None:
        """Without a lock: the later of the job's end and its last handle's end sees both; forgetting twice is harmless."""
        if ticket.ended.is_set() and (ticket.released or (ticket.foreign and not ticket.handles)):
            self._tickets.pop(ticket.id, None)
            if not self._store.durable:
                self._store.drop(ticket.id)


def _of_another(row: Job) -> Ticket:
    ticket = Ticket(row.id, None, row, remote=True)
    if row.final:
        ticket.ended.set()
    return ticket
