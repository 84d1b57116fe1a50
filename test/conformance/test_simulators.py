"""The laws every simulator keeps, checked for every row of the table."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt
from qiskit.circuit import ClassicalRegister, Parameter, QuantumCircuit
from qiskit.quantum_info import SparseObservable, SparsePauliOp
from qiskit_aer.noise import NoiseModel

from qiskit_local_runtime.cancellation import Cancelled, CancelToken
from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.simulators import SIMULATORS
from qiskit_local_runtime.simulators.base import Simulator
from qiskit_local_runtime.sweeps import Sweep, Terms

from ..support.simulation import (
    LEAST_P,
    chi_square,
    counts,
    damping_noise,
    exact_probabilities,
    exact_state,
    measured,
    noiseless,
    noisy,
    pauli_noise,
    random_clifford,
    tools,
)

_SIMULATED = sorted(set(SIMULATORS) - {"backend"})
_HAS_SHOTS = sorted(set(_SIMULATED) - {"pauli_propagation"})
_EXACT_COPIES = 20_000

_NOISE: dict[str, tuple[NoiseModel | None, ...]] = {
    "statevector": (None,),
    "density_matrix": (None, pauli_noise(), damping_noise()),
    "stabilizer": (None, pauli_noise()),
    "trajectories": (None, pauli_noise(), damping_noise()),
    "matrix_product_state": (None, pauli_noise()),
    "extended_stabilizer": (),
    "aer_statevector": (None,),
    "aer_trajectories": (None, pauli_noise()),
    "aer_density_matrix": (None, damping_noise()),
    "pauli_propagation": (None, pauli_noise(), damping_noise()),
    "separate_parts": (None, pauli_noise(), damping_noise()),
}
"""The noise each simulator is exact for. Aer's extended stabilizer approximates: only its plumbing is tested.

Aer 0.18's own trajectories fail with "Kraus is empty" on some models with amplitude damping (its issue 2455)."""
_HAS_EXACT_VALUES = {
    "statevector",
    "density_matrix",
    "stabilizer",
    "matrix_product_state",
    "aer_statevector",
    "aer_density_matrix",
    "pauli_propagation",
    "separate_parts",
}


def _sweep(name: str, shots: int, seed: int = 3) -> Sweep:
    """Three qubits; parametrised unless the simulator wants Clifford gates."""
    circuit = random_clifford(3, 14, seed)
    angles = Parameter("a"), Parameter("b")
    circuit.ry(angles[0], 0)
    circuit.rx(2 * angles[1], 1)
    circuit.cx(0, 2)
    values = np.array([[0.0, 0.0], [np.pi / 2, np.pi / 4]]) if name == "stabilizer" else np.array([[0.3, 1.1], [2.0, -0.4]])
    return Sweep(measured(circuit), angles, values, shots)


def _replaced(sweep: Sweep, **changes: object) -> Sweep:
    fields = ("circuit", "parameters", "values", "shots", "endings", "flips")
    return Sweep(**{name: getattr(sweep, name) for name in fields} | changes)  # type: ignore[arg-type]


