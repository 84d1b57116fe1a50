"""Twirling groups."""

from __future__ import annotations

import itertools
import unittest
from typing import Any

import numpy as np
from ddt import data, ddt
from numpy.typing import NDArray
from qiskit.circuit import Parameter
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.quantum_info import Pauli, random_unitary

from qiskit_local_runtime.sweeps.paulis import IDLE, group_of, twirl_group

_LETTERS = "IXZY"
_TWO_QUBIT_GATES = sorted(
    name for name, gate in get_standard_gate_name_mapping().items() if gate.num_qubits == 2 and hasattr(gate, "to_matrix")
)
_CLIFFORD = {"cx", "cy", "cz", "dcx", "ecr", "iswap", "swap"}


def _pauli(code: int) -> NDArray[Any]:
    """The matrix of a code on two qubits, the first least significant."""
    return np.asarray(Pauli(_LETTERS[code >> 2] + _LETTERS[code & 3]).to_matrix())


def _proportional(one: NDArray[Any], two: NDArray[Any]) -> bool:
    return bool(abs(abs(np.vdot(one, two)) - 4) < 1e-12)


def _unitary(name: str) -> tuple[NDArray[Any], list[float]]:
    gate = get_standard_gate_name_mapping()[name]
    params = [0.3, 0.5, 0.7, 1.1][: len(gate.params)]
    return np.asarray(gate.base_class(*params).to_matrix()), params


@ddt
class TestGroup(unittest.TestCase):
    """The Paulis that a gate carries to Paulis."""

    @data(*_TWO_QUBIT_GATES)
    def test_of_a_standard_gate_are_exactly_those_that_it_carries(self, name: str) -> None:
        unitary, params = _unitary(name)
        group = group_of(name, params)
        carried = {
            before: after
            for before, after in itertools.product(range(16), range(16))
            if _proportional(unitary @ _pauli(before), _pauli(after) @ unitary)
        }
        found = dict(zip(group.before.tolist(), group.after.tolist(), strict=True)) if group else {0: 0}
        self.assertEqual(found, carried)
        self.assertEqual(group is not None and len(group) == 16, name in _CLIFFORD)

    @data(*_TWO_QUBIT_GATES)
    def test_are_a_group_and_so_are_what_they_become(self, name: str) -> None:
        group = twirl_group(_unitary(name)[0])
        self.assertEqual((group.before[0], group.after[0]), (0, 0))
        self.assertIn(len(group), (1, 2, 4, 8, 16))
        becomes = dict(zip(group.before.tolist(), group.after.tolist(), strict=True))
        for one, two in itertools.product(becomes, becomes):
            self.assertEqual(becomes[one ^ two], becomes[one] ^ becomes[two])

    @data(0.0, np.pi / 2, -np.pi / 2, np.pi, 2 * np.pi, 7 * np.pi / 2)
    def test_of_rzz_are_all_where_it_is_a_clifford_gate(self, angle: float) -> None:
        self.assertEqual(len(group_of("rzz", [angle]) or ()), 16)

    @data(1e-12, 1e-9, 1e-6, 1e-3)
    def test_of_rzz_are_half_of_all_a_little_beside(self, off: float) -> None:
        self.assertEqual(len(group_of("rzz", [np.pi / 2 + off]) or ()), 8)

    def test_of_rzz_with_a_parameter_serve_every_angle(self) -> None:
        group = group_of("rzz", [2 * Parameter("a")])
        assert group is not None
        self.assertEqual(group.before.tolist(), group.after.tolist())
        self.assertEqual(group.before.tolist(), [c for c in range(16) if (c & 1) == ((c >> 2) & 1)])

    def test_are_none_where_only_the_identity_is_carried_or_nothing_is_known(self) -> None:
        self.assertEqual(twirl_group(np.asarray(random_unitary(4, seed=1).data)).before.tolist(), [0])
        for name in ("unitary", "h", "ccx", "measure", "no such gate"):
            self.assertIsNone(group_of(name, []))

    def test_of_an_idle_qubit_are_the_four_as_they_are(self) -> None:
        self.assertEqual(IDLE.legs.tolist(), [[code, 0, code, 0] for code in range(4)])

    def test_legs_are_codes_on_each_qubit_before_and_after(self) -> None:
        group = group_of("cx", [])
        assert group is not None
        legs = {(one, two): (*after,) for one, two, *after in group.legs.tolist()}
        # X on the control spreads to the target, Z on the target to the control
        self.assertEqual(legs[(1, 0)], (1, 1))
        self.assertEqual(legs[(0, 2)], (2, 2))
        self.assertEqual(legs[(0, 1)], (0, 1))
