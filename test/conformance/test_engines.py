"""The laws every engine keeps."""

from __future__ import annotations

import operator
import os
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

from ddt import data, ddt

from qiskit_local_runtime.cancellation import Cancelled, CancelToken
from qiskit_local_runtime.engines import ENGINES, ProcessEngine
from qiskit_local_runtime.errors import IBMRuntimeError

_ROOT = str(Path(__file__).resolve().parents[2])
_ENVIRONMENT = {**os.environ, "PYTHONPATH": _ROOT}


@ddt
class TestEngineLaws(unittest.TestCase):
    """Each law for each engine."""

    def _engine(self, name: str):  # type: ignore[no-untyped-def]
        engine = ENGINES[name]() if name == "inline" else ProcessEngine(1)
        self.addCleanup(engine.close)
        return engine

    @data(*sorted(ENGINES))
    def test_a_call_returns_what_the_function_returns(self, name: str) -> None:
        engine = self._engine(name)
        self.assertEqual(engine.call(operator.add, 1, 2, cancel=CancelToken()), 3)
        self.assertEqual(engine.name, name)

    @data(*sorted(ENGINES))
    def test_an_error_comes_through(self, name: str) -> None:
        with self.assertRaises(ZeroDivisionError):
            self._engine(name).call(operator.truediv, 1, 0, cancel=CancelToken())

    @data(*sorted(ENGINES))
    def test_a_cancelled_token_keeps_a_call_from_starting(self, name: str) -> None:
        token = CancelToken()
        token.cancel("no more")
        with self.assertRaisesRegex(Cancelled, "no more"):
            self._engine(name).call(operator.add, 1, 2, cancel=token)

    @data(*sorted(ENGINES))
    def test_closing_twice_is_fine(self, name: str) -> None:
        engine = self._engine(name)
        engine.call(operator.add, 1, 2, cancel=CancelToken())
        engine.close()
        engine.close()


class TestProcesses(unittest.TestCase):
    """What only processes can do."""

    def setUp(self) -> None:
        self.engine = ProcessEngine(1)
        self.addCleanup(self.engine.close)

    def test_a_running_call_is_stopped_within_a_second(self) -> None:
        self.engine.call(operator.add, 1, 2, cancel=CancelToken())
        token, ended = CancelToken(), threading.Event()

        def call() -> None:
            try:
                self.engine.call(time.sleep, 60, cancel=token)
            except Cancelled:
                ended.set()

        thread = threading.Thread(target=call)
        thread.start()
        token.cancel()
        self.assertTrue(ended.wait(1.0))
        thread.join(10)
        self.assertEqual(self.engine.call(operator.add, 2, 2, cancel=CancelToken()), 4)

    def test_a_child_that_dies_is_an_error_and_the_next_call_works(self) -> None:
        with self.assertRaisesRegex(IBMRuntimeError, "died with exit code"):
            self.engine.call(os._exit, 3, cancel=CancelToken())
        self.assertEqual(self.engine.call(operator.add, 2, 2, cancel=CancelToken()), 4)

    def test_children_do_not_spin_and_do_not_fork(self) -> None:
        self.assertEqual(self.engine.call(os.getenv, "OMP_WAIT_POLICY", cancel=CancelToken()), "PASSIVE")
        self.assertEqual(self.engine.call(os.getenv, "QISKIT_PARALLEL", cancel=CancelToken()), "FALSE")

    def test_a_script_without_a_main_guard_runs_once(self) -> None:
        script = (
            "import operator\n"
            "from qiskit_local_runtime.engines import ProcessEngine\n"
            "from qiskit_local_runtime.cancellation import CancelToken\n"
            "print('run', ProcessEngine(2).call(operator.add, 1, 2, cancel=CancelToken()))\n"
        )
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "script.py"
            path.write_text(script)
            done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, timeout=60, env=_ENVIRONMENT)
        self.assertEqual((done.returncode, done.stdout), (0, "run 3\n"), done.stderr)
