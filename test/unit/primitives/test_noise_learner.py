"""The noise learners users import, and the layers an estimator finds."""

from __future__ import annotations

import unittest
from typing import Any

import numpy as np
from ddt import data, ddt
from numpy.testing import assert_allclose
from qiskit.circuit import BoxOp, CircuitInstruction, Parameter, QuantumCircuit, QuantumRegister
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error

from qiskit_local_runtime import EstimatorOptions, EstimatorV2, LocalRuntime
from qiskit_local_runtime.codec import pack, unpack
from qiskit_local_runtime.engines import InlineEngine
from qiskit_local_runtime.errors import IBMBackendError, IBMInputValueError, OptionError, OptionNotImplementedError
from qiskit_local_runtime.primitives import NoiseLearner, NoiseLearnerV3
from qiskit_local_runtime.records.request import Request
from qiskit_local_runtime.results import NoiseLearnerResult, NoiseLearnerV3Results, layer_of
from qiskit_local_runtime.results.given_models import given_models
from qiskit_local_runtime.results.learning_circuits import asked_by

from ...support.backends import CountsBackend

_ERROR = 0.02
_QUICK: dict[str, Any] = {
    "layer_pair_depths": [0, 4],
    "num_randomizations": 8,
    "shots_per_randomization": 256,
    "simulator": {"seed_simulator": 1},
}


def _backend() -> AerSimulator:
    model = NoiseModel()
    model.add_all_qubit_quantum_error(depolarizing_error(_ERROR, 2), ["cx"])
    return AerSimulator(noise_model=model)


def _circuit() -> QuantumCircuit:
    circuit = QuantumCircuit(5)
    for _ in range(2):
        circuit.h([0, 1, 2, 4])
        circuit.cx([0, 2], [1, 4])
    circuit.cx(1, 2)
    return circuit


