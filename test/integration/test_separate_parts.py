"""Wide circuits whose qubits do not all meet, asked of the primitives: each part is what it is by itself."""

from __future__ import annotations

import unittest
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from ddt import data, ddt
from qiskit.circuit import ParameterVector, QuantumCircuit
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.fake_provider import FakeFez

from qiskit_local_runtime import EstimatorV2, SamplerV2
from qiskit_local_runtime.errors import SimulationTooLargeError
from qiskit_local_runtime.pipeline.shards import LEAST
from qiskit_local_runtime.runtime import LocalRuntime

_COPIES, _LAYERS = 10, 2


@cache
def _fez() -> FakeFez:
    return FakeFez()


@cache
def _paths(length: int = 4, most: int = _COPIES) -> tuple[tuple[int, ...], ...]:
    """Disjoint paths of neighbouring qubits of the device, none of which touches another."""
    near: dict[int, set[int]] = {}
    for one, other in _fez().coupling_map.get_edges():
        near.setdefault(one, set()).add(other)
        near.setdefault(other, set()).add(one)
    taken: set[int] = set()
    found: list[tuple[int, ...]] = []
    for start in range(_fez().num_qubits):
        path = _path((start,), near, taken, length)
        if path and len(found) < most:
            found.append(path)
            taken |= {*path, *(qubit for each in path for qubit in near[each])}
    return tuple(found)


def _path(path: tuple[int, ...], near: dict[int, set[int]], taken: set[int], length: int) -> tuple[int, ...] | None:
    if path[-1] in taken:
        return None
    if len(path) == length:
        return path
    longer = (_path((*path, each), near, taken, length) for each in sorted(near[path[-1]] - set(path)))
    return next((each for each in longer if each), None)


def _copies(paths: tuple[tuple[int, ...], ...], angles: Any, *, measured: bool) -> QuantumCircuit:
    """One experiment on each path, with an angle of its own."""
    circuit = QuantumCircuit(156, 4 * len(paths) if measured else 0)
    for number, (path, angle) in enumerate(zip(paths, angles, strict=True)):
        for layer in range(_LAYERS):
            for qubit in path:
                circuit.sx(qubit)
                circuit.rz(angle, qubit)
                circuit.sx(qubit)
            for first in (layer % 2, 1 - layer % 2):
                for one, other in list(pairwise(path))[first::2]:
                    circuit.cz(one, other)
        if measured:
            circuit.measure(path, range(4 * number, 4 * number + 4))
    return circuit


def _observables(paths: tuple[tuple[int, ...], ...]) -> list[SparsePauliOp]:
    """Of each path by itself, and one that looks at all of them at once."""
    each = [SparsePauliOp.from_sparse_list([("ZZ", path[:2], 1.0), ("XY", path[1:3], 0.5)], 156) for path in paths]
    all_at_once = [("".join(["Z"] * len(paths)), [path[0] for path in paths], 1.0)]
    return [*each, SparsePauliOp.from_sparse_list(all_at_once, 156)]


def _estimated(circuit: QuantumCircuit, observables: Any, precision: float, values: Any = None, **options: Any) -> Any:
    with LocalRuntime(engine="inline") as runtime:
        asked = {"simulator": {"seed_simulator": 5}, **options}
        estimator = EstimatorV2(_fez(), options=asked, runtime=runtime)
        return estimator.run([(circuit, observables, values)], precision=precision).result()[0]


