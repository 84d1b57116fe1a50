"""Parts side by side against the whole circuit, and against what is known of it."""

from __future__ import annotations

import unittest
from dataclasses import replace

import numpy as np
from ddt import data, ddt
from qiskit.circuit import ClassicalRegister, Parameter, QuantumCircuit
from qiskit_aer.noise import NoiseModel, ReadoutError

from qiskit_local_runtime.devices.device import ActiveDevice
from qiskit_local_runtime.devices.noise_table import table_of
from qiskit_local_runtime.simulators import SIMULATORS
from qiskit_local_runtime.simulators.choose import _SEPARATE
from qiskit_local_runtime.simulators.lonely import MANY
from qiskit_local_runtime.simulators.separate import NAME
from qiskit_local_runtime.sweeps import Shots, Sweep, Terms, unpack_bools

from ...support.simulation import (
    LEAST_P,
    chi_square,
    counts,
    damping_noise,
    exact_probabilities,
    measured,
    noiseless,
    noisy,
    pauli_noise,
    tools,
)

_SEPARATELY = SIMULATORS[NAME]
_NOISES = {"noiseless": None, "pauli": pauli_noise(), "damping": damping_noise()}
_ANGLES = tuple(Parameter(name) for name in "abc")
_VALUES = np.array([[0.3, 1.1, -0.4], [2.0, -0.7, 0.9]])


def _device(name: str, num_qubits: int) -> ActiveDevice:
    model = _NOISES[name]
    return noiseless(num_qubits) if model is None else noisy(num_qubits, model)


def _circuit() -> QuantumCircuit:
    """A pair (0, 4), three qubits (1, 3, 5) and two by themselves, some of them parametrised."""
    circuit = QuantumCircuit(7)
    circuit.h([0, 1, 6])
    circuit.cx(0, 4)
    circuit.ry(_ANGLES[1], 4)
    circuit.cx(1, 3)
    circuit.rx(_ANGLES[0], 3)
    circuit.cz(3, 5)
    circuit.ry(_ANGLES[0] + _ANGLES[1], 5)
    circuit.cx(5, 1)
    circuit.rx(_ANGLES[2], 2)
    circuit.s(6)
    circuit.ry(0.4, 6)
    return circuit


def _means(shots: Shots, row: int = 0) -> np.ndarray:
    return unpack_bools(shots.packed[row], shots.num_clbits).reshape(-1, shots.num_clbits).mean(axis=0)


