"""How a server starts and ends: signals, ports and stores that are taken, two servers on one store."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from contextlib import closing
from pathlib import Path

from ddt import data, ddt

from qiskit_local_runtime.testing import LocalServer
from test.support.rest import SLOW, Rest


def _serve(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A server that cannot start."""
    return subprocess.run(
        [sys.executable, "-m", "qiskit_local_runtime.cli", "serve", "--port", "0", *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


@ddt
class TestSignals(unittest.TestCase):
    """What SIGTERM and Ctrl-C do."""

    @data(signal.SIGTERM, signal.SIGINT)
    def test_a_server_that_is_told_to_stop_ends_well_and_its_jobs_run_after_a_restart(self, how: int) -> None:
        with LocalServer() as server:
            with Rest(server.url) as rest:
                running, queued = rest.submit(circuit=SLOW, shots=10), rest.submit(seed=5)
                rest.until(running, "Running")
                start = time.monotonic()
                self.assertEqual(server.stop(how), 0)
                self.assertLess(time.monotonic() - start, 30)
                self.assertNotIn("Traceback", "\n".join(server.lines))
            server.start()
            with Rest(server.url) as rest:
                self.assertEqual([rest.until(running), rest.until(queued)], ["Completed", "Completed"])

    def test_a_signal_that_comes_as_soon_as_it_says_that_it_listens_is_not_lost(self) -> None:
        for how in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
            with LocalServer() as server:
                start = time.monotonic()
                self.assertEqual(server.stop(how), 0)
                self.assertLess(time.monotonic() - start, 20)

    def test_a_second_ctrl_c_ends_it_at_once(self) -> None:
        with LocalServer() as server, Rest(server.url) as rest:
            job = rest.submit(circuit=SLOW, shots=10)
            rest.until(job, "Running")
            start = time.monotonic()
            os.kill(server.pid, signal.SIGINT)
            time.sleep(0.1)
            server.stop(signal.SIGINT)
            self.assertLess(time.monotonic() - start, 5)


class TestStarts(unittest.TestCase):
    """Starts that fail say why, in a line."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def _refused(self, *words: str) -> str:
        done = _serve(*words, QISKIT_LOCAL_RUNTIME_HOME=str(self.folder))
        self.assertNotEqual(done.returncode, 0)
        said = done.stdout + done.stderr
        self.assertNotIn("Traceback", said)
        return said

    def test_a_port_in_use_is_named(self) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as taken:
            port = taken.getsockname()[1]
            self.assertIn(f"127.0.0.1:{port}", self._refused("--port", str(port)))

    def test_a_host_that_others_reach_needs_a_token(self) -> None:
        self.assertIn("token", self._refused("--host", "0.0.0.0"))

    def test_a_backend_that_is_not_there_is_named(self) -> None:
        self.assertIn("fake_nowhere", self._refused("--backend", "fake_nowhere"))

    def test_a_store_in_a_place_where_nothing_can_be_written_is_named(self) -> None:
        (self.folder / "file").write_text("no folder")
        self.assertIn("file", self._refused("--store", str(self.folder / "file" / "jobs.sqlite")))

    def test_a_store_that_is_none_is_named(self) -> None:
        (self.folder / "jobs.sqlite").write_text("no store " * 1000)
        self.assertIn("jobs.sqlite", self._refused("--store", str(self.folder / "jobs.sqlite")))

    @unittest.skipUnless("QISKIT_LOCAL_RUNTIME_LOCKED" in os.environ, "waits half a minute for the lock")
    def test_a_store_that_another_holds_locked_is_named(self) -> None:
        path = self.folder / "jobs.sqlite"
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("CREATE TABLE t (x)")
            connection.execute("BEGIN EXCLUSIVE")
            self.assertIn("jobs.sqlite", self._refused("--store", str(path)))


class TestTwoServers(unittest.TestCase):
    """Two servers on one store."""

    def test_jobs_of_one_are_seen_cancelled_and_read_through_the_other(self) -> None:
        with LocalServer() as one, LocalServer(store=one.store) as two, Rest(one.url) as here, Rest(two.url) as there:
            done = here.submit(seed=1)
            running, queued = here.submit(circuit=SLOW, shots=10), here.submit(seed=2)
            self.assertEqual(there.until(done), "Completed")
            self.assertEqual(there.samples(done), here.samples(done))
            self.assertEqual(there.ask("PUT", f"/jobs/{queued}/tags", {"tags": ["seen"]}).status, 204)
            self.assertEqual(there.ask("POST", f"/jobs/{queued}/cancel").status, 204)
            self.assertEqual([here.until(queued), there.until(queued)], ["Cancelled", "Cancelled"])
            self.assertEqual(there.ask("POST", f"/jobs/{running}/cancel").status, 204)
            self.assertEqual(here.until(running), "Cancelled")
            self.assertEqual(there.ask("GET", "/jobs?tags=seen").json["count"], 1)

    def test_when_one_is_killed_the_other_runs_its_jobs(self) -> None:
        with LocalServer() as one, LocalServer(store=one.store) as two, Rest(one.url) as here, Rest(two.url) as there:
            job = here.submit(circuit=SLOW, shots=10)
            here.until(job, "Running")
            one.kill()
            self.assertEqual(there.until(job), "Completed")


if __name__ == "__main__":
    unittest.main()
