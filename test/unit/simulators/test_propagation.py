"""Observables carried backwards through circuits that are not Clifford."""

from __future__ import annotations

import dataclasses
import unittest

import numpy as np
from ddt import data, ddt
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.quantum_info import Pauli, Statevector
from qiskit_aer.noise import NoiseModel

from qiskit_local_runtime.cancellation import Cancelled, CancelToken
from qiskit_local_runtime.devices.device import ActiveDevice
from qiskit_local_runtime.errors import IBMInputValueError, SimulationTooLargeError
from qiskit_local_runtime.simulators import SIMULATORS, choose
from qiskit_local_runtime.simulators.back_steps import back_steps
from qiskit_local_runtime.simulators.pauli_sum import PauliSum
from qiskit_local_runtime.simulators.propagate import Propagated, Truncation, propagate
from qiskit_local_runtime.simulators.propagation import PropagationSimulator
from qiskit_local_runtime.sweeps import Sweep, Terms

from ...support.simulation import damping_noise, exact_state, noiseless, noisy, pauli_noise, random_clifford, tools


def _sweep(circuit: QuantumCircuit) -> Sweep:
    return Sweep(circuit, (), np.zeros((1, 0)), 0)


def _generic(num_qubits: int, gates: int, seed: int) -> QuantumCircuit:
    """Rotations by any angle, gates of one to three qubits."""
    rng = np.random.default_rng(seed)
    circuit = QuantumCircuit(num_qubits)
    for _ in range(gates):
        angle, where = rng.uniform(-3, 3), [int(q) for q in rng.permutation(num_qubits)]
        one, two = str(rng.choice(["rx", "ry", "rz"])), str(rng.choice(["rzz", "rxx", "cp", "rzx"]))
        getattr(circuit, one)(angle, where[0])
        getattr(circuit, two)(angle / 2, where[0], where[1])
        getattr(circuit, str(rng.choice(["h", "sx", "t"])))(where[1])
        getattr(circuit, str(rng.choice(["cx", "cz", "ecr"])))(where[1], where[2])
    circuit.ccx(0, 1, 2)
    return circuit


def _kicked(num_qubits: int, angle: float, steps: int) -> QuantumCircuit:
    circuit = QuantumCircuit(num_qubits)
    for _ in range(steps):
        circuit.rx(angle, range(num_qubits))
        for first in (0, 1):
            for qubit in range(first, num_qubits - 1, 2):
                circuit.rzz(-np.pi / 2, qubit, qubit + 1)
    return circuit


def _propagated(circuit: QuantumCircuit, letters: np.ndarray, truncation: Truncation, device: ActiveDevice) -> Propagated:
    sums = PauliSum(letters, np.ones(len(letters)), np.arange(len(letters)), len(letters))
    return propagate(sums, next(back_steps(_sweep(circuit), device)), truncation)


def _exact(circuit: QuantumCircuit, letters: np.ndarray, model: NoiseModel | None = None) -> np.ndarray:
    state = Statevector(circuit) if model is None else exact_state(circuit, model)
    labels = ["".join("IXYZ"[letter] for letter in row[::-1]) for row in letters]
    return np.array([state.expectation_value(Pauli(label)).real for label in labels])


def _letters(count: int, num_qubits: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 4, (count, num_qubits)).astype(np.uint8)


