"""Older files become newer ones, and others are left alone."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
import threading
import unittest
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from qiskit_local_runtime.errors import IBMRuntimeError
from qiskit_local_runtime.records.job import Job
from qiskit_local_runtime.records.workload import Workload
from qiskit_local_runtime.store import SqliteStore
from qiskit_local_runtime.store.migration import migrate
from qiskit_local_runtime.store.rows import time_text, to_text
from qiskit_local_runtime.store.schema import STEPS, VERSION

ROW = Job(id="a", routine="sampler", backend_name="aer", created=datetime(2026, 1, 1, tzinfo=UTC))


class TestMigration(unittest.TestCase):
    """One step after another, all or none."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "store.sqlite"

    def ask(self, *statements: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            found = [connection.execute(statement).fetchall() for statement in statements][-1]
        return found

    def test_rows_of_the_first_version_are_read_by_this_one(self) -> None:
        migrate(self.path, {1: STEPS[1]})
        self.assertEqual(self.ask("PRAGMA user_version"), [(1,)])
        self.ask(
            "INSERT INTO jobs (id, created, status, backend_name, routine, instance, queue, tags, row) "
            f"VALUES ('a', '2026', 'QUEUED', 'aer', 'sampler', 'local', '', '', '{to_text(ROW)}')"
        )
        store = SqliteStore(self.path)
        self.addCleanup(store.close)
        self.assertEqual(store.get("a"), ROW)
        self.assertEqual(self.ask("PRAGMA user_version"), [(VERSION,)])

    def test_what_jobs_and_sessions_of_an_older_file_used_is_charged(self) -> None:
        migrate(self.path, {step: text for step, text in STEPS.items() if step < 3})
        end = datetime(2026, 1, 2, tzinfo=UTC)
        alone, inside = replace(ROW, finished=end, quantum_seconds=2.0), replace(ROW, id="b", finished=end, busy_seconds=5.0)
        session = Workload(
            id="s", mode="dedicated", backend_name="aer", max_time=1, interactive_timeout=1, created=end, usage_seconds=7.0
        )
        columns = "id, created, status, backend_name, routine, instance, workload_id, queue, finished, tags, row"
        for name, workload, text in (("a", "NULL", to_text(alone)), ("b", "'s'", to_text(inside)), ("damaged", "NULL", "{")):
            values = f"'{name}', '2026', 'DONE', 'aer', 'sampler', 'local', {workload}, '', '{time_text(end)}', '', '{text}'"
            self.ask(f"INSERT INTO jobs ({columns}) VALUES ({values})")
        self.ask(f"INSERT INTO workloads (id, closed, row) VALUES ('s', NULL, '{to_text(session)}'), ('t', NULL, '{{')")
        store = SqliteStore(self.path)
        self.addCleanup(store.close)
        self.assertEqual(store.used("local", datetime(2026, 1, 1, tzinfo=UTC)), 9.0)
        self.assertEqual(store.used("local", end), 0.0)

    def test_a_damaged_session_keeps_no_job_from_ending(self) -> None:
        store = SqliteStore(self.path)
        self.addCleanup(store.close)
        self.ask("INSERT INTO workloads (id, closed, row) VALUES ('s', NULL, '{')")
        end = datetime(2026, 1, 2, tzinfo=UTC)
        store.put(replace(ROW, workload_id="s", status="DONE", finished=end, busy_seconds=2.0))
        self.assertEqual(store.used("local", ROW.created), 2.0)
        session = Workload(id="s", mode="dedicated", backend_name="aer", max_time=1, interactive_timeout=1, created=end)
        store.put_workload(session)
        self.assertEqual(store.workload("s"), session)

    def test_every_version_leads_to_the_same_tables_as_a_new_file(self) -> None:
        migrate(self.path)
        wanted = self.ask("SELECT name, sql FROM sqlite_master ORDER BY name")
        for version in STEPS:
            with self.subTest(version=version):
                self.path = self.path.with_name(f"{version}.sqlite")
                migrate(self.path, {step: text for step, text in STEPS.items() if step <= version})
                migrate(self.path)
                self.assertEqual(self.ask("SELECT name, sql FROM sqlite_master ORDER BY name"), wanted)

    def test_a_step_that_fails_leaves_the_file_at_the_version_it_had(self) -> None:
        migrate(self.path)
        broken = STEPS | {VERSION + 1: "CREATE TABLE fine (x); CREATE TABLE jobs (x)"}
        with self.assertRaisesRegex(sqlite3.OperationalError, "already exists"):
            migrate(self.path, broken)
        self.assertEqual(self.ask("PRAGMA user_version"), [(VERSION,)])
        self.assertEqual(self.ask("SELECT 1 FROM sqlite_master WHERE name = 'fine'"), [])

    def test_a_newer_file_is_refused_with_both_versions(self) -> None:
        migrate(self.path)
        self.ask(f"PRAGMA user_version = {VERSION + 1}")
        with self.assertRaisesRegex(IBMRuntimeError, f"version {VERSION + 1} .* knows {VERSION}"):
            SqliteStore(self.path)

    def test_another_programs_file_is_refused_and_left_as_it_is_to_the_byte(self) -> None:
        for version in (0, 1, VERSION, VERSION + 1):
            with self.subTest(version=version):
                self.path = self.path.with_name(f"{version}.sqlite")
                self.ask("CREATE TABLE recipes (name TEXT)", f"PRAGMA user_version = {version}")
                before = self.path.read_bytes()
                with self.assertRaisesRegex(IBMRuntimeError, "another program"):
                    SqliteStore(self.path)
                self.assertEqual(self.path.read_bytes(), before)

    def test_several_may_make_the_same_file_at_once(self) -> None:
        def work(path: Path) -> None:
            barrier.wait()
            try:
                migrate(path)
            except (IBMRuntimeError, sqlite3.Error) as error:
                errors.append(error)

        errors: list[Exception] = []
        for attempt in range(20):
            barrier = threading.Barrier(4)
            path = self.path.with_name(f"{attempt}.sqlite")
            threads = [threading.Thread(target=work, args=(path,)) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(errors, [])

    def test_several_processes_may_make_the_same_files_at_once(self) -> None:
        code = (
            "import sys; from pathlib import Path; from qiskit_local_runtime.store.migration import migrate\n"
            "print(flush=True); sys.stdin.readline()\n"
            "for i in range(40): migrate(Path(sys.argv[1], f'p{i}.sqlite'))\n"
        )
        command = [sys.executable, "-c", code, str(self.path.parent)]
        children = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for _ in range(3)
        ]
        for child in children:
            assert child.stdout is not None
            child.stdout.readline()
        for child in children:
            assert child.stdin is not None
            child.stdin.write("\n")
            child.stdin.flush()
        ends = [(child.communicate()[1], child.returncode) for child in children]
        self.assertEqual(ends, [("", 0)] * 3)
