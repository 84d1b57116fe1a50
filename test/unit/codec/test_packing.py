"""Bytes for stores."""

from __future__ import annotations

import io
import json
import tracemalloc
import unittest
import zipfile
from typing import Any

import numpy as np
from ddt import data, ddt, unpack
from qiskit import QuantumCircuit
from qiskit.primitives import BitArray, DataBin, PrimitiveResult, SamplerPubResult
from qiskit.primitives.containers.observables_array import ObservablesArray

from qiskit_local_runtime.codec import pack
from qiskit_local_runtime.codec import unpack as read
from qiskit_local_runtime.codec.arrays import array_to_text
from qiskit_local_runtime.errors import IBMRuntimeError

from .examples import BOTH, EXACT, OURS, same

_DAMAGED = pack({"a": np.arange(2000), "b": [np.arange(5), 1j, (1, 2)], "c": "words"})
_SHORT = pack({"b": [np.arange(5), 1j, (1, 2)], "c": "words"})
_LONG = pack({"b": [np.arange(300), 1j, (1, 2)], "c": list(map(str, range(1000)))})


def _members(packed: bytes) -> dict[str, zipfile.ZipInfo]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {info.filename: info for info in archive.infolist()}


@ddt
class TestPacking(unittest.TestCase):
    """What goes in comes out."""

    @data(*BOTH, *OURS[1:], *EXACT)
    @unpack
    def test_there_and_back(self, _: str, value: Any) -> None:
        found = read(pack({"deep": [value]}))["deep"][0]
        self.assertTrue(same(found, value), found)

    @data(*((dtype, size) for dtype in ("u1", "i8", ">f4", "f8", "c16", "?", "<U3", "M8[us]") for size in (0, 5, 3000)))
    @unpack
    def test_arrays_keep_every_bit(self, dtype: str, size: int) -> None:
        bits = np.random.default_rng(0).integers(0, 2, (3, size, 2), dtype=np.int64)
        array = bits.astype(dtype)
        if dtype == "f8" and size:
            array[0, 0] = np.nan, -0.0
        for form in (array, array.T, array[::-1, ::2], np.asfortranarray(array), array[0, 0, 0] if size else array):
            found = read(pack([form]))[0]
            if not isinstance(form, np.ndarray):
                continue
            self.assertEqual((found.dtype, found.shape, found.tobytes()), (form.dtype, form.shape, form.tobytes()))
            self.assertTrue(found.flags.writeable)

    def test_large_arrays_lie_beside_the_text_and_small_ones_in_it(self) -> None:
        self.assertNotIn(b"PK", pack({"s": np.zeros(10), "m": np.zeros(100)}))
        self.assertEqual(set(_members(pack({"s": np.zeros(10), "l": np.zeros(1000)}))), {"tree.json", "0.npy"})

    def test_arrays_are_compressed_where_that_pays(self) -> None:
        rng = np.random.default_rng(0)
        found = _members(pack([rng.integers(0, 256, 1 << 14, dtype=np.uint8), np.zeros(1 << 14, dtype=np.uint8)]))
        self.assertEqual(found["0.npy"].compress_type, zipfile.ZIP_STORED)
        self.assertLess(found["1.npy"].compress_size, 300)

    def test_equal_objects_make_equal_bytes(self) -> None:
        self.assertEqual(pack({"a": np.arange(5000), "b": (1,)}), pack({"a": np.arange(5000), "b": (1,)}))

    def test_a_million_shots_of_127_bits(self) -> None:
        bits = np.random.default_rng(0).integers(0, 256, (10**6, 16), dtype=np.uint8)
        bits[:, 0] &= 127
        result = PrimitiveResult([SamplerPubResult(DataBin(meas=BitArray(bits, 127)))])
        self.assertTrue(np.array_equal(read(pack(result))[0].data.meas.array, bits))

    @data(_DAMAGED, _SHORT, _LONG)
    def test_no_damage_goes_unnoticed_and_none_raises_anything_else(self, packed: bytes) -> None:
        whole = read(packed)
        places = np.random.default_rng(1).integers(0, 8 * len(packed), 600).tolist()
        for place in places:
            wrong = bytearray(packed)
            wrong[place // 8] ^= 1 << place % 8
            try:
                found = read(bytes(wrong))
            except IBMRuntimeError:
                continue
            self.assertTrue(same(found, whole), f"bit {place}")

    def test_damage_of_short_text_is_always_noticed(self) -> None:
        for place in range(8 * len(_SHORT)):
            wrong = bytearray(_SHORT)
            wrong[place // 8] ^= 1 << place % 8
            with self.assertRaises(IBMRuntimeError, msg=f"bit {place}"):
                read(bytes(wrong))

    def test_what_earlier_versions_wrote_is_read(self) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            tree = {"s": {"__type__": "ndarray", "__value__": array_to_text(np.arange(5.0))}, "t": [1]}
            archive.writestr("tree.json", json.dumps(tree))
        found = read(buffer.getvalue())
        self.assertTrue(same(found, {"s": np.arange(5.0), "t": [1]}), found)

    def test_what_does_not_change_is_written_once(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.h(0)
        first = pack([circuit], unchanging=(QuantumCircuit,))
        circuit.x(0)
        self.assertEqual(pack([circuit], unchanging=(QuantumCircuit,)), first)
        self.assertEqual(read(pack([circuit]))[0], circuit)
        self.assertEqual(pack([circuit.copy()], unchanging=(QuantumCircuit,)), pack([circuit]))

    def test_what_does_not_change_is_read_back_as_ever(self) -> None:
        circuit, many = QuantumCircuit(2), ObservablesArray(["ZZ"] * 2000)
        for _ in range(400):
            circuit.cx(0, 1)
        for _ in range(2):
            found = read(pack({"a": [circuit, many, np.zeros(5000)]}, unchanging=(QuantumCircuit, ObservablesArray)))["a"]
            self.assertEqual((found[0], found[1].tolist(), found[2].shape), (circuit, many.tolist(), (5000,)))

    def test_a_large_array_is_written_and_read_in_pieces(self) -> None:
        large = np.random.default_rng(0).integers(0, 256, 1 << 26, dtype=np.uint8)
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        packed = pack([large])
        written = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        found = read(packed)[0]
        taken = tracemalloc.get_traced_memory()[1] - before
        self.assertTrue(np.array_equal(found, large))
        self.assertLess(max(written, taken), 1.6 * large.nbytes)

    @data(
        b"",
        b"nonsense",
        b"T",
        b"T1234",
        _SHORT[:-1],
        _LONG[:-9],
        _DAMAGED[:-30],
        _DAMAGED[: len(_DAMAGED) // 2],
        b"PK\x05\x06" + 18 * b"\0",
    )
    def test_bytes_cut_short_say_so(self, damaged: bytes) -> None:
        with self.assertRaisesRegex(IBMRuntimeError, "damaged, or of a later version"):
            read(damaged)

    @data(object(), np.ma.masked_array([1], [True]), np.zeros(1, dtype=[("a", object)]), np.longdouble(1), slice(1))
    def test_what_cannot_be_written_says_what_and_where(self, value: Any) -> None:
        with self.assertRaisesRegex(TypeError, rf"type {type(value).__name__} .*\(at \.pubs\[0\]\)"):
            pack({"pubs": (value,)})
