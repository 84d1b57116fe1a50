"""Euler angles, Paulis on them, and the gates they are written in."""

from __future__ import annotations

import itertools
import unittest
from typing import Any

import numpy as np
from ddt import data, ddt
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.circuit.library import UGate, get_standard_gate_name_mapping
from qiskit.quantum_info import Operator, Pauli, random_unitary

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.sweeps.euler import (
    BASES,
    angles_of,
    angles_of_gate,
    append_rotation,
    basis_for,
    matrix_of,
    with_paulis,
)

_TURNS = [i * np.pi / 2 for i in range(-4, 5)]
_ANGLE = st.one_of(st.sampled_from(_TURNS), st.floats(-10, 10), st.sampled_from([1e-17, 1e-12, 1e-8, np.pi - 1e-9]))


def _distance(one: NDArray[Any], two: NDArray[Any]) -> float:
    """Largest difference of matrix elements once the phase is taken out."""
    overlap = np.vdot(two, one)
    return float(np.abs(one - two * overlap / abs(overlap)).max())


@ddt
class TestAngles(unittest.TestCase):
    """Angles and matrices say the same."""

    @given(_ANGLE, _ANGLE, _ANGLE)
    @settings(max_examples=200, deadline=None, derandomize=True)
    def test_a_matrix_is_qiskits_u_and_is_found_again_from_its_angles(self, theta: float, phi: float, lam: float) -> None:
        matrix = matrix_of(np.array([theta, phi, lam]))
        self.assertLess(_distance(matrix, UGate(theta, phi, lam).to_matrix()), 1e-14)
        self.assertAlmostEqual(abs(np.linalg.det(matrix) - 1), 0, delta=1e-14)
        self.assertLess(_distance(matrix_of(angles_of(matrix)), matrix), 1e-14)

    def test_any_phase_is_dropped_and_any_shape_is_kept(self) -> None:
        unitaries = np.array([random_unitary(2, seed=i).data for i in range(6)]).reshape(2, 3, 2, 2)
        angles = angles_of(unitaries)
        self.assertEqual(angles.shape, (2, 3, 3))
        for i, j in itertools.product(range(2), range(3)):
            self.assertLess(_distance(matrix_of(angles)[i, j], unitaries[i, j]), 1e-14)

    @data("rx", "ry", "rz", "p", "u1", "u2", "u3", "u", "r")
    def test_a_gates_angles_give_the_gate(self, name: str) -> None:
        gate = get_standard_gate_name_mapping()[name]
        params = [0.7, -1.9, 2.8][: len(gate.params)]
        angles = angles_of_gate(name, params)
        assert angles is not None
        self.assertLess(_distance(matrix_of(np.array(angles)), gate.base_class(*params).to_matrix()), 1e-14)

    def test_a_gate_without_a_rule_has_none(self) -> None:
        self.assertIsNone(angles_of_gate("rv", [1.0, 2.0, 3.0]))


class TestPaulis(unittest.TestCase):
    """Paulis multiplied on are signs and half turns of the angles."""

    @given(_ANGLE, _ANGLE, _ANGLE)
    @settings(max_examples=100, deadline=None, derandomize=True)
    def test_on_both_sides_are_what_matrices_say(self, theta: float, phi: float, lam: float) -> None:
        angles = np.array([theta, phi, lam])
        found = matrix_of(with_paulis(angles))
        self.assertEqual(found.shape, (16, 2, 2))
        paulis = [Pauli(letter).to_matrix() for letter in "IXZY"]
        for left, right in itertools.product(range(4), range(4)):
            wanted = paulis[left] @ matrix_of(angles) @ paulis[right]
            self.assertLess(_distance(found[left + 4 * right], wanted), 1e-14)


@ddt
class TestBases(unittest.TestCase):
    """The gates a rotation is written in."""

    @data(*itertools.product(sorted(BASES), range(5)))
    def test_write_any_rotation_exactly(self, case: tuple[str, int]) -> None:
        basis, seed = case
        rng = np.random.default_rng(seed)
        angles = rng.choice(_TURNS, 3) if seed % 2 else rng.uniform(-7, 7, 3)
        parameters = [Parameter(name) for name in ("theta", "phi", "lam")]
        circuit = QuantumCircuit(1)
        append_rotation(circuit, 0, parameters, basis)
        values = angles + BASES[basis].offsets
        bound = circuit.assign_parameters(dict(zip(parameters, values, strict=True)))
        self.assertLess(_distance(Operator(bound).data, matrix_of(angles)), 1e-14)
        self.assertEqual(set(circuit.count_ops()), BASES[basis].gates)
        checked = QuantumCircuit(1)
        for item in circuit.data:
            checked.append(item.operation, [0])
        self.assertEqual(checked, circuit)

    @data(
        ({"id", "rz", "sx", "x", "cz", "measure"}, "rz-sx"),
        ({"rz", "sx", "x", "rx", "rzz", "cz"}, "rz-sx"),
        ({"rz", "rx", "cx"}, "rz-rx"),
        ({"rz", "ry", "cx"}, "rz-ry"),
        ({"rz", "r", "rxx"}, "rz-r"),
        ({"u", "cx"}, "u"),
        ({"u1", "u2", "u3", "cx"}, "u3"),
    )
    def test_are_chosen_from_what_a_target_has(self, case: tuple[set[str], str]) -> None:
        names, basis = case
        self.assertEqual(basis_for(names), basis)
        self.assertEqual(basis_for(sorted(names)), basis)

    @data(set(), {"h", "t", "cx"}, {"rz", "cz"}, {"sx", "cz"})
    def test_are_missed_by_name(self, names: set[str]) -> None:
        with self.assertRaisesRegex(IBMInputValueError, r"twirling\.enable_gates.*rz and sx.*The backend has (none|.*c[xz])"):
            basis_for(names)
