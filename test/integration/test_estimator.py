"""The estimator's numbers: exact values, sampled ones, error bars, readout mitigation."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.circuit.library import efficient_su2
from qiskit.primitives import StatevectorEstimator
from qiskit.quantum_info import SparsePauliOp, Statevector, random_pauli_list
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error

from qiskit_local_runtime import EstimatorV2
from qiskit_local_runtime.errors import IBMInputValueError

from ..support.simulation import exact_state, pauli_noise


def _estimator(backend: object | None = None, seed: int = 0, **options: object) -> EstimatorV2:
    backend = AerSimulator() if backend is None else backend
    return EstimatorV2(backend, options={"simulator": {"seed_simulator": seed}, **options})  # type: ignore[arg-type]


def _circuit(num_qubits: int = 3) -> tuple[QuantumCircuit, np.ndarray]:
    circuit = efficient_su2(num_qubits, reps=1)
    return circuit, np.random.default_rng(4).random(circuit.num_parameters)


class TestExact(unittest.TestCase):
    """Precision 0."""

    def test_values_are_qiskits_for_every_broadcasting(self) -> None:
        circuit, _ = _circuit()
        rng = np.random.default_rng(0)
        operators = [SparsePauliOp(random_pauli_list(3, 4, phase=False, seed=s), rng.normal(size=4)) for s in range(4)]
        for observables, shape in (
            (operators[0], ()),
            (operators, ()),
            (operators, (4,)),
            (operators[0], (5,)),
            ([[o] for o in operators], (3,)),
            (operators[:2], (3, 1)),
        ):
            values = rng.random((*shape, circuit.num_parameters))
            ours = _estimator().run([(circuit, observables, values)], precision=0).result()[0].data
            theirs = StatevectorEstimator().run([(circuit, observables, values)]).result()[0].data
            self.assertEqual(ours.evs.shape, theirs.evs.shape)
            np.testing.assert_allclose(ours.evs, theirs.evs, atol=1e-10)
            self.assertFalse(np.asarray(ours.stds).any())

    def test_projectors_are_probabilities(self) -> None:
        circuit, values = _circuit()
        probabilities = Statevector(circuit.assign_parameters(values)).probabilities()
        labels = [format(i, "03b") for i in range(8)]
        found = _estimator().run([(circuit, [{label: 1.0} for label in labels], values)], precision=0).result()[0].data.evs
        np.testing.assert_allclose(found, probabilities, atol=1e-12)

    def test_gate_noise_is_included_and_readout_noise_by_the_level(self) -> None:
        model = pauli_noise()
        circuit = QuantumCircuit(2)
        circuit.h(0)
        circuit.cx(0, 1)
        state = exact_state(circuit, pauli_noise(readout=False))
        exact = [state.expectation_value(SparsePauliOp(p)).real for p in ("ZZ", "XX", "ZI")]
        backend = AerSimulator(noise_model=model)
        pub = (circuit, ["ZZ", "XX", "ZI"])
        mitigated = _estimator(backend, default_precision=0).run([pub]).result()[0].data.evs
        np.testing.assert_allclose(mitigated, exact, atol=1e-10)
        raw = _estimator(backend, default_precision=0, resilience_level=0).run([pub]).result()[0].data.evs
        # P(1|0) = 3 %, P(0|1) = 8 %: read Z = 0.05 + 0.89 Z on each qubit; XX is read along Z after one noisy h each
        self.assertAlmostEqual(raw[0], 0.0025 + 0.89**2 * exact[0] + 0.05 * 0.89 * (2 * exact[2]), places=10)
        self.assertAlmostEqual(raw[2], 0.05 + 0.89 * exact[2], places=10)


@ddt
class TestSampled(unittest.TestCase):
    """Shots."""

    def test_shots_follow_from_precision(self) -> None:
        circuit, values = _circuit()
        for precision, shots in ((0.1, 100), (0.015625, 4096), (0.03, 1112)):
            result = _estimator(resilience_level=0).run([(circuit, "ZZZ", values)], precision=precision).result()[0]
            self.assertEqual((result.metadata["shots"], result.metadata["target_precision"]), (shots, precision))
        fixed = _estimator(default_shots=77, resilience_level=0).run([(circuit, "ZZZ", values)]).result()[0]
        self.assertEqual(fixed.metadata["shots"], 77)

    @data(0, 1)
    def test_error_bars_cover_the_truth_as_often_as_they_say(self, level: int) -> None:
        """300 repetitions of an observable with correlated terms in three bases; 68 % and 95 % within four standard errors."""
        circuit, values = _circuit()
        operator = SparsePauliOp(["ZZI", "IZZ", "XXX", "YIY", "ZIZ"], [1.0, 0.5, -0.7, 0.4, 0.9])
        exact = Statevector(circuit.assign_parameters(values)).expectation_value(operator).real
        # enough randomizations for their spread to be known: with few, errors follow Student's t with as few degrees of freedom
        estimator = _estimator(resilience_level=level, twirling={"num_randomizations": 32})
        pulls = []
        for seed in range(300):
            estimator.options.simulator.seed_simulator = seed
            found = estimator.run([(circuit, operator, values)], precision=0.05).result()[0].data
            pulls.append((found.evs - exact) / found.stds)
        within = [float(np.mean(np.abs(pulls) < k)) for k in (1, 2)]
        self.assertAlmostEqual(within[0], 0.683, delta=4 * np.sqrt(0.683 * 0.317 / 300))
        self.assertGreater(within[1], 0.954 - 4 * np.sqrt(0.954 * 0.046 / 300))

    def test_many_rows_and_observables_agree_with_exact_values(self) -> None:
        circuit, _ = _circuit(4)
        values = np.random.default_rng(1).random((20, 1, circuit.num_parameters))
        operators = [SparsePauliOp(random_pauli_list(4, 3, phase=False, seed=s)) for s in range(5)]
        found = _estimator().run([(circuit, operators, values)], precision=0.02).result()[0].data
        exact = StatevectorEstimator().run([(circuit, operators, values)]).result()[0].data.evs
        pulls = (found.evs - exact) / np.where(found.stds == 0, 1, found.stds)
        # 100 values, each within 4.5 of its own standard errors (jackknife of 32 has heavier tails than a normal)
        self.assertLess(np.abs(pulls).max(), 4.5)

    def test_constants_need_no_shots(self) -> None:
        circuit, values = _circuit()
        found = _estimator().run([(circuit, SparsePauliOp("III", 2.5), values)]).result()[0].data
        self.assertEqual((float(found.evs), float(found.stds)), (2.5, 0.0))

    def test_the_same_seed_gives_the_same_bits_and_no_seed_does_not(self) -> None:
        circuit, values = _circuit()
        runs = [float(_estimator(seed=s).run([(circuit, "ZXZ", values)]).result()[0].data.evs) for s in (0, 0, 1)]
        self.assertEqual(runs[0], runs[1])
        self.assertNotEqual(runs[0], runs[2])
        free = [float(EstimatorV2(AerSimulator()).run([(circuit, "ZXZ", values)]).result()[0].data.evs) for _ in range(5)]
        # two agree by chance about once in 60 pairs, all five about once in 10 million runs
        self.assertGreater(len(set(free)), 1)

    def test_mid_circuit_measurements_are_allowed(self) -> None:
        circuit = QuantumCircuit(2, 1)
        circuit.h(0)
        circuit.measure(0, 0)
        circuit.cx(0, 1)
        found = _estimator().run([(circuit, ["ZZ", "XX"])], precision=0.02).result()[0].data
        self.assertEqual(float(found.evs[0]), 1.0)
        self.assertLess(abs(found.evs[1]), 4 * 0.02)

    def test_feed_forward_is_allowed(self) -> None:
        circuit = QuantumCircuit(2, 1)
        circuit.h(0)
        circuit.measure(0, 0)
        with circuit.if_test((0, 1)):
            circuit.x(1)
        found = _estimator().run([(circuit, ["ZZ", "IZ"])], precision=0.05).result()[0].data
        self.assertEqual(float(found.evs[0]), 1.0)
        self.assertLess(abs(found.evs[1]), 4 * 0.05)


@ddt
class TestTrex(unittest.TestCase):
    """Readout mitigation against a known answer."""

    def _backend(self) -> AerSimulator:
        model = NoiseModel()
        for qubit in range(6):
            up, down = 0.02 + 0.003 * qubit, 0.05 - 0.002 * qubit
            model.add_readout_error(ReadoutError([[1 - up, up], [down, 1 - down]]), [qubit])
        return AerSimulator(noise_model=model)

    @data("product", "ghz")
    def test_it_removes_the_bias_and_without_it_the_damping_is_the_exact_one(self, kind: str) -> None:
        circuit = QuantumCircuit(6)
        if kind == "ghz":
            circuit.h(0)
            for qubit in range(5):
                circuit.cx(qubit, qubit + 1)
        else:
            for qubit in range(6):
                circuit.ry(0.3 * qubit, qubit)
        observables = ["I" * (6 - w) + "Z" * w for w in (1, 2, 4, 6)]
        exact = [Statevector(circuit).expectation_value(SparsePauliOp(o)).real for o in observables]
        backend = self._backend()
        options = {"twirling": {"num_randomizations": 32, "shots_per_randomization": 1024}, "default_shots": 32 * 1024}
        found = _estimator(backend, **options).run([(circuit, observables)]).result()[0].data
        for value, error, truth in zip(found.evs, found.stds, exact, strict=True):
            self.assertLess(abs(value - truth), 4 * error + 1e-12)
            self.assertLess(error, 0.015)
        raw = _estimator(backend, resilience_level=0, default_shots=32 * 1024).run([(circuit, observables)]).result()[0].data
        wanted = _estimator(backend, resilience_level=0, default_precision=0).run([(circuit, observables)]).result()[0].data.evs
        for value, error, damped, truth in zip(raw.evs, raw.stds, wanted, exact, strict=True):
            self.assertLess(abs(value - damped), 4 * error + 1e-12)
            if abs(truth) > 0.1:
                self.assertGreater(abs(damped - truth), 0.01)

    def test_gate_errors_stay(self) -> None:
        model = NoiseModel()
        model.add_all_qubit_quantum_error(depolarizing_error(0.2, 2), ["cx"])
        model.add_all_qubit_readout_error(ReadoutError([[0.95, 0.05], [0.1, 0.9]]))
        circuit = QuantumCircuit(2)
        circuit.h(0)
        circuit.cx(0, 1)
        found = _estimator(AerSimulator(noise_model=model)).run([(circuit, ["ZZ", "XX"])], precision=0.01).result()[0].data
        for value, error in zip(found.evs, found.stds, strict=True):
            self.assertLess(abs(value - 0.8), 4 * error)

    def test_projectors_are_mitigated_too(self) -> None:
        circuit = QuantumCircuit(3)
        circuit.x(1)
        found = _estimator(self._backend()).run([(circuit, [{"010": 1.0}, {"I1I": 1.0}])], precision=0.01).result()[0].data
        for value, error in zip(found.evs, found.stds, strict=True):
            self.assertLess(abs(value - 1), 4 * error)

    def test_too_many_projectors_are_refused_with_both_options_named(self) -> None:
        circuit = QuantumCircuit(12)
        circuit.h(range(12))
        with self.assertRaisesRegex(IBMInputValueError, "measure_mitigation"):
            _estimator(self._backend()).run([(circuit, {"0" * 12: 1.0})])


class TestMetadata(unittest.TestCase):
    """What libraries read."""

    def test_it_holds_the_union_of_what_the_peers_give(self) -> None:
        circuit, values = _circuit()
        circuit.metadata = {"mine": 1}
        result = _estimator().run([(circuit, "ZZZ", values)]).result()
        metadata = result[0].metadata
        wanted = {"shots", "target_precision", "circuit_metadata", "resilience", "num_randomizations", "simulation"}
        self.assertLessEqual(wanted, set(metadata))
        self.assertEqual(metadata["circuit_metadata"], {"mine": 1})
        self.assertEqual(result.metadata["version"], 2)
        self.assertEqual(result.metadata["resilience"]["measure_mitigation"], True)
        self.assertGreaterEqual(result.metadata["execution"]["execution_spans"].duration, 0)

    def test_parameters_that_vanish_in_transpilation_are_no_problem(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.rz(Parameter("a"), 0)
        circuit.ry(Parameter("b"), 0)
        options = {"transpilation": {"optimization_level": 3}}
        found = _estimator(**options).run([(circuit, "Z", [0.3, 0.5])], precision=0).result()[0].data.evs
        self.assertAlmostEqual(float(found), np.cos(0.5), places=10)
