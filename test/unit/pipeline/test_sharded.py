"""Sweeps that are cut are sampled as well as those that are not."""

from __future__ import annotations

import pickle
import unittest
from dataclasses import replace

import numpy as np
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.quantum_info import Statevector

from qiskit_local_runtime.pipeline import sharded
from qiskit_local_runtime.pipeline.shards import sampling_shards
from qiskit_local_runtime.simulators.choose import SIMULATORS
from qiskit_local_runtime.sweeps import Sweep, Terms
from test.support.simulation import LEAST_P, chi_square, counts, exact_probabilities, noiseless, noisy, pauli_noise, tools


def _circuit() -> QuantumCircuit:
    circuit = QuantumCircuit(3, 3)
    angle = Parameter("a")
    circuit.ry(angle, 0)
    circuit.h(1)
    circuit.cx(0, 1)
    circuit.cx(1, 2)
    circuit.rx(angle, 2)
    return circuit


def _measured() -> QuantumCircuit:
    circuit = _circuit()
    circuit.measure([0, 1, 2], [0, 1, 2])
    return circuit


class TestSample(unittest.TestCase):
    """Shards of shots and of rows."""

    def test_shots_that_are_cut_follow_the_exact_distribution_and_do_not_repeat(self) -> None:
        device, simulator = noisy(3, pauli_noise()), SIMULATORS["trajectories"]
        circuit = _measured()
        sweep = Sweep(circuit, tuple(circuit.parameters), np.array([[0.8]]), 2_000_000)
        shards = sampling_shards(sweep, simulator, device, simulator.estimate(sweep, device).seconds)
        self.assertGreater(len(shards), 4)
        shots = sharded.sample(sweep, device, simulator, tools(1))
        self.assertGreater(chi_square(counts(shots), exact_probabilities(sweep, pauli_noise())), LEAST_P)
        first, second = (shots.packed[0, 0, 0, shard.shots][:1000] for shard in shards[:2])
        self.assertGreater(int((first != second).sum()), 100)

    def test_rows_that_are_cut_keep_their_places(self) -> None:
        circuit = _measured()
        angles = np.linspace(0, np.pi, 60_000)[:, None]
        sweep = Sweep(circuit, tuple(circuit.parameters), angles, 64)
        device, simulator = noiseless(3), SIMULATORS["statevector"]
        self.assertGreater(len(sampling_shards(sweep, simulator, device, simulator.estimate(sweep, device).seconds)), 4)
        shots = sharded.sample(sweep, device, simulator, tools(2))
        ones = np.mean(shots.packed[:, 0, 0, :, 0] & 1, axis=1)
        blocks, wanted = ones.reshape(60, -1), np.sin(angles[:, 0] / 2) ** 2
        errors = np.sqrt(np.maximum(wanted * (1 - wanted), 1e-4) / 64).reshape(60, -1).mean(axis=1) / np.sqrt(1000)
        np.testing.assert_array_less(np.abs(blocks.mean(axis=1) - wanted.reshape(60, -1).mean(axis=1)), 5 * errors)


class TestExpect(unittest.TestCase):
    """Shards of exact values."""

    def test_exact_values_that_are_cut_are_exact(self) -> None:
        circuit = _circuit()
        angles = np.linspace(-3, 3, 200_000)[:, None]
        sweep = Sweep(circuit, tuple(circuit.parameters), angles, 0)
        device, simulator = noiseless(3), SIMULATORS["statevector"]
        self.assertGreater(simulator.estimate(sweep, device).seconds, 0.3)
        terms = Terms(np.array([[3, 3, 0], [1, 0, 2]], dtype=np.uint8))
        found = sharded.expect(sweep, device, simulator, terms, tools())
        self.assertEqual(found.shape, (200_000, 2))
        for row in (0, 70_001, 199_999):
            alone = simulator.expect(replace(sweep, values=angles[row : row + 1]), device, terms, tools())
            np.testing.assert_allclose(found[row], alone[0], atol=1e-12)
            state = Statevector(circuit.assign_parameters(angles[row]))
            np.testing.assert_allclose(found[row, 0], np.real(state.expectation_value(_zz())), atol=1e-10)


def _zz() -> object:
    from qiskit.quantum_info import Pauli

    return Pauli("IZZ")


class TestWork(unittest.TestCase):
    """What is sent to workers."""

    def test_what_shards_share_is_the_same_bytes_before_and_after_it_was_used(self) -> None:
        circuit = _measured()
        sweep = Sweep(circuit, tuple(circuit.parameters), np.zeros((2, 1)), 10)
        work = sharded.work_of(sweep, noisy(3, pauli_noise()), SIMULATORS["trajectories"], None, alone=False)
        before = pickle.dumps(work)
        self.assertEqual(work.sweep.parameters, sweep.parameters)
        self.assertEqual(pickle.dumps(work), before)
        self.assertEqual(pickle.loads(before).sweep.tape.key, sweep.tape.key)

    def test_aer_has_one_thread_where_shards_run_side_by_side(self) -> None:
        circuit = _measured()
        sweep = Sweep(circuit, tuple(circuit.parameters), np.zeros((2, 1)), 10)
        method = SIMULATORS["matrix_product_state"]
        shared, alone = (sharded.work_of(sweep, noiseless(3), method, None, alone=one).device for one in (False, True))
        self.assertEqual((shared.aer_options, alone.aer_options), ({"max_parallel_threads": 1}, {}))
