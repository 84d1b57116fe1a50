"""Products of a small matrix and a large array, cut so that the linear algebra library does not wake its threads for each.

Waking threads costs more than so small a product, many times more where other work keeps the cores busy; and what is
computed by one thread does not depend on how many there are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_MOST = 1 << 15
"""Multiplications that OpenBLAS certainly does in the calling thread."""


def multiply(matrices: NDArray[Any], columns: NDArray[Any], out: NDArray[Any]) -> None:
    """``out = matrices @ columns``.

    Args:
        matrices: ``(…, d, d)``, broadcast against the leading axes of ``columns``.
        columns: ``(…, d, m)``, contiguous; ``d`` and ``m`` are powers of two.
        out: of the shape of ``columns``, contiguous.
    """
    *leading, dim, width = columns.shape
    step = min(width, max(1, _MOST // dim**2))
    shape = (*leading, dim, width // step, step)
    np.matmul(matrices[..., None, :, :], columns.reshape(shape).swapaxes(-2, -3), out=out.reshape(shape).swapaxes(-2, -3))


def multiply_rows(rows: NDArray[Any], matrices: NDArray[Any], out: NDArray[Any]) -> None:
    """``out = rows @ matricesᵀ`` for ``rows`` of shape ``(…, m, d)``; otherwise like :func:`multiply`, ``m`` any number."""
    *leading, width, dim = rows.shape
    step = int(np.gcd(width, max(1, _MOST // dim**2)))
    shape = (*leading, width // step, step, dim)
    np.matmul(rows.reshape(shape), matrices[..., None, :, :].swapaxes(-1, -2), out=out.reshape(shape))
