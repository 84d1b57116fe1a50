"""What sampler and estimator share."""

from __future__ import annotations

import unittest
from typing import Any

from qiskit.circuit import QuantumCircuit
from qiskit_aer import AerSimulator

from qiskit_local_runtime import EstimatorOptions, EstimatorV2, LocalRuntime, RuntimeJob, SamplerOptions, SamplerV2
from qiskit_local_runtime.errors import IBMInputValueError, OptionError, OptionNotImplementedError
from qiskit_local_runtime.records.request import Request

BACKEND = AerSimulator()


def _circuit() -> QuantumCircuit:
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    return circuit


class _Notes:
    """A routine that only keeps what it was asked."""

    name = "sampler"

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def accept(self, request: Request) -> None:
        self.requests.append(request)

    def estimate(self, request: Request) -> float | None:
        return None

    def run(self, request: Request, tools: Any) -> Any:
        return len(request.pubs)


class TestPubs(unittest.TestCase):
    """What is wrong with them is said in our class."""

    def test_a_bad_pub_is_an_input_error_that_names_it(self) -> None:
        circuit = _circuit()
        sampler, estimator = SamplerV2(BACKEND), EstimatorV2(BACKEND)
        calls: dict[str, Any] = {
            "PUB 1: .*Expected .circuit, parameter_values, shots.": lambda: sampler.run([circuit, 5]),  # type: ignore[list-item]
            "PUB 0: .*shots": lambda: sampler.run([circuit], shots=0),
            "PUB 0: .*Expected .circuit, observables": lambda: estimator.run([(5, "Z")]),  # type: ignore[list-item]
        }
        for message, call in calls.items():
            with self.subTest(message=message), self.assertRaisesRegex(IBMInputValueError, message):
                call()
        with self.assertRaises(TypeError):
            sampler.run([5])  # type: ignore[list-item]

    def test_what_is_no_runtime_is_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "runtime must be a LocalRuntime.*found 5"):
            SamplerV2(BACKEND, runtime=5)  # type: ignore[arg-type]


class _Workload:
    """The least a session has to be."""

    def __init__(self, runtime: LocalRuntime) -> None:
        self.runtime = runtime

    def submit(self, request: Request) -> RuntimeJob:
        return RuntimeJob(self.runtime.submit(request), self.runtime)

    def backend_object(self) -> AerSimulator:
        return BACKEND

    def runtime_object(self) -> LocalRuntime:
        return self.runtime


class TestPolicy(unittest.TestCase):
    """A runtime says what happens to options that are not applied yet."""

    def test_they_are_refused_unless_the_runtime_only_warns(self) -> None:
        options = {"execution": {"init_qubits": False}}
        with LocalRuntime() as strict, self.assertRaises(OptionNotImplementedError):
            SamplerV2(BACKEND, options=options, runtime=strict).run([_circuit()])
        with LocalRuntime(unimplemented="warn") as lenient, self.assertWarnsRegex(UserWarning, "init_qubits"):
            job = SamplerV2(BACKEND, options=options, runtime=lenient).run([_circuit()])
            self.assertEqual(job.result()[0].data.c.get_counts(), {"0": 4096})
        with self.assertRaisesRegex(IBMInputValueError, "'shrug'"):
            LocalRuntime(unimplemented="shrug")  # type: ignore[arg-type]


class TestMode(unittest.TestCase):
    """Where circuits go."""

    def test_what_cannot_run_circuits_is_refused(self) -> None:
        for mode, message in (
            (AerSimulator, r"the class AerSimulator. Did you mean AerSimulator\(\)"),
            ("aer", "the name 'aer'"),
            (3, "found int"),
        ):
            with self.subTest(mode=mode), self.assertRaisesRegex(IBMInputValueError, message):
                SamplerV2(mode)  # type: ignore[arg-type]

    def test_without_a_mode_the_primitive_is_made_and_run_is_refused(self) -> None:
        self.assertIsNone(SamplerV2().mode)
        with self.assertRaisesRegex(ValueError, r"EstimatorV2\(mode="):
            EstimatorV2().run([(QuantumCircuit(1), "Z")])

    def test_a_workload_gets_the_request(self) -> None:
        notes = _Notes()
        with LocalRuntime(routines={"sampler": notes}) as runtime:
            sampler = SamplerV2(_Workload(runtime))
            self.assertIs(sampler.backend(), BACKEND)
            self.assertEqual(sampler.run([_circuit()] * 2).result(), 2)
        self.assertIs(notes.requests[0].backend, BACKEND)


class TestOptions(unittest.TestCase):
    """A model, a dictionary, or nothing."""

    def test_a_model_is_copied(self) -> None:
        options = SamplerOptions(default_shots=5, twirling={"enable_measure": True})
        sampler = SamplerV2(BACKEND, options=options)
        sampler.options.default_shots = 6
        sampler.options.twirling.enable_measure = False
        self.assertEqual((options.default_shots, options.twirling.enable_measure), (5, True))
        self.assertEqual((sampler.options.default_shots, sampler.options.twirling.enable_measure), (6, False))

    def test_a_dictionary_is_read_and_assigning_replaces_everything(self) -> None:
        estimator = EstimatorV2(BACKEND, options={"default_shots": 9, "resilience_level": 0})
        self.assertEqual(estimator.options.default_shots, 9)
        estimator.options = {"default_precision": 0.5}
        self.assertEqual((estimator.options.default_shots, estimator.options.default_precision), (None, 0.5))

    def test_the_other_primitives_options_and_other_things_are_refused(self) -> None:
        with self.assertRaises(OptionError):
            SamplerV2(BACKEND, options=EstimatorOptions(resilience_level=0))  # type: ignore[arg-type]
        with self.assertRaisesRegex(IBMInputValueError, "found int"):
            SamplerV2(BACKEND, options=3)  # type: ignore[arg-type]


class TestRequest(unittest.TestCase):
    """What ``run`` asks the runtime for."""

    def setUp(self) -> None:
        self.notes = _Notes()
        self.runtime = LocalRuntime(routines={"sampler": self.notes})
        self.addCleanup(self.runtime.close)

    def asked(self, options: dict[str, Any], **arguments: Any) -> Request:
        SamplerV2(BACKEND, options=options, runtime=self.runtime).run([_circuit()], **arguments)
        return self.notes.requests[-1]

    def test_options_become_fields(self) -> None:
        tags = {"job_tags": ["a", "b"], "private": True}
        request = self.asked({"environment": tags, "max_execution_time": 7}, shots=3)
        self.assertEqual((request.tags, request.private, request.max_execution_time), (("a", "b"), True, 7))
        self.assertEqual(request.options, {"environment": tags, "max_execution_time": 7})
        self.assertEqual(request.pubs[0].shots, 3)

    def test_zero_is_a_seed_and_a_missing_seed_is_drawn_each_time(self) -> None:
        self.assertEqual(self.asked({"simulator": {"seed_simulator": 0}}).seed, 0)
        self.assertNotEqual(self.asked({}).seed, self.asked({}).seed)

    def test_a_bad_list_of_pubs_queues_nothing(self) -> None:
        sampler = SamplerV2(BACKEND, runtime=self.runtime)
        for pubs in (_circuit(), "circuit", 3):
            with self.subTest(pubs=pubs), self.assertRaisesRegex(IBMInputValueError, "a list of PUBs"):
                sampler.run(pubs)  # type: ignore[arg-type]
        with self.assertRaisesRegex(TypeError, "PUB 1:"):
            sampler.run([_circuit(), 5])  # type: ignore[list-item]
        self.assertEqual(self.notes.requests, [])
