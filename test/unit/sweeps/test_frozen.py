"""Copies nobody changes, the same one while the original stays as it is."""

from __future__ import annotations

import gc
import unittest
from collections.abc import Callable

import numpy as np
from ddt import data, ddt, unpack
from qiskit.circuit import ClassicalRegister, Gate, Parameter, QuantumCircuit
from qiskit.circuit.library import UnitaryGate

from qiskit_local_runtime.sweeps import frozen, read, tape_of
from qiskit_local_runtime.sweeps.frozen import _TAPES


def _circuit() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2, name="one", metadata={"run": 1})
    circuit.h(0)
    circuit.rx(Parameter("a"), 1)
    circuit.measure(0, 0)
    return circuit


def _set_metadata(circuit: QuantumCircuit) -> None:
    circuit.metadata["run"] = 2


def _assign(circuit: QuantumCircuit) -> None:
    circuit.assign_parameters([0.5], inplace=True)


CHANGES: list[tuple[str, Callable[[QuantumCircuit], object]]] = [
    ("a gate more", lambda c: c.x(0)),
    ("a gate less", lambda c: c.data.pop()),
    ("another gate", lambda c: c.data.__setitem__(0, QuantumCircuit(2, 2).x(0)[0])),
    ("values assigned", _assign),
    ("a global phase", lambda c: setattr(c, "global_phase", 0.5)),
    ("a name", lambda c: setattr(c, "name", "two")),
    ("metadata in place", _set_metadata),
    ("a classical register", lambda c: c.add_register(ClassicalRegister(1, "more"))),
]


@ddt
class TestFrozen(unittest.TestCase):
    """``frozen`` and ``read``."""

    def test_the_same_copy_as_long_as_nothing_changes(self) -> None:
        circuit = _circuit()
        copy = frozen(circuit)
        self.assertIsNot(copy, circuit)
        self.assertEqual(copy, circuit)
        self.assertIs(frozen(circuit), copy)
        self.assertIs(read(copy), read(copy))
        self.assertEqual(read(copy).key, tape_of(circuit).key)

    @data(*CHANGES)
    @unpack
    def test_another_copy_after_a_change(self, _: str, change: Callable[[QuantumCircuit], object]) -> None:
        circuit = _circuit()
        before = frozen(circuit)
        kept = before.copy()
        change(circuit)
        after = frozen(circuit)
        self.assertIsNot(after, before)
        self.assertEqual((after, after.name, after.metadata), (circuit, circuit.name, circuit.metadata))
        self.assertEqual((before, before.name, before.metadata), (kept, "one", {"run": 1}))
        self.assertEqual(read(after).key, tape_of(circuit).key)

    def test_another_circuit_at_the_same_address(self) -> None:
        for count in range(200):
            circuit = QuantumCircuit(1)
            for _ in range(count % 3):
                circuit.x(0)
            self.assertEqual(frozen(circuit), circuit)
            self.assertEqual(len(read(frozen(circuit)).steps), count % 3)

    def test_operations_that_can_change_in_place_are_read_anew(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.append(UnitaryGate(np.eye(2)), [0])
        circuit.append(Gate("mine", 1, [0.5]), [0])
        first = frozen(circuit)
        self.assertIsNot(frozen(circuit), first)
        self.assertIsNot(read(first), read(first))

    def test_many_circuits(self) -> None:
        circuits = [_circuit() for _ in range(100)]
        copies = [frozen(circuit) for circuit in circuits]
        self.assertTrue(all(copy == circuit for copy, circuit in zip(copies, circuits, strict=True)))
        self.assertIs(frozen(circuits[-1]), copies[-1])
        self.assertEqual(frozen(circuits[0]), circuits[0])

    def test_hundreds_of_short_circuits_are_not_read_again(self) -> None:
        circuits = [_circuit() for _ in range(200)]
        copies = [frozen(circuit) for circuit in circuits]
        self.assertTrue(all(read(copy) is read(copy) for copy in copies))

    def test_few_long_circuits_are_kept(self) -> None:
        circuits = []
        for _ in range(40):
            circuit = QuantumCircuit(1)
            for _ in range(2000):
                circuit.x(0)
            circuits.append(circuit)
        copies = [frozen(circuit) for circuit in circuits]
        kept = [frozen(circuit) is copy for circuit, copy in zip(circuits[::-1], copies[::-1], strict=True)]
        self.assertEqual(kept, [True] * 32 + [False] * 8)

    def test_what_is_not_kept_for_the_next_job_is_read_once_for_this_one(self) -> None:
        circuits = [QuantumCircuit(1) for _ in range(300)]
        copies = [frozen(circuit) for circuit in circuits]
        self.assertTrue(all(read(copy) is read(copy) for copy in copies))
        before = len(_TAPES)
        del copies[:250]
        gc.collect()
        self.assertLessEqual(len(_TAPES), before - 40)
