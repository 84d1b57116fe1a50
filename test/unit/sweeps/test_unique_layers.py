"""Layers told apart."""

from __future__ import annotations

import unittest

from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator

from qiskit_local_runtime.sweeps.layers import layers_of
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer, unique_layer


def _layer(circuit: QuantumCircuit, physical: tuple[int, ...], twirled: tuple[int, ...]) -> UniqueLayer:
    return unique_layer(layers_of(circuit).layers[0].gates, twirled, physical)


class TestUniqueLayer(unittest.TestCase):
    """``unique_layer``."""

    def test_gates_and_qubits_are_the_devices_and_sorted(self) -> None:
        circuit = QuantumCircuit(5)
        circuit.ecr(3, 2)
        circuit.cx(0, 1)
        found = _layer(circuit, (9, 4, 7, 5, 3), (0, 1, 2, 3, 4))
        self.assertEqual(found.gates, (("cx", (), (9, 4)), ("ecr", (), (5, 7))))
        self.assertEqual((found.qubits, found.idle), ((3, 4, 5, 7, 9), (3,)))

    def test_the_order_of_a_symmetric_gates_qubits_makes_no_difference(self) -> None:
        for name, same in (("cz", True), ("swap", True), ("cx", False), ("ecr", False)):
            one, other = QuantumCircuit(2), QuantumCircuit(2)
            getattr(one, name)(0, 1)
            getattr(other, name)(1, 0)
            self.assertEqual(_layer(one, (0, 1), (0, 1)) == _layer(other, (0, 1), (0, 1)), same, name)
            self.assertEqual(Operator(one) == Operator(other), same, name)

    def test_its_circuit_is_the_layer_on_its_own_qubits(self) -> None:
        circuit = QuantumCircuit(3)
        circuit.cx(2, 0)
        found = _layer(circuit, (8, 6, 2), (0, 1, 2)).circuit()
        wanted = QuantumCircuit(3)
        wanted.cx(0, 2)
        self.assertEqual(Operator(found), Operator(wanted))


if __name__ == "__main__":
    unittest.main()
