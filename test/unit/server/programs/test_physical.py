"""Circuits on physical qubits become as wide as the device where the observables are."""

from __future__ import annotations

import unittest
from typing import Any

import qiskit.qasm3
from ddt import data, ddt
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp

from qiskit_local_runtime.server.programs.physical import widened

_ON_THREE = 'OPENQASM 3; include "stdgates.inc"; x $2; x $0;'


@ddt
class TestWidened(unittest.TestCase):
    """A device of five qubits."""

    @data("IIZII", {"IIZII": 1.0}, [["IIZII"], ["XIIII"]], SparsePauliOp("IIZII"))
    def test_a_circuit_on_physical_qubits_keeps_their_numbers(self, observables: Any) -> None:
        wide = widened(qiskit.qasm3.loads(_ON_THREE), observables, 5)
        self.assertEqual(wide.num_qubits, 5)
        self.assertEqual([wide.find_bit(step.qubits[0]).index for step in wide.data], [2, 0])
        self.assertIsNone(wide.layout)

    @data("IIZ", {}, [], ["ZZZZZZ"], 7)
    def test_observables_of_another_width_change_nothing(self, observables: Any) -> None:
        circuit = qiskit.qasm3.loads(_ON_THREE)
        self.assertIs(widened(circuit, observables, 5), circuit)

    def test_a_circuit_on_qubits_of_its_own_is_left_alone(self) -> None:
        circuit = QuantumCircuit(3)
        self.assertIs(widened(circuit, "IIZII", 5), circuit)

    def test_a_device_without_a_number_of_qubits_is_no_reason(self) -> None:
        circuit = qiskit.qasm3.loads(_ON_THREE)
        self.assertIs(widened(circuit, "IIZII", None), circuit)


if __name__ == "__main__":
    unittest.main()