@ddt
class TestSimulatorLaws(unittest.TestCase):
    """Each law for each simulator."""

    def test_every_row_of_the_table_is_tested(self) -> None:
        self.assertEqual(sorted(_NOISE), _SIMULATED)

    @data(*_HAS_SHOTS)
    def test_outcomes_follow_the_exact_probabilities(self, name: str) -> None:
        for model in _NOISE[name]:
            sweep = _sweep(name, _EXACT_COPIES)
            device = noiseless(3) if model is None else noisy(3, model)
            self.assertIsNone(SIMULATORS[name].refuses(sweep, device))
            shots = SIMULATORS[name].sample(sweep, device, tools())
            for row in range(2):
                p = chi_square(counts(shots, row), exact_probabilities(sweep, model, row))
                self.assertGreater(p, LEAST_P, f"{name}, row {row}, {model}")

    @data(*_HAS_SHOTS)
    def test_flips_leave_the_bits_alone_and_symmetrise_the_readout(self, name: str) -> None:
        for model in _NOISE[name]:
            sweep = _sweep(name, _EXACT_COPIES // 4)
            flips = np.zeros((2, 1, 4, 3), dtype=bool)
            flips[:, :, 1:3, 0] = flips[:, :, 2:, 1] = flips[:, :, ::2, 2] = True
            sweep = _replaced(sweep, flips=flips)
            device = noiseless(3) if model is None else noisy(3, model)
            shots = SIMULATORS[name].sample(sweep, device, tools(1))
            for row in range(2):
                expected = _symmetrised(sweep, model, row)
                self.assertGreater(chi_square(counts(shots, row), expected), LEAST_P, f"{name}, row {row}")

    @data(*_HAS_SHOTS)
    def test_an_ending_is_the_same_as_the_whole_circuit(self, name: str) -> None:
        if not _NOISE[name]:
            return
        base = _sweep(name, _EXACT_COPIES)
        circuit = base.circuit.remove_final_measurements(inplace=False)
        register = ClassicalRegister(3, "c")
        circuit.add_register(register)
        endings = []
        for rotated in (False, True):
            ending = QuantumCircuit(circuit.qubits, register)
            if rotated:
                ending.h(1)
                ending.sx(2)
            ending.measure([0, 1, 2], register)
            endings.append(ending)
        model = _NOISE[name][-1]
        device = noiseless(3) if model is None else noisy(3, model)
        sweep = _replaced(base, circuit=circuit, endings=tuple(endings))
        shots = SIMULATORS[name].sample(sweep, device, tools(2))
        for number in range(2):
            whole = _replaced(base, circuit=sweep.whole(number), endings=())
            for row in range(2):
                p = chi_square(counts(shots, row, number), exact_probabilities(whole, model, row))
                self.assertGreater(p, LEAST_P, f"{name}, ending {number}, row {row}")

    @data(*_HAS_SHOTS)
    def test_the_seed_decides_the_bits(self, name: str) -> None:
        if not _NOISE[name]:
            return
        model = _NOISE[name][-1]
        device = noiseless(3) if model is None else noisy(3, model)
        runs = [SIMULATORS[name].sample(_sweep(name, 200), device, tools(seed)).packed for seed in (0, 0, 1)]
        np.testing.assert_array_equal(runs[0], runs[1])
        self.assertTrue((runs[0] != runs[2]).any())

    @data(*sorted(_HAS_EXACT_VALUES))
    def test_exact_values_are_exact(self, name: str) -> None:
        models = (None,) if name == "matrix_product_state" else _NOISE[name]
        letters = np.random.default_rng(8).integers(0, 10, (12, 3)).astype(np.uint8)
        for model in models:
            sweep = _sweep(name, 0)
            circuit = sweep.circuit.remove_final_measurements(inplace=False)
            sweep = _replaced(sweep, circuit=circuit)
            device = noiseless(3) if model is None else noisy(3, model)
            found = SIMULATORS[name].expect(sweep, device, Terms(letters), tools())
            for row in range(2):
                bound = circuit.assign_parameters(dict(zip(sweep.parameters, sweep.values[row], strict=True)))
                state = exact_state(bound, model)
                wanted = [state.expectation_value(_operator(term)).real for term in letters]
                np.testing.assert_allclose(found[row], wanted, atol=1e-10, err_msg=f"{name}, row {row}")

    @data(*sorted(set(_SIMULATED) - _HAS_EXACT_VALUES))
    def test_the_others_refuse_exact_values(self, name: str) -> None:
        sweep = _sweep(name, 0)
        sweep = _replaced(sweep, circuit=sweep.circuit.remove_final_measurements(inplace=False))
        with self.assertRaisesRegex(IBMInputValueError, "exact"):
            SIMULATORS[name].expect(sweep, noiseless(3), Terms(np.ones((1, 3), dtype=np.uint8)), tools())

    @data(*sorted(set(_SIMULATED) - set(_HAS_SHOTS)))
    def test_those_without_shots_refuse_to_sample(self, name: str) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "precision = 0"):
            SIMULATORS[name].sample(_sweep(name, 10), noiseless(3), tools())

    @data(*_SIMULATED)
    def test_a_cancelled_token_stops_it(self, name: str) -> None:
        token = CancelToken()
        token.cancel()
        with self.assertRaises(Cancelled):
            SIMULATORS[name].sample(_sweep(name, 10), noiseless(3), tools(cancel=token))

    @data(*_HAS_SHOTS)
    def test_bits_that_nobody_writes_are_zero(self, name: str) -> None:
        circuit = QuantumCircuit(2, 11)
        circuit.x(1)
        circuit.measure(1, 9)
        sweep = Sweep(circuit, (), np.zeros((1, 0)), 50)
        shots = SIMULATORS[name].sample(sweep, noiseless(2), tools())
        self.assertEqual(np.flatnonzero(counts(shots)).tolist(), [1 << 9])

    @data(*_SIMULATED)
    def test_the_estimate_has_a_size(self, name: str) -> None:
        simulator: Simulator = SIMULATORS[name]
        estimate = simulator.estimate(_sweep(name, 10), noiseless(3))
        self.assertGreater(estimate.bytes, 0)
        self.assertGreater(estimate.seconds, 0)


def _operator(letters: np.ndarray) -> SparsePauliOp:
    label = "".join(Terms.LETTERS[letter] for letter in letters[::-1])
    return SparsePauliOp.from_sparse_observable(SparseObservable.from_label(label).as_paulis())


def _symmetrised(sweep: Sweep, model: NoiseModel | None, row: int) -> np.ndarray:
    """Exact probabilities where each randomization's readout errors are mirrored on the flipped bits."""
    if model is None:
        return exact_probabilities(sweep, None, row)
    state = exact_state(
        sweep.circuit.assign_parameters(dict(zip(sweep.parameters, sweep.values[row], strict=True))).remove_final_measurements(
            inplace=False
        ),
        model,
    )
    assert sweep.flips is not None
    matrix = np.asarray(model._default_readout_error.probabilities)
    total = np.zeros(8)
    for flips in sweep.flips[row, 0]:
        cube = np.asarray(state.probabilities()).reshape(2, 2, 2)
        for qubit in range(3):
            own = matrix[::-1, ::-1] if flips[qubit] else matrix
            cube = np.moveaxis(np.tensordot(cube, own, axes=(2 - qubit, 0)), -1, 2 - qubit)
        total += cube.reshape(-1)
    return total
