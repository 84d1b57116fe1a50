"""Programs: parameters in either form to requests, results to text in the same form."""

from __future__ import annotations

import json
import tracemalloc
import unittest
from datetime import UTC, datetime
from typing import Any

import numpy as np
from ddt import data, ddt, unpack
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.primitives import BitArray, DataBin, PrimitiveResult, SamplerPubResult
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator

from qiskit_local_runtime import EstimatorV2, SamplerV2
from qiskit_local_runtime.codec import as_tree, encode
from qiskit_local_runtime.errors import (
    IBMInputValueError,
    OptionError,
    OptionNotImplementedError,
    RuntimeProgramNotFound,
)
from qiskit_local_runtime.handles import RuntimeJob
from qiskit_local_runtime.records.job import Job
from qiskit_local_runtime.records.request import Request
from qiskit_local_runtime.routines import ROUTINES
from qiskit_local_runtime.runtime import LocalRuntime
from qiskit_local_runtime.runtime.spans import SPANS
from qiskit_local_runtime.server.programs import PROGRAMS, Asked, program_of

_HEAD = 'OPENQASM 3.0;\ninclude "stdgates.inc";\ninput float[64] a;\nqubit[2] q;\nrx(a) q[0];\ncx q[0], q[1];\n'
_MEASURED = _HEAD.replace("qubit[2] q;\n", "bit[2] c;\nqubit[2] q;\n") + "c = measure q;\n"


def _circuit(measured: bool) -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.rx(Parameter("a"), 0)
    circuit.cx(0, 1)
    if measured:
        circuit.measure_all()
    return circuit


def _asked(program: str, params: dict[str, Any], **more: Any) -> Request:
    return PROGRAMS[program].request(Asked(backend=AerSimulator(), params=params, **more))


def _run(request: Request) -> tuple[Any, str]:
    """Result, and its text."""
    with LocalRuntime() as runtime:
        job = RuntimeJob(runtime.submit(request), runtime)
        result = job.result()
        row = runtime.job(job.job_id())
        return result, b"".join(program_of(row.routine).result(row, result)).decode()


def _row(form: str) -> Job:
    return Job(id="x", routine="sampler", backend_name="b", created=datetime.now(UTC), form=form)


