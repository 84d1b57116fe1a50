"""Readout errors in exact values."""

from __future__ import annotations

import unittest

import numpy as np

from qiskit_local_runtime.devices.readout import Confusion, Readout
from qiskit_local_runtime.techniques.readout import through_readout
from qiskit_local_runtime.techniques.terms import signs


def _confusion(rng: np.random.Generator, qubits: tuple[int, ...]) -> Confusion:
    size = 2 ** len(qubits)
    matrix = np.eye(size) * 5 + rng.random((size, size))
    return Confusion(qubits, matrix / matrix.sum(axis=1, keepdims=True))


class TestThroughReadout(unittest.TestCase):
    """``through_readout`` predicts the mean sign that noisy bits have."""

    def test_it_equals_the_confusion_matrix_applied_to_the_distribution(self) -> None:
        rng = np.random.default_rng(0)
        groups = (_confusion(rng, (0,)), _confusion(rng, (2, 1)))
        true = rng.dirichlet(np.ones(8))
        outcomes = ((np.arange(8)[:, None] >> np.arange(3)) & 1).astype(bool)
        read = np.zeros(8)
        for t in range(8):
            for r in range(8):
                single = groups[0].matrix[t & 1, r & 1]
                pair_true, pair_read = (((x >> 2) & 1) | (((x >> 1) & 1) << 1) for x in (t, r))
                read[r] += true[t] * single * groups[1].matrix[pair_true, pair_read]
        letters = np.array([[3, 3, 3], [3, 0, 0], [0, 3, 3]], dtype=np.uint8)
        new, coefficients = through_readout(letters, np.eye(3), Readout(groups))
        found = coefficients @ (true @ signs(outcomes, new))
        np.testing.assert_allclose(found, read @ signs(outcomes, letters), atol=1e-12)
