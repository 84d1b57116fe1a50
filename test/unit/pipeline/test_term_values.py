"""From bits to term values."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt

from qiskit_local_runtime.pipeline import term_values as module
from qiskit_local_runtime.pipeline.term_values import term_values
from qiskit_local_runtime.sweeps import Shots, pack_bools
from qiskit_local_runtime.techniques.terms import signs


@ddt
class TestTermValues(unittest.TestCase):
    """``term_values`` equals what the definition says, whichever way it counts."""

    @data((5, 0, 100), (5, 3, 100), (5, 3, 20), (12, 7, 400), (20, 2, 300))
    def test_means_and_variances_are_those_of_the_single_shots(self, case: tuple[int, int, int]) -> None:
        width, first, each = case
        rng = np.random.default_rng(width * 100 + first)
        bits = rng.random((1, 1, 4, each, first + width + 2)) < 0.3
        letters = rng.integers(3, 6, (6, width)) * rng.integers(0, 2, (6, width))
        coefficients = rng.normal(size=(2, 6))
        shots = Shots(pack_bools(bits), bits.shape[-1])
        found = term_values(shots, 0, 0, first, letters.astype(np.uint8), coefficients)
        table = signs(bits[0, 0, ..., first : first + width].reshape(-1, width), letters.astype(np.uint8))
        np.testing.assert_allclose(found.means, table.reshape(4, each, 6).mean(axis=1), atol=1e-12)
        np.testing.assert_allclose(found.variances, (table @ coefficients.T).var(axis=0), atol=1e-10)

    def test_both_ways_of_counting_are_tested(self) -> None:
        self.assertLess(5, module._HISTOGRAM_BITS + 1)
        self.assertLess(module._HISTOGRAM_BITS, 20)
