"""Circuits cut down to their active qubits."""

from __future__ import annotations

import unittest

from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.circuit.classical import expr, types

from qiskit_local_runtime.pipeline.active import restrict


class TestRestrict(unittest.TestCase):
    """``restrict`` keeps what a circuit touches."""

    def test_untouched_and_only_barriered_qubits_go(self) -> None:
        circuit = QuantumCircuit(6, 2)
        circuit.h(4)
        circuit.barrier()
        circuit.cx(4, 1)
        circuit.delay(100, 3, unit="ns")
        circuit.measure([4, 1], [0, 1])
        active = restrict(circuit)
        self.assertEqual(active.qubits, (1, 3, 4))
        found = [(i.operation.name, [active.circuit.find_bit(q).index for q in i.qubits]) for i in active.circuit.data]
        self.assertEqual(
            found, [("h", [2]), ("barrier", [0, 1, 2]), ("cx", [2, 0]), ("delay", [1]), ("measure", [2]), ("measure", [0])]
        )
        self.assertEqual(active.circuit.cregs, circuit.cregs)

    def test_a_circuit_that_uses_every_qubit_is_kept_as_it_is(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.cx(0, 1)
        self.assertIs(restrict(circuit).circuit, circuit)

    def test_further_qubits_and_a_register_are_added(self) -> None:
        circuit = QuantumCircuit(5, 1)
        circuit.rx(Parameter("a"), 2)
        active = restrict(circuit, also=(0,), measured=2)
        self.assertEqual(active.qubits, (0, 2))
        self.assertEqual([r.name for r in active.circuit.cregs], ["c", "_estimator"])
        self.assertEqual(active.circuit.parameters, circuit.parameters)

    def test_the_same_circuit_gives_the_same_object(self) -> None:
        circuit = QuantumCircuit(5)
        circuit.x(3)
        self.assertIs(restrict(circuit, (1,), 2), restrict(circuit, (1,), 2))
        self.assertIsNot(restrict(circuit, (1,), 2), restrict(circuit, (2,), 2))

    def test_an_empty_circuit_keeps_one_qubit(self) -> None:
        self.assertEqual(restrict(QuantumCircuit(3)).circuit.num_qubits, 1)

    def test_control_flow_and_variables_survive(self) -> None:
        circuit = QuantumCircuit(4, 1)
        seen = circuit.add_var("seen", expr.lift(False, types.Bool()))
        circuit.measure(3, 0)
        circuit.store(seen, circuit.clbits[0])
        with circuit.if_test(expr.lift(circuit.clbits[0])):
            circuit.x(1)
        active = restrict(circuit)
        self.assertEqual(active.qubits, (1, 3))
        self.assertEqual(active.circuit.count_ops(), circuit.count_ops())
        self.assertEqual(active.circuit.num_declared_vars, 1)
