"""Circuits read into tapes."""

from __future__ import annotations

import pickle
import unittest

import numpy as np
from ddt import data, ddt
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.circuit.library import RXGate, get_standard_gate_name_mapping

from qiskit_local_runtime.sweeps import tape_of
from qiskit_local_runtime.sweeps.tape import joined


def _circuit(*build: tuple[str, tuple[object, ...]]) -> QuantumCircuit:
    circuit = QuantumCircuit(3, 3)
    for name, args in build:
        getattr(circuit, name)(*args)
    return circuit


@ddt
class TestTape(unittest.TestCase):
    """A tape knows the facts simulators choose by."""

    @data(
        ("measured at the end", (("h", (0,)), ("measure", (0, 2)), ("measure", (1, 0))), ((0, 2), (1, 0)), False),
        ("gate after a measurement", (("measure", (0, 0)), ("h", (0,))), (), True),
        ("measured twice into two bits", (("measure", (0, 0)), ("measure", (0, 1))), ((0, 1),), True),
        ("bit written twice", (("measure", (0, 0)), ("measure", (1, 0))), ((1, 0),), True),
        ("gate on another qubit after a measurement", (("measure", (0, 0)), ("h", (1,))), ((0, 0),), False),
        ("reset", (("reset", (0,)), ("measure", (0, 0))), ((0, 0),), True),
        ("barrier between", (("measure", (0, 0)), ("barrier", ()), ("measure", (1, 1))), ((0, 0), (1, 1)), False),
    )
    def test_final_measurements_are_those_nothing_follows(self, case) -> None:  # type: ignore[no-untyped-def]
        _, build, final, mid = case
        tape = tape_of(_circuit(*build))
        self.assertEqual(tape.final_measurements, final)
        self.assertEqual(tape.mid_circuit, mid)
        self.assertEqual(len(tape.body) + len(final), len(tape.steps))

    def test_control_flow_makes_a_tape_dynamic(self) -> None:
        circuit = QuantumCircuit(1, 1)
        circuit.measure(0, 0)
        with circuit.if_test((0, 1)):
            circuit.x(0)
        tape = tape_of(circuit)
        self.assertTrue(tape.dynamic and tape.mid_circuit)
        self.assertEqual(tape.final_measurements, ())

    def test_keys_are_equal_for_equal_circuits_only(self) -> None:
        a, b = Parameter("a"), Parameter("b")
        one, same = _circuit(("rx", (a, 0))), _circuit(("rx", (a, 0)))
        self.assertEqual(tape_of(one).key, tape_of(same).key)
        for other in (("rx", (b, 0)), ("rx", (a, 1)), ("ry", (a, 0)), ("rx", (0.5, 0))):
            self.assertNotEqual(tape_of(one).key, tape_of(_circuit(other)).key)

    def test_keys_tell_labels_and_targets_of_measurements_apart(self) -> None:
        keys = []
        for label, clbit in ((None, 0), ("mine", 0), (None, 1)):
            circuit = QuantumCircuit(1, 2)
            circuit.append(RXGate(0.5, label=label), [0])
            circuit.measure(0, clbit)
            keys.append(tape_of(circuit).key)
        self.assertEqual(len(set(keys)), 3)

    def test_delays_of_other_units_have_other_keys(self) -> None:
        one, other = (_circuit(("delay", (100, 0, unit))) for unit in ("ns", "dt"))
        self.assertNotEqual(tape_of(one).key, tape_of(other).key)

    def test_operations_of_one_name_are_told_apart_by_what_they_do(self) -> None:
        keys = []
        for angle in (0.1, 0.2):
            inner = QuantumCircuit(1, name="mine")
            inner.rx(angle, 0)
            circuit = QuantumCircuit(1)
            circuit.append(inner.to_gate(), [0])
            keys.append(tape_of(circuit).key)
        self.assertNotEqual(*keys)
        unitaries = []
        for matrix in ([[0, 1], [1, 0]], [[1, 0], [0, -1]]):
            circuit = QuantumCircuit(1)
            circuit.unitary(matrix, 0)
            unitaries.append(tape_of(circuit))
        self.assertNotEqual(unitaries[0].key, unitaries[1].key)
        self.assertEqual(unitaries[0].steps[0].params[0].tolist(), [[0, 1], [1, 0]])


@ddt
class TestSteps(unittest.TestCase):
    """A step tells all about its instruction."""

    @data(*sorted(get_standard_gate_name_mapping()))
    def test_operations_are_what_the_circuit_has(self, name: str) -> None:
        gate = get_standard_gate_name_mapping()[name]
        circuit = QuantumCircuit(gate.num_qubits, gate.num_clbits)
        circuit.append(gate, range(gate.num_qubits), range(gate.num_clbits))
        if name not in ("delay", "measure", "reset"):
            labelled = gate.to_mutable()
            labelled.label = "mine"
            circuit.append(labelled, range(gate.num_qubits))
            if gate.params:
                numbers = gate.base_class(*np.linspace(0.1, 0.4, len(gate.params)))
                circuit.append(numbers, range(gate.num_qubits))
        for step, item in zip(tape_of(circuit).steps, circuit.data, strict=True):
            self.assertEqual(step.operation, item.operation)
            self.assertEqual((step.label, step.name), (item.operation.label, item.operation.name))
            self.assertEqual(step.standard, name != "delay")
            self.assertEqual(step.open, any(isinstance(p, Parameter) for p in item.operation.params))

    def test_gates_that_share_a_name_keep_their_operation(self) -> None:
        circuit = QuantumCircuit(5)
        circuit.mcx([0, 1, 2], 3)
        circuit.mcx([0, 1, 2, 3], 4)
        circuit.cx(0, 1, ctrl_state=0)
        tape = tape_of(circuit)
        self.assertEqual([step.operation for step in tape.steps], [item.operation for item in circuit.data])
        self.assertFalse(tape.standard)

    def test_pickled_and_read_again_it_is_the_same(self) -> None:
        circuit = QuantumCircuit(3, 3)
        circuit.rx(Parameter("a"), 0)
        circuit.cx(0, 1)
        circuit.delay(100, 2, "ns")
        circuit.unitary(np.eye(4), [1, 2])
        circuit.initialize("1", 0)
        circuit.measure([0, 1], [2, 0])
        tape = tape_of(circuit)
        self.assertEqual(len(tape.body), 5)
        again = pickle.loads(pickle.dumps(tape))
        self.assertEqual(again.key, tape.key)
        self.assertEqual([step[:2] for step in again.steps], [step[:2] for step in tape.steps])
        self.assertEqual([step.operation for step in again.steps], [item.operation for item in circuit.data])
        self.assertEqual((again.num_qubits, again.num_clbits, again.final_measurements), (3, 3, ((0, 2), (1, 0))))

    def test_on_fewer_qubits_it_is_the_tape_of_the_smaller_circuit(self) -> None:
        wide, narrow = QuantumCircuit(7, 1), QuantumCircuit(3, 2)
        for circuit, (a, b, c) in ((wide, (1, 4, 6)), (narrow, (0, 1, 2))):
            circuit.cx(b, a)
            circuit.rz(0.3, c)
            circuit.measure(c, 0)
        self.assertEqual(tape_of(wide).on((1, 4, 6), 2).key, tape_of(narrow).key)

    def test_joined_it_is_the_tape_of_the_composed_circuit(self) -> None:
        one, other = (_circuit(("h", (0,)), ("cx", (0, 1))), _circuit(("ry", (0.5, 2)), ("measure", (2, 0))))
        self.assertEqual(joined(tape_of(one), tape_of(other)).key, tape_of(one.compose(other, clbits=range(3))).key)
