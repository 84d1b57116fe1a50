"""Bad input for what learns, cancels and amplifies noise: each with an error that says what to do."""

from __future__ import annotations

import unittest
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from ddt import data, ddt, unpack
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.circuit.library import CXGate, Measure, RZGate, SXGate
from qiskit.transpiler import Target
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error

from qiskit_local_runtime import EstimatorV2, LocalRuntime, NoiseLearner
from qiskit_local_runtime.cancellation import CancelToken
from qiskit_local_runtime.errors import (
    IBMBackendError,
    IBMInputValueError,
    IBMRuntimeError,
    OptionError,
    RuntimeJobFailureError,
)
from qiskit_local_runtime.noise import Drift, with_noise
from qiskit_local_runtime.results import LayerError, NoiseLearnerResult, PauliLindbladError
from qiskit_local_runtime.sweeps.lindblad import PauliLindblad
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer

from ..support.backends import CountsBackend, DescribedBackend


def _coupled(width: int = 2) -> QuantumCircuit:
    circuit = QuantumCircuit(width)
    circuit.sx(range(width))
    circuit.cx(0, 1)
    return circuit


def _model(*rates: float, width: int = 2) -> PauliLindblad:
    letters = np.zeros((len(rates), width), dtype=np.uint8)
    letters[:, 0] = np.arange(len(rates)) + 1
    return PauliLindblad(letters, np.array(rates))


def _on(*qubits: int) -> UniqueLayer:
    return UniqueLayer((("cx", (), qubits),), tuple(sorted(qubits)))


def _result(*rates: float) -> NoiseLearnerResult:
    layer = _on(0, 1)
    return NoiseLearnerResult([LayerError(layer.circuit(), layer.qubits, PauliLindbladError.from_model(_model(*rates)))])


def _untimed() -> DescribedBackend:
    target = Target(num_qubits=2)
    target.add_instruction(CXGate(), {(0, 1): None})
    for gate in (RZGate(Parameter("t")), SXGate(), Measure()):
        target.add_instruction(gate, {(0,): None, (1,): None})
    return DescribedBackend(target)


_PEA = {"zne_mitigation": True, "zne": {"amplifier": "pea"}}
_PEC = {"pec_mitigation": True}


def _run(backend: Any, *, width: int = 2, runtime: LocalRuntime | None = None, **resilience: Any) -> Any:
    options = {"resilience_level": 0, "resilience": resilience, "simulator": {"seed_simulator": 1}}
    return EstimatorV2(backend, options=options, runtime=runtime).run([(_coupled(width), "Z" * width)], precision=0.1)


_MODELS: list[tuple[str, dict[UniqueLayer, PauliLindblad] | NoiseLearnerResult, str]] = [
    ("of other gates", {_on(1, 0): _model(0.1)}, r"PUB 0: .*cx\[0, 1\] on qubits \[0, 1\].*models of 1 other layers"),
    ("of other qubits", {_on(2, 3): _model(0.1)}, r"PUB 0: .*models of 1 other layers \(cx\[2, 3\] on qubits \[2, 3\]\)"),
    (
        "of more twirled qubits",
        {UniqueLayer((("cx", (), (0, 1)),), (0, 1, 2)): _model(0.1, width=3)},
        r"same gates twirled on qubits \[0, 1, 2\]: learn it with the twirling.strategy",
    ),
    ("of another size", {_on(0, 1): _model(0.1, width=3)}, "2 qubits .* a model of 3"),
    ("with a negative rate", {_on(0, 1): _model(0.1, -0.01)}, "rates of at least 0, found -0.01"),
    ("with a negative rate in a result", _result(0.1, -0.01), "rates of at least 0, found -0.01"),
    ("of nothing", {}, "at least one layer, found none"),
]