@ddt
class TestAgainstTheWhole(unittest.TestCase):
    """What parts give is what the whole circuit gives."""

    @data(*_NOISES)
    def test_exact_values_agree_to_1e_10(self, name: str) -> None:
        sweep, device = Sweep(_circuit(), _ANGLES, _VALUES, 0), _device(name, 7)
        letters = np.random.default_rng(5).integers(0, 10, (40, 7)).astype(np.uint8)
        letters[np.random.default_rng(6).random(letters.shape) < 0.5] = 0
        letters[0] = 0
        found = _SEPARATELY.expect(sweep, device, Terms(letters), tools())
        wanted = SIMULATORS["density_matrix"].expect(sweep, device, Terms(letters), tools())
        np.testing.assert_allclose(found, wanted, atol=1e-10)
        self.assertEqual(_SEPARATELY.estimate(sweep, device).facts["parts"], 4)

    @data(*_NOISES)
    def test_bits_follow_the_probabilities_of_the_whole(self, name: str) -> None:
        sweep, device = Sweep(measured(_circuit()), _ANGLES, _VALUES, 20_000), _device(name, 7)
        shots = _SEPARATELY.sample(sweep, device, tools(3))
        for row in range(2):
            p = chi_square(counts(shots, row), exact_probabilities(sweep, _NOISES[name], row))
            self.assertGreater(p, LEAST_P, f"{name}, row {row}")

    @data(*_NOISES)
    def test_endings_and_flips_are_those_of_each_part(self, name: str) -> None:
        circuit = _circuit()
        register = ClassicalRegister(7, "c")
        circuit.add_register(register)
        endings = [QuantumCircuit(circuit.qubits, register) for _ in range(2)]
        endings[1].sx([1, 2, 4])
        endings[1].h(6)
        for ending in endings:
            ending.measure(range(7), range(6, -1, -1))
        flips = np.random.default_rng(1).random((2, 2, 3, 7)) < 0.5
        sweep = Sweep(circuit, _ANGLES, _VALUES, 6000, tuple(endings), flips)
        device = _device(name, 7)
        found = _SEPARATELY.sample(sweep, device, tools(4))
        wanted = SIMULATORS["density_matrix"].sample(sweep, device, tools(9))
        bits, others = (unpack_bools(each.packed, 7).astype(float) for each in (found, wanted))
        for products in (lambda b: b, lambda b: b * np.roll(b, 1, axis=-1), lambda b: b * np.roll(b, 3, axis=-1)):
            mean, other = products(bits).mean(axis=3), products(others).mean(axis=3)
            spread = np.sqrt(np.maximum(mean * (1 - mean) + other * (1 - other), 1e-3) / 6000)
            self.assertLess((np.abs(mean - other) / spread).max(), 5)

    @data(*_NOISES)
    def test_with_many_rows_lonely_qubits_are_drawn_as_they_should(self, name: str) -> None:
        circuit = QuantumCircuit(3, 4)
        for qubit, angle in enumerate(_ANGLES):
            circuit.ry(angle, qubit)
        endings = [QuantumCircuit(3, 4), QuantumCircuit(3, 4)]
        endings[1].sx(1)
        endings[0].measure([0, 1, 2], [3, 1, 0])
        endings[1].measure([0, 1], [3, 1])
        rng = np.random.default_rng(2)
        values, shots = rng.uniform(-2, 2, (MANY + 6, 3)), 500
        flips = rng.random((len(values), 2, 2, 4)) < 0.5
        flips[..., 2] = flips[:, 1, :, 0] = False
        sweep = Sweep(circuit, _ANGLES, values, shots, tuple(endings), flips)
        device = _device(name, 3)
        found = unpack_bools(_SEPARATELY.sample(sweep, device, tools(4)).packed, 4).mean(axis=3)
        few = np.concatenate(
            [
                unpack_bools(
                    SIMULATORS["density_matrix"]
                    .sample(replace(sweep, values=values[i : i + 1], flips=flips[i : i + 1]), device, tools(50 + i))
                    .packed,
                    4,
                ).mean(axis=3)
                for i in range(len(values))
            ]
        )
        spread = np.sqrt(np.maximum(found * (1 - found) + few * (1 - few), 4e-3) / shots)
        pulls = (found - few) / spread
        self.assertLess(np.abs(pulls).max(), 5)
        self.assertLess(abs(pulls.mean()) * np.sqrt(pulls.size), 4)
        self.assertFalse(found[..., 2].any())
        self.assertFalse(found[:, 1, :, 0].any())

    def test_parts_are_independent_and_partners_are_not(self) -> None:
        circuit = QuantumCircuit(40, 40)
        for first in range(0, 40, 2):
            circuit.h(first)
            circuit.cx(first, first + 1)
        circuit.t(range(40))
        circuit.measure(range(40), range(40))
        shots = _SEPARATELY.sample(Sweep(circuit, (), np.zeros((1, 0)), 4000), noiseless(40), tools())
        bits = unpack_bools(shots.packed[0, 0, 0], 40)
        np.testing.assert_array_equal(bits[:, ::2], bits[:, 1::2])
        correlations = np.corrcoef(bits[:, ::2].T) - np.eye(20)
        self.assertLess(np.abs(correlations).max(), 4.5 / np.sqrt(4000))

    def test_measurements_and_resets_inside_a_part_are_its_own(self) -> None:
        circuit = QuantumCircuit(8, 10)
        for first in (0, 3):
            circuit.h(first)
            circuit.cx(first, first + 1)
            circuit.measure(first, first)
            circuit.reset(first)
            circuit.cx(first + 1, first)
            circuit.measure([first, first + 1], [first + 1, first + 2])
        circuit.ry(1.0, 7)
        circuit.measure(7, 9)
        shots = _SEPARATELY.sample(Sweep(circuit, (), np.zeros((1, 0)), 3000), noiseless(8), tools(1))
        bits = unpack_bools(shots.packed[0, 0, 0], 10)
        for first in (0, 3):
            np.testing.assert_array_equal(bits[:, first], bits[:, first + 1])
            np.testing.assert_array_equal(bits[:, first], bits[:, first + 2])
        self.assertLess(abs((bits[:, 0] == bits[:, 3]).mean() - 0.5), 4.5 * 0.5 / np.sqrt(3000))
        self.assertLess(abs(bits[:, 9].mean() - np.sin(0.5) ** 2), 4.5 * 0.5 / np.sqrt(3000))
        self.assertFalse(bits[:, 6:9].any())

    def test_correlated_readout_is_not_cut(self) -> None:
        model = NoiseModel()
        both = np.eye(4)
        both[0] = [0.6, 0, 0, 0.4]
        model.add_readout_error(ReadoutError(both), [0, 2])
        circuit = QuantumCircuit(3, 3)
        circuit.measure(range(3), range(3))
        shots = _SEPARATELY.sample(Sweep(circuit, (), np.zeros((1, 0)), 4000), noisy(3, model), tools(2))
        found = counts(shots)
        self.assertEqual(np.flatnonzero(found).tolist(), [0, 5])
        self.assertLess(abs(found[5] / 4000 - 0.4), 4.5 * np.sqrt(0.24 / 4000))

    def test_the_seed_decides_the_bits_of_many_rows_too(self) -> None:
        circuit = QuantumCircuit(3)
        circuit.ry(_ANGLES[0], range(3))
        values = np.linspace(0, 2, MANY + 5)[:, None]
        sweep = Sweep(measured(circuit), _ANGLES[:1], values, 40)
        first, again, other = (_SEPARATELY.sample(sweep, _device("pauli", 3), tools(seed)).packed for seed in (1, 1, 2))
        np.testing.assert_array_equal(first, again)
        self.assertTrue((first != other).any())

    def test_a_table_of_noise_is_cut_as_the_device_is(self) -> None:
        sweep, device = Sweep(measured(_circuit()), _ANGLES, _VALUES, 300), _device("damping", 7)
        assert device.noise is not None
        sent = replace(device, noise=table_of(device.noise, (sweep.tape,), for_aer=False))
        here, there = (_SEPARATELY.sample(sweep, each, tools(6)).packed for each in (device, sent))
        np.testing.assert_array_equal(here, there)


