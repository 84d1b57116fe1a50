"""Our text is read by IBM's decoder, and IBM's by ours."""

from __future__ import annotations

import json
import unittest
from datetime import UTC, datetime
from typing import Any

import numpy as np
from ddt import data, ddt, unpack
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.primitives import BitArray, DataBin, PrimitiveResult, PubResult, SamplerPubResult, StatevectorSampler
from qiskit.primitives.containers.bindings_array import BindingsArray
from qiskit.primitives.containers.observables_array import ObservablesArray
from qiskit_ibm_runtime import RuntimeDecoder, RuntimeEncoder
from qiskit_ibm_runtime.execution_span import ExecutionSpans as TheirSpans

from qiskit_local_runtime.codec import decode, encode
from qiskit_local_runtime.pipeline.execution_span import ExecutionSpans, SliceSpan
from qiskit_local_runtime.runtime.spans import SPANS


def _circuit() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 1, metadata={"a": 1})
    circuit.rx(2 * Parameter("x"), 0)
    circuit.measure(0, 0)
    return circuit


_VALUES: list[tuple[str, Any]] = [
    ("numbers", [1, -2.5, True, None, "é", float("inf")]),
    ("numpy numbers", {"i": np.int64(3), "f": np.float64(0.1)}),
    ("complex", 1 - 2j),
    ("array", np.arange(6, dtype=np.uint16).reshape(2, 3)),
    ("complex array", np.array([[1j, 2]])),
    ("set", {1, 2}),
    ("time", datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)),
    ("circuit", _circuit()),
    ("bits", BitArray.from_counts({"101": 3, "000": 2})),
    ("data", DataBin(a=np.ones((2, 3)), shape=(2,))),
    ("result", PrimitiveResult([PubResult(DataBin(evs=np.array(0.5)), {"shots": 3})], {"version": 2})),
    ("sampler result", PrimitiveResult([SamplerPubResult(DataBin(c=BitArray.from_samples([1, 2], 2)))])),
    ("observables", ObservablesArray([[{"XX": 0.5, "0I": 1.0}], ["ZZ"]])),
    ("bindings", BindingsArray({("a", "b"): np.ones((4, 2))})),
]


def _same(one: Any, other: Any) -> bool:
    """Equal down to arrays, which have no ``==`` of one value."""
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and one.dtype == other.dtype and np.array_equal(one, other)
    if isinstance(one, DataBin):
        return one.shape == other.shape and all(_same(a, b) for a, b in zip(one.values(), other.values(), strict=True))
    if isinstance(one, PubResult):
        return type(one) is type(other) and _same(one.data, other.data) and one.metadata == other.metadata
    if isinstance(one, PrimitiveResult):
        return one.metadata == other.metadata and all(_same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, ObservablesArray):
        return bool(one.tolist() == other.tolist())
    if isinstance(one, BindingsArray):
        return one.shape == other.shape and list(one.data) == list(other.data) and _same(one.as_array(), other.as_array())
    return bool(one == other)


@ddt
class TestText(unittest.TestCase):
    """Both ways, value by value."""

    @data(*_VALUES)
    @unpack
    def test_there_and_back(self, _: str, value: Any) -> None:
        self.assertTrue(_same(value, decode(encode(value))), "ours and ours")
        self.assertTrue(_same(value, json.loads(encode(value), cls=RuntimeDecoder)), "ours, read by IBM's")
        self.assertTrue(_same(value, decode(json.dumps(value, cls=RuntimeEncoder))), "IBM's, read by ours")

    def test_keys_become_text_as_in_ibms(self) -> None:
        value = {0: "a", 1: {2: "b"}}
        self.assertEqual(decode(encode(value)), json.loads(json.dumps(value, cls=RuntimeEncoder), cls=RuntimeDecoder))

    def test_a_real_result_read_by_ibm(self) -> None:
        circuit = _circuit().assign_parameters([0.3])
        result = StatevectorSampler(seed=1).run([circuit], shots=50).result()
        found = json.loads(encode(result), cls=RuntimeDecoder)
        self.assertEqual(found[0].data.c.get_counts(), result[0].data.c.get_counts())

    def test_execution_spans(self) -> None:
        start = datetime(2026, 1, 1, tzinfo=UTC)
        spans = ExecutionSpans((SliceSpan(start, start, {0: ((2, 10), slice(0, 20))}),))
        theirs = json.loads(encode(spans, SPANS), cls=RuntimeDecoder)
        self.assertIsInstance(theirs, TheirSpans)
        self.assertTrue(theirs[0].mask(0).all())
        self.assertEqual(decode(json.dumps(theirs, cls=RuntimeEncoder), SPANS), spans)

    def test_what_cannot_be_written_says_what_and_where(self) -> None:
        with self.assertRaisesRegex(TypeError, r"type object cannot be written down \(at \.a\[1\]\.b\)"):
            encode({"a": [1, {"b": object()}]})
        with self.assertRaisesRegex(ValueError, "unknown kind 'spoon'"):
            decode('{"__type__": "spoon", "__value__": 1}')
