"""The SQLite store as a file."""

from __future__ import annotations

import errno
import os
import tempfile
import threading
import time
import unittest
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from qiskit_local_runtime.errors import IBMRuntimeError
from qiskit_local_runtime.records.job import Job
from qiskit_local_runtime.records.query import Query
from qiskit_local_runtime.records.workload import Workload
from qiskit_local_runtime.store import DamagedRowError, SqliteStore
from qiskit_local_runtime.store.rows import from_text, to_text
from qiskit_local_runtime.store.trouble import told

ROW = Job(id="a", routine="sampler", backend_name="aer", created=datetime(2026, 1, 1, tzinfo=UTC))
SESSION = Workload(id="w", mode="dedicated", backend_name="aer", max_time=60.0, interactive_timeout=1.0, created=ROW.created)


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

    def test_messages_stay_until_they_are_discarded_and_are_given_only_for_the_queues_asked_for(self) -> None:
        one, other = self.open(), self.open()
        one.send("q", "cancel", "a")
        one.send("p", "close", "w")
        one.send("q", "cancel", "b")
        received = other.receive(("q",))
        self.assertEqual([message[1:] for message in received], [("cancel", "a"), ("cancel", "b")])
        self.assertEqual(list(one.receive(("q",))), list(received))
        other.discard([number for number, _, _ in received])
        self.assertEqual((list(one.receive(("q",))), list(one.receive(()))), ([], []))
        self.assertEqual([message[1:] for message in one.receive(("p", "q"))], [("close", "w")])

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

    def test_many_old_jobs_are_pruned_with_their_files(self) -> None:
        store = SqliteStore(self.path, synchronous="NORMAL")
        self.addCleanup(store.close)
        old = replace(ROW, status="DONE", finished=ROW.created)
        for i in range(1001):
            store.put(replace(old, id=str(i)))
        store.finish(replace(old, id="large"), b"x" * 100_000)
        store.put(replace(ROW, id="kept"))
        self.assertEqual(store.prune(ROW.created + timedelta(seconds=1)), 1002)
        self.assertEqual([row.id for row in store.find(Query())], ["kept"])
        self.assertEqual(list(self.path.with_name("store.sqlite.blobs").iterdir()), [])


class TestPowerCut(_Folder):
    """What waits for the disk before it is acknowledged: 2 is ``FULL``, 1 is ``NORMAL``."""

    def level(self, store: SqliteStore) -> int:
        return int(store._connections.get().execute("PRAGMA synchronous").fetchone()[0])

    def test_jobs_and_their_ends_wait_for_the_disk_and_that_one_runs_does_not(self) -> None:
        store, levels = self.open(), []
        store.submit(ROW, b"asked")
        levels.append(self.level(store))
        store.put(replace(ROW, status="RUNNING"))
        store.flush()
        levels.append(self.level(store))
        store.finish(replace(ROW, status="DONE", finished=ROW.created), b"found")
        levels.append(self.level(store))
        store.put(replace(ROW, id="b", status="RUNNING"))
        store.put(replace(ROW, id="b", status="CANCELLED", finished=ROW.created))
        self.assertEqual([*levels, self.level(store)], [2, 1, 2, 2])

    def test_an_active_session_does_not_wait_for_the_disk_and_its_other_states_do(self) -> None:
        store, levels = self.open(), []
        for changed in (
            SESSION,
            replace(SESSION, state="active"),
            replace(SESSION, state="inactive", usage_seconds=2.0),
            replace(SESSION, state="active", usage_seconds=2.0, last_job_started=ROW.created),
            replace(SESSION, state="closed", usage_seconds=2.0, closed_at=ROW.created),
        ):
            store.put_workload(changed)
            store.flush()
            levels.append(self.level(store))
        self.assertEqual(levels, [2, 1, 2, 1, 2])

    def test_a_store_that_never_waits_stays_so(self) -> None:
        store = SqliteStore(self.path, synchronous="NORMAL")
        self.addCleanup(store.close)
        store.submit(ROW, b"asked")
        self.assertEqual(self.level(store), 1)

    def test_what_did_not_wait_is_on_the_disk_after_sync(self) -> None:
        store = SqliteStore(self.path, synchronous="NORMAL")
        self.addCleanup(store.close)
        self.assertFalse(store._unsynced)
        store.submit(ROW, b"asked")
        self.assertTrue(store._unsynced)
        store.sync()
        self.assertFalse(store._unsynced)
        strict = self.open()
        strict.put(ROW)
        self.assertFalse(strict._unsynced)

    def test_a_disk_that_cannot_take_it_is_told_and_asked_again(self) -> None:
        store = SqliteStore(self.path, synchronous="NORMAL")
        store.submit(ROW, b"asked")
        log = self.path.with_name("store.sqlite-wal")
        store._connections.close()
        log.mkdir()
        for _ in range(2):
            with self.assertRaisesRegex(IBMRuntimeError, "cannot be used"):
                store.sync()
        log.rmdir()
        store.sync()
        self.assertFalse(store._unsynced)


