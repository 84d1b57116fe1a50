"""What a sparse model is made of."""

from __future__ import annotations

import unittest

import numpy as np

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.learning import generators_of, pairs_within


class TestGenerators(unittest.TestCase):
    """Paulis on single qubits and on neighbours."""

    def test_a_line_of_six_has_eighteen_and_forty_five(self) -> None:
        found = generators_of(6, [(i, i + 1) for i in range(5)])
        self.assertEqual(found.shape, (63, 6))
        self.assertEqual(len(np.unique(found, axis=0)), 63)
        self.assertEqual(np.bincount((found > 0).sum(axis=1)).tolist(), [0, 18, 45])

    def test_pairs_are_on_neighbours_only(self) -> None:
        found = generators_of(3, [(0, 2)])
        pairs = found[(found > 0).sum(axis=1) == 2]
        self.assertEqual(len(pairs), 9)
        self.assertFalse(pairs[:, 1].any())

    def test_coupling_becomes_positions_each_pair_once(self) -> None:
        self.assertEqual(pairs_within((4, 7, 9), [(7, 4), (4, 7), (9, 7), (9, 10), (4, 4)]), ((0, 1), (1, 2)))

    def test_a_pair_outside_the_layer_is_refused(self) -> None:
        for pair in ((0, 3), (1, 1), (-1, 0)):
            with self.assertRaisesRegex(IBMInputValueError, "3 qubits"):
                generators_of(3, [pair])