class _Notes:
    """A routine that only keeps what it was asked."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.requests: list[Request] = []

    def accept(self, request: Request) -> None:
        self.requests.append(request)

    def estimate(self, request: Request) -> float | None:
        return 1.5

    def run(self, request: Request, tools: Any) -> Any:
        return len(request.pubs)


class TestRequests(unittest.TestCase):
    """What reaches the routine."""

    def test_circuits_and_pubs_of_an_estimator(self) -> None:
        notes, circuit = _Notes("noise-learner"), _circuit()
        with LocalRuntime(routines={"noise-learner": notes}) as runtime:
            learner = NoiseLearner(
                AerSimulator(), {"max_layers_to_learn": 1, "environment": {"job_tags": ["x"]}}, runtime=runtime
            )
            self.assertEqual(learner.run([circuit, (circuit, "IIIIZ")]).result(), 2)
            self.assertEqual(learner.estimate_usage([circuit]), 1.5)
        circuit.x(0)
        (request, _) = notes.requests
        self.assertEqual([pub.size() for pub in request.pubs], [13, 13])
        self.assertEqual((request.settings.learning.max_layers_to_learn, request.tags), (1, ("x",)))

    def test_an_estimators_options_are_taken_over(self) -> None:
        options = EstimatorOptions(resilience={"layer_noise_learning": {"num_randomizations": 3}})
        self.assertEqual(NoiseLearner(AerSimulator(), options).options.num_randomizations, 3)

    def test_instructions_become_circuits_of_their_layers(self) -> None:
        notes = _Notes("noise-learner-v3")
        layers = EstimatorV2(AerSimulator()).find_unique_layers([(_circuit(), "IIIIZ")])
        with LocalRuntime(routines={"noise-learner-v3": notes}) as runtime:
            self.assertEqual(NoiseLearnerV3(AerSimulator(), runtime=runtime).run(layers).result(), 2)
        self.assertEqual([asked_by(pub) for pub in notes.requests[0].pubs], [(layer_of(each), False) for each in layers])

    def test_what_cannot_be_learned_is_refused_at_the_call(self) -> None:
        backend = AerSimulator()
        bits = list(QuantumRegister(2, "q"))
        empty = CircuitInstruction(BoxOp(QuantumCircuit(2)), bits)
        calls: dict[str, Any] = {
            "PUB 1: .*Expected a circuit": lambda: NoiseLearner(backend).run([_circuit(), 5]),  # type: ignore[list-item]
            r"such as \[circuit\]; found QuantumCircuit": lambda: NoiseLearner(backend).run(_circuit()),  # type: ignore[arg-type]
            "no layer whose noise": lambda: NoiseLearner(backend).run([QuantumCircuit(2)]),
            "Instruction 0: expected a layer .*found int": lambda: NoiseLearnerV3(backend).run([5]),  # type: ignore[list-item]
            "Instruction 0: .*nothing to learn": lambda: NoiseLearnerV3(backend).run([empty]),
        }
        for message, call in calls.items():
            with self.subTest(message), self.assertRaisesRegex(IBMInputValueError, message):
                call()
        with self.assertRaisesRegex(IBMBackendError, "runs circuits itself"):
            NoiseLearner(CountsBackend()).run([_circuit()])
        with self.assertRaises(OptionNotImplementedError):
            NoiseLearner(backend).run([_circuit()], dry_run=True)
        with self.assertRaises(OptionError):
            NoiseLearnerV3(backend, {"twirling_strategy": "all"})


@ddt
class TestFoundLayers(unittest.TestCase):
    """``find_unique_layers``."""

    @data(
        ("active", [(0, 1, 2, 4), (1, 2)]),
        ("active-accum", [(0, 1, 2, 4), (0, 1, 2, 4)]),
        ("active-circuit", [(0, 1, 2, 4), (0, 1, 2, 4)]),
        ("all", [(0, 1, 2, 3, 4), (0, 1, 2, 3, 4)]),
    )
    def test_the_most_frequent_first_on_the_qubits_that_are_twirled(self, case: tuple[str, list[tuple[int, ...]]]) -> None:
        strategy, qubits = case
        estimator = EstimatorV2(AerSimulator(), {"twirling": {"strategy": strategy}})
        found = estimator.find_unique_layers([(_circuit(), "IZIII")])
        self.assertEqual([layer_of(each).qubits for each in found], qubits)
        self.assertEqual([[bit._index for bit in each.qubits] for each in found], [list(each) for each in qubits])
        self.assertEqual([len(each.operation.body) for each in found], [2, 1])

    def test_what_has_no_layers_says_why(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.rzz(Parameter("a"), 0, 1)
        estimator = EstimatorV2(AerSimulator())
        with self.assertRaisesRegex(IBMInputValueError, "types must be 'gates'"):
            estimator.find_unique_layers([], types="all")
        self.assertEqual(estimator.find_unique_layers([(QuantumCircuit(2), "ZZ")]), [])
        estimator.options.transpilation.optimization_level = 1
        with self.assertRaisesRegex(IBMInputValueError, "optimization_level is set"):
            estimator.find_unique_layers([(_circuit(), "IIIIZ")])


class TestResults(unittest.TestCase):
    """What jobs return, of depolarizing cx gates."""

    def setUp(self) -> None:
        self.runtime = LocalRuntime(engine=InlineEngine())
        self.addCleanup(self.runtime.close)

    def test_layer_errors_have_the_true_rates_and_go_through_a_store(self) -> None:
        result = NoiseLearner(_backend(), _QUICK, runtime=self.runtime).run([_circuit()]).result()
        self.assertIsInstance(result, NoiseLearnerResult)
        again = unpack(pack(result))
        # f = 1 - p of all fifteen Paulis of a gate is a rate of -ln(1 - p) / 16 of each
        total = -15 / 16 * np.log(1 - _ERROR)
        for found in (result, again):
            self.assertEqual([each.qubits for each in found], [[0, 1, 2, 4], [0, 1, 2, 4]])
            assert_allclose([each.error.rates.sum() for each in found], [2 * total, total], rtol=0.15)
            facts = found.metadata["layers"][0]
            self.assertEqual(len(facts["paulis"]), len(facts["fidelities"]))
            self.assertEqual(facts["rates_std"].shape, found[0].error.rates.shape)
            assert_allclose(facts["readout_error"], 0, atol=0.02)
        self.assertEqual(list(given_models(result, "x")), list(given_models(again, "x")))

    def test_maps_come_in_the_order_of_the_instructions(self) -> None:
        estimator = EstimatorV2(_backend())
        layers = estimator.find_unique_layers([(_circuit(), "IIIIZ")])[::-1]
        result: Any = NoiseLearnerV3(_backend(), _QUICK, runtime=self.runtime).run([*layers, layers[0]]).result()
        self.assertIsInstance(result, NoiseLearnerV3Results)
        maps = result.to_pauli_lindblad_maps()
        total = -15 / 16 * np.log(1 - _ERROR)
        assert_allclose([each.rates.sum() for each in maps], [total, 2 * total, total], rtol=0.15)
        self.assertEqual(maps[0], maps[2])
        self.assertEqual(len(given_models(list(zip(layers, maps[:2], strict=True)), "x")), 2)