class TestFeedForward(unittest.TestCase):
    """Aer runs what has feed-forward, part by part."""

    def _circuit(self) -> QuantumCircuit:
        circuit = QuantumCircuit(12, 12)
        for first in range(0, 12, 3):
            circuit.h(first)
            circuit.measure(first, first)
            with circuit.if_test((circuit.clbits[first], 1)):
                circuit.x(first + 1)
            circuit.ry(0.7, first + 2)
            circuit.measure([first + 1, first + 2], [first + 1, first + 2])
        return circuit

    def test_ours_refuse_and_aers_follow(self) -> None:
        sweep = Sweep(self._circuit(), (), np.zeros((1, 0)), 800)
        ours, aers = _SEPARATE[None]
        self.assertIn("feed-forward", str(ours.refuses(sweep, noiseless(12))))
        self.assertIsNone(aers.refuses(sweep, noiseless(12)))
        self.assertEqual(aers.estimate(sweep, noiseless(12)).facts["largest_part"], 2)
        bits = unpack_bools(aers.sample(sweep, noiseless(12), tools()).packed[0, 0, 0], 12)
        np.testing.assert_array_equal(bits[:, ::3], bits[:, 1::3])
        self.assertLess(np.abs(bits[:, ::3].mean(axis=0) - 0.5).max(), 4.5 * 0.5 / np.sqrt(800))
        self.assertLess(np.abs(bits[:, 2::3].mean(axis=0) - np.sin(0.35) ** 2).max(), 4.5 * 0.5 / np.sqrt(800))

    def test_noise_and_flips_are_those_of_each_part(self) -> None:
        model = NoiseModel()
        model.add_all_qubit_readout_error(ReadoutError([[1, 0], [0.5, 0.5]]))
        circuit = QuantumCircuit(6, 6)
        for first in (0, 3):
            circuit.x(first)
            circuit.measure(first, first)
            with circuit.if_test((circuit.clbits[first], 1)):
                circuit.x(first + 1)
            circuit.x(first + 2)
            circuit.measure(first + 2, first + 2)
        flips = np.zeros((1, 1, 2, 6), dtype=bool)
        flips[..., 1, [2, 5]] = True
        sweep = Sweep(circuit, (), np.zeros((1, 0)), 2000, (), flips)
        _, aers = _SEPARATE[None]
        bits = unpack_bools(aers.sample(sweep, noisy(6, model), tools(1)).packed[0, 0], 6)
        bound = 4.5 * 0.5 / np.sqrt(2000)
        self.assertLess(np.abs(bits[..., [0, 3]].mean(axis=1) - 0.5).max(), bound)
        # a flipped one is read as 0 without error
        self.assertLess(np.abs(bits[0][:, [2, 5]].mean(axis=0) - 0.5).max(), bound)
        self.assertTrue(bits[1][:, [2, 5]].all())
        self.assertFalse(bits[..., [1, 4]].any())


class TestEstimates(unittest.TestCase):
    """``estimate``."""

    def test_time_is_the_sum_and_memory_that_of_the_largest(self) -> None:
        def pairs(count: int) -> Sweep:
            circuit = QuantumCircuit(8 * count, 8 * count)
            for first in range(0, 8 * count, 8):
                for qubit in range(first, first + 7):
                    circuit.cx(qubit, qubit + 1)
                    circuit.t(qubit)
            circuit.measure(range(8 * count), range(8 * count))
            return Sweep(circuit, (), np.zeros((1, 0)), 1000)

        one, four = (_SEPARATELY.estimate(pairs(count), noiseless(8 * count)) for count in (1, 4))
        self.assertAlmostEqual(four.seconds, 4 * one.seconds)
        self.assertEqual(four.bytes, one.bytes)
        self.assertEqual(four.facts, {"parts": 4, "largest_part": 8, "methods": ["statevector"]})

    def test_what_measures_nothing_costs_nothing(self) -> None:
        circuit = QuantumCircuit(60, 1)
        for qubit in range(1, 59):
            circuit.cx(qubit, qubit + 1)
            circuit.t(qubit)
        circuit.measure(0, 0)
        sweep = Sweep(circuit, (), np.zeros((1, 0)), 10)
        self.assertEqual(_SEPARATELY.estimate(sweep, noiseless(60)).facts["largest_part"], 1)
        self.assertFalse(_means(_SEPARATELY.sample(sweep, noiseless(60), tools())).any())


if __name__ == "__main__":
    unittest.main()