@ddt
class TestModels(unittest.TestCase):
    """Models that do not fit, with PEC and PEA alike."""

    @data(*_MODELS)
    @unpack
    def test_a_model(self, _: str, model: Any, message: str) -> None:
        for resilience in (_PEC, _PEA):
            with self.assertRaisesRegex((OptionError, IBMInputValueError), message):
                _run(AerSimulator(), layer_noise_model=model, **resilience)

    def test_a_noise_gain_that_costs_more_than_is_allowed(self) -> None:
        pec = {"noise_gain": 0.1, "max_overhead": 1.5}
        with self.assertRaisesRegex(IBMInputValueError, r"noise_gain = 0.1 the sampling overhead is .* pec.max_overhead = 1.5"):
            _run(AerSimulator(), layer_noise_model=_result(0.2), pec=pec, **_PEC)

    @data("auto", 0, 1, 2.5)
    def test_an_overhead_that_no_circuit_can_have(self, gain: Any) -> None:
        pec = {"noise_gain": gain, "max_overhead": 0.5}
        with self.assertRaisesRegex(OptionError, "pec.max_overhead: expected at least 1, found 0.5"):
            _run(AerSimulator(), layer_noise_model=_result(0.2), pec=pec, **_PEC)

    def test_it_does_not_matter_where_nothing_is_cancelled(self) -> None:
        self.assertEqual(_run(AerSimulator(), pec={"max_overhead": 0.5}).result()[0].data.evs.shape, ())

    @data(({"pec": {"noise_gain": 1}, **_PEC}, True), ({"pec": {"noise_gain": 0}, **_PEC}, False), (_PEA, True))
    @unpack
    def test_one_randomization_tells_no_error(self, resilience: dict[str, Any], warned: bool) -> None:
        options = {
            "resilience_level": 0,
            "resilience": {"layer_noise_model": _result(0.2), **resilience},
            "twirling": {"num_randomizations": 1},
        }
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            EstimatorV2(AerSimulator(), options=options).run([(_coupled(), "ZZ")], precision=0.1).result()
        self.assertEqual(any("num_randomizations = 1: how much" in str(each.message) for each in found), warned)


@ddt
class TestBackends(unittest.TestCase):
    """Backends whose noise cannot be learned."""

    @data(lambda backend: NoiseLearner(backend).run([_coupled()]), lambda b: _run(b, **_PEC), lambda b: _run(b, **_PEA))
    def test_without_durations(self, learn: Callable[[Any], Any]) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "durations"):
            learn(with_noise(_untimed(), Drift(1e4)))

    @data(lambda backend: NoiseLearner(backend).run([_coupled()]), lambda b: _run(b, **_PEC), lambda b: _run(b, **_PEA))
    def test_that_give_counts_only(self, learn: Callable[[Any], Any]) -> None:
        with self.assertRaisesRegex(IBMBackendError, "tells only counts"):
            learn(CountsBackend())


class _Dying:
    """An engine whose child processes die."""

    name = "dying"
    workers = 1
    death = IBMRuntimeError("The child process that ran the simulation was killed.")

    def call(self, function: Any, *args: Any, cancel: CancelToken) -> Any:
        raise self.death

    def map(self, function: Any, common: Any, parts: Any, *, cancel: CancelToken) -> Any:
        raise self.death

    def close(self) -> None:
        """Nothing is open."""


class TestFailure(unittest.TestCase):
    """Learning that fails while the job runs."""

    def test_the_job_says_of_what_and_keeps_the_cause(self) -> None:
        noise = NoiseModel()
        noise.add_all_qubit_quantum_error(depolarizing_error(0.05, 2), ["cx"])
        backend = AerSimulator(noise_model=noise, method="matrix_product_state")
        with LocalRuntime(engine=_Dying()) as runtime:
            job = _run(backend, runtime=runtime, layer_noise_learning={"layer_pair_depths": [0, 1]}, **_PEC)
            with self.assertRaisesRegex(
                RuntimeJobFailureError, r"Learning the noise of the layer on qubits \[0, 1\] failed"
            ) as out:
                job.result(timeout=60)
        self.assertEqual(job.status(), "ERROR")
        cause = out.exception.__cause__
        self.assertIsInstance(cause, IBMRuntimeError)
        self.assertIs(cause.__cause__ if cause else None, _Dying.death)


if __name__ == "__main__":
    unittest.main()
