"""Parameter expressions for all rows at once."""

from __future__ import annotations

import unittest

import numpy as np
from qiskit.circuit import Parameter

from qiskit_local_runtime.sweeps.angles import evaluate


class TestEvaluate(unittest.TestCase):
    """``evaluate`` equals binding row by row."""

    def test_affine_and_other_expressions_and_numbers(self) -> None:
        a, b = Parameter("a"), Parameter("b")
        expressions = [a, 2 * a - b / 3 + 1, a * b, (a + b).sin(), 0.5, a - a + 2, b**2]
        values = np.random.default_rng(0).normal(size=(7, 2))
        found = evaluate(expressions, (a, b), values)
        for row, (x, y) in enumerate(values):
            wanted = [x, 2 * x - y / 3 + 1, x * y, np.sin(x + y), 0.5, 2.0, y**2]
            np.testing.assert_allclose(found[row], wanted, atol=1e-12)

    def test_no_rows_and_no_expressions(self) -> None:
        a = Parameter("a")
        self.assertEqual(evaluate([a], (a,), np.zeros((0, 1))).shape, (0, 1))
        self.assertEqual(evaluate([], (a,), np.zeros((3, 1))).shape, (3, 0))
