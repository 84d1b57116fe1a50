"""Least squares without negative coefficients, against SciPy."""

from __future__ import annotations

import unittest

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

from qiskit_local_runtime.learning.nonnegative import nonnegative


class TestNonnegative(unittest.TestCase):
    """Random problems, most of which have coefficients at the bound."""

    @given(st.integers(0, 2**32 - 1), st.integers(1, 25))
    @settings(derandomize=True, max_examples=80, deadline=None)
    def test_it_finds_what_scipy_finds(self, seed: int, size: int) -> None:
        rng = np.random.default_rng(seed)
        matrix, wanted = rng.normal(size=(size + 10, size)), rng.normal(size=size + 10)
        gram, moments = matrix.T @ matrix, matrix.T @ wanted
        reference = nnls(matrix, wanted)[0]
        np.testing.assert_allclose(nonnegative(gram, moments), reference, atol=1e-9)
        np.testing.assert_allclose(nonnegative(gram, moments, rng.random(size) < 0.5), reference, atol=1e-9)

    def test_nothing_to_explain_is_zero(self) -> None:
        np.testing.assert_array_equal(nonnegative(np.eye(3), np.zeros(3)), 0)
