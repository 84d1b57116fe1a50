"""Our text is read by IBM's decoder, and IBM's by ours."""

from __future__ import annotations

import json
import unittest
import warnings
from datetime import UTC, datetime
from typing import Any

import numpy as np
from ddt import data, ddt, unpack
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.primitives import DataBin, PubResult, StatevectorSampler
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.transpiler import CouplingMap
from qiskit_ibm_runtime import RuntimeDecoder, RuntimeEncoder
from qiskit_ibm_runtime.execution_span import ExecutionSpans as TheirSpans
from qiskit_ibm_runtime.results.estimator_pub import EstimatorPubResult

from qiskit_local_runtime.codec import decode, encode
from qiskit_local_runtime.pipeline.execution_span import ExecutionSpans, SliceSpan
from qiskit_local_runtime.runtime.spans import SPANS

from ..unit.codec.examples import BOTH, circuit, noise, same


def _theirs(value: Any) -> str:
    return json.dumps(value, cls=RuntimeEncoder)


def _read_by_them(text: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # NoiseModel.from_dict
        return json.loads(text, cls=RuntimeDecoder)


# results of the noise learner are of our classes here and of theirs there: see test_noise_learning.py
_SAME_CLASS = [case for case in BOTH if not type(case[1]).__module__.startswith("qiskit_local_runtime.results")]


@ddt
class TestText(unittest.TestCase):
    """Both ways, value by value."""

    @data(*_SAME_CLASS)
    @unpack
    def test_there_and_back(self, _: str, value: Any) -> None:
        self.assertTrue(same(_read_by_them(encode(value)), value), "ours, read by IBM's")
        self.assertTrue(same(decode(_theirs(value)), value), "IBM's, read by ours")

    @data(
        ("keys", {0: "a", 2: {2: "b"}, True: 1, None: 2, 0.5: 3}),
        ("coupling map", CouplingMap([(0, 1), (1, 2)])),
        ("tuple", (1, (2, 3))),
        ("numpy integer", [np.int64(3), np.float64(0.1)]),
        ("objects", np.array([[1, "a"], [None, 2.5]], dtype=object)),
    )
    @unpack
    def test_what_they_simplify_so_do_we(self, _: str, value: Any) -> None:
        plain = json.loads(_theirs(value))
        self.assertEqual(json.loads(encode(value)), plain)

    @data(
        SamplerPub.coerce((circuit(), np.arange(4), 17)),
        SamplerPub.coerce((QuantumCircuit(1, 1), np.zeros((4, 0)))),
        EstimatorPub.coerce((circuit(), [["ZZ"], ["0I"]], [0.1, 0.2], 0.25)),
    )
    def test_pubs_are_the_same_lists(self, pub: Any) -> None:
        for text in (encode([pub]), _theirs([pub])):
            for found in (decode(text)[0], _read_by_them(text)[0]):
                again = type(pub).coerce(tuple(found))
                self.assertEqual((again.shape, again.circuit), (pub.shape, pub.circuit))
                self.assertTrue(same(again.parameter_values.as_array(), pub.parameter_values.as_array()))
        self.assertEqual([type(part) for part in decode(_theirs(pub))], [type(part) for part in decode(encode(pub))])

    def test_the_same_parameter_in_the_same_words(self) -> None:
        for parameter in (Parameter("x"), Parameter("θ_1"), ParameterVector("v", 2)[1]):
            self.assertEqual(encode(parameter), _theirs(parameter))

    def test_noise_models(self) -> None:
        self.assertEqual(_read_by_them(encode(noise())), noise())
        self.assertEqual(decode(_theirs(noise())), noise())

    def test_their_estimator_results_are_read(self) -> None:
        found = decode(_theirs(EstimatorPubResult(DataBin(evs=np.array([0.5]), shape=(1,)), {"shots": 3})))
        self.assertTrue(same(found, PubResult(DataBin(evs=np.array([0.5]), shape=(1,)), {"shots": 3})))

    def test_a_real_result_read_by_ibm(self) -> None:
        measured = QuantumCircuit(2, name="c")
        measured.h(0)
        measured.measure_all()
        result = StatevectorSampler(seed=1).run([measured], shots=50).result()
        found = _read_by_them(encode(result))
        self.assertEqual(found[0].data.meas.get_counts(), result[0].data.meas.get_counts())
        legacy = json.loads(_theirs(result))
        self.assertEqual(json.loads(encode(result))["__value__"].keys(), legacy["__value__"].keys())

    def test_execution_spans(self) -> None:
        start = datetime(2026, 1, 1, tzinfo=UTC)
        spans = ExecutionSpans((SliceSpan(start, start, {0: ((2, 10), slice(0, 20))}),))
        theirs = _read_by_them(encode(spans, SPANS))
        self.assertIsInstance(theirs, TheirSpans)
        self.assertTrue(theirs[0].mask(0).all())
        self.assertEqual(decode(_theirs(theirs), SPANS), spans)
