"""What error suppression and mitigation remove, and what they cost: known errors, fixed seeds, error bars."""

from __future__ import annotations

import unittest
from functools import cache
from typing import Any

import numpy as np
from ddt import data, ddt
from numpy.typing import NDArray
from qiskit import QuantumCircuit, generate_preset_pass_manager
from qiskit.circuit import Delay, Parameter
from qiskit.quantum_info import DensityMatrix, Operator, Pauli, SparsePauliOp, Statevector
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error
from qiskit_ibm_runtime.fake_provider import FakeFez

from qiskit_local_runtime import EstimatorV2
from qiskit_local_runtime.devices import Calibration, Coherent, Crosstalk, Drift, with_noise

from ..support.backends import DescribedBackend, line_target
from ..support.simulation import exact_state
from .test_backends import _restricted

_LINE = (40, 41, 42, 43, 56, 63)
"""Of all lines of six qubits of FakeFez, the one whose mean CZ error is nearest the median."""
_SPLIT = {"num_randomizations": 32, "shots_per_randomization": 128}
_EXACT = {"default_precision": 0, "resilience_level": 0}


def _values(backend: Any, circuit: QuantumCircuit, observables: Any, *values: Any, seed: int = 0, **options: Any) -> Any:
    given = {"simulator": {"seed_simulator": seed}, **options}
    return EstimatorV2(backend, options=given).run([(circuit, observables, *values)]).result()[0].data


