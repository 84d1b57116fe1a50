"""Circuits read into tapes."""

from __future__ import annotations

import unittest

from ddt import data, ddt
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.circuit.library import RXGate

from qiskit_local_runtime.sweeps import tape_of


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
