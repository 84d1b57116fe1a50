"""The jobs this process knows, and their rows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Literal

from ..records.job import Job
from ..store import Store
from .ticket import Ticket


class Tickets:
    """Tickets by job id. A row that changes often is kept here and written through when the status changes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tickets: dict[str, Ticket] = {}
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
            return self._store.get(job_id)
        if ticket.remote or ticket.row is None:
            row = self._store.get(job_id)
            return row if row is None or ticket.tags is None else replace(row, tags=ticket.tags)
        return ticket.row

    def unfinished(self) -> list[Ticket]:
        """Jobs of this process that have not ended."""
        return [ticket for ticket in list(self._tickets.values()) if not ticket.ended.is_set() and not ticket.remote]

    def remote(self) -> list[Ticket]:
        """Jobs that another process runs and that had not ended when last looked at."""
        return [ticket for ticket in list(self._tickets.values()) if ticket.remote and not ticket.ended.is_set()]

    def change(self, ticket: Ticket, function: Callable[[Job], Job], *, always: bool = False) -> None:
        """Apply a function to a job's row, and write it through if the status changes (or ``always``).

        Raises:
            IBMRuntimeError: the store cannot be written.
        """
        with self._lock:
            old = ticket.row if ticket.row is not None and not ticket.remote else self._store.get(ticket.id)
            if old is None:
                return
            new = function(old)
            # a result was written together with its row
            if always or (new.status != old.status and new.status != "DONE"):
                self._store.put(new)
            ticket.row = new

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
                lambda job: replace(job, status=outcome, finished=when, error=reason, reason=reason, log=(*job.log, line)),
            )
        finally:
            if end:
                self.end(ticket)

    def failed(self, ticket: Ticket, when: datetime) -> None:
        """A job's end could not be written down: this process at least shows that it failed."""
        error = "the store could not be written"
        self.change_here(ticket, lambda job: replace(job, status="ERROR", phase="", finished=when, error=error))

    def end(self, ticket: Ticket) -> None:
        """Wake who waits for the job."""
        ticket.ended.set()
        self._forget_if_done(ticket)

    def end_all(self) -> None:
        """Wake everybody who waits: there is nobody left to end a job."""
        for ticket in list(self._tickets.values()):
            ticket.ended.set()

    def forget(self, job_id: str) -> None:
        """There is no such job any more."""
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
