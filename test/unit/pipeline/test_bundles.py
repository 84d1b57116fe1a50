"""Short simulations that are sent to an engine together."""

from __future__ import annotations

import pickle
import unittest
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from ddt import data, ddt
from qiskit.circuit import Gate, QuantumCircuit

from qiskit_local_runtime.cancellation import Cancelled, CancelToken
from qiskit_local_runtime.engines.base import CannotTravelError
from qiskit_local_runtime.errors import IBMRuntimeError
from qiskit_local_runtime.pipeline.bundles import Ask, grouped, run_bundle
from qiskit_local_runtime.pipeline.execute import Executor
from qiskit_local_runtime.pipeline.runnable import Runnable
from qiskit_local_runtime.pipeline.shards import sampling_shards
from qiskit_local_runtime.simulators.base import Estimate
from qiskit_local_runtime.simulators.choose import SIMULATORS
from qiskit_local_runtime.sweeps import Sweep, Terms
from qiskit_local_runtime.testing import FakeClock
from test.support.simulation import noiseless, noisy, pauli_noise, random_clifford, tools


class Far:
    """An engine that runs parts here, and writes down what it was sent."""

    def __init__(self, name: str = "far", workers: int = 4) -> None:
        self.name, self.workers = name, workers
        self.sent: list[bytes] = []
        self.ended = 0

    def call(self, function: Callable[..., Any], *args: Any, cancel: CancelToken) -> Any:
        """See ``Engine``."""
        return function(*args)

    def map(self, function: Any, common: Any, parts: Sequence[Any], *, cancel: CancelToken) -> Iterator[Any]:
        """See ``Engine``."""
        try:
            for part in parts:
                self.sent.append(part)
                yield function(common, part)
        finally:
            self.ended += 1

    def close(self) -> None:
        """Nothing to do."""


def _ask(number: int = 0, *, seconds: float = 1 / 64, method: str = "statevector", shots: int = 50, terms: bool = False) -> Ask:
    circuit = QuantumCircuit(3, 3)
    for qubit in range(3):
        circuit.rx(0.3 * number + qubit, qubit)
    circuit.cx(0, 1)
    if not terms:
        circuit.measure(range(3), range(3))
    device = noisy(3, pauli_noise()) if method == "density_matrix" else noiseless(3)
    sweep = Sweep(circuit, (), np.zeros((1, 0)), shots)
    what = Runnable(sweep, device, SIMULATORS[method], Estimate(100, seconds))
    wanted = Terms(np.eye(3, dtype=np.uint8)) if terms else None
    return Ask(what, np.random.SeedSequence(5, spawn_key=(number,)), wanted)


def _executor(engine: Any, cancel: CancelToken | None = None, **more: Any) -> Executor:
    return Executor(engine, cancel or CancelToken(), more.pop("clock", FakeClock()), more.pop("busy", lambda _: None), **more)


def _each(executor: Executor, asks: Sequence[Ask]) -> list[Any]:
    with executor.each(asks) as answers:
        return list(answers)


class Mine(Gate):
    """A gate that cannot be pickled."""

    def __init__(self) -> None:
        super().__init__("mine", 1, [])
        self.key = lambda: None

    def _define(self) -> None:
        self.definition = QuantumCircuit(1)
        self.definition.h(0)