@ddt
class TestForms(unittest.TestCase):
    """What is lenient, and what is not."""

    def test_the_same_request_and_seed_give_the_same_bits_as_in_process(self) -> None:
        options = {"simulator": {"seed_simulator": 7}, "twirling": {"enable_measure": True}}
        circuit = _circuit(True)
        params = as_tree({"pubs": [(circuit, [[0.3], [0.9]], 500)], "options": options})
        found, text = _run(_asked("sampler", params | {"version": 2, "support_qiskit": True}))
        with LocalRuntime() as runtime:
            wanted = SamplerV2(AerSimulator(), options, runtime=runtime).run([(circuit, [[0.3], [0.9]], 500)]).result()
        np.testing.assert_array_equal(found[0].data.meas.array, wanted[0].data.meas.array)
        self.assertEqual(text, encode(found, SPANS))

    def test_so_do_estimates(self) -> None:
        options = {"simulator": {"seed_simulator": 7}}
        circuit, backend = _circuit(False), AerSimulator()
        params = as_tree({"pubs": [(circuit, ["ZZ", {"XX": 0.5}], [0.3], 0.1)], "options": options})
        found, _ = _run(_asked("estimator", params | {"resilience_level": 2, "support_qiskit": True}))
        with LocalRuntime() as runtime:
            estimator = EstimatorV2(backend, options | {"resilience_level": 2}, runtime=runtime)
            wanted = estimator.run([(circuit, ["ZZ", {"XX": 0.5}], [0.3], 0.1)]).result()
        np.testing.assert_array_equal(found[0].data.evs, wanted[0].data.evs)
        np.testing.assert_array_equal(found[0].data.stds, wanted[0].data.stds)

    def test_the_guides_sampler(self) -> None:
        pubs = [[_MEASURED, [np.pi], 3], [_MEASURED, {"a": [0, np.pi]}]]
        _, text = _run(_asked("sampler", {"pubs": pubs, "shots": 2}))
        first, second = json.loads(text)["results"]
        self.assertEqual(first["data"], {"c": {"samples": ["0x3"] * 3, "num_bits": 2}})
        self.assertEqual(second["data"]["c"]["samples"], [["0x0", "0x0"], ["0x3", "0x3"]])

    def test_the_guides_estimator(self) -> None:
        options = {"transpilation": {"optimization_level": 1}, "default_precision": 0}
        pubs = [[_HEAD, ["ZZ", {"ZI": 0.5, "II": 1}], [np.pi]], [_HEAD, "IZ", [[0.0], [np.pi]]], [_HEAD, [["ZI"]], [0]]]
        _, text = _run(_asked("estimator", {"pubs": pubs, "options": options, "resilience_level": 0}))
        found = json.loads(text)
        for place, wanted in enumerate(([1, 0.5], [1, -1], [[1]])):
            np.testing.assert_allclose(found["results"][place]["data"]["evs"], wanted, atol=1e-9)
        self.assertEqual(found["metadata"]["version"], 2)

    def test_parameters_come_back_in_the_form_they_came_in(self) -> None:
        guide = {"pubs": [[_MEASURED, [0.25], 3]], "options": {"default_shots": 5}, "version": 2}
        shown = PROGRAMS["sampler"].params(_asked("sampler", guide))
        self.assertEqual(shown["pubs"][0][1:], [[0.25], 3])
        self.assertIn("OPENQASM 3", shown["pubs"][0][0])
        self.assertEqual(
            {name: shown[name] for name in ("options", "version")}, {"options": {"default_shots": 5}, "version": 2}
        )
        client = as_tree({"pubs": [(_circuit(False), "ZZ", [0.25], None)], "options": {"default_shots": 5}})
        client |= {"version": 2, "support_qiskit": True, "resilience_level": 2}
        again = PROGRAMS["estimator"].params(_asked("estimator", client))
        self.assertEqual({**again, "pubs": 0}, {**client, "pubs": 0})
        self.assertEqual(again["pubs"][0][1], {"ZZ": 1.0})

    def test_what_comes_back_can_be_sent_again(self) -> None:
        for pub in ([_HEAD, ["ZZ", {"XX": 0.5}], [0.1], 0.2], [_HEAD, "ZZ", [[1], [2]], None]):
            shown = PROGRAMS["estimator"].params(_asked("estimator", {"pubs": [pub]}))
            self.assertEqual(PROGRAMS["estimator"].params(_asked("estimator", shown)), shown)

    def test_the_call_wins_over_the_options_and_tags_are_added(self) -> None:
        options = {"environment": {"job_tags": ["b"], "log_level": "INFO"}, "max_execution_time": 9}
        more = {"tags": ("a",), "log_level": "DEBUG", "max_execution_time": 20.0, "private": True, "workload": "w"}
        found = _asked("sampler", {"pubs": [[_MEASURED, [0]]], "options": options}, **more)
        self.assertEqual((found.tags, found.log_level, found.max_execution_time), (("a", "b"), "DEBUG", 20.0))
        self.assertEqual((found.private, found.workload, found.form), (True, "w", "guide"))

    @unpack
    @data(
        ({"pubs": [[_MEASURED, [0]]], "version": 1}, IBMInputValueError, "version must be 2"),
        ({"circuits": [_MEASURED]}, IBMInputValueError, "belongs to version 1"),
        ({"pub": []}, IBMInputValueError, "Did you mean 'pubs'"),
        ({}, IBMInputValueError, "params.pubs must be a list"),
        ({"pubs": [{}]}, IBMInputValueError, "PUB 0: expected a list"),
        ({"pubs": [[5]]}, IBMInputValueError, "PUB 0: expected a circuit"),
        ({"pubs": [[_MEASURED, {"b": [0]}]]}, IBMInputValueError, "PUB 0"),
        ({"pubs": [[_MEASURED, [0], "x"]]}, IBMInputValueError, "PUB 0: shots"),
        ({"pubs": [[_MEASURED, [0], True]]}, IBMInputValueError, "PUB 0: shots"),
        ({"pubs": [[_MEASURED, ["x"]]]}, IBMInputValueError, "PUB 0"),
        ({"pubs": [[_MEASURED, [[0], [0, 1]]]]}, IBMInputValueError, "PUB 0"),
        ({"pubs": [[_MEASURED, [0], 10**15]]}, IBMInputValueError, "fewer shots"),
        ({"pubs": [["OPENQASM 3.0;\nfoo $1;"]]}, IBMInputValueError, "PUB 0.*2,"),
        ({"pubs": [[_MEASURED, [0]]], "options": {"twirlling": {}}}, OptionError, "twirling"),
        ({"pubs": [[_MEASURED, [0]]], "options": []}, OptionError, "must be an object"),
        ({"pubs": [[_MEASURED, [0]]], "support_qiskit": "yes"}, IBMInputValueError, "true or false"),
        ({"pubs": [[_MEASURED, [0]]], "options": {"execution": {"rep_delay": 1e-4}}}, OptionNotImplementedError, "rep_delay"),
    )
    def test_what_is_wrong_is_named(self, params: dict[str, Any], error: type[Exception], text: str) -> None:
        with self.assertRaisesRegex(error, f"(?s){text}"):
            _asked("sampler", params)

    @unpack
    @data(
        ({"pubs": [[_HEAD]]}, "PUB 0: expected observables"),
        ({"pubs": [[_HEAD, "ZZZ", [0]]]}, "PUB 0"),
        ({"pubs": [[_HEAD, "QQ", [0]]]}, "PUB 0"),
        ({"pubs": [[_HEAD, {"ZZ": "x"}, [0]]]}, "PUB 0"),
        ({"pubs": [[_HEAD, ["ZZ", 0.5], [0]]]}, "PUB 0"),
        ({"pubs": [[_HEAD, [["ZZ"]] * 2000, [[[0.0]] * 2000]]]}, "Split the PUB"),
        ({"pubs": [[_HEAD, "ZZ", [0], "x"]]}, "PUB 0: precision"),
        ({"pubs": [], "resilience_level": 1, "options": {"resilience_level": 2}}, "contradicts"),
    )
    def test_so_is_what_is_wrong_for_the_estimator(self, params: dict[str, Any], text: str) -> None:
        with self.assertRaisesRegex(IBMInputValueError, text):
            _asked("estimator", params)

    @data(0, -1, 1e9, float("nan"))
    def test_limits_that_are_none_are_refused(self, seconds: float) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "limit"):
            _asked("sampler", {"pubs": [[_MEASURED, [0]]]}, max_execution_time=seconds)


