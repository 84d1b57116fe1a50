"""What the doctor looks at, one by one."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import tempfile
import threading
import unittest
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from ddt import data, ddt, unpack

from qiskit_local_runtime.cli.health.clients import accounts, environment
from qiskit_local_runtime.cli.health.finding import Finding
from qiskit_local_runtime.cli.health.keeping import keeping
from qiskit_local_runtime.cli.health.machine import free_memory, machine
from qiskit_local_runtime.cli.health.packages import in_bounds, packages
from qiskit_local_runtime.cli.health.reach import reach
from qiskit_local_runtime.cli.ibm_accounts import IAM, account_of
from qiskit_local_runtime.store.schema import VERSION
from qiskit_local_runtime.store.sqlite import SqliteStore

_COMPLETE = {
    "QISKIT_IBM_URL": "http://127.0.0.1:8788/experimental/api/v1",
    "IAM_URL": "http://127.0.0.1:8788",
    "QISKIT_FUNCTIONS_EXPERIMENTAL": "1",
    "QISKIT_IBM_INSTANCE": "crn:v1:local",
    "QISKIT_IBM_TOKEN": "local",
}


def _levels(findings: Iterator[Finding]) -> list[str]:
    return [finding.level for finding in findings]


@ddt
class TestClients(unittest.TestCase):
    """The client's environment and accounts."""

    def test_an_environment_that_leads_here_completely_is_well(self) -> None:
        self.assertEqual(_levels(environment(_COMPLETE)), ["ok"])
        self.assertEqual(_levels(environment({})), [])

    @data("IAM_URL", "QISKIT_FUNCTIONS_EXPERIMENTAL", "QISKIT_IBM_INSTANCE", "QISKIT_IBM_TOKEN")
    def test_one_that_lacks_a_variable_is_told_which(self, name: str) -> None:
        (finding,) = environment({key: value for key, value in _COMPLETE.items() if key != name})
        self.assertEqual(finding.level, "WRONG")
        self.assertIn(name, finding.what)
        self.assertIn("--print-env", finding.advice)

    def test_a_token_for_the_cloud_is_worth_a_note(self) -> None:
        self.assertEqual(_levels(environment({"QISKIT_IBM_TOKEN": "secret"})), ["note"])

    @data(
        ("", ["WRONG"]),
        ("example.com", ["WRONG"]),
        ("localhost", ["WRONG"]),
        ("localhost,127.0.0.1", []),
        ("127.0.0.0/8", []),
        ("*", []),
    )
    @unpack
    def test_a_proxy_must_spare_this_computer(self, spared: str, levels: list[str]) -> None:
        self.assertEqual(_levels(environment({"http_proxy": "http://proxy:1", "NO_PROXY": spared})), levels)

    def test_an_account_that_leads_here_needs_the_variable_and_the_proxy(self) -> None:
        local = account_of("http://127.0.0.1:8788", "local", "local")
        saved = {"cloud": {"channel": "ibm_cloud"}, "local": local, "broken": {**local, "proxies": {}}}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "accounts.json"
            self.assertEqual(_levels(accounts(path, {})), [])
            path.write_text(json.dumps(saved))
            self.assertEqual(_levels(accounts(path, {"IAM_URL": IAM})), ["ok", "ok", "WRONG"])
            self.assertEqual(_levels(accounts(path, {})), ["ok", "WRONG", "WRONG"])
            for text in ("no json", "[]"):
                path.write_text(text)
                self.assertEqual(_levels(accounts(path, {})), ["WRONG"])


