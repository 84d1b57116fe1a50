"""Products of small matrices and large arrays."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt

from qiskit_local_runtime.simulators.products import multiply, multiply_rows


def _random(*shape: int) -> np.ndarray:
    rng = np.random.default_rng(sum(shape))
    return rng.normal(size=shape) + 1j * rng.normal(size=shape)


@ddt
class TestProducts(unittest.TestCase):
    """Cut or not, they are what ``@`` gives."""

    @data((3, 2, 16, 1024), (1, 5, 4, 1), (2, 1, 16, 4096), (2, 3, 64, 16))
    def test_columns(self, shape: tuple[int, ...]) -> None:
        columns, out = _random(*shape), np.empty(shape, dtype=complex)
        for rows in (1, shape[0]):
            matrices = _random(rows, 1, shape[2], shape[2])
            multiply(matrices, columns, out)
            np.testing.assert_allclose(out, matrices @ columns, atol=1e-12)

    @data((3, 1024, 16), (2, 7, 8), (1, 4096 * 3, 16), (2, 16, 256))
    def test_rows(self, shape: tuple[int, ...]) -> None:
        rows, out = _random(*shape), np.empty(shape, dtype=complex)
        for count in (1, shape[0]):
            matrices = _random(count, shape[2], shape[2])
            multiply_rows(rows, matrices, out)
            np.testing.assert_allclose(out, rows @ matrices.swapaxes(1, 2), atol=1e-12)