class TestPutOff(_Folder):
    """Rows that can be worked out again wait for the next transaction."""

    def test_others_see_them_with_whatever_is_written_next(self) -> None:
        one, other = self.open(), self.open()
        one.submit(ROW, b"asked")
        other.changed()
        one.put(replace(ROW, status="RUNNING"))
        one.put_workload(replace(SESSION, state="active"))
        self.assertEqual((other.get("a"), other.workload("w"), other.changed()), (ROW, None, False))
        one.submit(replace(ROW, id="b"), b"asked")
        self.assertEqual((other.get("a"), other.workload("w")), (one.get("a"), one.workload("w")))
        self.assertEqual((one.get("a"), one.workload("w")), (replace(ROW, status="RUNNING"), replace(SESSION, state="active")))

    def test_others_see_them_after_a_flush_and_after_closing(self) -> None:
        other = self.open()
        for end in (SqliteStore.flush, SqliteStore.close):
            one = self.open()
            one.put(replace(ROW, id=end.__name__, status="RUNNING"))
            self.assertIsNone(other.get(end.__name__))
            end(one)
            self.assertIsNotNone(other.get(end.__name__))

    def test_who_reads_from_the_same_store_sees_them_at_once(self) -> None:
        running, active = replace(ROW, status="RUNNING", queue="q"), replace(SESSION, state="active")
        store = self.open()
        for ask, wanted in (
            (lambda: store.get("a"), running),
            (lambda: list(store.find(Query(statuses=("RUNNING",)))), [running]),
            (lambda: store.count(Query(statuses=("RUNNING",))), 1),
            (lambda: list(store.busy_queues()), ["q"]),
            (lambda: store.workload("w"), active),
            (lambda: list(store.workloads(open_only=True)), [active]),
        ):
            store.put(running)
            store.put_workload(active)
            self.assertEqual(ask(), wanted)
            store.drop("a")

    def test_the_end_of_a_job_is_written_in_place_of_its_beginning(self) -> None:
        store, done = self.open(), replace(ROW, status="DONE", finished=ROW.created, busy_seconds=2.0)
        store.put(replace(ROW, status="RUNNING"))
        store.finish(done, b"found")
        store.flush()
        self.assertEqual((store.get("a"), store._pending.rows()), (done, []))
        self.assertEqual(store.used("local", ROW.created - timedelta(days=1)), 2.0)

    def test_a_window_that_was_put_off_is_charged_once(self) -> None:
        store = self.open()
        for usage in (1.0, 3.0):
            store.put_workload(replace(SESSION, state="active", usage_seconds=usage))
        store.put_workload(replace(SESSION, state="closed", usage_seconds=3.5, closed_at=ROW.created))
        self.assertEqual(store.used("local", ROW.created - timedelta(days=1)), 3.5)

    def test_a_job_of_a_session_whose_row_waits_is_not_charged(self) -> None:
        store = self.open()
        store.put_workload(replace(SESSION, state="active"))
        store.finish(replace(ROW, workload_id="w", status="DONE", finished=ROW.created, busy_seconds=2.0), b"found")
        self.assertEqual(store.used("local", ROW.created - timedelta(days=1)), 0.0)

    def test_they_wait_on_where_the_transaction_fails(self) -> None:
        store, other = self.open(), self.open()
        store.put(replace(ROW, status="RUNNING"))
        store._connections.get().execute("DROP TABLE blobs")
        with self.assertRaises(IBMRuntimeError):
            store.submit(replace(ROW, id="b"), b"asked")
        self.assertIsNone(other.get("a"))
        store.flush()
        self.assertEqual(other.get("a"), replace(ROW, status="RUNNING"))

    @unittest.skipUnless(hasattr(os, "fork"), "needs fork")
    def test_a_forked_child_writes_none_of_its_parents(self) -> None:
        store = self.open()
        store.put(replace(ROW, status="RUNNING"))
        child = os.fork()
        if not child:
            try:
                store.put(replace(ROW, id="child"))
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        other = self.open()
        self.assertEqual([row.id for row in other.find(Query())], ["child"])
        store.flush()
        self.assertEqual({row.id for row in other.find(Query())}, {"a", "child"})

    def test_many_threads_lose_none(self) -> None:
        store, other = SqliteStore(self.path, synchronous="NORMAL"), self.open()
        self.addCleanup(store.close)

        def work(number: int) -> None:
            for step in range(20):
                name = f"{number}-{step}"
                store.submit(replace(ROW, id=name), b"asked")
                store.put(replace(ROW, id=name, status="RUNNING"))
                store.finish(replace(ROW, id=name, status="DONE"), b"found")
            store.put(replace(ROW, id=f"last {number}", status="RUNNING"))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        store.flush()
        self.assertEqual(other.count(Query(statuses=("DONE",))), 120)
        self.assertEqual(other.count(Query(statuses=("RUNNING",))), 6)


