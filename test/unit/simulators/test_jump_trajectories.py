"""Noisy state vectors: events first, shots together."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt
from numpy.typing import NDArray
from qiskit import generate_preset_pass_manager
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.quantum_info import SuperOp
from qiskit_aer.noise import NoiseModel, amplitude_damping_error, pauli_error
from qiskit_ibm_runtime.fake_provider import FakeFez

from qiskit_local_runtime.devices import device_of
from qiskit_local_runtime.devices.channel import Channel
from qiskit_local_runtime.simulators import SIMULATORS
from qiskit_local_runtime.simulators.jump_program import event_rate
from qiskit_local_runtime.simulators.jump_trajectories import states_of, tips_of
from qiskit_local_runtime.simulators.jumps import Jumps, draw_rows, jumps_of
from qiskit_local_runtime.sweeps import Sweep, tape_of

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

_DAMPED = amplitude_damping_error(0.05)
_SIMULATOR = SIMULATORS["trajectories"]


def _certain(**errors: str) -> NoiseModel:
    """Errors that always happen, by the name of the gate they follow."""
    model = NoiseModel()
    for gate, letters in errors.items():
        model.add_all_qubit_quantum_error(pauli_error([(letters, 1.0)]), [gate])
    return model


def _outcome(circuit: QuantumCircuit, model: NoiseModel) -> list[int]:
    sweep = Sweep(measured(circuit), (), np.zeros((1, 0)), 25)
    return np.flatnonzero(counts(_SIMULATOR.sample(sweep, noisy(circuit.num_qubits, model), tools()))).tolist()


def _swept() -> tuple[QuantumCircuit, tuple[Parameter, ...]]:
    """Five qubits in two groups: every kind of operation inside and across them."""
    angles = tuple(Parameter(f"a{i}") for i in range(5))
    circuit = QuantumCircuit(5)
    for layer in range(2):
        for qubit in range(5):
            circuit.rz(angles[qubit], qubit)
            circuit.sx(qubit)
            circuit.rz(0.3 + angles[qubit] / 2, qubit)
            circuit.sx(qubit)
        circuit.cz(1, 2)
        circuit.cx(3, 2)
        circuit.cx(0, 4)
        circuit.rzz(angles[0], 1, 3)
        circuit.ecr(1 + layer, 4)
    return measured(circuit), angles


def _pauli(chances: list[float]) -> Channel:
    return Channel(SuperOp(pauli_error(list(zip("IXYZ", chances, strict=True)))).data)


def _drawn(shared: list[tuple[Jumps, NDArray[np.intp]]], shots: int, rows: int) -> dict[tuple[int, float], int]:
    """How often each Pauli strikes at each place."""
    found = draw_rows(shared, shots, [np.random.default_rng([3, row]) for row in range(rows)])
    assert found.shots.max() < shots * rows
    keys, times = np.unique(np.stack([found.places, found.numbers], axis=1), axis=0, return_counts=True)
    return {(int(place), float(number)): int(count) for (place, number), count in zip(keys, times, strict=True)}


class TestDrawing(unittest.TestCase):
    """Events of few shots and of many are drawn in two ways."""

    def test_few_shots_a_row_meet_what_many_do(self) -> None:
        weak, strong = (jumps_of(_pauli(chances)) for chances in ([0.97, 0.02, 0.01, 0], [0.2, 0, 0.3, 0.5]))
        assert weak is not None and strong is not None
        shared = [(weak, np.array([4, 1])), (strong, np.array([2]))]
        few, many = _drawn(shared, 2, 20_000), _drawn(shared, 40_000, 1)
        self.assertEqual(few.keys(), many.keys())
        self.assertEqual(len(few), 6)
        for key, count in few.items():
            self.assertLess(abs(count - many[key]), 5 * np.sqrt(2 * count))

    def test_rows_do_not_depend_on_the_rows_beside_them(self) -> None:
        jumps = jumps_of(_pauli([0.9, 0.1, 0, 0]))
        assert jumps is not None
        rngs = [np.random.default_rng([5, row]) for row in range(600)]
        together = draw_rows([(jumps, np.arange(3))], 4, rngs)
        alone = draw_rows([(jumps, np.arange(3))], 4, [np.random.default_rng([5, 500])])
        own = together.shots // 4 == 500
        np.testing.assert_array_equal(together.shots[own] % 4, alone.shots)
        np.testing.assert_array_equal(together.places[own], alone.places)


@ddt
class TestPauliNoise(unittest.TestCase):
    """Against what must come out."""

    @data((0, 1), (1, 0), (0, 4), (4, 1))
    def test_an_error_that_always_strikes_acts_where_it_strikes(self, pair: tuple[int, int]) -> None:
        circuit = QuantumCircuit(5)
        circuit.cx(*pair)
        self.assertEqual(_outcome(circuit, _certain(cx="IX")), [1 << pair[0]])
        self.assertEqual(_outcome(circuit, _certain(cx="YI")), [1 << pair[1]])
        self.assertEqual(_outcome(circuit, _certain(cx="ZZ")), [0])

    def test_an_error_between_merged_gates_keeps_its_place(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.sx(1)
        circuit.sx(1)
        self.assertEqual(_outcome(circuit, NoiseModel()), [2])
        self.assertEqual(_outcome(circuit, _certain(sx="Z")), [0])

    def test_an_error_between_diagonal_gates_keeps_its_place(self) -> None:
        circuit = QuantumCircuit(8)
        circuit.h(7)
        circuit.cz(0, 7)
        circuit.cz(0, 7)
        circuit.h(7)
        self.assertEqual(_outcome(circuit, _certain(cz="IX")), [1 << 7])

    def test_rows_follow_their_exact_probabilities(self) -> None:
        circuit, angles = _swept()
        values = np.random.default_rng(4).normal(size=(3, 5))
        sweep = Sweep(circuit, angles, values, 6000)
        model = pauli_noise()
        shots = _SIMULATOR.sample(sweep, noisy(5, model), tools(3))
        for row in range(3):
            self.assertGreater(chi_square(counts(shots, row), exact_probabilities(sweep, model, row)), LEAST_P)

    def test_the_bits_of_a_row_do_not_depend_on_the_rows_after_it(self) -> None:
        circuit, angles = _swept()
        values, device = np.random.default_rng(4).normal(size=(6, 5)), noisy(5, pauli_noise())
        many = _SIMULATOR.sample(Sweep(circuit, angles, values, 900), device, tools(5)).packed
        few = _SIMULATOR.sample(Sweep(circuit, angles, values[:2], 900), device, tools(5)).packed
        np.testing.assert_array_equal(many[:2], few)

    def test_no_shots_are_no_bits(self) -> None:
        circuit, angles = _swept()
        shots = _SIMULATOR.sample(Sweep(circuit, angles, np.zeros((2, 5)), 0), noisy(5, pauli_noise()), tools())
        self.assertEqual(shots.packed.shape, (2, 1, 1, 0, 1))


class TestEventRate(unittest.TestCase):
    """What is such a circuit, and how many events a shot meets."""

    def test_the_rate_is_the_sum_over_the_gates(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.x(0)
        circuit.cx(0, 1)
        circuit.h(1)
        model = NoiseModel()
        model.add_all_qubit_quantum_error(pauli_error([("X", 0.25), ("I", 0.75)]), ["x", "h"])
        model.add_all_qubit_quantum_error(pauli_error([("XZ", 0.125), ("II", 0.875)]), ["cx"])
        self.assertAlmostEqual(event_rate(tape_of(measured(circuit)), noisy(2, model)) or 0, 0.625, delta=1e-12)
        self.assertEqual(event_rate(tape_of(measured(circuit)), noiseless(2)), 0.0)

    def test_damping_counts_what_the_least_likely_state_loses(self) -> None:
        circuit = QuantumCircuit(1, 1)
        circuit.ry(0.1, 0)
        self.assertAlmostEqual(event_rate(tape_of(circuit), noisy(1, damping_noise())) or 0, 0.1, delta=1e-9)

    def test_too_many_events_that_depend_on_the_state_have_none(self) -> None:
        circuit = QuantumCircuit(1)
        for _ in range(401):
            circuit.ry(0.1, 0)
        self.assertIsNone(event_rate(tape_of(circuit), noisy(1, damping_noise())))

    def test_measurements_in_between_have_none(self) -> None:
        circuit = QuantumCircuit(1, 1)
        circuit.measure(0, 0)
        circuit.x(0)
        self.assertIsNone(event_rate(tape_of(circuit), noiseless(1)))

    def test_shots_cost_between_nothing_and_an_evolution_each(self) -> None:
        self.assertEqual(states_of(1000, 0.0), 1.0)
        self.assertAlmostEqual(states_of(1000, 1e-6), 1.0005, delta=1e-4)
        self.assertAlmostEqual(states_of(1000, 1e6), 1001, delta=0.01)

    def test_states_evolved_together_are_fewer_the_larger_they_are(self) -> None:
        found = [tips_of(n) for n in range(1, 30)]
        self.assertEqual(found, sorted(found, reverse=True))
        self.assertEqual(found[-1], 1)


class TestOtherNoise(unittest.TestCase):
    """Noise whose errors depend on the state, and none."""

    def test_rows_with_damping_follow_their_exact_probabilities(self) -> None:
        circuit, angles = _swept()
        values = np.random.default_rng(6).normal(size=(2, 5))
        sweep, model = Sweep(circuit, angles, values, 6000), pauli_noise()
        model.add_all_qubit_quantum_error(_DAMPED, ["rz"])
        model.add_all_qubit_quantum_error(_DAMPED.tensor(amplitude_damping_error(0.2)), ["rzz"])
        device = noisy(5, model)
        self.assertIsNotNone(event_rate(sweep.tape, device))
        shots = _SIMULATOR.sample(sweep, device, tools(8))
        for row in range(2):
            self.assertGreater(chi_square(counts(shots, row), exact_probabilities(sweep, model, row)), LEAST_P)

    def test_a_fake_device_is_as_its_density_matrix_says(self) -> None:
        circuit, angles = _swept()
        device = device_of(FakeFez()).restrict(tuple(range(5)))
        bare = circuit.remove_final_measurements(inplace=False)
        native = generate_preset_pass_manager(1, basis_gates=["rz", "sx", "x", "cz"], seed_transpiler=0).run(bare)
        for _ in range(3):
            native = native.compose(native)
        sweep = Sweep(measured(native), angles, np.full((1, 5), 0.7), 20_000)
        ours = _SIMULATOR.sample(sweep, device, tools(1))
        many = Sweep(sweep.circuit, angles, sweep.values, 4_000_000)
        exact = counts(SIMULATORS["density_matrix"].sample(many, device, tools(2)))
        self.assertGreater(chi_square(counts(ours), exact / exact.sum()), LEAST_P)

    def test_without_noise_it_is_the_state_vector(self) -> None:
        circuit, angles = _swept()
        sweep = Sweep(circuit, angles, np.random.default_rng(1).normal(size=(1, 5)), 4000)
        shots = _SIMULATOR.sample(sweep, noiseless(5), tools(1))
        self.assertGreater(chi_square(counts(shots), exact_probabilities(sweep, None, 0)), LEAST_P)


class TestJumps(unittest.TestCase):
    """Channels taken apart."""

    def test_the_parts_are_the_channel(self) -> None:
        channel = Channel(np.asarray(SuperOp(_DAMPED.compose(pauli_error([("X", 0.1), ("I", 0.9)]))).data))
        jumps = jumps_of(channel)
        assert jumps is not None
        state = np.array([[0.6, 0.8j]])
        kept = jumps.otherwise @ state[0] * np.linalg.svd(channel.kraus[0])[1][0]
        share = 1 - jumps.probability
        draws = 40_000
        happened = [(row, float(number)) for row, number in enumerate((np.arange(draws) + 0.5) / draws)]
        struck = jumps.strike(np.repeat(state, draws, axis=0), (0,), happened)
        events = np.einsum("si,sj->ij", struck, struck.conj()) / draws
        found = share * np.outer(kept, kept.conj()) / np.linalg.norm(kept) ** 2 + jumps.probability * events
        wanted = (channel.superop @ np.outer(state[0], state[0].conj()).reshape(-1, order="F")).reshape(2, 2, order="F")
        np.testing.assert_allclose(found, wanted, atol=3 / draws)
