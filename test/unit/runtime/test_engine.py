"""Which engine a runtime uses."""

from __future__ import annotations

import os
import subprocess
import sys
import unittest
from pathlib import Path

from qiskit_local_runtime.engines import InlineEngine, ProcessEngine, ThreadEngine
from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.runtime.engine import chosen_engine

_ROOT = str(Path(__file__).resolve().parents[3])
_SCRIPT = """
from qiskit_local_runtime.runtime.engine import chosen_engine
engine = chosen_engine(None, print)
print(engine.name, engine.workers)
"""


def _with_variable(value: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": _ROOT, "QISKIT_LOCAL_RUNTIME_ENGINE": value}
    return subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, timeout=60, env=environment)


class TestChosen(unittest.TestCase):
    """Given, named, or from the environment."""

    def test_an_engine_or_a_name_is_taken(self) -> None:
        given = InlineEngine()
        self.assertIs(chosen_engine(given, print), given)
        self.assertIsInstance(chosen_engine("threads", print), ThreadEngine)
        named = chosen_engine("processes:3", print)
        self.assertIsInstance(named, ProcessEngine)
        self.assertEqual(named.workers, 3)

    def test_what_is_no_engine_is_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "with call and map and close"):
            chosen_engine(3, print)  # type: ignore[arg-type]

    def test_the_environment_names_the_engine_of_those_given_none(self) -> None:
        self.assertEqual(_with_variable("threads:2").stdout, "threads 2\n")
        self.assertTrue(_with_variable("").stdout.startswith("processes "))

    def test_a_wrong_name_in_the_environment_is_said_to_come_from_there(self) -> None:
        said = _with_variable("clouds").stderr
        self.assertIn("QISKIT_LOCAL_RUNTIME_ENGINE is 'clouds'", said)
        self.assertIn("inline, threads, processes", said)