def _kron(matrices: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    out = np.ones((1, 1))
    for matrix in matrices:
        out = np.kron(matrix, out)
    return out


@ddt
class TestReadout(unittest.TestCase):
    """TREX on ten qubits that are read in correlated pairs, errors of 2 to 5 %, more often 1 as 0 than 0 as 1."""

    def setUp(self) -> None:
        rng = np.random.default_rng(5)
        model, self._confusion = NoiseModel(), []
        for pair in range(5):
            up, down, both = rng.uniform(0.02, 0.03, 2), rng.uniform(0.04, 0.05, 2), 0.01
            alone = _kron([np.array([[1 - u, u], [d, 1 - d]]) for u, d in zip(up, down, strict=True)])
            # now and then both are read wrong together
            matrix = (1 - both) * alone + both * np.eye(4)[::-1]
            self._confusion.append(matrix)
            model.add_readout_error(ReadoutError(matrix), [2 * pair, 2 * pair + 1])
        self._backend = AerSimulator(noise_model=model)

    def _state(self, kind: str) -> QuantumCircuit:
        circuit = QuantumCircuit(10)
        if kind == "ghz":
            circuit.h(0)
            for qubit in range(9):
                circuit.cx(qubit, qubit + 1)
        else:
            circuit.ry(0.4, range(10))
        return circuit

    def _read(self, circuit: QuantumCircuit, *, flipped: bool) -> NDArray[np.float64]:
        """Exact values of the strings as they are read, with or without measurement twirling."""
        weights = [_strings(w) for w in range(1, 11)]
        if not flipped:
            read = Statevector(circuit).probabilities() @ _kron(self._confusion)
            return np.array([read @ sign for sign in weights])
        # over random flips a string is damped by its mean sign over all states it could be flipped to
        total = _kron(self._confusion)
        factors = [np.mean(sign * (total @ sign)) for sign in weights]
        ideal = [Statevector(circuit).probabilities() @ sign for sign in weights]
        return np.array(factors) * np.array(ideal)

    @data("product", "ghz")
    def test_strings_of_all_weights_lose_their_bias(self, kind: str) -> None:
        circuit = self._state(kind)
        labels = ["Z" * w for w in range(1, 11)]
        observables = [SparsePauliOp("I" * (10 - len(label)) + label) for label in labels]
        ideal = np.array([Statevector(circuit).expectation_value(each).real for each in observables])
        split = {"num_randomizations": 32, "shots_per_randomization": 1024}
        common = {"default_shots": 32 * 1024, "resilience_level": 0}
        trex = _values(
            self._backend, circuit, observables, seed=3, twirling=split, resilience={"measure_mitigation": True}, **common
        )
        self.assertLess(np.abs((trex.evs - ideal) / trex.stds).max(), 4)
        self.assertLess(np.abs(trex.evs - ideal)[:6].max(), 0.01 + 4 * trex.stds[:6].max())
        raw = _values(self._backend, circuit, observables, seed=3, **common)
        self.assertLess(np.abs((raw.evs - self._read(circuit, flipped=False)) / raw.stds).max(), 4)
        twirled = _values(self._backend, circuit, observables, seed=3, twirling=split | {"enable_measure": True}, **common)
        self.assertLess(np.abs((twirled.evs - self._read(circuit, flipped=True)) / twirled.stds).max(), 4)
        # what was removed is far larger than what is left
        self.assertGreater(np.abs((raw.evs - ideal) / raw.stds).max(), 30)

    @data("product", "ghz")
    def test_exact_values_are_those_the_confusion_gives(self, kind: str) -> None:
        circuit = self._state(kind)
        observables = [SparsePauliOp("I" * (10 - w) + "Z" * w) for w in range(1, 11)]
        raw = _values(self._backend, circuit, observables, **_EXACT)
        np.testing.assert_allclose(raw.evs, self._read(circuit, flipped=False), rtol=0, atol=1e-10)
        trex = _values(self._backend, circuit, observables, resilience={"measure_mitigation": True}, **_EXACT)
        ideal = [Statevector(circuit).expectation_value(each).real for each in observables]
        np.testing.assert_allclose(trex.evs, ideal, rtol=0, atol=1e-10)


def _strings(weight: int) -> NDArray[np.float64]:
    return _kron([np.array([[1.0], [-1.0 if qubit < weight else 1.0]]) for qubit in range(10)])[:, 0]


@cache
def _fez() -> FakeFez:
    return FakeFez()


@cache
def _ising(steps: int = 10) -> tuple[QuantumCircuit, SparsePauliOp]:
    """The kicked Ising line, and its mean magnetisation."""
    angle = Parameter("angle")
    circuit = QuantumCircuit(6)
    for _ in range(steps):
        for qubit in range(6):
            for turn in (np.pi / 2, angle + np.pi):
                circuit.rz(turn, qubit)
                circuit.sx(qubit)
            circuit.rz(5 * np.pi / 2, qubit)
        for start in (0, 1):
            for left in range(start, 5, 2):
                circuit.rz(-np.pi / 2, [left, left + 1])
                circuit.cz(left, left + 1)
    on_device = QuantumCircuit(_fez().num_qubits)
    on_device.compose(circuit, _LINE, inplace=True)
    mean = SparsePauliOp.from_sparse_list([("Z", [qubit], 1 / 6) for qubit in _LINE], _fez().num_qubits)
    return on_device, mean


def _bias(seed: int = 5, **options: Any) -> tuple[float, float]:
    circuit, mean = _ising()
    sampled = {} if "default_precision" in options else {"default_shots": 4096, "twirling": _SPLIT}
    found = _values(_fez(), circuit, mean, [0.4], seed=seed, **sampled | options)
    return float(found.evs) - 0.8882, float(found.stds)


def _zne(extrapolator: str, **more: Any) -> dict[str, Any]:
    return {"resilience": {"zne_mitigation": True, "measure_mitigation": True, "zne": {"extrapolator": extrapolator}}} | more


class TestKickedIsing(unittest.TestCase):
    """Ten steps on six qubits of FakeFez's calibrated noise: 50 CZ in 20 layers, ideal magnetisation 0.8882."""

    def test_the_circuit_is_the_one_described(self) -> None:
        circuit, _ = _ising()
        self.assertEqual(circuit.count_ops()["cz"], 50)
        ideal = QuantumCircuit(6)
        for _ in range(10):
            ideal.rx(0.4, range(6))
            for start in (0, 1):
                for left in range(start, 5, 2):
                    ideal.rzz(-np.pi / 2, left, left + 1)
        mean = SparsePauliOp.from_sparse_list([("Z", [qubit], 1 / 6) for qubit in range(6)], 6)
        small = QuantumCircuit(6)
        for item in circuit.data:
            small.append(item.operation, [_LINE.index(circuit.find_bit(bit).index) for bit in item.qubits])
        for each in ideal, small.assign_parameters([0.4]):
            self.assertAlmostEqual(Statevector(each).expectation_value(mean).real, 0.8882, places=4)

    def test_exact_values_are_those_of_aers_own_model_with_qiskits_own_schedule(self) -> None:
        circuit, _ = _ising()
        bound = circuit.assign_parameters([0.4])
        timed = generate_preset_pass_manager(0, _fez(), scheduling_method="alap").run(bound)
        place = {qubit: i for i, qubit in enumerate(sorted(_LINE))}
        small = QuantumCircuit(6)
        for item in timed.data:
            where = [timed.find_bit(bit).index for bit in item.qubits]
            if set(where) <= place.keys():
                small.append(item.operation, [place[qubit] for qubit in where])
        state = exact_state(small, _restricted(NoiseModel.from_backend(_fez()), place))
        true, read = [], []
        for qubit, index in place.items():
            known = _fez().properties().qubit_property(qubit)
            up, down = known["prob_meas1_prep0"][0], known["prob_meas0_prep1"][0]
            true.append(state.expectation_value(Pauli("Z"), [index]).real)
            read.append(down - up + (1 - up - down) * true[-1])
        # Aer leaves out errors of less than 1e-8
        self.assertAlmostEqual(_bias(**_EXACT)[0] + 0.8882, np.mean(read), delta=1e-7)
        mitigated = _bias(**_EXACT, resilience={"measure_mitigation": True})
        self.assertAlmostEqual(mitigated[0] + 0.8882, np.mean(true), delta=1e-7)

    def test_trex_removes_the_readout_error_and_leaves_that_of_the_gates(self) -> None:
        exact = _bias(**_EXACT, resilience={"measure_mitigation": True})[0]
        self.assertAlmostEqual(exact, -0.10, delta=0.01)
        self.assertLess(_bias(**_EXACT)[0], exact - 0.02)
        for level, wanted in ((0, _bias(**_EXACT)[0]), (1, exact)):
            bias, error = _bias(resilience_level=level)
            self.assertLess(abs(bias - wanted), 4 * error)

    def test_a_line_removes_half_of_the_gate_error_and_a_decay_most_of_it(self) -> None:
        raw = _bias(**_EXACT)[0]
        for twirled in (False, True):
            twirling = {"enable_gates": twirled, "num_randomizations": 16}
            noisy = _bias(**_EXACT, twirling=twirling, resilience={"measure_mitigation": True})[0]
            linear = _bias(**_EXACT, **_zne("linear", twirling=twirling))[0]
            decay = _bias(**_EXACT, **_zne("exponential", twirling=twirling))[0]
            self.assertTrue(0.4 <= linear / noisy <= 0.6, (linear, noisy))
            self.assertLessEqual(abs(decay), 0.03)
            self.assertLessEqual(abs(decay), abs(raw) / 4)
            if not twirled:
                self.assertAlmostEqual(linear, -0.04, delta=0.02)

    def test_level_2_agrees_with_exact_values_and_says_so(self) -> None:
        for name in ("linear", "exponential"):
            exact, spread = _bias(**_EXACT, **_zne(name, twirling={"enable_gates": True, "num_randomizations": 32}))
            bias, error = _bias(resilience_level=2, resilience={"zne": {"extrapolator": name}})
            self.assertLess(abs(bias - exact), 4 * np.hypot(error, spread))
            self.assertGreater(error, 0.004)

    def test_gate_twirling_costs_the_noise_of_its_gates(self) -> None:
        plain = _bias(**_EXACT, resilience={"measure_mitigation": True})[0]
        twirling = {"enable_gates": True, "num_randomizations": 32}
        bias, error = _bias(**_EXACT, resilience={"measure_mitigation": True}, twirling=twirling)
        self.assertLess(bias, plain - 4 * error)
        self.assertGreater(bias, 1.5 * plain)


_FIRST = 300
"""The first seed. The bounds are two binomial standard errors, so one set of seeds in ten is outside; 1 000 repetitions each
gave 65–67 % and 94–95 %."""


class TestErrorBars(unittest.TestCase):
    """300 repetitions: as often within the error bar as it says."""

    def _check(self, pulls: NDArray[np.float64]) -> None:
        self.assertEqual(len(pulls), 300)
        within = [float((np.abs(pulls) < k).mean()) for k in (1, 2)]
        self.assertTrue(0.63 <= within[0] <= 0.73, within)
        self.assertGreaterEqual(within[1], 0.92)

    def _pulls(self, jobs: int, circuit: QuantumCircuit, mean: SparsePauliOp, **options: Any) -> NDArray[np.float64]:
        if jobs == 300:
            circuit = circuit.assign_parameters([0.4])
            exact = _values(_fez(), circuit, mean, **options | _EXACT).evs
            found = [_values(_fez(), circuit, mean, seed=seed, default_shots=4096, **options) for seed in range(300)]
            return np.array([(each.evs - exact) / each.stds for each in found])
        rows = np.full((300 // jobs, 1), 0.4)
        exact = _values(_fez(), circuit, mean, [0.4], **options | _EXACT).evs
        seeds = range(_FIRST, _FIRST + jobs)
        found = [_values(_fez(), circuit, mean, rows, seed=seed, default_shots=4096, **options) for seed in seeds]
        return np.concatenate([(each.evs - exact) / each.stds for each in found])

    def test_of_trex(self) -> None:
        circuit, mean = _ising()
        self._check(
            self._pulls(300, circuit, mean, twirling={"num_randomizations": 32}, resilience={"measure_mitigation": True})
        )

    def test_of_a_line_through_three_noise_factors(self) -> None:
        # jobs of ten value sets share a calibration, a twentieth of the variance
        self._check(self._pulls(30, *_ising(2), twirling={"num_randomizations": 32}, **_zne("linear")))

    def test_of_a_decay_through_three_noise_factors(self) -> None:
        self._check(self._pulls(30, *_ising(2), twirling={"num_randomizations": 32}, **_zne("exponential")))

    def test_of_a_line_where_most_of_the_error_is_the_calibrations(self) -> None:
        model = NoiseModel()
        model.add_all_qubit_quantum_error(depolarizing_error(0.02, 2), ["cx"])
        model.add_all_qubit_readout_error(ReadoutError([[0.9, 0.1], [0.15, 0.85]]))
        backend, circuit = AerSimulator(noise_model=model), QuantumCircuit(2)
        circuit.ry(0.2, 0)
        circuit.cx(0, 1)
        circuit.cx(0, 1)
        learning = {"num_randomizations": 32, "shots_per_randomization": 8}
        options = _zne("linear", twirling={"num_randomizations": 32})
        options["resilience"]["measure_noise_learning"] = learning
        exact = _values(backend, circuit, "ZZ", **options | _EXACT).evs
        found = [_values(backend, circuit, "ZZ", seed=_FIRST + seed, default_shots=8192, **options) for seed in range(300)]
        self._check(np.array([(each.evs - exact) / each.stds for each in found]))


_IDLE = 4e-6


def _line(num_qubits: int, **errors: float) -> DescribedBackend:
    """A device whose gates make these errors, with T1 = 50 µs and T2 = 60 µs."""
    target = line_target(num_qubits, **errors)
    target.add_instruction(Delay(Parameter("seconds")), {(qubit,): None for qubit in range(num_qubits)})
    return DescribedBackend(target)


def _waiting(qubits: int = 1) -> QuantumCircuit:
    """Four microseconds in the + state, and back."""
    circuit = QuantumCircuit(qubits)
    for qubit in range(qubits):
        circuit.rz(np.pi / 2, qubit)
        circuit.sx(qubit)
        circuit.rz(np.pi / 2, qubit)
    circuit.barrier()
    circuit.delay(_IDLE, range(qubits), unit="s")
    circuit.barrier()
    return circuit


def _decoupling(sequence: str) -> dict[str, Any]:
    return {"dynamical_decoupling": {"enable": True, "sequence_type": sequence}}


@ddt
class TestDecoupling(unittest.TestCase):
    """Idle qubits of a line, in the + state: X is what is left."""

    @data("XX", "XpXm", "XY4")
    def test_slow_detuning_is_undone(self, sequence: str) -> None:
        backend = with_noise(_line(2), Drift(1e4))
        options = {"twirling": {"num_randomizations": 64}, **_EXACT}
        lost = 1 - _values(backend, _waiting(), "X", **options).evs
        # a Gaussian of 10 kHz rms: exp(-(2π σ t)² / 2), from 64 × 32 values; 1 - cos has a relative spread of √2
        wanted = 1 - np.exp(-0.5 * (2 * np.pi * 1e4 * _IDLE) ** 2)
        self.assertLess(abs(lost - wanted), 4 * wanted * np.sqrt(2 / (64 * 32)))
        left = 1 - _values(backend, _waiting(), "X", **options, **_decoupling(sequence)).evs
        self.assertLess(left, 0.1 * lost)
        shots = {"default_shots": 40_000, "resilience_level": 0, "twirling": {"enable_measure": True, "num_randomizations": 64}}
        for more, exact in (({}, wanted), (_decoupling(sequence), 0.0)):
            found = _values(backend, _waiting(), "X", **shots, **more)
            self.assertLess(abs(1 - found.evs - exact), 4 * max(found.stds, 1e-4))

    @data("XX", "XpXm", "XY4")
    def test_noise_without_memory_is_not(self, sequence: str) -> None:
        perfect = _line(2)
        gates = _line(2, sx=0.001, x=0.001)
        for backend in perfect, gates:
            plain = _values(backend, _waiting(), "X", **_EXACT).evs
            self.assertLess(plain, 0.96)
            found = _values(backend, _waiting(), "X", **_EXACT, **_decoupling(sequence)).evs
            # pulses cannot help; those of good gates cost nothing but the relaxation of what is not idle
            self.assertLess(found, plain + 2e-3)
        self.assertLess(found, plain)

    def test_idle_time_costs_the_same_whether_or_not_it_is_decoupled(self) -> None:
        """A T2 error on all of the idle time, no other: pulses that take no time leave it as it is."""
        backend = with_noise(_line(2), Calibration(), Drift(1e4))
        plain = _values(backend, _waiting(), "X", **_EXACT).evs
        decoupled = _values(backend, _waiting(), "X", **_EXACT, **_decoupling("XY4")).evs
        alone = _values(_line(2), _waiting(), "X", **_EXACT).evs
        self.assertLess(plain, alone - 0.02)
        self.assertAlmostEqual(decoupled, alone, delta=0.1 * (alone - plain))

    @data("XX", "XpXm", "XY4")
    def test_aligned_pulses_leave_zz_and_staggered_ones_remove_it(self, sequence: str) -> None:
        hertz = 5e4
        backend = with_noise(_line(2), Crosstalk(hertz))
        lost = np.cos(np.pi * hertz * _IDLE)
        self.assertAlmostEqual(_values(backend, _waiting(2), "XI", **_EXACT).evs, lost, places=9)
        aligned = _values(backend, _waiting(2), "XI", **_EXACT, **_decoupling(sequence)).evs
        self.assertAlmostEqual(aligned, lost, delta=0.06)
        staggered = {"dynamical_decoupling": {"enable": True, "sequence_type": sequence, "staggered": True}}
        self.assertAlmostEqual(_values(backend, _waiting(2), "XI", **_EXACT, **staggered).evs, 1, delta=0.01)


_ANGLE = 0.04


def _mirror(depth: int) -> QuantumCircuit:
    """Layers of random one-qubit gates and CZ on four qubits, and all of it backwards."""
    rng = np.random.default_rng(depth)
    half = QuantumCircuit(4)
    for layer in range(depth):
        for qubit in range(4):
            half.rz(rng.uniform(0, 0.2), qubit)
        for left in range(layer % 2, 3, 2):
            half.cz(left, left + 1)
    circuit = QuantumCircuit(4)
    for qubit in range(4):
        circuit.rz(np.pi / 2, qubit)
        circuit.sx(qubit)
        circuit.rz(np.pi / 2, qubit)
    circuit.barrier()
    circuit.compose(half, inplace=True)
    circuit.barrier()
    circuit.compose(half.inverse(), inplace=True)
    return circuit


def _channel(circuit: QuantumCircuit, *, stochastic: bool) -> DensityMatrix:
    """The state where each CZ turns too far, or is followed by ZZ as often as twirling makes it."""
    state = DensityMatrix.from_label("0000")
    chance, error = np.sin(_ANGLE / 2) ** 2, Pauli("ZZ")
    turned = Operator(np.diag(np.exp(-0.5j * _ANGLE * np.array([1, -1, -1, 1]))))
    for item in circuit.data:
        where = [circuit.find_bit(bit).index for bit in item.qubits]
        if item.name == "barrier":
            continue
        state = state.evolve(item.operation, where)
        if item.name == "cz" and stochastic:
            state = (1 - chance) * state + chance * state.evolve(Operator(error), where)
        elif item.name == "cz":
            state = state.evolve(turned, where)
    return state


class TestCoherentErrors(unittest.TestCase):
    """Two-qubit gates that turn too far: the error of a mirror circuit by its depth."""

    _depths = (2, 4, 8, 16)
    _observables = ("XIII", "IXII", "XXII", "IXXI", "IIIX")

    def _losses(self, **options: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        backend = with_noise(_line(4), Coherent(_ANGLE))
        found = [_values(backend, _mirror(depth), list(self._observables), **_EXACT | options) for depth in self._depths]
        return 1 - np.array([each.evs for each in found]), np.array([each.stds for each in found])

    def _exact(self, *, stochastic: bool) -> NDArray[np.float64]:
        states = [_channel(_mirror(depth), stochastic=stochastic) for depth in self._depths]
        return np.array([[1 - s.expectation_value(Pauli(label)).real for label in self._observables] for s in states])

    def test_without_twirling_it_grows_with_the_square_of_the_depth(self) -> None:
        lost, _ = self._losses()
        np.testing.assert_allclose(lost, self._exact(stochastic=False), rtol=0, atol=1e-9)
        slope = np.polyfit(np.log(self._depths), np.log(lost.mean(axis=1)), 1)[0]
        self.assertAlmostEqual(slope, 2, delta=0.15)

    def test_twirled_it_grows_with_the_depth(self) -> None:
        lost, error = self._losses(twirling={"enable_gates": True, "num_randomizations": 400})
        exact = self._exact(stochastic=True)
        self.assertLess(np.abs((lost - exact) / error).max(), 4)
        for slope in np.polyfit(np.log(self._depths), np.log(np.stack([exact.mean(axis=1), lost.mean(axis=1)]).T), 1)[0]:
            self.assertAlmostEqual(slope, 1, delta=0.15)
        self.assertGreater(self._losses()[0][-1].mean(), 4 * lost[-1].mean())
