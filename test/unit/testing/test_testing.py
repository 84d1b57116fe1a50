"""The tools for tests do what they are told."""

from __future__ import annotations

import operator
import threading
import unittest

import numpy as np
from qiskit.circuit import QuantumCircuit

from qiskit_local_runtime.cancellation import Cancelled, CancelToken
from qiskit_local_runtime.sweeps import Sweep, Terms
from qiskit_local_runtime.testing import FakeClock, HandEngine, ScriptedSimulator

from ...support.simulation import counts, noiseless, tools


class TestFakeClock(unittest.TestCase):
    """The clock moves when told."""

    def test_it_stands_still_and_advances(self) -> None:
        clock = FakeClock()
        before = clock.now()
        self.assertEqual(clock.now(), before)
        clock.advance(90)
        self.assertEqual(((clock.now() - before).total_seconds(), clock.monotonic()), (90, 90))
        with self.assertRaisesRegex(ValueError, "backwards"):
            clock.advance(-1)


class TestHandEngine(unittest.TestCase):
    """Calls wait for a step."""

    def _start(self, token: CancelToken) -> tuple[HandEngine, list[object], threading.Thread]:
        engine, found = HandEngine(), []

        def call() -> None:
            try:
                found.append(engine.call(operator.add, 1, 2, cancel=token))
            except Cancelled as stop:
                found.append(str(stop))

        thread = threading.Thread(target=call)
        thread.start()
        self.assertTrue(engine.wait_for_call())
        return engine, found, thread

    def test_a_call_runs_when_it_is_let(self) -> None:
        engine, found, thread = self._start(CancelToken())
        self.assertEqual(found, [])
        engine.step()
        thread.join(10)
        self.assertEqual(found, [3])

    def test_a_waiting_call_can_be_cancelled(self) -> None:
        token = CancelToken()
        _, found, thread = self._start(token)
        token.cancel("enough")
        thread.join(10)
        self.assertEqual(found, ["enough"])

    def test_stepping_without_a_call_is_an_error(self) -> None:
        with self.assertRaises(LookupError):
            HandEngine().step()


class TestScriptedSimulator(unittest.TestCase):
    """Outcomes are played as given."""

    def test_outcomes_repeat(self) -> None:
        sweep = Sweep(QuantumCircuit(2, 2), (), np.zeros((1, 0)), 6)
        simulator = ScriptedSimulator([0, 3, 3], value=0.25)
        self.assertEqual(counts(simulator.sample(sweep, noiseless(2), tools())).tolist(), [2, 0, 0, 4])
        found = simulator.expect(sweep, noiseless(2), Terms(np.zeros((3, 2), dtype=np.uint8)), tools())
        self.assertEqual(found.tolist(), [[0.25, 0.25, 0.25]])
        self.assertEqual(len(simulator.sweeps), 2)