class TestEstimator(unittest.TestCase):
    """Ten copies of a four-qubit experiment on a device of 156 qubits."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.angles = np.linspace(0.2, 1.3, _COPIES)
        cls.circuit = _copies(_paths(), cls.angles, measured=False)

    def test_exact_values_are_those_of_each_copy_alone(self) -> None:
        for level in (0, 1):
            found = _estimated(self.circuit, _observables(_paths()), 0, resilience_level=level)
            self.assertEqual(found.metadata["simulation"]["method"], "separate_parts")
            alone, product = [], 1.0
            for path, angle in zip(_paths(), self.angles, strict=True):
                small = _copies((path,), [angle], measured=False)
                one = SparsePauliOp.from_sparse_list([("Z", [path[0]], 1.0)], 156)
                each = _estimated(small, [_observables((path,))[0], one], 0, resilience_level=level)
                self.assertEqual(each.metadata["simulation"]["method"], "density_matrix")
                alone.append(each.data.evs[0])
                product *= each.data.evs[1]
            np.testing.assert_allclose(found.data.evs[:-1], alone, atol=1e-10)
            self.assertAlmostEqual(found.data.evs[-1], product, places=10)

    def test_parametrised_value_sets_reach_the_copy_they_belong_to(self) -> None:
        vector = ParameterVector("t", _COPIES)
        circuit = _copies(_paths(), vector, measured=False)
        values = np.random.default_rng(3).uniform(0, 2, (3, _COPIES))
        observables = [[each] for each in _observables(_paths())]
        found = _estimated(circuit, observables, 0, values, resilience_level=0).data.evs
        for row in range(3):
            bound = _copies(_paths(), values[row], measured=False)
            wanted = _estimated(bound, _observables(_paths()), 0, resilience_level=0).data.evs
            np.testing.assert_allclose(found[:, row], wanted, atol=1e-10)

    def test_readout_mitigation_agrees_with_exact_values_within_errors(self) -> None:
        observables = _observables(_paths())[:-1]
        exact = _estimated(self.circuit, observables, 0, resilience_level=1).data.evs
        found = _estimated(self.circuit, observables, 0.02, resilience_level=1).data
        pulls = (found.evs - exact) / found.stds
        self.assertLess(np.abs(pulls).max(), 4)
        self.assertLess(abs(pulls.mean()) * np.sqrt(len(pulls)), 3.5)

    def test_noise_factors_agree_with_exact_values_within_errors(self) -> None:
        observables = _observables(_paths())[:-1]
        more = {"resilience_level": 1, "resilience": {"zne_mitigation": True, "zne": {"noise_factors": [1, 3]}}}
        more["resilience"]["zne"]["extrapolator"] = "linear"  # type: ignore[index]
        exact = _estimated(self.circuit, observables, 0, **more).data
        found = _estimated(self.circuit, observables, 0.02, **more).data
        pulls = (found.evs_noise_factors - exact.evs_noise_factors) / found.stds_noise_factors
        self.assertLess(np.abs(pulls).max(), 4.2)
        self.assertGreater(np.abs(exact.evs_noise_factors[:, 0] - exact.evs_noise_factors[:, 1]).max(), 0.01)


@ddt
class TestSampler(unittest.TestCase):
    """Bits of parts side by side."""

    def test_every_qubit_turned_by_itself_is_read_as_its_exact_value_says(self) -> None:
        circuit, bare = QuantumCircuit(156, 156), QuantumCircuit(156)
        for qubit in range(156):
            for each in (circuit, bare):
                each.sx(qubit)
                each.rz(0.3 + qubit / 60, qubit)
                each.sx(qubit)
            circuit.measure(qubit, 155 - qubit)
        found = self._sampled(_fez(), circuit, 4000)
        self.assertEqual(found.metadata["simulation"]["method"], "separate_parts")
        ones = found.data.c.to_bool_array(order="little").mean(axis=0)[::-1]
        letters = [SparsePauliOp.from_sparse_list([("Z", [qubit], 1.0)], 156) for qubit in range(156)]
        chances = (1 - _estimated(bare, letters, 0, resilience_level=0).data.evs) / 2
        pulls = (ones - chances) / np.sqrt(chances * (1 - chances) / 4000)
        self.assertLess(np.abs(pulls).max(), 4.5)
        self.assertLess(abs((pulls**2).mean() - 1), 4.5 * np.sqrt(2 / 156))

    def test_idle_qubits_beside_an_entangled_state_are_read_by_their_own_errors(self) -> None:
        circuit = QuantumCircuit(60, 60)
        circuit.h(0)
        for qubit in range(9):
            circuit.cx(qubit, qubit + 1)
        circuit.t(range(60))
        circuit.measure(range(60), range(60))
        found = self._sampled(AerSimulator(), circuit, 500)
        bits = found.data.c.to_bool_array(order="little")
        self.assertTrue((bits[:, :10] == bits[:, :1]).all())
        self.assertTrue(0 < bits[:, 0].sum() < 500)
        self.assertFalse(bits[:, 10:].any())

    def test_twirling_leaves_the_bits_what_they_are(self) -> None:
        backend = AerSimulator()
        circuit = QuantumCircuit(36, 36)
        for first in range(0, 36, 3):
            circuit.x(first)
            circuit.cz(first, first + 1)
            circuit.ry(0.4, first + 2)
            circuit.cx(first, first + 1)
        circuit.measure(range(36), range(36))
        options = {"twirling": {"enable_gates": True, "enable_measure": True, "num_randomizations": 8}}
        found = self._sampled(backend, circuit, 1600, **options)
        bits = found.data.c.to_bool_array(order="little")
        self.assertTrue(bits[:, ::3].all())
        self.assertTrue(bits[:, 1::3].all())
        self.assertLess(np.abs(bits[:, 2::3].mean(axis=0) - np.sin(0.2) ** 2).max(), 4.5 * 0.2 / np.sqrt(1600))

    def test_feed_forward_with_noise_runs_in_parts(self) -> None:
        backend = GenericBackendV2(30, control_flow=True, coupling_map=[[q, q + 1] for q in range(29)], seed=2)
        circuit = QuantumCircuit(30, 30)
        for first in range(0, 30, 3):
            circuit.x(first)
            circuit.measure(first, first)
            with circuit.if_test((circuit.clbits[first], 1)):
                circuit.x(first + 1)
            circuit.sx(first + 2)
            circuit.measure([first + 1, first + 2], [first + 1, first + 2])
        found = self._sampled(backend, circuit, 400)
        self.assertEqual(found.metadata["simulation"]["method"], "separate_parts")
        ones = found.data.c.to_bool_array(order="little").mean(axis=0)
        self.assertGreater(ones.reshape(10, 3)[:, :2].min(), 0.9)
        self.assertLess(np.abs(ones[2::3] - 0.5).max(), 4.5 * 0.5 / np.sqrt(400))

    @data("threads:2", "processes:2")
    def test_every_engine_gives_the_same_bits(self, engine: str) -> None:
        vector = ParameterVector("t", _COPIES)
        pub = (_copies(_paths(), vector, measured=True), np.random.default_rng(4).uniform(0, 2, (200, _COPIES)))
        first, second = (self._sampled(_fez(), pub, 600, engine=each) for each in ("inline", engine))
        np.testing.assert_array_equal(first.data.c.array, second.data.c.array)
        with LocalRuntime(engine="inline") as runtime:
            (row,) = SamplerV2(_fez(), runtime=runtime).plan([pub], shots=600).rows
        self.assertGreater(row.simulation_seconds, LEAST, "the workload was too short to be cut")

    def test_a_part_that_is_too_large_is_named_at_the_call(self) -> None:
        circuit = QuantumCircuit(60, 60)
        for qubit in range(49):
            circuit.ry(0.3, qubit)
            circuit.cx(qubit, qubit + 1)
            circuit.ry(0.2, qubit + 1)
            circuit.cx(qubit, (qubit + 17) % 50)
        circuit.t(range(60))
        circuit.measure(range(60), range(60))
        with self.assertRaisesRegex(SimulationTooLargeError, "part of 50 qubits"):
            self._sampled(AerSimulator(), circuit, 10)

    def _sampled(self, backend: Any, pub: Any, shots: int, engine: str = "inline", **options: Any) -> Any:
        with LocalRuntime(engine=engine) as runtime:
            asked = {"simulator": {"seed_simulator": 8}, **options}
            return SamplerV2(backend, options=asked, runtime=runtime).run([pub], shots=shots).result()[0]


if __name__ == "__main__":
    unittest.main()
