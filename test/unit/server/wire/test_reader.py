"""Values of strangers are read, or refused by name."""

from __future__ import annotations

import base64
import io
import pickle
import unittest
import zlib
from typing import Any

import numpy as np
from ddt import data, ddt
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.primitives.containers.bindings_array import BindingsArray
from qiskit.quantum_info import PauliList, SparsePauliOp

from qiskit_local_runtime.codec import as_tree
from qiskit_local_runtime.codec.budget import Budget
from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.server.wire.reader import read


def _packed(raw: bytes) -> dict[str, str]:
    return {"__type__": "ndarray", "__value__": base64.b64encode(zlib.compress(raw)).decode()}


def _npy(header: dict[str, Any], raw: bytes) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, header)
    return file.getvalue() + raw


@ddt
class TestReader(unittest.TestCase):
    """Known objects come back; all others are errors."""

    def test_known_objects_come_back(self) -> None:
        circuit = QuantumCircuit(2, metadata={"a": np.arange(3)})
        circuit.rx(Parameter("x"), 0)
        operator = SparsePauliOp(["XX", "ZI"], [1, 0.5])
        found = read(as_tree([circuit, operator, PauliList(["X"]), 1j, np.eye(2), BindingsArray({"x": [1, 2]})]))
        self.assertEqual(found[0].count_ops(), {"rx": 1})
        np.testing.assert_array_equal(found[0].metadata["a"], np.arange(3))
        self.assertEqual(found[1], operator)
        self.assertEqual(found[2:4], [PauliList(["X"]), 1j])
        np.testing.assert_array_equal(found[4], np.eye(2))
        self.assertEqual(found[5].shape, (2,))

    @data("i8", "f8", "c16", "?", "U3", "u1")
    def test_arrays_of_numbers_and_text_come_back_in_either_order(self, kind: str) -> None:
        array = np.arange(6).reshape(2, 3).astype(kind)
        for each in (array, np.asfortranarray(array), array[:0], array[0, 0].reshape(())):
            np.testing.assert_array_equal(read(as_tree(each)), each)

    @data("Result", "to_json", "PrimitiveResult", "tuple", "bytes", "map", "spmatrix", "settings:Kraus")
    def test_other_kinds_are_refused(self, kind: str) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "unknown kind"):
            read({"__type__": kind, "__value__": []})

    def test_pickled_objects_are_refused(self) -> None:
        raw = _npy({"descr": "|O", "fortran_order": False, "shape": (1,)}, pickle.dumps([1]))
        with self.assertRaisesRegex(IBMInputValueError, "type object"):
            read(_packed(raw))

    def test_an_array_that_announces_more_than_it_has_is_refused_before_it_is_made(self) -> None:
        raw = _npy({"descr": "<f8", "fortran_order": False, "shape": (10**12,)}, b"12345678")
        with self.assertRaisesRegex(IBMInputValueError, "found 8 bytes"):
            read(_packed(raw))

    def test_what_unpacks_to_too_much_is_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "larger than 1 MiB"):
            read(_packed(bytes(2**21)), Budget(2**20))

    def test_many_small_parts_count_together(self) -> None:
        part = as_tree(np.zeros(2**17))
        with self.assertRaisesRegex(IBMInputValueError, "several jobs"):
            read([part, part], Budget(2**20 + 2**19))

    @data("%%%", "AAAA", base64.b64encode(zlib.compress(b"x" * 99)[:-9]).decode(), 5, None)
    def test_damaged_arrays_are_refused(self, value: Any) -> None:
        with self.assertRaises(IBMInputValueError):
            read({"__type__": "ndarray", "__value__": value})

    def test_deep_nesting_is_refused(self) -> None:
        value: Any = 1
        for _ in range(5000):
            value = [value]
        with self.assertRaisesRegex(IBMInputValueError, "nested too deeply"):
            read(value)

    def test_sizes_beside_the_data_are_checked(self) -> None:
        for value in (
            {"__type__": "BindingsArray", "__value__": {"shape": [10**6, 10**6], "data": {}}},
            {"__type__": "PauliLindbladMap", "__value__": {"paulis": [], "num_qubits": 10**9}},
            {"__type__": "NoiseModel", "__value__": {"errors": [{"type": "qerror", "num_qubits": 10**9}]}},
        ):
            with self.subTest(value["__type__"]), self.assertRaisesRegex(IBMInputValueError, "at most"):
                read(value)