@ddt
class TestGrouped(unittest.TestCase):
    """What is sent together."""

    def _bundles(self, asks: list[Ask], engine: Any) -> list[tuple[int, int]]:
        return [(len(group.asks), len(group.bundles)) for group in grouped(asks, engine)]

    def test_short_neighbours_are_bundled_four_bundles_a_worker(self) -> None:
        self.assertEqual(self._bundles([_ask(i) for i in range(64)], Far()), [(64, 16)])

    def test_bundles_are_no_shorter_than_pays(self) -> None:
        asks = [_ask(i, seconds=0.001) for i in range(128)]
        for group in grouped(asks, Far()):
            lengths = [bundle.stop - bundle.start for bundle in group.bundles]
            self.assertGreaterEqual(min(lengths[:-1]), 6)
            self.assertEqual(sum(lengths), 128)

    def test_long_ones_are_bundled_where_there_are_enough_of_them(self) -> None:
        self.assertEqual(self._bundles([_ask(i, seconds=2.0) for i in range(4)], Far()), [(4, 4)])
        self.assertEqual(self._bundles([_ask(i, seconds=2.0) for i in range(2)], Far()), [(2, 0)])

    def test_what_is_long_or_aers_is_not_bundled_and_keeps_its_place(self) -> None:
        asks = [_ask(i) for i in range(10)]
        asks[4] = _ask(4, seconds=2.0)
        asks[7] = _ask(7, method="aer_density_matrix")
        groups = list(grouped(asks, Far()))
        self.assertEqual([ask for group in groups for ask in group.asks], asks)
        self.assertEqual([len(group.asks) for group in groups], [4, 1, 2, 1, 2])
        self.assertEqual([len(group.bundles) for group in groups][1::2], [0, 0])

    @data(Far("threads"), Far(workers=1))
    def test_where_it_does_not_pay_each_runs_where_it_is(self, engine: Far) -> None:
        self.assertEqual(self._bundles([_ask(i, seconds=0.01) for i in range(8)], engine), [(8, 0)])

    def test_a_single_one_and_little_work_stay_here(self) -> None:
        self.assertEqual(self._bundles([_ask()], Far()), [(1, 0)])
        self.assertEqual(self._bundles([_ask(i, seconds=1e-4) for i in range(9)], Far()), [(9, 0)])

    def test_results_of_a_bundle_are_bounded(self) -> None:
        asks = [_ask(i, shots=3_000_000) for i in range(8)]
        self.assertEqual(self._bundles(asks, Far(workers=2)), [(8, 8)])


