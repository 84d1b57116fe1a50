"""Frames of many rows that move together."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt
from numpy.typing import NDArray
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.quantum_info import StabilizerState

from qiskit_local_runtime.simulators import frames
from qiskit_local_runtime.simulators.clifford import NotCliffordError
from qiskit_local_runtime.simulators.clifford_rows import clifford_circuit
from qiskit_local_runtime.simulators.density import DensitySimulator
from qiskit_local_runtime.simulators.frames import FrameSimulator
from qiskit_local_runtime.sweeps import Sweep, Terms, tape_of, unpack_bools

from ...support.simulation import (
    LEAST_P,
    chi_square,
    counts,
    exact_probabilities,
    measured,
    noiseless,
    noisy,
    pauli_noise,
    random_clifford,
    tools,
)

_QUARTER = np.pi / 2


def _parametrised(num_qubits: int, layers: int, seed: int) -> tuple[QuantumCircuit, tuple[Parameter, ...]]:
    """Layers of rotations, each with a parameter of its own, between gates without."""
    circuit = QuantumCircuit(num_qubits, num_qubits)
    parameters: list[Parameter] = []
    rng = np.random.default_rng(seed)
    for _ in range(layers):
        circuit.compose(random_clifford(num_qubits, 4, int(rng.integers(1000))), inplace=True)
        for name in ("rz", "rx", "ry", "rzz"):
            parameters.append(Parameter(f"p{len(parameters)}"))
            qubits = [int(q) for q in rng.permutation(num_qubits)[: 2 if name == "rzz" else 1]]
            getattr(circuit, name)(parameters[-1], *qubits)
    return circuit, tuple(parameters)


def _half_turns(rows: int, parameters: int, seed: int) -> NDArray[np.float64]:
    """Quarter turns that differ between rows by half turns, as those of twirling do; a little rounding."""
    rng = np.random.default_rng(seed)
    base = rng.integers(-4, 5, parameters)
    return (base + 2 * rng.integers(-2, 3, (rows, parameters))) * _QUARTER + rng.uniform(-1, 1, (rows, parameters)) * 1e-13


def _any_turns(rows: int, parameters: int, seed: int) -> NDArray[np.float64]:
    return np.random.default_rng(seed).integers(-4, 5, (rows, parameters)) * _QUARTER


def _with(sweep: Sweep, values: NDArray[np.float64], flips: NDArray[np.bool_] | None = None) -> Sweep:
    return Sweep(sweep.circuit, sweep.parameters, values, sweep.shots, sweep.endings, flips)


@ddt
class TestRows(unittest.TestCase):
    """Each row is what it would be alone."""

    @data(_half_turns, _any_turns)
    def test_noiseless_bits_are_possible_in_qiskits_stabilizer_state(self, turns: object) -> None:
        for seed in range(4):
            circuit, parameters = _parametrised(5, 3, seed)
            values = turns(12, len(parameters), seed)  # type: ignore[operator]
            sweep = Sweep(measured(circuit), parameters, values, 40)
            packed = FrameSimulator().sample(sweep, noiseless(5), tools(seed))
            for row in range(12):
                bound = circuit.assign_parameters(
                    dict(zip(parameters, np.rint(values[row] / _QUARTER) * _QUARTER, strict=True))
                )
                wanted = StabilizerState(bound).probabilities()
                self.assertGreater(chi_square(counts(packed, row), wanted), LEAST_P, (seed, row))
                self.assertTrue((wanted[counts(packed, row) > 0] > 0).all())

    @data(_half_turns, _any_turns)
    def test_noisy_bits_follow_the_density_matrix(self, turns: object) -> None:
        model = pauli_noise()
        circuit, parameters = _parametrised(4, 2, 5)
        values = turns(6, len(parameters), 1)  # type: ignore[operator]
        sweep = Sweep(measured(circuit), parameters, values, 20_000)
        shots = FrameSimulator().sample(sweep, noisy(4, model), tools(3))
        for row in range(6):
            self.assertGreater(chi_square(counts(shots, row), exact_probabilities(sweep, model, row)), LEAST_P, row)

    def test_exact_values_are_those_of_density_matrices(self) -> None:
        circuit, parameters = _parametrised(4, 2, 6)
        sweep = Sweep(circuit, parameters, _any_turns(5, len(parameters), 2), 0)
        letters = np.random.default_rng(0).integers(0, 4, (200, 4)).astype(np.uint8)
        device = noisy(4, pauli_noise())
        found, wanted = (s.expect(sweep, device, Terms(letters), tools()) for s in (FrameSimulator(), DensitySimulator()))
        np.testing.assert_allclose(found, wanted, atol=1e-10)
        self.assertGreater(np.count_nonzero(np.abs(wanted) > 0.05), 20)

    def test_rows_that_differ_by_half_turns_are_one_group(self) -> None:
        circuit, parameters = _parametrised(4, 3, 1)
        groups = list(clifford_circuit(tape_of(circuit), parameters).groups(_half_turns(50, len(parameters), 0)))
        self.assertEqual([group.rows.tolist() for group in groups], [list(range(50))])
        different = _any_turns(3, len(parameters), 0)
        values = different[[0, 1, 0, 2, 1]] + np.array([[0], [0], [np.pi], [0], [-np.pi]])
        groups = list(clifford_circuit(tape_of(circuit), parameters).groups(values))
        self.assertEqual(sorted(group.rows.tolist() for group in groups), [[0, 2], [1, 4], [3]])

    def test_the_bits_of_a_row_do_not_depend_on_the_rows_behind_it(self) -> None:
        circuit, parameters = _parametrised(4, 2, 7)
        circuit.measure(1, 1)
        circuit.reset(1)
        circuit.h(2)
        sweep = Sweep(measured(circuit), parameters, _half_turns(9, len(parameters), 3), 100)
        flips = np.random.default_rng(0).random((9, 1, 3, 4)) < 0.5
        device = noisy(4, pauli_noise())
        whole = FrameSimulator().sample(_with(sweep, sweep.values, flips), device, tools(5)).packed
        part = FrameSimulator().sample(_with(sweep, sweep.values[:4], flips[:4]), device, tools(5)).packed
        np.testing.assert_array_equal(whole[:4], part)

    def test_the_bits_do_not_depend_on_how_many_rows_are_moved_together(self) -> None:
        circuit, parameters = _parametrised(3, 2, 7)
        for turns in (_half_turns, _any_turns):
            values = turns(5, len(parameters), 3)
            sweep = Sweep(measured(circuit), parameters, values, frames._BLOCK + 100)
            device = noisy(3, pauli_noise())
            packed = [FrameSimulator(budget).sample(sweep, device, tools(5)).packed for budget in (1, 2**22, 2**30)]
            np.testing.assert_array_equal(packed[0], packed[1])
            np.testing.assert_array_equal(packed[0], packed[2])

    def test_many_shots_are_simulated_in_blocks_that_differ(self) -> None:
        circuit = QuantumCircuit(3, 3)
        circuit.h([0, 1, 2])
        shots = 2 * frames._BLOCK + 37
        sweep = Sweep(measured(circuit), (), np.zeros((2, 0)), shots)
        packed = FrameSimulator().sample(sweep, noisy(3, pauli_noise()), tools(1))
        bits = packed.packed.reshape(2, -1)
        self.assertEqual(bits.shape, (2, shots))
        uniform = np.full(8, 1 / 8)
        readout = np.array([[0.97, 0.03], [0.08, 0.92]])
        for axis in range(3):
            cube = np.moveaxis(uniform.reshape(2, 2, 2), axis, -1) @ readout
            uniform = np.moveaxis(cube, -1, axis).reshape(-1)
        for row in range(2):
            for part in (bits[row], bits[row][-shots // 3 :]):
                self.assertGreater(chi_square(np.bincount(part, minlength=8), uniform), LEAST_P)
        size = -(-shots // 3)
        same = np.mean(bits[0][:size] == bits[0][size : 2 * size])
        self.assertAlmostEqual(same, float((uniform**2).sum()), delta=5 * np.sqrt(1 / 8 / size))

    def test_pauli_errors_that_are_certain_happen_to_every_shot(self) -> None:
        from qiskit_aer.noise import NoiseModel, pauli_error

        model = NoiseModel()
        model.add_all_qubit_quantum_error(pauli_error([("X", 1.0)]), ["s"])
        circuit = QuantumCircuit(2, 2)
        circuit.s(0)
        sweep = Sweep(measured(circuit), (), np.zeros((1, 0)), 100)
        bits = unpack_bools(FrameSimulator().sample(sweep, noisy(2, model), tools()).packed.reshape(100, -1), 2)
        np.testing.assert_array_equal(bits, np.tile([True, False], (100, 1)))


@ddt
class TestRefusals(unittest.TestCase):
    """What is not Clifford is found, in any row."""

    def test_one_row_that_is_not_clifford_is_enough(self) -> None:
        circuit, parameters = _parametrised(3, 2, 2)
        values = _half_turns(20, len(parameters), 0)
        sweep = Sweep(circuit, parameters, values, 10)
        self.assertIsNone(FrameSimulator().refuses(sweep, noiseless(3)))
        values[17, 3] += 1e-5
        self.assertRegex(FrameSimulator().refuses(sweep, noiseless(3)) or "", r"rzz on qubits \[.*\] is not a Clifford gate")

    def test_qubits_that_are_initialized_after_use_are_refused(self) -> None:
        circuit = QuantumCircuit(1, 1)
        circuit.x(0)
        circuit.initialize([1, 0], 0)
        sweep = Sweep(measured(circuit), (), np.zeros((1, 0)), 10)
        self.assertIn("used before", FrameSimulator().refuses(sweep, noiseless(1)) or "")

    def test_angles_that_only_together_make_a_clifford_gate_are_accepted(self) -> None:
        a = Parameter("a")
        circuit = QuantumCircuit(1, 1)
        circuit.sx(0)
        circuit.u(0.0, a, -a + _QUARTER, 0)
        circuit.sx(0)
        values = np.array([[0.3], [1.1], [np.pi]])
        sweep = Sweep(measured(circuit), (a,), values, 4000)
        shots = FrameSimulator().sample(sweep, noiseless(1), tools())
        for row in range(3):
            self.assertGreater(chi_square(counts(shots, row), exact_probabilities(sweep, None, row)), LEAST_P)

    @data("cp", "crz", "cry")
    def test_controlled_rotations_are_clifford_at_some_quarter_turns_only(self, name: str) -> None:
        a = Parameter("a")
        circuit = QuantumCircuit(2, 2)
        circuit.h([0, 1])
        getattr(circuit, name)(a, 0, 1)
        circuit.sx([0, 1])
        for turns in range(-8, 9):
            sweep = Sweep(measured(circuit), (a,), np.array([[turns * _QUARTER]]), 4000)
            if turns % 2:
                with self.assertRaises(NotCliffordError):
                    FrameSimulator().sample(sweep, noiseless(2), tools())
                continue
            shots = FrameSimulator().sample(sweep, noiseless(2), tools())
            self.assertGreater(chi_square(counts(shots), exact_probabilities(sweep, None)), LEAST_P, turns)
