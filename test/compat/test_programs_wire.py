"""Programs of the wire against IBM's own encoders and decoders: parameters are what its classes send."""

from __future__ import annotations

import json
import unittest
import warnings
from typing import Any

import numpy as np
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.primitives import PrimitiveResult
from qiskit.quantum_info import SparsePauliOp
from qiskit_ibm_runtime import (
    EstimatorV2,
    NoiseLearner,
    NoiseLearnerV3,
    QiskitRuntimeService,
    RuntimeDecoder,
    RuntimeEncoder,
    SamplerV2,
)
from qiskit_ibm_runtime.decoders.defaults import DEFAULT_DECODERS
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qiskit_local_runtime.handles import RuntimeJob
from qiskit_local_runtime.runtime import LocalRuntime
from qiskit_local_runtime.server.programs import PROGRAMS, Asked

_BACKEND = FakeManilaV2()
_BACKEND._instance = None


class _Recorder(QiskitRuntimeService):  # type: ignore[misc]
    """Keeps what would be sent."""

    is_local = False

    def __new__(cls) -> Any:
        return object.__new__(cls)

    def __init__(self) -> None:
        self.sent: dict[str, Any] = {}

    def _run(self, **call: Any) -> None:
        self.sent = call


def _sent(kind: Any, options: dict[str, Any], *what: Any) -> tuple[str, dict[str, Any]]:
    """Program and parameters of a call of one of IBM's classes."""
    made, service = kind.__new__(kind), _Recorder()
    made._mode, made._service, made._backend = None, service, _BACKEND
    if kind is NoiseLearnerV3:
        made.options = options
    else:
        made._set_options(options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made.run(*what)
    return service.sent["program_id"], json.loads(json.dumps(service.sent["inputs"], cls=RuntimeEncoder))


def _run(program_id: str, params: dict[str, Any]) -> tuple[Any, str, dict[str, Any]]:
    """Our result, its text, and the parameters as they are shown."""
    program = PROGRAMS[program_id]
    request = program.request(Asked(backend=_BACKEND, params=params))
    with LocalRuntime() as runtime:
        job = RuntimeJob(runtime.submit(request), runtime)
        result = job.result()
        return result, b"".join(program.result(runtime.job(job.job_id()), result)).decode(), dict(program.params(request))


def _circuit() -> QuantumCircuit:
    circuit = QuantumCircuit(5, 2)
    circuit.rz(Parameter("a"), 0)
    circuit.sx(0)
    circuit.cx(0, 1)
    return circuit


def _decoded(program_id: str, text: str) -> Any:
    [decoder] = [
        each for each in DEFAULT_DECODERS[program_id] if not hasattr(each, "is_applicable") or each.is_applicable(text)
    ][:1]
    return decoder.decode(text)


class TestPrograms(unittest.TestCase):
    """IBM's classes in, IBM's decoders out."""

    def test_the_sampler(self) -> None:
        circuit = _circuit()
        circuit.measure([0, 1], [0, 1])
        options = {"simulator": {"seed_simulator": 3}, "twirling": {"enable_gates": True}, "environment": {"job_tags": ["t"]}}
        sent = _sent(SamplerV2, options, [(circuit, [0.1]), (circuit, [[0.1], [0.2]], 50)])
        result, text, shown = _run(*sent)
        found = _decoded("sampler", text)
        self.assertIsInstance(found, PrimitiveResult)
        for ours, theirs in zip(result, found, strict=True):
            np.testing.assert_array_equal(ours.data.c.array, theirs.data.c.array)
        self.assertEqual(len(found.metadata["execution"]["execution_spans"]), 2)
        self.assertEqual(shown["options"], sent[1]["options"])
        again = json.loads(json.dumps(shown), cls=RuntimeDecoder)
        self.assertEqual(again["pubs"][0][0], circuit)

    def test_the_estimator(self) -> None:
        observable = SparsePauliOp(["IIIZZ", "IIIXX"], [1, 0.5])
        options = {"resilience_level": 2, "resilience": {"zne": {"noise_factors": [1, 3, 5]}}}
        sent = _sent(EstimatorV2, options, [(_circuit(), [observable], [0.1], 0.1)])
        result, text, shown = _run(*sent)
        found = _decoded("estimator", text)
        for name in ("evs", "stds", "evs_extrapolated"):
            np.testing.assert_array_equal(found[0].data[name], result[0].data[name])
        self.assertEqual({**shown, "pubs": 0}, {**sent[1], "pubs": 0})
        self.assertEqual(shown["pubs"][0][1:], sent[1]["pubs"][0][1:2] + shown["pubs"][0][2:])

    def test_the_noise_learner(self) -> None:
        options = {"layer_pair_depths": [0, 1], "num_randomizations": 4}
        circuit = _circuit().assign_parameters([0.1])
        result, text, shown = _run(*_sent(NoiseLearner, options, [circuit]))
        found = _decoded("noise-learner", text)
        self.assertEqual(len(found.data), len(result.data))
        for theirs, ours in zip(found.data, result.data, strict=True):
            self.assertEqual(list(theirs.qubits), ours.qubits)
            np.testing.assert_array_equal(theirs.error.rates, ours.error.rates)
        self.assertEqual(shown["options"], options | {"support_qiskit": True})

    def test_the_third_noise_learner(self) -> None:
        from samplomatic import Twirl

        layer = QuantumCircuit(5)
        with layer.box([Twirl()]):
            layer.cx(0, 1)
            layer.noop(2)
        options = {"layer_pair_depths": [0, 1], "num_randomizations": 4}
        result, text, shown = _run(*_sent(NoiseLearnerV3, options, list(layer.data)))
        found = _decoded("noise-learner", text)
        self.assertEqual(len(found.data), 1)
        np.testing.assert_array_equal(found[0]._rates, result[0].rates)
        np.testing.assert_array_equal(found[0]._rates_std, result[0].rates_std)
        self.assertEqual(found[0].to_pauli_lindblad_map(), result[0].to_pauli_lindblad_map())
        text = json.dumps({"program": {"id": "noise-learner"}, "params": shown})
        again = json.loads(text, cls=RuntimeDecoder)["params"]
        self.assertEqual(again["options"].layer_pair_depths, [0, 1])
        self.assertEqual([bit._index for bit in again["instructions"][0].qubits], [0, 1, 2])
