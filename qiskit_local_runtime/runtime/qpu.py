"""The QPU as the scheduler hands it out."""

from __future__ import annotations

from ..scheduler.events import Ready, Released
from ..scheduler.loop import Loop
from .ticket import Ticket


class ScheduledQpu:
    """See :class:`~qiskit_local_runtime.runtime.worker.Qpu`."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop

    def enter(self, ticket: Ticket) -> None:
        """Wait for the QPU.

        Raises:
            Cancelled: the job was cancelled meanwhile.
        """
        self._loop.post(Ready(ticket.id))
        if not ticket.granted.is_set():
            ticket.token.on_cancel(ticket.granted.set)
            ticket.granted.wait()
        ticket.token.check()

    def leave(self, ticket: Ticket) -> None:
        """Let the next job have it."""
        self._loop.post(Released(ticket.id))