@ddt
class TestExactValues(unittest.TestCase):
    """Without truncation nothing is lost."""

    @data(1, 2, 3)
    def test_pure_states_agree_with_state_vectors(self, seed: int) -> None:
        circuit, letters = _generic(6, 12, seed), _letters(20, 6, seed)
        found = _propagated(circuit, letters, Truncation(), noiseless(6))
        np.testing.assert_allclose(found.values, _exact(circuit, letters), atol=1e-10)
        np.testing.assert_array_equal(found.bound, 0.0)

    @data(pauli_noise, damping_noise)
    def test_noisy_states_agree_with_density_matrices(self, noise) -> None:  # type: ignore[no-untyped-def]
        model, letters = noise(readout=False), _letters(20, 4)
        circuit = _generic(4, 10, 7)
        found = _propagated(circuit, letters, Truncation(), noisy(4, model))
        np.testing.assert_allclose(found.values, _exact(circuit, letters, model), atol=1e-10)

    def test_qubits_on_both_sides_of_a_word_behave_as_others_do(self) -> None:
        small, letters = _generic(4, 10, 3), _letters(10, 4)
        places = [63, 0, 64, 100]
        wide = QuantumCircuit(101)
        wide.compose(small, places, inplace=True)
        spread = np.zeros((10, 101), dtype=np.uint8)
        spread[:, places] = letters
        found = _propagated(wide, spread, Truncation(), noiseless(101))
        np.testing.assert_allclose(found.values, _exact(small, letters), atol=1e-10)

    def test_resets_forget_what_was_before(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.ry(0.7, 0)
        circuit.cx(0, 1)
        circuit.reset(0)
        circuit.ry(0.4, 0)
        found = _propagated(circuit, np.array([[3, 0], [0, 3], [3, 3]], dtype=np.uint8), Truncation(), noiseless(2))
        np.testing.assert_allclose(found.values, [np.cos(0.4), np.cos(0.7), np.cos(0.4) * np.cos(0.7)], atol=1e-12)

    @data(None, pauli_noise(readout=False))
    def test_clifford_circuits_of_127_qubits_agree_with_stabilizers(self, model: NoiseModel | None) -> None:
        circuit = random_clifford(127, 700, 4, resets=True)
        device = noiseless(127) if model is None else noisy(127, model)
        letters = np.zeros((127, 127), dtype=np.uint8)
        letters[np.arange(127), np.arange(127)] = np.random.default_rng(1).integers(1, 4, 127)
        sweep, terms = _sweep(circuit), Terms(letters)
        found = SIMULATORS["pauli_propagation"].expect(sweep, device, terms, tools())
        wanted = SIMULATORS["stabilizer"].expect(sweep, device, terms, tools())
        self.assertGreater(np.count_nonzero(wanted), 10)
        np.testing.assert_allclose(found, wanted, atol=1e-12)


@ddt
class TestTruncation(unittest.TestCase):
    """What is left out is said."""

    @data(Truncation(1e-2), Truncation(1e-3), Truncation(0.0, 3), Truncation(0.0, None, 40), Truncation(1e-3, 5, 200))
    def test_errors_stay_within_the_bound(self, truncation: Truncation) -> None:
        circuit, letters = _kicked(8, 0.5, 6), _letters(12, 8)
        found = _propagated(circuit, letters, truncation, noiseless(8))
        errors = np.abs(found.values - _exact(circuit, letters))
        self.assertGreater(errors.max(), 1e-12)
        np.testing.assert_array_less(errors, found.bound + 1e-12)
        self.assertTrue((found.typical <= found.bound).all())

    def test_smaller_cutoffs_come_closer(self) -> None:
        circuit, letters = _kicked(10, 0.2, 8), 3 * np.eye(10, dtype=np.uint8)
        wanted = _exact(circuit, letters)
        errors, typical = [], []
        for cutoff in (1e-2, 1e-3, 1e-4):
            found = _propagated(circuit, letters, Truncation(cutoff), noiseless(10))
            errors.append(np.abs(found.values - wanted).max())
            typical.append(found.typical.max())
        self.assertLess(errors[2], errors[0] / 10)
        self.assertLess(typical[2], typical[0] / 10)

    def test_an_observable_is_truncated_as_if_it_were_alone(self) -> None:
        circuit, letters = _kicked(8, 0.5, 6), _letters(6, 8)
        truncation = Truncation(1e-4, None, 50)
        together = _propagated(circuit, letters, truncation, noiseless(8)).values
        errors = np.abs(together - _exact(circuit, letters))
        for row, error in zip(letters, errors, strict=True):
            alone = _propagated(circuit, row[None], truncation, noiseless(8))
            self.assertAlmostEqual(abs(alone.values[0] - _exact(circuit, row[None])[0]), error, delta=float(alone.bound[0]))

    @data({"cutoff": -1e-3}, {"max_terms": 0}, {"max_weight": -1}, {"cutoff": float("nan")})
    def test_impossible_bounds_are_refused(self, wrong: dict[str, float]) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "expected cutoff ≥ 0"):
            Truncation(**wrong)  # type: ignore[arg-type]


