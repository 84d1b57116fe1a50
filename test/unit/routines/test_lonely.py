"""Qubits by themselves, against the exact chances."""

from __future__ import annotations

import unittest

import numpy as np
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.providers.fake_provider import GenericBackendV2

from qiskit_local_runtime.cancellation import CancelToken
from qiskit_local_runtime.devices import device_of
from qiskit_local_runtime.options import ExecutorOptions, settle_executor
from qiskit_local_runtime.routines.executor_parts import FEW, merged, parts_of
from qiskit_local_runtime.routines.lonely import drawn, is_lonely
from qiskit_local_runtime.simulators.density import DensitySimulator

_QUBITS, _ROWS, _SHOTS = 7, FEW + 36, 400


class TestLonely(unittest.TestCase):
    """``drawn``."""

    @classmethod
    def setUpClass(cls) -> None:
        circuit = QuantumCircuit(_QUBITS, _QUBITS)
        angles = [Parameter(f"a{qubit}") for qubit in range(_QUBITS)]
        for qubit, angle in enumerate(angles):
            circuit.sx(qubit)
            circuit.rz(angle, qubit)
            circuit.sx(qubit)
            circuit.measure(qubit, _QUBITS - 1 - qubit)
        device = device_of(GenericBackendV2(_QUBITS, seed=3))
        active = device.restrict(tuple(range(_QUBITS)))
        parameters = tuple(circuit.parameters)
        cls.values = np.random.default_rng(0).uniform(0, np.pi, (_ROWS, _QUBITS))
        cls.parts = parts_of(circuit, parameters, device, active, None, _ROWS)
        settings = settle_executor(ExecutorOptions())
        cls.runs = [part.runnable(cls.values, _SHOTS, settings) for part in cls.parts]

    def test_with_many_rows_each_qubit_is_a_part_that_is_drawn_here(self) -> None:
        self.assertEqual(len(self.parts), _QUBITS)
        self.assertTrue(all(map(is_lonely, self.runs)))

    def test_shares_of_ones_are_the_chances_after_readout_within_5_standard_errors(self) -> None:
        shots = drawn(self.runs, np.random.SeedSequence(7), CancelToken())
        bits = np.unpackbits(shots.packed[:, 0, 0][..., ::-1], axis=-1, count=_QUBITS, bitorder="little")
        for number, run in enumerate(self.runs):
            ideal = DensitySimulator().chances(run.sweep, run.device, CancelToken())
            np.testing.assert_allclose(ideal.sum(axis=1), 1, atol=1e-12)
            assert run.device.noise is not None
            (group,) = run.device.noise.readout.groups
            expected = ideal @ group.matrix[:, 1]
            pulls = (bits[..., number].mean(axis=1) - expected) / np.sqrt(expected * (1 - expected) / _SHOTS)
            self.assertLess(np.abs(pulls).max(), 5)
            self.assertLess(abs(pulls.mean()) * np.sqrt(_ROWS), 4)

    def test_bits_go_where_the_circuit_measures_them(self) -> None:
        shots = drawn(self.runs, np.random.SeedSequence(7), CancelToken())
        where = tuple(part.clbits[0] for part in self.parts)
        self.assertEqual(sorted(where), list(range(_QUBITS)))
        whole = merged([(where, shots)], _QUBITS)
        first = np.unpackbits(shots.packed[:, 0, 0][..., ::-1], axis=-1, count=_QUBITS, bitorder="little")
        last = np.unpackbits(whole[..., ::-1], axis=-1, count=_QUBITS, bitorder="little")
        np.testing.assert_array_equal(last[..., list(where)], first)

    def test_the_same_seed_gives_the_same_bits_and_another_others(self) -> None:
        first, again, other = (drawn(self.runs, np.random.SeedSequence(seed), CancelToken()).packed for seed in (1, 1, 2))
        np.testing.assert_array_equal(first, again)
        self.assertTrue((first != other).any())


if __name__ == "__main__":
    unittest.main()
