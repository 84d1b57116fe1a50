"""Whatever a killed process had been told is kept, is kept."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from contextlib import closing
from pathlib import Path

from qiskit_local_runtime.records.query import Query
from qiskit_local_runtime.store import SqliteStore

_CHILD = """
import sys
from datetime import UTC, datetime
from qiskit_local_runtime.records.job import Job
from qiskit_local_runtime.store import SqliteStore

store, life, i = SqliteStore(sys.argv[1]), sys.argv[2], 0
while True:
    name, size = f"{life}-{i}", 70_000 if i % 3 == 0 else 70
    facts = dict(id=name, routine="sampler", backend_name="aer", created=datetime.now(UTC))
    store.submit(Job(**facts, status="QUEUED"), b"q" * size)
    print("submitted", name, flush=True)
    store.finish(Job(**facts, status="DONE", finished=datetime.now(UTC)), b"r" * size)
    print("finished", name, flush=True)
    i += 1
"""


def _acknowledged(path: Path, life: int, lines: int) -> list[str]:
    """What a child that is killed after some lines has printed."""
    child = subprocess.Popen([sys.executable, "-c", _CHILD, str(path), str(life)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    with child.stdout as printed:
        told = [printed.readline() for _ in range(lines)]
        child.kill()
        told += printed.readlines()
    child.wait()
    return [line.strip() for line in told if line.endswith("\n")]


class TestKills(unittest.TestCase):
    """Five lives on one store, each ended by ``kill -9`` at another moment."""

    def test_every_acknowledged_job_is_there_and_none_is_half_written(self) -> None:
        rng = random.Random(11)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "store.sqlite"
            told = [line for life in range(5) for line in _acknowledged(path, life, rng.randrange(1, 60))]
            with closing(SqliteStore(path)) as store:
                rows = {row.id: row for row in store.find(Query())}
                for line in told:
                    what, name = line.split()
                    self.assertIn(name, rows)
                    if what == "finished":
                        self.assertEqual(rows[name].status, "DONE")
                for name, row in rows.items():
                    size = 70_000 if int(name.split("-")[1]) % 3 == 0 else 70
                    self.assertEqual(store.get_request(name), b"q" * size)
                    self.assertEqual(store.get_result(name), b"r" * size if row.status == "DONE" else None)
            with closing(sqlite3.connect(path)) as connection:
                self.assertEqual(connection.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
