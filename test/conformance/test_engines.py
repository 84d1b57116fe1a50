"""The laws every engine keeps."""

from __future__ import annotations

import multiprocessing
import operator
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import types
import unittest
from collections.abc import Callable
from pathlib import Path

from ddt import data, ddt

from qiskit_local_runtime.cancellation import Cancelled, CancelToken
from qiskit_local_runtime.engines import ENGINES, CannotTravelError, Engine, ProcessEngine
from qiskit_local_runtime.errors import IBMRuntimeError
from test.support import parts

_ROOT = str(Path(__file__).resolve().parents[2])
_ENVIRONMENT = {**os.environ, "PYTHONPATH": _ROOT}


_ROWS = sorted(ENGINES)
_SHARED = ("inline", "threads")
"""Engines that share our memory."""


def _engine(test: unittest.TestCase, name: str) -> Engine:
    engine = ENGINES[name](None if name == "inline" else "2")
    test.addCleanup(engine.close)
    return engine


def _lines(path: str) -> int:
    return len(Path(path).read_text(encoding="utf-8").splitlines()) if Path(path).exists() else 0


@ddt
class TestEngineLaws(unittest.TestCase):
    """Each law for each engine."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = str(Path(folder.name) / "lines")

    @data(*_ROWS)
    def test_a_call_returns_what_the_function_returns(self, name: str) -> None:
        engine = _engine(self, name)
        self.assertEqual(engine.call(operator.add, 1, 2, cancel=CancelToken()), 3)
        self.assertEqual(engine.name, name)
        self.assertGreaterEqual(engine.workers, 1)

    @data(*_ROWS)
    def test_an_error_comes_through(self, name: str) -> None:
        with self.assertRaises(ZeroDivisionError):
            _engine(self, name).call(operator.truediv, 1, 0, cancel=CancelToken())

    @data(*_ROWS)
    def test_a_cancelled_token_keeps_a_call_from_starting(self, name: str) -> None:
        token = CancelToken()
        token.cancel("no more")
        engine = _engine(self, name)
        with self.assertRaisesRegex(Cancelled, "no more"):
            engine.call(operator.add, 1, 2, cancel=token)
        with self.assertRaisesRegex(Cancelled, "no more"):
            next(engine.map(parts.noted, self.path, [1], cancel=token))
        self.assertEqual(_lines(self.path), 0)

    @data(*_ROWS)
    def test_closing_twice_is_fine(self, name: str) -> None:
        engine = _engine(self, name)
        engine.call(operator.add, 1, 2, cancel=CancelToken())
        engine.close()
        engine.close()

    @data(*_ROWS)
    def test_results_of_parts_come_in_their_order(self, name: str) -> None:
        engine = _engine(self, name)
        found = list(engine.map(parts.add, 10, range(23), cancel=CancelToken()))
        self.assertEqual(found, list(range(10, 33)))
        self.assertEqual(list(engine.map(parts.add, 10, [], cancel=CancelToken())), [])

    @data(*_ROWS)
    def test_an_error_of_a_part_comes_after_the_results_before_it_and_the_engine_goes_on(self, name: str) -> None:
        engine = _engine(self, name)
        results = engine.map(parts.divide, 6, [1, 2, 0, 3, 6], cancel=CancelToken())
        self.assertEqual((next(results), next(results)), (6, 3))
        with self.assertRaises(ZeroDivisionError):
            next(results)
        self.assertEqual(list(engine.map(parts.divide, 6, [1, 2], cancel=CancelToken())), [6, 3])

    @data(*_ROWS)
    def test_parts_under_way_are_bounded(self, name: str) -> None:
        engine = _engine(self, name)
        results = engine.map(parts.noted, self.path, range(60), cancel=CancelToken())
        self.assertEqual(next(results), 0)
        time.sleep(0.3)
        self.assertLessEqual(_lines(self.path), 2 * engine.workers)
        self.assertEqual(list(results), list(range(1, 60)))
        self.assertEqual(_lines(self.path), 60)

    @data(*_ROWS)
    def test_what_parts_share_is_sent_to_a_worker_once(self, name: str) -> None:
        engine = _engine(self, name)
        for _ in range(2):
            found = list(engine.map(parts.path_of, parts.Counted(self.path), range(40), cancel=CancelToken()))
            self.assertEqual(found[39], f"{self.path} 39")
        self.assertLessEqual(_lines(self.path), 0 if name in _SHARED else engine.workers)

    @data(*_ROWS)
    def test_cancelling_midway_ends_long_before_the_parts_would(self, name: str) -> None:
        engine, token = _engine(self, name), CancelToken()
        self.assertEqual(engine.call(operator.add, 1, 2, cancel=CancelToken()), 3)
        timer = threading.Thread(target=lambda: (_wait_for(lambda: _lines(self.path) > 0), token.cancel("enough")))
        timer.start()
        start = time.monotonic()
        with self.assertRaisesRegex(Cancelled, "enough"):
            list(engine.map(parts.patient, self.path, range(9), cancel=token))
        timer.join()
        self.assertLess(time.monotonic() - start, 5)
        self.assertEqual(engine.call(operator.add, 2, 2, cancel=CancelToken()), 4)

    @data(*_ROWS)
    def test_parts_nobody_takes_any_more_are_stopped(self, name: str) -> None:
        engine = _engine(self, name)
        results = engine.map(parts.patient_but_first, self.path, range(9), cancel=CancelToken())
        self.assertEqual(next(results), 0)
        results.close()  # type: ignore[attr-defined]
        start = time.monotonic()
        engine.close()
        self.assertLess(time.monotonic() - start, 5)

    @data(*_ROWS)
    def test_nothing_is_left_after_closing(self, name: str) -> None:
        threads, children = threading.active_count(), len(multiprocessing.active_children())
        engine = _engine(self, name)
        for _ in range(3):
            list(engine.map(parts.add, 10, range(5), cancel=CancelToken()))
        engine.close()
        self.assertLessEqual(threading.active_count(), threads)
        self.assertLessEqual(len(multiprocessing.active_children()), children)


def _wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)


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

    def test_a_part_whose_child_is_killed_is_run_again(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            found = list(self.engine.map(parts.killed_once, folder, range(8), cancel=CancelToken()))
            self.assertTrue((Path(folder) / "killed").exists())
        self.assertEqual(found, list(range(8)))

    def test_a_part_whose_children_all_die_is_an_error_and_the_next_works(self) -> None:
        results = self.engine.map(parts.killed, "", range(8), cancel=CancelToken())
        self.assertEqual([next(results) for _ in range(3)], [0, 1, 2])
        with self.assertRaisesRegex(IBMRuntimeError, "died with exit code 7"):
            next(results)
        self.assertEqual(list(self.engine.map(parts.add, 1, [1, 2], cancel=CancelToken())), [2, 3])

    def test_an_idle_child_that_is_killed_costs_nothing(self) -> None:
        for pause in (0.0, 0.5):
            os.kill(self.engine.call(os.getpid, cancel=CancelToken()), signal.SIGKILL)
            time.sleep(pause)
            self.assertEqual(self.engine.call(operator.add, 1, 2, cancel=CancelToken()), 3)
            os.kill(self.engine.call(os.getpid, cancel=CancelToken()), signal.SIGKILL)
            time.sleep(pause)
            self.assertEqual(list(self.engine.map(parts.add, 1, [1, 2], cancel=CancelToken())), [2, 3])

    def test_a_child_killed_in_the_middle_of_its_answer_does_not_block_the_others(self) -> None:
        engine, start = ProcessEngine(3), time.monotonic()
        self.addCleanup(engine.close)
        with tempfile.TemporaryDirectory() as folder:
            found = list(engine.map(parts.killed_as_it_answers, folder, range(12), cancel=CancelToken()))
            self.assertTrue((Path(folder) / "killed").exists())
        self.assertEqual(found, list(range(12)))
        self.assertLess(time.monotonic() - start, 30)

    def test_a_part_that_kills_its_children_leaves_those_of_others_their_results(self) -> None:
        engine = ProcessEngine(2)
        self.addCleanup(engine.close)
        found: list[list[int]] = []
        other = threading.Thread(
            target=lambda: found.append(list(engine.map(parts.add, 10, range(40), cancel=CancelToken()))),
        )
        other.start()
        for _ in range(3):
            with self.assertRaisesRegex(IBMRuntimeError, "died with exit code 7"):
                list(engine.map(parts.killed, "", range(8), cancel=CancelToken()))
        other.join(60)
        self.assertEqual(found, [list(range(10, 50))])

    def test_a_call_under_way_when_its_engine_is_closed_says_so(self) -> None:
        self.engine.call(operator.add, 1, 2, cancel=CancelToken())
        said: list[str] = []

        def call() -> None:
            try:
                self.engine.call(time.sleep, 60, cancel=CancelToken())
            except IBMRuntimeError as err:
                said.append(str(err))

        thread = threading.Thread(target=call)
        thread.start()
        time.sleep(0.3)
        self.engine.close()
        thread.join(10)
        self.assertEqual(len(said), 1)
        self.assertIn("its engine was closed", said[0])

    def test_what_cannot_be_sent_is_said_to_be_so(self) -> None:
        with self.assertRaisesRegex(CannotTravelError, "cannot be sent"):
            list(self.engine.map(operator.is_, lambda: 0, [1], cancel=CancelToken()))

    def test_what_only_this_process_knows_is_said_to_be_so(self) -> None:
        module = types.ModuleType("a_users_script")
        exec("class Gate: pass", module.__dict__)
        sys.modules[module.__name__] = module
        self.addCleanup(sys.modules.pop, module.__name__)
        with self.assertRaisesRegex(CannotTravelError, "a_users_script"):
            list(self.engine.map(operator.is_, module.Gate(), [1, 2], cancel=CancelToken()))

    def test_children_have_one_thread_of_linear_algebra(self) -> None:
        self.assertEqual(self.engine.call(os.getenv, "OPENBLAS_NUM_THREADS", cancel=CancelToken()), "1")

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