class TestSimulator(unittest.TestCase):
    """The row of the table."""

    def test_every_row_of_values_has_its_own_result(self) -> None:
        angle = Parameter("a")
        circuit = QuantumCircuit(2)
        circuit.rx(angle, 0)
        circuit.cx(0, 1)
        sweep = Sweep(circuit, (angle,), np.array([[0.3], [1.2]]), 0)
        found = PropagationSimulator().expect(sweep, noiseless(2), Terms(np.array([[3, 0], [3, 3]], dtype=np.uint8)), tools())
        np.testing.assert_allclose(found, [[np.cos(0.3), 1.0], [np.cos(1.2), 1.0]], atol=1e-12)

    def test_few_rotations_are_exact_at_any_size_and_many_have_a_note(self) -> None:
        clifford = random_clifford(100, 300, 2)
        few, many = clifford.copy(), clifford.copy()
        few.rx(0.3, range(5))
        many.rx(0.3, range(100))
        simulator = PropagationSimulator()
        self.assertEqual(simulator.estimate(_sweep(few), noiseless(100)).note, "")
        self.assertIn("leaves out", simulator.estimate(_sweep(many), noiseless(100)).note)

    def test_wide_circuits_of_few_rotations_fall_to_it_for_exact_values_only(self) -> None:
        circuit = _kicked(60, 0.0, 12)
        circuit.rx(0.3, range(5))
        circuit.compose(_kicked(60, np.pi / 2, 12), inplace=True)
        simulator, estimate = choose(_sweep(circuit), noisy(60, pauli_noise(readout=False)), exact=True)
        self.assertEqual((simulator.name, estimate.note), ("pauli_propagation", ""))
        with self.assertRaises(SimulationTooLargeError):
            choose(_sweep(circuit), noisy(60, pauli_noise(readout=False)), exact=False)

    def test_the_first_attempt_that_is_accurate_enough_counts(self) -> None:
        circuit, letters = _kicked(10, 0.2, 8), 3 * np.eye(10, dtype=np.uint8)
        coarse, fine = Truncation(1e-2), Truncation(1e-5)
        few = dataclasses.replace(coarse, max_terms=20), dataclasses.replace(fine, max_terms=2000)
        found = {}
        for accuracy in (10.0, 1e-3):
            simulator = PropagationSimulator(few, accuracy)
            found[accuracy] = simulator.expect(_sweep(circuit), noiseless(10), Terms(letters), tools())[0]
        np.testing.assert_array_equal(found[10.0], _propagated(circuit, letters, few[0], noiseless(10)).values)
        np.testing.assert_array_equal(found[1e-3], _propagated(circuit, letters, few[1], noiseless(10)).values)

    def test_values_that_would_mean_little_are_not_handed_out(self) -> None:
        simulator = PropagationSimulator((Truncation(1e-2, None, 50), Truncation(1e-3, None, 100)))
        with self.assertRaisesRegex(SimulationTooLargeError, "typical errors of"):
            simulator.expect(_sweep(_kicked(20, 0.8, 8)), noiseless(20), Terms(3 * np.eye(20, dtype=np.uint8)), tools())

    def test_feed_forward_is_refused(self) -> None:
        circuit = QuantumCircuit(1, 1)
        circuit.measure(0, 0)
        with circuit.if_test((0, 1)):
            circuit.x(0)
        self.assertIn("feed-forward", str(PropagationSimulator().refuses(_sweep(circuit), noiseless(1))))

    def test_it_stops_when_cancelled(self) -> None:
        cancel = CancelToken()
        cancel.cancel()
        with self.assertRaises(Cancelled):
            PropagationSimulator().expect(_sweep(_kicked(4, 0.3, 1)), noiseless(4), Terms(_letters(1, 4)), tools(cancel=cancel))
