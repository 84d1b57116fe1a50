"""Measurement bases."""

from __future__ import annotations

import itertools
import unittest

import numpy as np
from ddt import data, ddt
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.circuit import ClassicalRegister, Parameter, QuantumCircuit
from qiskit.circuit.library import HGate, Measure, RXGate, RYGate, RZGate, SdgGate, SXGate, UGate
from qiskit.quantum_info import Operator
from qiskit.transpiler import Target

from qiskit_local_runtime.sweeps import Terms
from qiskit_local_runtime.techniques.bases import ending, group

_X, _Y, _Z = (np.array(m, dtype=complex) for m in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]))

_T = Parameter("t")
_TARGETS = {
    "anything": None,
    "h and sdg": (HGate(), SdgGate()),
    "rz and sx": (RZGate(_T), SXGate()),
    "rx and ry": (RXGate(_T), RYGate(_T)),
    "u": (UGate(_T, Parameter("p"), Parameter("l")),),
    "rx and rz": (RXGate(_T), RZGate(_T)),
}


def _target(name: str) -> Target | None:
    gates = _TARGETS[name]
    if gates is None:
        return None
    target = Target(num_qubits=1)
    for gate in (*gates, Measure()):
        target.add_instruction(gate, {(0,): None})
    return target


@ddt
class TestEnding(unittest.TestCase):
    """``ending`` rotates a basis to Z, in the gates of the target."""

    @data(*itertools.product(sorted(_TARGETS), (1, 2, 3)))
    def test_measuring_z_afterwards_measures_the_pauli(self, case: tuple[str, int]) -> None:
        name, letter = case
        beginning = QuantumCircuit(1)
        register = ClassicalRegister(1, "c")
        beginning.add_register(register)
        target = _target(name)
        circuit = ending(np.array([letter], dtype=np.uint8), (0,), beginning, register, target, (0,))
        if target is not None:
            self.assertTrue({i.operation.name for i in circuit.data} <= set(target.operation_names))
        circuit.remove_final_measurements()
        rotation = Operator(circuit).data
        np.testing.assert_allclose(rotation.conj().T @ _Z @ rotation, (_X, _Y, _Z)[letter - 1], atol=1e-12)


class TestGroup(unittest.TestCase):
    """``group`` sorts terms into qubit-wise commuting bases."""

    @given(st.integers(1, 5).flatmap(lambda n: st.lists(st.tuples(*[st.integers(0, 9)] * n), min_size=1, max_size=12)))
    @settings(max_examples=200, deadline=None)
    def test_every_term_is_in_one_basis_in_which_it_is_diagonal(self, rows: list[tuple[int, ...]]) -> None:
        terms = Terms(np.array(rows, dtype=np.uint8))
        grouping = group(terms)
        seen = np.concatenate([*grouping.members, np.zeros(0, dtype=int)]).tolist()
        expected = [i for i, row in enumerate(rows) if any(row)]
        self.assertEqual(sorted(seen), expected)
        for basis, members in zip(grouping.bases, grouping.members, strict=True):
            wanted = terms.basis[members]
            self.assertTrue(((wanted == 0) | (wanted == basis)).all())

    def test_an_ising_hamiltonian_needs_two_bases(self) -> None:
        rows = [[3 if j in (i, i + 1) else 0 for j in range(6)] for i in range(5)]
        rows += [[1 if j == i else 0 for j in range(6)] for i in range(6)]
        self.assertEqual(len(group(Terms(np.array(rows, dtype=np.uint8))).members), 2)
