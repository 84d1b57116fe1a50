"""Text, as IBM's client has it."""

from __future__ import annotations

import json
import unittest
from typing import Any

import numpy as np
from ddt import data, ddt, unpack
from qiskit import QuantumCircuit
from qiskit.circuit import Annotation
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub

from qiskit_local_runtime.codec import Kind, decode, encode
from qiskit_local_runtime.codec.kinds import EXACT as EXACT_KINDS
from qiskit_local_runtime.codec.kinds import TEXT as TEXT_KINDS
from qiskit_local_runtime.errors import IBMInputValueError

from .examples import BOTH, EXACT, OURS, circuit, same


@ddt
class TestText(unittest.TestCase):
    """What goes in comes out, or an error says why not."""

    @data(*BOTH, *OURS)
    @unpack
    def test_there_and_back(self, _: str, value: Any) -> None:
        expected = {key: item.item() for key, item in value.items()} if _ == "numpy numbers" else value
        found = decode(encode(value))
        self.assertTrue(same(found, expected), found)

    def test_every_kind_has_an_example(self) -> None:
        known = {kind.key for kind in (*TEXT_KINDS, *EXACT_KINDS)} - {None, "EstimatorPubResult", "Result"}
        self.assertEqual(known - {name for name, _ in (*BOTH, *OURS, *EXACT)}, set())

    def test_pubs_are_lists_that_can_be_coerced_again(self) -> None:
        pub = EstimatorPub.coerce((circuit(), [["ZZ"], ["0I"]], [0.1, 0.2], 0.25))
        again = EstimatorPub.coerce(tuple(decode(encode(pub))))
        self.assertEqual((again.shape, again.precision), (pub.shape, 0.25))
        self.assertEqual(again.observables.tolist(), pub.observables.tolist())
        sampled = SamplerPub.coerce((QuantumCircuit(1, 1), np.zeros((4, 0)), 17))
        self.assertEqual(SamplerPub.coerce(tuple(decode(encode(sampled)))).shape, (4,))

    def test_a_caller_adds_kinds(self) -> None:
        span = Kind("span", lambda v: isinstance(v, slice), lambda v: [v.start, v.stop], lambda v: slice(*v))
        self.assertEqual(decode(encode({"a": slice(1, 2)}, [span]), [span]), {"a": slice(1, 2)})

    @data(
        (object(), r"type object cannot be written down \(at \.a\[1\]\.b\)"),
        (np.ma.masked_array([1], [True]), r"type MaskedArray .*\.a\[1\]\.b"),
        (np.longdouble(1), r"type longdouble .*\.a\[1\]\.b"),
        ({(1, 2): 3}, r"key \(1, 2\), of type tuple, .*\.a\[1\]\.b"),
        ({np.int64(1): 3}, "of type int64"),
        (QuantumCircuit(1, metadata={"x": object()}), r"QuantumCircuit .*\.a\[1\]\.b.*type object .*\.metadata\.x"),
    )
    @unpack
    def test_what_cannot_be_written_says_what_and_where(self, value: Any, message: str) -> None:
        with self.assertRaisesRegex(TypeError, message):
            encode({"a": [1, {"b": value}]})

    def test_a_circuit_that_qpy_cannot_hold_says_so(self) -> None:
        class Mine(Annotation):
            namespace = "mine"

        made = QuantumCircuit(1)
        with made.box([Mine()]):
            made.x(0)
        with self.assertRaisesRegex(TypeError, r"this QuantumCircuit cannot be written down \(at \[0\]\)"):
            encode([made])

    @data(
        ("no JSON", "{", "expected JSON text"),
        ("too deep", "[" * 100_000, "expected JSON text"),
        ("unknown", '{"__type__": "spoon", "__value__": 1}', "unknown kind 'spoon'"),
        ("a class we do not make", '{"__type__": "settings", "__class__": "Popen", "__value__": {}}', "settings:Popen"),
        ("no value", '{"__type__": "complex"}', "expected '__value__'"),
        ("odd type", '{"__type__": [1], "__value__": 1}', "unknown kind"),
        ("bad base 64", '{"__type__": "QuantumCircuit", "__value__": "x"}', "'QuantumCircuit' is damaged"),
        ("cut short", '{"__type__": "ndarray", "__value__": "eJyb7Bfq"}', "'ndarray' is damaged"),
        ("wrong fields", '{"__type__": "BitArray", "__value__": {"a": 1}}', "'BitArray' is damaged"),
        ("not a time", '{"__type__": "datetime", "__value__": "soon"}', "'datetime' is damaged"),
    )
    @unpack
    def test_bad_text_is_refused(self, _: str, text: str, message: str) -> None:
        with self.assertRaisesRegex(IBMInputValueError, message):
            decode(text)

    def test_pickled_arrays_are_refused(self) -> None:
        import base64
        import io
        import zlib

        file = io.BytesIO()
        np.save(file, np.array([{}], dtype=object), allow_pickle=True)
        text = base64.b64encode(zlib.compress(file.getvalue())).decode()
        with self.assertRaisesRegex(IBMInputValueError, "damaged"):
            decode(json.dumps({"__type__": "ndarray", "__value__": text}))
