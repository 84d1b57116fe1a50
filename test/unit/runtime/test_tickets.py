"""Rows of jobs while the store cannot be written."""

from __future__ import annotations

import unittest
from dataclasses import replace
from datetime import UTC, datetime

from qiskit_local_runtime.errors import IBMRuntimeError
from qiskit_local_runtime.records.job import Job
from qiskit_local_runtime.runtime.ticket import Ticket
from qiskit_local_runtime.runtime.tickets import Tickets
from qiskit_local_runtime.store import MemoryStore

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class _Full(MemoryStore):
    """A store that is full when it is told so."""

    durable = True
    full = False

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []

    def put(self, job: Job) -> None:
        if self.full:
            raise IBMRuntimeError("full")
        self.written.append(f"{job.id} {job.status}")
        super().put(job)

    def drop(self, job_id: str) -> None:
        if self.full:
            raise IBMRuntimeError("full")
        super().drop(job_id)


class TestOwed(unittest.TestCase):
    """What cannot be written is written when it can be, in order."""

    def setUp(self) -> None:
        self.store = _Full()
        self.tickets = Tickets(self.store)
        self.a, self.b = (self.add(name) for name in "ab")
        self.store.full = True

    def add(self, name: str) -> Ticket:
        row, ticket = Job(id=name, routine="sampler", backend_name="aer", created=NOW, status="QUEUED"), Ticket(name, None)
        self.store.submit(row, None)
        self.tickets.add(ticket, row)
        return ticket

    def status(self, ticket: Ticket, status: str) -> None:
        self.tickets.change(ticket, lambda row: replace(row, status=status))

    def test_a_job_goes_on_and_its_row_follows(self) -> None:
        self.status(self.a, "RUNNING")
        self.status(self.b, "RUNNING")
        self.status(self.a, "ERROR")
        self.assertEqual([self.tickets.row(name).status for name in "ab"], ["ERROR", "RUNNING"])  # type: ignore[union-attr]
        with self.assertRaisesRegex(IBMRuntimeError, "full"):
            self.tickets.catch_up()
        self.store.full, self.store.written = False, []
        self.tickets.catch_up()
        self.tickets.catch_up()
        self.assertEqual(self.store.written, ["a ERROR", "b RUNNING"])

    def test_the_next_one_that_can_be_written_takes_the_others_along(self) -> None:
        self.status(self.a, "ERROR")
        self.store.full, self.store.written = False, []
        self.status(self.b, "RUNNING")
        self.assertEqual(self.store.written, ["a ERROR", "b RUNNING"])

    def test_a_job_nobody_has_a_handle_of_is_still_owed(self) -> None:
        self.tickets.hold("a")
        self.tickets.release("a")
        self.tickets.settle(self.a, "CANCELLED", "why", NOW)
        self.assertFalse(self.tickets.known("a"))
        self.assertEqual(self.tickets.row("a").status, "CANCELLED")  # type: ignore[union-attr]

    def test_a_job_that_was_deleted_does_not_come_back(self) -> None:
        self.status(self.a, "ERROR")
        with self.assertRaisesRegex(IBMRuntimeError, "full"):
            self.tickets.forget("a")
        self.assertEqual(self.tickets.row("a").status, "ERROR")  # type: ignore[union-attr]
        self.store.full = False
        self.tickets.forget("a")
        self.tickets.catch_up()
        self.assertIsNone(self.store.get("a"))

    def test_tags_are_written_now_or_refused(self) -> None:
        with self.assertRaisesRegex(IBMRuntimeError, "full"):
            self.tickets.change(self.a, lambda row: replace(row, tags=("x",)), always=True)
        self.assertEqual(self.tickets.row("a").tags, ())  # type: ignore[union-attr]