class TestKeeping(unittest.TestCase):
    """The store."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "deep" / "jobs.sqlite"

    def _first(self) -> Finding:
        return next(keeping(self.path))

    def test_a_file_that_is_not_there_is_not_made(self) -> None:
        self.assertEqual(self._first().level, "ok")
        self.assertFalse(self.path.parent.exists())

    def test_a_store_is_well(self) -> None:
        SqliteStore(self.path).close()
        self.assertEqual((self._first().level, "0 jobs" in self._first().what), ("ok", True))

    def test_one_that_another_process_writes_to_is_locked(self) -> None:
        SqliteStore(self.path).close()
        with contextlib.closing(sqlite3.connect(self.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            found = self._first()
        self.assertEqual(found.level, "WRONG")
        self.assertIn("locked", found.what)

    def test_one_of_a_later_version_and_one_that_is_none_are_wrong(self) -> None:
        SqliteStore(self.path).close()
        with contextlib.closing(sqlite3.connect(self.path)) as other:
            other.execute(f"PRAGMA user_version = {VERSION + 1}")
        self.assertIn("later version", self._first().what)
        self.path.write_text("no database " * 500)
        self.assertIn("is no job store", self._first().what)


@ddt
class TestPackages(unittest.TestCase):
    """Versions."""

    @data(
        ("2.6.2", "<3,>=2.3", True),
        ("3.0", "<3,>=2.3", False),
        ("2.2.9", "<3,>=2.3", False),
        ("3.0.0rc1", "<3,>=2.3", False),
        ("2.10", ">=2.7", True),
        ("8", ">=8.0.0", True),
        ("1.0", "", True),
    )
    @unpack
    def test_a_version_is_within_its_bounds_or_not(self, version: str, bounds: str, within: bool) -> None:
        self.assertEqual(in_bounds(version, bounds), within)

    def test_every_package_that_is_needed_is_listed(self) -> None:
        found = [finding.what for finding in packages()]
        for name in ("Python", "qiskit ", "qiskit-aer", "numpy", "pebble"):
            self.assertTrue(any(what.startswith(name) for what in found), (name, found))


class TestMachine(unittest.TestCase):
    """Memory and threads."""

    def test_little_memory_and_too_many_threads_are_worth_a_note(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "meminfo"
            self.assertIsNone(free_memory(path))
            path.write_text("MemTotal: 9999999 kB\nMemAvailable:  1048576 kB\n")
            self.assertEqual(free_memory(path), 2**30)
            self.assertEqual(_levels(machine({"OMP_NUM_THREADS": "4096"}, path)), ["ok", "note", "note"])
            path.write_text("MemAvailable: 16777216 kB\n")
            found = list(machine({}, path))
        self.assertIn("to 29 qubits", found[1].what)


class _Handler(BaseHTTPRequestHandler):
    answers: dict[str, tuple[int, str]] = {}  # noqa: RUF012 - set by each test

    def do_GET(self) -> None:
        wanted = self.headers["Authorization"] == "apikey right"
        status, text = self.answers.get(self.path, (404, "{}"))
        self.send_response(status if wanted or self.path == "/versions" else 401)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        pass


class TestReach(unittest.TestCase):
    """A server, or none."""

    def _levels(self, token: str = "right", **answers: str) -> list[str]:
        _Handler.answers = {f"/{name}": (200, text) for name, text in answers.items()}
        with HTTPServer(("127.0.0.1", 0), _Handler) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                return _levels(reach(f"http://127.0.0.1:{server.server_port}", token, expected=True))
            finally:
                server.shutdown()
                thread.join()

    def test_a_server_that_takes_the_token_is_well(self) -> None:
        self.assertEqual(self._levels(versions='{"versions": []}', backends='{"devices": [{}]}'), ["ok", "ok"])

    def test_a_wrong_token_is_told(self) -> None:
        self.assertEqual(self._levels("wrong", versions='{"versions": []}', backends="{}"), ["ok", "WRONG"])

    def test_something_else_that_answers_is_told(self) -> None:
        self.assertEqual(self._levels(), ["WRONG"])
        self.assertEqual(self._levels(versions="<html>"), ["WRONG"])
        self.assertEqual(self._levels(versions="[]"), ["WRONG"])
        self.assertEqual(self._levels(versions='{"versions": []}', backends="<html>"), ["ok", "WRONG"])

    def test_none_is_wrong_where_one_is_expected(self) -> None:
        self.assertEqual(_levels(reach("http://127.0.0.1:9", "any", expected=True)), ["WRONG"])
        self.assertEqual(_levels(reach("http://127.0.0.1:9", "any", expected=False)), ["note"])
