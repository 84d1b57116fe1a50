"""Packed shots cut into registers."""

from __future__ import annotations

import unittest

import numpy as np
from qiskit.circuit import ClassicalRegister, QuantumCircuit, QuantumRegister

from qiskit_local_runtime.pipeline.registers import data_bin
from qiskit_local_runtime.sweeps import Shots, pack_bools


class TestDataBin(unittest.TestCase):
    """``data_bin`` gives every register its bits."""

    def setUp(self) -> None:
        self.bits = np.random.default_rng(5).integers(0, 2, (6, 1, 2, 50, 13), dtype=bool)

    def _bin(self, *registers: ClassicalRegister):  # type: ignore[no-untyped-def]
        circuit = QuantumCircuit(QuantumRegister(1), *registers)
        return data_bin(Shots(pack_bools(self.bits), 13), circuit, (2, 3))

    def test_one_register_is_the_packed_array_itself(self) -> None:
        packed = Shots(pack_bools(self.bits), 13)
        circuit = QuantumCircuit(QuantumRegister(1), ClassicalRegister(13, "c"))
        data = data_bin(packed, circuit, (2, 3))
        self.assertTrue(np.shares_memory(data.c.array, packed.packed))
        self.assertEqual((data.c.shape, data.c.num_shots, data.c.num_bits), ((2, 3), 100, 13))
        np.testing.assert_array_equal(data.c.to_bool_array(order="little"), self.bits.reshape(2, 3, 100, 13))

    def test_several_registers_get_their_own_bits(self) -> None:
        data = self._bin(ClassicalRegister(3, "a"), ClassicalRegister(9, "b"), ClassicalRegister(1, "d"))
        flat = self.bits.reshape(2, 3, 100, 13)
        for name, part in (("a", flat[..., :3]), ("b", flat[..., 3:12]), ("d", flat[..., 12:])):
            np.testing.assert_array_equal(data[name].to_bool_array(order="little"), part)