class TestTable(unittest.TestCase):
    """Every routine has its program."""

    def test_each_routine_has_one(self) -> None:
        for name in ROUTINES:
            if name != "executor":
                self.assertIn(name, program_of(name).routines)

    def test_others_are_an_error(self) -> None:
        with self.assertRaisesRegex(RuntimeProgramNotFound, "sampler"):
            program_of("nothing")


class TestResults(unittest.TestCase):
    """Text piece by piece."""

    def test_large_results_are_those_of_the_encoder_and_are_not_built_twice(self) -> None:
        bits = np.random.default_rng(3).integers(0, 256, (400_000, 16), dtype=np.uint8)
        pub = SamplerPubResult(DataBin(c=BitArray(bits, 127)), {"shots": 400_000})
        result = PrimitiveResult([pub, pub], {"version": 2})
        write = PROGRAMS["sampler"].result
        self.assertEqual(b"".join(write(_row(""), result)).decode(), encode(result, SPANS))
        for form in ("", "guide"):
            tracemalloc.start()
            size = sum(map(len, write(_row(form), result)))
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            self.assertGreater(size, 10_000_000)
            self.assertLess(peak, 8_000_000, form)

    def test_what_is_no_number_is_null_in_the_guides_form(self) -> None:
        result = PrimitiveResult([SamplerPubResult(DataBin(), {"a": float("nan"), "b": [np.inf]})], {})
        text = b"".join(PROGRAMS["sampler"].result(_row("guide"), result)).decode()
        self.assertEqual(json.loads(text)["results"][0]["metadata"], {"a": None, "b": [None]})


class TestNoiseLearner(unittest.TestCase):
    """Circuits as text."""

    def test_the_guides_form(self) -> None:
        text = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[2] q;\ncx q[0], q[1];\n'
        options = {"num_randomizations": 2, "layer_pair_depths": [0, 1], "simulator": {"seed_simulator": 1}}
        program, backend = PROGRAMS["noise-learner"], GenericBackendV2(2, seed=1)
        request = program.request(Asked(backend=backend, params={"circuits": [text], "options": options}))
        [layer] = json.loads(_run(request)[1])["data"]
        self.assertEqual(layer[0]["qubits"], [0, 1])
        self.assertEqual(len(layer[1]["generators"]), 15)
        self.assertEqual(len(layer[1]["rates"]), 15)

    def test_what_is_wrong_is_named(self) -> None:
        for params, text in (
            ({}, "params.circuits"),
            ({"circuits": [7]}, "Circuit 0"),
            ({"circuits": [], "version": 1}, "version"),
            ({"schema_version": "v9.9"}, "v0.3"),
            ({"schema_version": "v0.3"}, "params.instructions"),
            ({"instructions": {"circuit_b64": "AAAA"}}, "QISKIT"),
        ):
            with self.subTest(text), self.assertRaisesRegex(IBMInputValueError, text):
                PROGRAMS["noise-learner"].request(Asked(backend=AerSimulator(), params=params))
