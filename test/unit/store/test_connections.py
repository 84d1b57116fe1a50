"""Connections of threads and of forked children."""

from __future__ import annotations

import os
import signal
import sqlite3
import tempfile
import threading
import unittest
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qiskit_local_runtime.errors import IBMRuntimeError
from qiskit_local_runtime.records.job import Job
from qiskit_local_runtime.records.query import Query
from qiskit_local_runtime.store import SqliteStore
from qiskit_local_runtime.store.connections import Connections
from qiskit_local_runtime.store.transaction import transaction

ROW = Job(id="a", routine="sampler", backend_name="aer", created=datetime(2026, 1, 1, tzinfo=UTC))


class _Folder(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "store.sqlite"


class TestThreads(_Folder):
    """One each, for as long as the thread lives."""

    def setUp(self) -> None:
        super().setUp()
        self.connections = Connections(self.path, "NORMAL")
        self.addCleanup(self.connections.close)

    def in_a_thread(self) -> sqlite3.Connection:
        found: list[sqlite3.Connection] = []
        thread = threading.Thread(target=lambda: found.append(self.connections.get()))
        thread.start()
        thread.join()
        return found[0]

    def test_a_thread_keeps_its_own(self) -> None:
        self.assertIs(self.connections.get(), self.connections.get())
        self.assertIsNot(self.in_a_thread(), self.connections.get())

    def test_it_is_closed_when_its_thread_has_ended(self) -> None:
        mine, other = self.connections.get(), self.in_a_thread()
        with self.assertRaisesRegex(sqlite3.ProgrammingError, "closed"):
            other.execute("SELECT 1")
        self.assertEqual(mine.execute("SELECT 1").fetchall(), [(1,)])

    def test_closing_closes_those_of_other_threads_and_refuses_new_ones(self) -> None:
        got, closed = threading.Event(), threading.Event()
        ends: list[str] = []

        def work() -> None:
            connection = self.connections.get()
            got.set()
            closed.wait(10)
            try:
                connection.execute("SELECT 1")
            except sqlite3.ProgrammingError:
                ends.append("closed")

        thread = threading.Thread(target=work)
        thread.start()
        got.wait(10)
        self.connections.close()
        self.connections.close()
        closed.set()
        thread.join()
        self.assertEqual(ends, ["closed"])
        with self.assertRaisesRegex(IBMRuntimeError, "is closed. Open it again"):
            self.connections.get()


class TestTransactions(_Folder):
    """A connection is usable whatever happened."""

    def test_after_an_error_nothing_is_written_and_the_next_one_begins(self) -> None:
        connections = Connections(self.path, "NORMAL")
        self.addCleanup(connections.close)
        connection = connections.get()
        connection.execute("CREATE TABLE t (x)")
        with self.assertRaises(KeyboardInterrupt), transaction(connection):
            connection.execute("INSERT INTO t VALUES (1)")
            raise KeyboardInterrupt
        with transaction(connection):
            connection.execute("INSERT INTO t VALUES (2)")
        self.assertEqual(connection.execute("SELECT x FROM t").fetchall(), [(2,)])

    def test_an_interrupt_raised_when_it_has_just_begun_leaves_nobody_locked_out(self) -> None:
        connection = sqlite3.connect(self.path, isolation_level=None, factory=_Interrupted)
        self.addCleanup(connection.close)
        with self.assertRaises(KeyboardInterrupt), transaction(connection):
            self.fail("it was interrupted before")
        self.assertFalse(connection.in_transaction)

    def test_one_left_open_by_whatever_means_is_undone_when_its_thread_writes_again(self) -> None:
        store = SqliteStore(self.path, synchronous="NORMAL")
        self.addCleanup(store.close)
        store._connections.get().execute("BEGIN IMMEDIATE")
        store.put(ROW)
        self.assertEqual(store.get("a"), ROW)

    def test_ctrl_c_is_heeded_when_it_is_over(self) -> None:
        connections = Connections(self.path, "NORMAL")
        self.addCleanup(connections.close)
        connection = connections.get()
        connection.execute("CREATE TABLE t (x)")
        with self.assertRaises(KeyboardInterrupt), transaction(connection):
            signal.raise_signal(signal.SIGINT)
            connection.execute("INSERT INTO t VALUES (1)")
        self.assertEqual(connection.execute("SELECT x FROM t").fetchall(), [(1,)])


class TestStoreInThreads(_Folder):
    """What the store does with them."""

    def setUp(self) -> None:
        super().setUp()
        self.store, self.other = SqliteStore(self.path, synchronous="NORMAL"), SqliteStore(self.path, synchronous="NORMAL")
        self.addCleanup(self.store.close)
        self.addCleanup(self.other.close)

    def test_each_thread_is_told_of_a_change(self) -> None:
        self.store.changed()
        self.other.put(ROW)
        found: list[bool] = []
        thread = threading.Thread(target=lambda: found.append(self.store.changed()))
        thread.start()
        thread.join()
        self.assertEqual((found, self.store.changed(), self.store.changed()), ([True], True, False))

    def test_messages_are_lost_to_nobody_while_others_are_sent(self) -> None:
        taken: list[str] = []
        done = threading.Event()

        def take(store: SqliteStore) -> None:
            while True:
                last = done.is_set()
                found = store.receive(("q",))
                taken.extend(target for _, _, target in found)
                store.discard([number for number, _, _ in found])
                if last and not found:
                    return

        threads = [threading.Thread(target=take, args=(self.other,))]
        for thread in threads:
            thread.start()
        for i in range(200):
            self.store.send("q", "cancel", str(i))
        done.set()
        for thread in threads:
            thread.join()
        self.assertEqual(taken, [str(i) for i in range(200)])

    @unittest.skipUnless(hasattr(os, "fork"), "no fork here")
    def test_a_forked_child_writes_and_closes_without_harm_to_its_parent(self) -> None:
        self.store.put(ROW)
        mine = self.store._connections.get()
        child = os.fork()
        if child == 0:
            end = 1
            try:
                self.store.put(replace(ROW, id="child"))
                shared = self.store._connections.get() is mine
                self.store.close()
                end = 2 if shared else 0
            finally:
                os._exit(end)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)
        self.store.put(replace(ROW, id="parent"))
        self.assertEqual({row.id for row in self.other.find(Query())}, {"a", "child", "parent"})
        self.assertEqual(self.store._connections.get().execute("PRAGMA integrity_check").fetchall(), [("ok",)])

    @unittest.skipUnless(hasattr(os, "fork"), "no fork here")
    def test_children_forked_while_another_thread_writes_can_write_at_once(self) -> None:
        done = threading.Event()

        def write() -> None:
            number = 0
            while not done.is_set():
                self.store.put(replace(ROW, id=str(number := number + 1)))

        writer = threading.Thread(target=write)
        writer.start()
        try:
            ends = [self.put_in_a_child(f"child {i}") for i in range(20)]
        finally:
            done.set()
            writer.join()
        self.assertEqual(ends, [0] * 20)
        self.assertEqual(len([row for row in self.other.find(Query()) if row.id.startswith("child")]), 20)

    def put_in_a_child(self, name: str) -> int:
        child = os.fork()
        if child == 0:
            end = 1
            try:
                signal.alarm(10)
                self.store.put(replace(ROW, id=name))
                end = 0
            finally:
                os._exit(end)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    @unittest.skipUnless(hasattr(os, "fork"), "no fork here")
    def test_a_look_after_a_fork_misses_nothing(self) -> None:
        self.store.changed()
        self.assertFalse(self.store.changed())
        self.other.put(ROW)
        self.put_in_a_child("child")
        self.assertTrue(self.store.changed())


class _Interrupted(sqlite3.Connection):
    """Raises what came during a ``BEGIN`` when it has succeeded, as Python does."""

    def execute(self, sql: str, *rest: Any) -> sqlite3.Cursor:
        cursor = super().execute(sql, *rest)
        if sql.startswith("BEGIN"):
            raise KeyboardInterrupt
        return cursor
