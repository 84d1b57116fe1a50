"""The doctor: all is well here, and what is not is named."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

_LEADING = ("QISKIT_", "IAM_URL", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")


class TestDoctor(unittest.TestCase):
    """The command in a process of its own."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)

    def _doctor(self, *words: str, **variables: str) -> tuple[int, str, str]:
        bare = {name: value for name, value in os.environ.items() if not name.upper().startswith(_LEADING)}
        environment = {**bare, "HOME": str(self.home), "OMP_NUM_THREADS": "1", **variables}
        command = [sys.executable, "-m", "qiskit_local_runtime.cli", "doctor", *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
        return done.returncode, done.stdout, done.stderr

    def test_a_new_home_has_nothing_wrong_and_stays_as_it_was(self) -> None:
        status, out, err = self._doctor()
        self.assertEqual((status, err), (0, ""), out)
        for text in ("qiskit 2", "cores", "not there yet", "a Bell pair", "Nothing is wrong."):
            self.assertIn(text, out)
        self.assertFalse((self.home / ".qiskit-local-runtime" / "jobs.sqlite").exists())

    def test_each_fault_is_counted_and_has_advice(self) -> None:
        store = self.home / "jobs.sqlite"
        store.write_text("no database, and long enough to be looked at " * 100)
        status, out, err = self._doctor(
            "--url",
            "http://127.0.0.1:9",
            "--store",
            str(store),
            QISKIT_IBM_URL="http://127.0.0.1:9/experimental/api/v1",
            HTTP_PROXY="http://proxy.example:3128",
        )
        self.assertEqual(status, 1)
        self.assertIn("4 things are wrong", err)
        self.assertEqual(out.count("WRONG"), 4)
        for text in ("is no job store", "no server answers at", "IAM_URL", "NO_PROXY=127.0.0.1"):
            self.assertIn(text, out)
