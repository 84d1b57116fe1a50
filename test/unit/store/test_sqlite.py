"""The SQLite store as a file."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from qiskit_local_runtime.errors import IBMRuntimeError
from qiskit_local_runtime.records.job import Job
from qiskit_local_runtime.records.query import Query
from qiskit_local_runtime.store import SqliteStore, schema
from qiskit_local_runtime.store.rows import from_text, to_text

ROW = Job(id="a", routine="sampler", backend_name="aer", created=datetime(2026, 1, 1, tzinfo=UTC))


class _Folder(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "deep" / "store.sqlite"

    def open(self) -> SqliteStore:
        store = SqliteStore(self.path)
        self.addCleanup(store.close)
        return store


class TestFile(_Folder):
    """What is in the file is there for the next one who opens it."""

    def test_rows_and_bytes_survive_closing(self) -> None:
        first = self.open()
        first.submit(ROW, b"request")
        first.finish(replace(ROW, status="DONE"), b"r" * 100_000)
        first.close()
        second = self.open()
        self.assertEqual(second.get("a"), replace(ROW, status="DONE"))
        self.assertEqual((second.get_request("a"), second.get_result("a")), (b"request", b"r" * 100_000))

    def test_two_at_once_see_each_other(self) -> None:
        one, other = self.open(), self.open()
        other.changed()
        self.assertFalse(other.changed())
        one.put(ROW)
        self.assertTrue(other.changed())
        self.assertFalse(other.changed())
        self.assertEqual(other.get("a"), ROW)

    def test_messages_are_given_once_and_only_for_the_queues_asked_for(self) -> None:
        one, other = self.open(), self.open()
        one.send("q", "cancel", "a")
        one.send("p", "close", "w")
        one.send("q", "cancel", "b")
        self.assertEqual(list(other.receive(("q",))), [("cancel", "a"), ("cancel", "b")])
        self.assertEqual((list(one.receive(("q",))), list(one.receive(()))), ([], []))
        self.assertEqual(list(one.receive(("p", "q"))), [("close", "w")])

    def test_files_of_a_dropped_job_are_removed_and_orphans_at_opening(self) -> None:
        store = self.open()
        store.submit(ROW, b"x" * 100_000)
        blobs = self.path.with_name("store.sqlite.blobs")
        self.assertEqual([path.name for path in blobs.iterdir()], ["a.request"])
        store.drop("a")
        self.assertEqual(list(blobs.iterdir()), [])
        for name, age in (("old.result", 7200), ("new.result", 0)):
            (blobs / name).write_bytes(b"x")
            os.utime(blobs / name, (time.time() - age,) * 2)
        self.open()
        self.assertEqual([path.name for path in blobs.iterdir()], ["new.result"])

    def test_a_closed_store_says_so(self) -> None:
        store = self.open()
        store.close()
        with self.assertRaisesRegex(IBMRuntimeError, "is closed"):
            store.get("a")

    def test_a_killed_process_loses_nothing_it_acknowledged(self) -> None:
        code = (
            "import sys; from test.unit.store.test_sqlite import ROW; from dataclasses import replace; "
            "from qiskit_local_runtime.store import SqliteStore\n"
            "store, i = SqliteStore(sys.argv[1]), 0\n"
            "while True:\n"
            "    store.submit(replace(ROW, id=str(i)), b'r' * 70_000 * (i % 2)); print(i, flush=True); i += 1\n"
        )
        for _ in range(3):
            child = subprocess.Popen([sys.executable, "-c", code, str(self.path)], stdout=subprocess.PIPE, text=True)
            assert child.stdout is not None
            for _ in range(20):
                child.stdout.readline()
            child.kill()
            last = [line for line in child.stdout.read().split() if line][-1:]
            child.wait()
            child.stdout.close()
            store = self.open()
            known = {row.id for row in store.find(Query())}
            self.assertLessEqual({str(i) for i in range(int(last[0]) + 1 if last else 20)}, known)
            for name in known:
                self.assertEqual(len(store.get_request(name)), 70_000 * (int(name) % 2))
            store.close()


class TestTrouble(_Folder):
    """Errors say which file and what to do, and change nothing."""

    def test_a_file_that_is_no_database(self) -> None:
        self.path.parent.mkdir()
        self.path.write_bytes(b"my thesis" * 1000)
        with self.assertRaisesRegex(IBMRuntimeError, "store.sqlite is not a job store"):
            SqliteStore(self.path)
        self.assertEqual(self.path.read_bytes(), b"my thesis" * 1000)

    def test_a_database_of_another_program(self) -> None:
        self.path.parent.mkdir()
        with sqlite3.connect(self.path) as connection:
            connection.execute("CREATE TABLE recipes (name TEXT)")
        connection.close()
        with self.assertRaisesRegex(IBMRuntimeError, "another program"):
            SqliteStore(self.path)

    def test_a_newer_schema(self) -> None:
        self.open().close()
        with sqlite3.connect(self.path) as connection:
            connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
        connection.close()
        with self.assertRaisesRegex(IBMRuntimeError, f"version {schema.VERSION + 1} .* knows {schema.VERSION}"):
            SqliteStore(self.path)

    def test_a_folder_that_is_a_file(self) -> None:
        self.path.parent.write_text("not a folder")
        with self.assertRaisesRegex(IBMRuntimeError, "cannot be used"):
            SqliteStore(self.path)

    def test_a_full_disk_loses_nothing(self) -> None:
        store = self.open()
        store.put(ROW)
        pages = store._connection().execute("PRAGMA page_count").fetchone()[0]
        store._connection().execute(f"PRAGMA max_page_count = {pages}")
        with self.assertRaisesRegex(IBMRuntimeError, "full"):
            for i in range(100):
                store.submit(replace(ROW, id=str(i)), b"x" * 60_000)
        self.assertEqual(store.get("a"), ROW)
        store._connection().execute("PRAGMA max_page_count = 1000000")
        store.put(replace(ROW, status="DONE"))
        self.assertEqual(self.open().get("a"), replace(ROW, status="DONE"))


class TestRows(unittest.TestCase):
    """Rows as text."""

    def test_fields_of_a_later_version_are_left_out_and_missing_ones_get_their_default(self) -> None:
        text = to_text(ROW).replace('"attempts":0,', '"colour":"red",')
        self.assertEqual(from_text(Job, text), ROW)
