"""When an engine is worth its while."""

from __future__ import annotations

import operator
import unittest

from qiskit_local_runtime.cancellation import CancelToken
from qiskit_local_runtime.engines import InlineEngine, ProcessEngine, ThreadEngine
from qiskit_local_runtime.engines.choice import worth_it


class TestChoice(unittest.TestCase):
    """What decides."""

    def _processes(self, workers: int) -> ProcessEngine:
        engine = ProcessEngine(workers)
        self.addCleanup(engine.close)
        return engine

    def test_what_takes_longer_to_travel_than_to_do_stays(self) -> None:
        engine = ProcessEngine(4)
        self.addCleanup(engine.close)
        engine.call(operator.add, 1, 2, cancel=CancelToken())
        self.assertTrue(worth_it(engine, 1.2, 1))
        self.assertFalse(worth_it(engine, 1.2, 1, travel=0.7))
        self.assertTrue(worth_it(engine, 1.2, 4, travel=0.7))
        self.assertFalse(worth_it(engine, 1.2, 4, travel=1.0))

    def test_one_worker_of_our_own_process_is_never_worth_it(self) -> None:
        self.assertFalse(worth_it(InlineEngine(), 100.0, 50))
        self.assertFalse(worth_it(ThreadEngine(1), 100.0, 50))
        self.assertFalse(worth_it(ThreadEngine(4), 100.0, 1))

    def test_threads_are_worth_it_for_several_parts(self) -> None:
        self.assertTrue(worth_it(ThreadEngine(4), 0.3, 5))

    def test_processes_that_are_not_there_must_save_more_than_their_start(self) -> None:
        self.assertFalse(worth_it(self._processes(4), 0.4, 6))
        self.assertTrue(worth_it(self._processes(4), 1.0, 16))

    def test_savings_that_were_forgone_add_up_to_a_start(self) -> None:
        engine = self._processes(4)
        self.assertEqual([worth_it(engine, 0.4, 6) for _ in range(4)], [False, False, True, True])

    def test_processes_that_are_there_are_worth_it_for_less(self) -> None:
        engine = self._processes(2)
        engine.call(operator.add, 1, 2, cancel=CancelToken())
        self.assertTrue(worth_it(engine, 0.3, 6))
        self.assertFalse(worth_it(engine, 0.01, 6))

    def test_long_work_goes_out_of_the_way_even_whole(self) -> None:
        self.assertTrue(worth_it(self._processes(1), 2.0, 1))
        self.assertFalse(worth_it(self._processes(1), 0.5, 1))