@ddt
class TestEach(unittest.TestCase):
    """The executor's answers."""

    @data("statevector", "density_matrix")
    def test_bundled_or_not_the_bits_are_the_same(self, method: str) -> None:
        asks = [_ask(i, method=method) for i in range(40)]
        far = Far()
        found = [packed for packed, _ in _each(_executor(far), asks)]
        self.assertGreater(len(far.sent), 4)
        for ask, packed in zip(asks, found, strict=True):
            np.testing.assert_array_equal(packed, ask.what.sample(tools_of(ask)).packed)

    @data(("trajectories", 1, 70_000), ("density_matrix", 2000, 100), ("statevector", 30_000, 100))
    def test_what_is_long_is_cut_into_the_same_shards_wherever_it_is(self, case: tuple[str, int, int]) -> None:
        method, rows, shots = case
        device = noiseless(3) if method == "statevector" else noisy(3, pauli_noise())
        circuit = random_clifford(3, 30, seed=4)
        circuit.measure(range(3), range(3))
        simulator = SIMULATORS[method]
        sweep = Sweep(circuit, (), np.zeros((rows, 0)), shots)
        estimate = simulator.estimate(sweep, device)
        self.assertGreater(len(sampling_shards(sweep, simulator, device, estimate.seconds)), 1, estimate)
        what = Runnable(sweep, device, simulator, estimate)
        asks = [Ask(what, np.random.SeedSequence(3, spawn_key=(i,))) for i in range(2)]
        far = Far(workers=2)
        found = [packed for packed, _ in _each(_executor(far), asks)]
        self.assertEqual(len(far.sent), 2)
        np.testing.assert_array_equal(found[1], asks[1].answer(tools_of(asks[1])))

    def test_exact_values_are_the_same(self) -> None:
        asks = [_ask(i, terms=True) for i in range(40)]
        found = [values for values, _ in _each(_executor(Far()), asks)]
        for number, values in enumerate(found):
            self.assertEqual(values.shape, (1, 1, 3))
            np.testing.assert_allclose(values, asks[number].answer(tools_of(asks[number])), atol=0)

    def test_what_cannot_travel_runs_here_with_the_same_result(self) -> None:
        asks = [_ask(i) for i in range(40)]
        circuit = QuantumCircuit(1, 1)
        circuit.append(Mine(), [0])
        circuit.measure(0, 0)
        own = Runnable(Sweep(circuit, (), np.zeros((1, 0)), 50), noiseless(1), SIMULATORS["statevector"], Estimate(9, 0.02))
        asks[20] = Ask(own, np.random.SeedSequence(1))
        far = Far()
        found = [packed for packed, _ in _each(_executor(far), asks)]
        self.assertTrue(0 < len(far.sent) < 16)
        for ask, packed in zip(asks, found, strict=True):
            np.testing.assert_array_equal(packed, ask.what.sample(tools_of(ask)).packed)

    def test_stretches_follow_one_another_and_add_up_to_what_was_busy(self) -> None:
        clock, busy = FakeClock(), []
        far = Far()
        inner = far.map

        class Slow(Far):
            def map(self, *args: Any, **more: Any) -> Iterator[Any]:
                for found in inner(*args, **more):
                    clock.advance(3.0)
                    yield found

        asks = [_ask(i) for i in range(40)]
        found = [stretch for _, stretch in _each(_executor(Slow(), clock=clock, busy=busy.append), asks)]
        self.assertAlmostEqual(sum(busy), 3.0 * len(far.sent))
        for stretch, after in pairwise(found):
            self.assertLessEqual(stretch.start, stretch.stop)
            self.assertLessEqual(abs(after.start - stretch.stop), timedelta(microseconds=1))
        self.assertAlmostEqual((found[-1].stop - found[0].start).total_seconds(), sum(busy), places=5)

    def test_everything_sampled_is_charged_once(self) -> None:
        charged: list[Runnable] = []
        asks = [_ask(i, terms=i % 2 == 0) for i in range(40)]
        _each(_executor(Far(), charge=charged.append), asks)
        self.assertEqual(charged, [ask.what for ask in asks if ask.terms is None])

    def test_cancelling_ends_the_map(self) -> None:
        far, cancel = Far(), CancelToken()
        with _executor(far, cancel).each([_ask(i) for i in range(64)]) as coming:
            next(coming)
            cancel.cancel("enough")
            with self.assertRaises(Cancelled):
                list(coming)
        self.assertEqual((len(far.sent), far.ended), (1, 1))

    def test_what_is_not_taken_is_not_run(self) -> None:
        far = Far()
        with _executor(far).each([_ask(i) for i in range(64)]) as coming:
            next(coming)
        self.assertEqual((len(far.sent), far.ended), (1, 1))

    def test_an_error_of_a_simulation_is_raised(self) -> None:
        asks = [_ask(i) for i in range(40)]
        sweep = asks[30].what.sweep
        broken = Runnable(
            Sweep(sweep.circuit, (), np.zeros((1, 0)), -1), noiseless(3), SIMULATORS["statevector"], Estimate(9, 0.1)
        )
        asks[30] = Ask(broken, asks[30].seed)
        with self.assertRaises(ValueError):
            _each(_executor(Far()), asks)


class TestRunBundle(unittest.TestCase):
    """The other end."""

    def test_what_cannot_be_read_is_said(self) -> None:
        unknown = b"\x80\x04\x8c\x0bno_such_mod\x94\x8c\x04Name\x94\x93\x94."
        with self.assertRaises(ModuleNotFoundError):
            pickle.loads(unknown)
        with self.assertRaisesRegex(CannotTravelError, "no_such_mod"):
            run_bundle(None, unknown)
        self.assertFalse(issubclass(CannotTravelError, IBMRuntimeError))


def tools_of(ask: Ask) -> Any:
    """Tools with the ask's seed."""
    return replace(tools(), seed=ask.seed)


if __name__ == "__main__":
    unittest.main()