class _Full(SqliteStore):
    """A disk without room for a transaction as long as there are files to remove."""

    def _drop_rows(self, ids: Sequence[str]) -> None:
        if self._blobs.names():
            with told(self.path):
                raise OSError(errno.ENOSPC, "No space left on device")
        super()._drop_rows(ids)


class TestDamagedRows(_Folder):
    """One row that cannot be read makes no other unreadable."""

    def setUp(self) -> None:
        super().setUp()
        self.store = self.open()
        for name in "abc":
            self.store.submit(replace(ROW, id=name), b"request")

    def damage(self, text: str) -> None:
        self.store._connections.get().execute("UPDATE jobs SET row = ? WHERE id = 'b'", (text,))

    def test_it_is_left_out_of_what_is_listed_and_named_in_the_log_once(self) -> None:
        for text in ("{bad json", "[]", '{"id": "b"}', '{"created": "yesterday"}', "5"):
            with self.subTest(text):
                self.damage(text)
                self.store._named.clear()
                with self.assertLogs("qiskit_local_runtime.store.sqlite", "WARNING") as logs:
                    found = [self.store.find(Query()) for _ in range(2)]
                self.assertEqual([[row.id for row in rows] for rows in found], [["c", "a"]] * 2)
                self.assertEqual(len(logs.records), 1)
                self.assertIn("The row of job b in the store is damaged", logs.output[0])

    def test_asked_for_it_says_how_it_is_removed(self) -> None:
        self.damage("{bad json")
        with self.assertRaisesRegex(DamagedRowError, r"row of job b .* delete_job\('b'\) removes it"):
            self.store.get("b")
        self.store.drop("b")
        self.assertIsNone(self.store.get("b"))

    def test_a_session_is_left_out_as_well(self) -> None:
        now = ROW.created
        for name in "vw":
            self.store.put_workload(
                Workload(
                    id=name,
                    mode="batch",
                    backend_name="b",
                    queue="q",
                    instance="i",
                    max_time=1,
                    interactive_timeout=1,
                    created=now,
                )
            )
        self.store._connections.get().execute("UPDATE workloads SET row = '{' WHERE id = 'v'")
        with self.assertLogs("qiskit_local_runtime.store.sqlite", "WARNING"):
            self.assertEqual([row.id for row in self.store.workloads()], ["w"])
        with self.assertRaisesRegex(DamagedRowError, "session or batch v"):
            self.store.workload("v")


class TestTrouble(_Folder):
    """Errors say which file and what to do, and change nothing."""

    def test_a_file_that_is_no_database(self) -> None:
        self.path.parent.mkdir()
        self.path.write_bytes(b"my thesis" * 1000)
        with self.assertRaisesRegex(IBMRuntimeError, "store.sqlite is not a job store"):
            SqliteStore(self.path)
        self.assertEqual(self.path.read_bytes(), b"my thesis" * 1000)

    def test_a_damaged_page_is_told_when_it_is_read(self) -> None:
        store = self.open()
        for i in range(200):
            store.put(replace(ROW, id=str(i), error="e" * 500))
        store.close()
        data = self.path.read_bytes()
        self.path.write_bytes(data[:8192] + b"\xff" * (len(data) - 8192))
        with self.assertRaisesRegex(IBMRuntimeError, "damaged.*Move it away"):
            self.open().find(Query())

    def test_a_missing_file_is_named(self) -> None:
        store = self.open()
        store.submit(ROW, b"x" * 100_000)
        (self.path.with_name("store.sqlite.blobs") / "a.request").unlink()
        with self.assertRaisesRegex(IBMRuntimeError, "request of job a .*a.request is missing"):
            store.get_request("a")

    def test_a_folder_that_is_a_file(self) -> None:
        self.path.parent.write_text("not a folder")
        with self.assertRaisesRegex(IBMRuntimeError, "cannot be used"):
            SqliteStore(self.path)

    def test_a_full_disk_loses_nothing(self) -> None:
        store = self.open()
        store.put(ROW)
        connection = store._connections.get()
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        with self.assertRaisesRegex(IBMRuntimeError, "The disk is full. Make room"):
            for i in range(100):
                store.submit(replace(ROW, id=str(i)), b"x" * 60_000)
        self.assertEqual(store.get("a"), ROW)
        connection.execute("PRAGMA max_page_count = 1000000")
        store.put(replace(ROW, status="DONE"))
        self.assertEqual(self.open().get("a"), replace(ROW, status="DONE"))

    def test_on_a_full_disk_files_are_removed_first_to_make_room(self) -> None:
        store = _Full(self.path)
        self.addCleanup(store.close)
        store.submit(ROW, b"x" * 100_000)
        store.drop("a")
        self.assertEqual((store.get("a"), store._blobs.names()), (None, []))


class TestRows(unittest.TestCase):
    """Rows as text."""

    def test_fields_of_a_later_version_are_left_out_and_missing_ones_get_their_default(self) -> None:
        text = to_text(ROW).replace('"attempts":0,', '"colour":"red",')
        self.assertEqual(from_text(Job, text), ROW)
