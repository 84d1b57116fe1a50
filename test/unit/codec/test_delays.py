"""Delays keep their units on the way to a store and back."""

from __future__ import annotations

import unittest
from typing import Any

from ddt import data, ddt, unpack
from qiskit.circuit import Delay, Parameter, QuantumCircuit

from qiskit_local_runtime.codec import pack
from qiskit_local_runtime.codec import unpack as unpacked
from qiskit_local_runtime.codec.delays import with_units, without_units


def _units(circuit: QuantumCircuit) -> list[tuple[Any, str]]:
    return [(item.params[0], item.operation.unit) for item in circuit.data if item.name == "delay"]


@ddt
class TestDelays(unittest.TestCase):
    """Against the circuits that were written."""

    @data(("s", 2e-6), ("ms", 0.5), ("us", 2.5), ("ns", 3.0), ("ps", 1e-3), ("dt", 7), ("us", Parameter("t")))
    @unpack
    def test_one(self, unit: str, duration: Any) -> None:
        circuit = QuantumCircuit(2, 1, metadata={"mine": (1, 2)})
        circuit.h(0)
        circuit.delay(duration, 1, unit)
        circuit.delay(5, 0, "dt")
        circuit.measure(0, 0)
        again = unpacked(pack({"circuit": circuit}))["circuit"]
        self.assertEqual(_units(again), _units(circuit))
        self.assertEqual(again, circuit)
        self.assertEqual((again.metadata, list(again.parameters)), (circuit.metadata, list(circuit.parameters)))

    def test_many_with_labels_and_in_blocks(self) -> None:
        circuit = QuantumCircuit(1, 1)
        waiting = Delay(1.5, "us")
        waiting.label = "echo"
        circuit.append(waiting, [0])
        circuit.delay(2.5, 0, "us")
        circuit.measure(0, 0)
        with circuit.if_test((circuit.clbits[0], 1)):
            circuit.delay(3.5, 0, "ns")
            with circuit.for_loop(range(2)):
                circuit.delay(4.5, 0, "ms")
        again = unpacked(pack(circuit))
        self.assertEqual((_units(again), again.data[0].label), ([(1.5, "us"), (2.5, "us")], "echo"))
        (block,) = again.data[-1].operation.blocks
        self.assertEqual(_units(block), [(3.5, "ns")])
        self.assertEqual(_units(block.data[-1].operation.blocks[0]), [(4.5, "ms")])
        self.assertEqual(_units(circuit), [(1.5, "us"), (2.5, "us")])

    def test_an_operation_alone(self) -> None:
        again = unpacked(pack([Delay(2.5, "ns")]))[0]
        self.assertEqual((again.duration, again.unit), (2.5, "ns"))

    def test_circuits_without_them_are_not_copied(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.delay(5, 0)
        self.assertIs(without_units(circuit), circuit)
        self.assertIs(with_units(circuit), circuit)


if __name__ == "__main__":
    unittest.main()
