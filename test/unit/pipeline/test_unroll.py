"""Composite gates opened up."""

from __future__ import annotations

import unittest

from qiskit.circuit import Gate, QuantumCircuit
from qiskit.circuit.library import QFTGate, n_local
from qiskit.quantum_info import Operator

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.pipeline.unroll import needs_unrolling, unroll


class TestUnroll(unittest.TestCase):
    """``unroll`` opens what simulators do not know."""

    def test_standard_circuits_are_left_alone(self) -> None:
        circuit = n_local(3, "ry", "cx")
        self.assertIs(unroll(circuit), circuit)

    def test_nested_definitions_become_standard_gates_with_the_same_action(self) -> None:
        inner = QuantumCircuit(2, name="inner")
        inner.append(QFTGate(2), [0, 1])
        circuit = QuantumCircuit(3)
        circuit.append(inner.to_gate(), [2, 0])
        circuit.append(inner.to_gate().control(), [0, 1, 2])
        opened = unroll(circuit)
        self.assertFalse(needs_unrolling(opened))
        self.assertEqual(Operator(opened), Operator(circuit))

    def test_composite_gates_inside_control_flow_are_found(self) -> None:
        circuit = QuantumCircuit(2, 1)
        circuit.measure(0, 0)
        with circuit.if_test((0, 1)):
            circuit.append(QFTGate(2), [0, 1])
        self.assertTrue(needs_unrolling(circuit))
        self.assertFalse(needs_unrolling(unroll(circuit)))

    def test_a_gate_without_definition_is_refused_by_name(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.append(Gate("mystery", 1, []), [0])
        with self.assertRaisesRegex(IBMInputValueError, "mystery"):
            unroll(circuit)

    def test_qubits_initialized_again_are_reset_before(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.initialize([0, 1], 1)
        circuit.x(0)
        circuit.initialize([1, 0], 0)
        self.assertEqual([item.name for item in unroll(circuit).data], ["reset", "initialize", "x", "reset", "initialize"])
        first = QuantumCircuit(1)
        first.initialize([0, 1], 0)
        self.assertIs(unroll(first), first)
