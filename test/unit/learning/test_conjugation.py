"""What layers do to Paulis, against matrices."""

from __future__ import annotations

import unittest
from itertools import product

import numpy as np
from ddt import data, ddt
from qiskit.quantum_info import Operator, Pauli

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.learning import carried, check_learnable
from qiskit_local_runtime.sweeps.lindblad import LETTERS
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer

_ALL = np.array(list(product(range(4), repeat=2)), dtype=np.uint8)


def _layer(name: str, *angles: float, reverse: bool = False) -> UniqueLayer:
    return UniqueLayer(((name, tuple(round(a, 5) for a in angles), (7, 3) if reverse else (3, 7)),), (3, 7))


def _matrix(letters: np.ndarray) -> np.ndarray:
    return np.asarray(Pauli("".join(LETTERS[letter] for letter in letters[::-1])).to_matrix())


@ddt
class TestCarried(unittest.TestCase):
    """Every Pauli on two qubits, every gate."""

    @data(("cx",), ("cz",), ("ecr",), ("cy",), ("swap",), ("iswap",), ("rzz", np.pi / 2), ("rzx", -np.pi / 2), ("rxx", np.pi))
    def test_paulis_and_signs_are_those_of_matrices(self, gate: tuple[str, float]) -> None:
        for reverse in (False, True):
            layer = _layer(*gate, reverse=reverse)
            unitary = np.asarray(Operator(layer.circuit()).data)
            partners, signs = carried(layer, _ALL)
            for before, behind, sign in zip(_ALL, partners, signs, strict=True):
                once = unitary @ _matrix(before) @ unitary.conj().T
                overlap = np.trace(once @ _matrix(behind)).real / 4
                self.assertAlmostEqual(abs(overlap), 1, places=9)
                twice = unitary @ once @ unitary.conj().T
                np.testing.assert_allclose(twice, sign * _matrix(before), atol=1e-4)

    def test_idle_qubits_keep_their_paulis(self) -> None:
        layer = UniqueLayer((("cz", (), (1, 2)),), (0, 1, 2))
        partners, signs = carried(layer, np.array([[2, 1, 0]], dtype=np.uint8))
        self.assertEqual((partners.tolist(), signs.tolist()), ([[2, 1, 3]], [1]))

    def test_a_gate_that_is_not_clifford_is_refused_by_name(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, r"Clifford.*rzz\(0\.3\).*\[3, 7\]"):
            check_learnable(_layer("rzz", 0.3))

    def test_a_gate_that_returns_no_pauli_when_it_acts_twice_is_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "acts twice.*dcx"):
            check_learnable(_layer("dcx"))
