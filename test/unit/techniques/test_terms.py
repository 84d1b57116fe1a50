"""Observables taken apart into terms."""

from __future__ import annotations

import unittest

import numpy as np
from qiskit.primitives.containers.observables_array import ObservablesArray
from qiskit.quantum_info import SparsePauliOp

from qiskit_local_runtime.sweeps import Terms
from qiskit_local_runtime.techniques.terms import key_of, signs, support, take_apart


def _letters(*labels: str) -> np.ndarray:
    return np.array([[Terms.LETTERS.index(c) for c in reversed(label)] for label in labels], dtype=np.uint8)


class TestTakeApart(unittest.TestCase):
    """``take_apart`` writes observables as distinct terms."""

    def test_every_letter_keeps_its_place_and_meaning(self) -> None:
        array = ObservablesArray.coerce([{"XYZ01+-rl": 0.5}])
        parts = take_apart(list(array.sparse_observables_array()), tuple(range(9)))
        np.testing.assert_array_equal(parts.terms.letters, _letters("XYZ01+-rl"))
        self.assertEqual(parts.coefficients.tolist(), [[0.5]])

    def test_terms_that_two_observables_share_appear_once(self) -> None:
        array = ObservablesArray.coerce([SparsePauliOp(["XX", "ZI"], [1, 2]), SparsePauliOp(["ZI", "II"], [3, 4])])
        parts = take_apart(list(array.sparse_observables_array()), (0, 1))
        self.assertEqual(len(parts.terms), 3)
        dense = {tuple(term): parts.coefficients[:, i].tolist() for i, term in enumerate(parts.terms.letters)}
        self.assertEqual(dense, {(1, 1): [1.0, 0.0], (0, 3): [2.0, 3.0], (0, 0): [0.0, 4.0]})

    def test_columns_are_the_qubits_asked_for(self) -> None:
        array = ObservablesArray.coerce(["IXIIZ"])
        parts = take_apart(list(array.sparse_observables_array()), (0, 3))
        np.testing.assert_array_equal(parts.terms.letters, [[3, 1]])

    def test_support_is_where_any_observable_acts(self) -> None:
        self.assertEqual(support(ObservablesArray.coerce(["IXI", "IIZ", "III"]).sparse_observables_array()), (0, 1))

    def test_keys_tell_observables_apart(self) -> None:
        a, b, c = ObservablesArray.coerce([{"XI": 1}, {"XI": 1}, {"XI": 2}]).sparse_observables_array()
        self.assertEqual(key_of(a), key_of(b))
        self.assertNotEqual(key_of(a), key_of(c))


class TestSigns(unittest.TestCase):
    """``signs`` evaluates terms on outcomes."""

    def test_signs_equal_the_diagonal_of_the_matrix(self) -> None:
        labels = ["ZIZ", "01Z", "III", "Z1I", "000"]
        outcomes = ((np.arange(8)[:, None] >> np.arange(3)) & 1).astype(bool)
        found = signs(outcomes, _letters(*labels))
        one = {"I": [1, 1], "Z": [1, -1], "0": [1, 0], "1": [0, 1]}
        for column, label in enumerate(labels):
            diagonal = np.ones(1)
            for letter in label:
                diagonal = np.kron(diagonal, one[letter])
            np.testing.assert_allclose(found[:, column], diagonal, atol=1e-12)
