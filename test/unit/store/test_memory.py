"""The store that lives as long as the process."""

from __future__ import annotations

import unittest
from dataclasses import replace
from datetime import UTC, datetime

from qiskit_local_runtime.records.job import Job
from qiskit_local_runtime.records.query import Query
from qiskit_local_runtime.store import STORES, MemoryStore


def _job(name: str) -> Job:
    return Job(id=name, routine="sampler", backend_name="aer", created=datetime(2026, 1, 1, tzinfo=UTC))


class TestMemoryStore(unittest.TestCase):
    """Rows and results."""

    def test_a_row_is_found_again_and_replaced(self) -> None:
        store = MemoryStore()
        store.put(_job("a"))
        store.put(replace(_job("a"), status="DONE"))
        found = store.get("a")
        self.assertEqual(None if found is None else found.status, "DONE")
        self.assertEqual(store.count(Query()), 1)

    def test_rows_come_oldest_first_whatever_changes(self) -> None:
        store = MemoryStore()
        for name in "abc":
            store.put(_job(name))
        store.put(replace(_job("a"), status="DONE"))
        self.assertEqual([job.id for job in store.find(Query(descending=False))], ["a", "b", "c"])

    def test_what_is_not_there_is_none(self) -> None:
        store = MemoryStore()
        self.assertEqual((store.get("a"), store.get_result("a")), (None, None))

    def test_dropping_forgets_row_and_result_and_may_be_repeated(self) -> None:
        store = MemoryStore()
        store.submit(_job("a"), 5)
        store.finish(replace(_job("a"), status="DONE"), 7)
        self.assertEqual(store.get_request("a"), 5)
        self.assertEqual(store.get_result("a"), 7)
        store.drop("a")
        store.drop("a")
        self.assertEqual((store.get("a"), store.get_result("a"), list(store.find(Query()))), (None, None, []))

    def test_the_table_names_it(self) -> None:
        self.assertIs(STORES["memory"], MemoryStore)
