"""Means of Paulis from bits."""

from __future__ import annotations

import unittest

import numpy as np

from qiskit_local_runtime.learning import generators_of, measurement_bases, pauli_means


class TestPauliMeans(unittest.TestCase):
    """Against sums written out."""

    def test_means_are_over_all_bases_in_which_a_pauli_can_be_read(self) -> None:
        pairs = [(0, 1), (1, 2)]
        letters, bases = generators_of(3, pairs), measurement_bases(3, pairs)
        bits = np.random.default_rng(0).random((len(bases), 4, 50, 3)) < 0.3
        means, read = pauli_means(bits, bases, letters)
        self.assertEqual(means.shape, (4, len(letters)))
        for column, pauli in enumerate(letters):
            where = np.flatnonzero(((pauli == 0) | (pauli == bases)).all(axis=1))
            signs = np.prod(1.0 - 2 * bits[where][..., pauli > 0], axis=-1)
            np.testing.assert_allclose(means[:, column], signs.mean(axis=(0, 2)), atol=1e-12)
            self.assertEqual(read[column], len(where))
        self.assertEqual(set(read.tolist()), {1, 3})
