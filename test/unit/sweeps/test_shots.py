"""Packed bits."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt
from qiskit.primitives import BitArray

from qiskit_local_runtime.sweeps import pack_bools, pack_integers, unpack_bools


@ddt
class TestPacking(unittest.TestCase):
    """Bits are packed as Qiskit's ``BitArray`` packs them."""

    @data(1, 7, 8, 9, 16, 17, 33, 64)
    def test_integers_booleans_and_qiskit_agree(self, width: int) -> None:
        values = np.random.default_rng(width).integers(0, 2**width, 40, dtype=np.uint64, endpoint=False)
        bits = ((values[:, None] >> np.arange(width, dtype=np.uint64)) & np.uint64(1)).astype(bool)
        packed = pack_integers(values, width)
        np.testing.assert_array_equal(packed, pack_bools(bits))
        np.testing.assert_array_equal(unpack_bools(packed, width), bits)
        np.testing.assert_array_equal(packed, BitArray.from_bool_array(bits, order="little").array)
