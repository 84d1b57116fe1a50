"""Quantum programs as text: tensors compared with IBM's models of them."""

from __future__ import annotations

import json
import unittest

import numpy as np
from ddt import data, ddt
from hypothesis import given, settings
from hypothesis import strategies as st
from ibm_quantum_schemas.common.tensor import CompressedTensorModel, TensorModel
from qiskit.primitives import BitArray

from qiskit_local_runtime.codec import pack, unpack
from qiskit_local_runtime.codec.budget import Budget
from qiskit_local_runtime.codec.program_results import read_passthrough, write_passthrough
from qiskit_local_runtime.codec.tensors import read_tensor, tensor_json, tensor_pieces
from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.results.program_result import QuantumProgramItemResult, QuantumProgramResult

_TYPES = ("bool", "i1", "i8", "u1", "u2", "u8", "f2", "f4", "f8", "c8", "c16")


def _read(text: bytes) -> np.ndarray:
    return CompressedTensorModel.model_validate_json(text).to_numpy()


@ddt
class TestTensors(unittest.TestCase):
    """Ours are theirs."""

    @data(*_TYPES)
    def test_every_type_is_written_as_ibm_reads_it_and_read_as_ibm_writes_it(self, name: str) -> None:
        array = np.random.default_rng(1).integers(0, 2, (3, 5)).astype(name)
        np.testing.assert_array_equal(_read(b"".join(tensor_pieces(array, True))), array)
        model = CompressedTensorModel.from_numpy(array).model_dump(mode="json")
        found = read_tensor(model, True, Budget(), "it")
        np.testing.assert_array_equal(found, array)
        self.assertEqual(found.dtype, array.dtype)

    @data("i8", "f4", "c8", "u1", "bool")
    def test_older_versions_get_a_type_that_they_have(self, name: str) -> None:
        array = np.arange(6).reshape(2, 3).astype(name)
        model = TensorModel.model_validate(tensor_json(array, False))
        np.testing.assert_array_equal(model.to_numpy(), array)

    @given(st.integers(1, 40), st.integers(0, 70), st.integers(1, 3))
    @settings(max_examples=40, deadline=None)
    def test_shots_are_written_with_bit_0_first(self, bits: int, shots: int, sets: int) -> None:
        wanted = np.random.default_rng(bits).integers(0, 2, (sets, shots, bits)).astype(bool)
        found = (
            BitArray.from_bool_array(wanted, order="little")
            if shots
            else BitArray(np.zeros((sets, 0, -(-bits // 8)), "u1"), bits)
        )
        np.testing.assert_array_equal(_read(b"".join(tensor_pieces(found, True))), wanted)
        older = TensorModel.model_validate_json(b"".join(tensor_pieces(found, False)))
        np.testing.assert_array_equal(older.to_numpy(), wanted)

    def test_many_shots_are_written_in_pieces(self) -> None:
        packed = np.random.default_rng(2).integers(0, 256, (1_500_000, 2)).astype(np.uint8)
        packed[:, 0] &= 0b111
        pieces = list(tensor_pieces(BitArray(packed, 11), False))
        self.assertGreater(len(pieces), 4)
        self.assertLess(max(map(len, pieces)), 2**21)
        model = TensorModel.model_validate_json(b"".join(pieces))
        np.testing.assert_array_equal(model.to_numpy(), BitArray(packed, 11).to_bool_array(order="little"))

    @data(
        {"data": "", "shape": [1], "dtype": "f64"},
        {"data": "", "shape": [-1], "dtype": "f64"},
        {"data": "", "shape": [2**40], "dtype": "bool"},
        {"data": "?", "shape": [1], "dtype": "u8"},
        {"data": 3, "shape": [1], "dtype": "u8"},
        {"data": "", "shape": [1], "dtype": "O"},
        {"data": "", "shape": "1", "dtype": "u8"},
        [1.0],
    )
    def test_damaged_ones_are_refused(self, value: object) -> None:
        for compressed in (False, True):
            with self.assertRaisesRegex(IBMInputValueError, "item 3"):
                read_tensor(value, compressed, Budget(), "item 3")

    def test_all_tensors_together_have_budget_for_so_much(self) -> None:
        value, budget = tensor_json(np.zeros(1000), True), Budget(10_000)
        read_tensor(value, True, budget, "first")
        with self.assertRaisesRegex(IBMInputValueError, "second: what is packed"):
            read_tensor(value, True, budget, "second")


class TestResults(unittest.TestCase):
    """What stores keep of them."""

    def test_a_result_comes_back_from_bytes(self) -> None:
        bits = BitArray(np.arange(6, dtype=np.uint8).reshape(2, 3, 1), 3)
        item = QuantumProgramItemResult({"c": bits, "pauli_signs": np.ones((2, 1), bool)})
        passed = {"a": [1, None, np.arange(3.0)], "__type__": "x"}
        found = unpack(pack(QuantumProgramResult([item], None, passed, "sampler_v2")))
        np.testing.assert_array_equal(found[0]["c"], item["c"])
        np.testing.assert_array_equal(found[0]["pauli_signs"], item["pauli_signs"])
        np.testing.assert_array_equal(found.passthrough_data["a"].pop(), passed["a"].pop())  # type: ignore[attr-defined]
        self.assertEqual(found.passthrough_data, passed)
        self.assertEqual(found.semantic_role, "sampler_v2")

    def test_passed_through_data_comes_back_from_text(self) -> None:
        value = {"a": [1, 2.5, None, "x", {"b": np.arange(4).reshape(2, 2)}], "n": np.float64(2)}
        text = json.dumps(write_passthrough(value, True))
        found = read_passthrough(json.loads(text), "v2.0")
        np.testing.assert_array_equal(found["a"][4]["b"], np.arange(4).reshape(2, 2))
        self.assertEqual(found["n"], 2.0)


if __name__ == "__main__":
    unittest.main()
